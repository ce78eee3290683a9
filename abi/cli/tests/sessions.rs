//! What each command prints, and its exit status: `tests/sessions`, replayed.

mod common;

use common::{folder, linmem, session, words};

macro_rules! sessions {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            session(stringify!($name));
        })*
    };
}

sessions! { bind call check diff help show sidecar size }

#[test]
fn completions_are_of_each_shell() {
    let folder = folder("completions");
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = linmem(&folder, &words(&format!("completions {shell}")));
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("sidecar"), "{shell} completes the commands");
    }
}

#[test]
fn colours_are_for_terminals_and_who_asks() {
    let folder = folder("colours");
    let show = |args: &str| String::from_utf8(linmem(&folder, &words(args)).stdout).unwrap();
    assert!(!show("show v1.abi").contains('\x1b'));
    assert!(!show("show v1.abi --color never").contains('\x1b'));
    assert!(show("show v1.abi --color always").contains("\x1b[1m"));
}

#[test]
fn order_of_records_changes_no_binding() {
    let folder = folder("order");
    let records = std::fs::read_to_string(folder.join("v1.abi")).unwrap();
    let reversed: Vec<&str> = records.lines().rev().collect();
    std::fs::create_dir(folder.join("other")).unwrap();
    std::fs::write(folder.join("other/v1.abi"), reversed.join("\n") + "\n").unwrap();
    for lang in ["c", "go", "java", "js", "python", "rust", "ts"] {
        let bind = |file: &str| linmem(&folder, &words(&format!("bind --lang {lang} {file}"))).stdout;
        assert!(!bind("v1.abi").is_empty());
        assert_eq!(bind("v1.abi"), bind("other/v1.abi"));
    }
}
