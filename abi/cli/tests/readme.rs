//! The README shows what the tool prints: its `console` blocks are sessions.

mod common;

use common::{assert_same, blessing, folder, here, replay};
use std::fs;

#[test]
fn readme_shows_what_the_tool_prints() {
    let path = here().join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let folder = folder("readme");
    let mut text = String::new();
    let mut blocks = 0;
    for (index, part) in readme.split("```").enumerate() {
        if index > 0 {
            text += "```";
        }
        match part.strip_prefix("console\n") {
            Some(session) if index % 2 == 1 => {
                text += &format!("console\n{}", replay(&folder, session));
                blocks += 1;
            }
            _ => text += part,
        }
    }
    assert!(blocks > 0, "the README has sessions");
    if blessing() {
        fs::write(path, text).unwrap();
    } else {
        assert_same(&readme, &text, "README.md");
    }
}

#[test]
fn readme_names_every_command() {
    let readme = fs::read_to_string(here().join("README.md")).unwrap();
    let help = common::linmem(&folder("commands"), &["--help".to_owned()]);
    let help = String::from_utf8(help.stdout).unwrap();
    let commands = help.split_once("Commands:\n").unwrap().1.split_once("\n\n").unwrap().0;
    for command in commands.lines().map(|line| line.split_whitespace().next().unwrap()).filter(|name| *name != "help") {
        assert!(readme.contains(&format!("| `{command}` |")), "README has a row for `{command}`");
    }
}
