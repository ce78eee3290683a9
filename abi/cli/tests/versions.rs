//! `linmem diff` against SPEC's table "Versions of records": each row has at least one change here, and the tool says of each
//! what its row says.

mod common;

use common::{here, linmem, words};
use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

/// What both versions have, so that each change is one among others.
const COMMON: &str = "abi 1 wasm32\nopaque Db\nstruct Common 8 4 x:0:i32 y:4:i32\nfn common value:*Common -> status\n";

/// Lines of records before and after.
type Change = (&'static str, &'static str);

/// The rows of the table, with changes that each is for.
const CHANGES: &[(&str, &[Change])] = &[
    (
        "the order of records; a line twice; `!` before a known word; section or sidecar",
        &[("fn a\nconst A u8 1", "const A u8 1\nfn a"), ("fn a", "fn a\n\nfn a\n"), ("fn a", "!fn a")],
    ),
    ("a record of an unknown kind, more or less, without `!`", &[("", "later x:y"), ("later x:y", "later")]),
    ("a record of an unknown kind more, with `!`", &[("", "!later x:y")]),
    (
        "a `doc` more, less or another",
        &[
            ("", "doc Common A struct."),
            ("doc Common A struct.", ""),
            ("doc Common A struct.", "doc Common Two numbers."),
        ],
    ),
    (
        "an `import` more; the module or name of one",
        &[("", "import env a"), ("import env a", "import other a"), ("import env a", "import env b")],
    ),
    (
        "a `drop` more, for a type that the old records have",
        &[
            ("fn a -> ?^*Common", "fn a -> ?^*Common\ndrop b ^*Common"),
            ("fn a out:>[]^str", "fn a out:>[]^str\ndrop b ^str"),
            ("struct A 4 4 x:0:^*Db", "struct A 4 4 x:0:^*Db\ndrop b ^*Db"),
        ],
    ),
    (
        "another export behind `alloc`, `free`, `realloc`, another role or a `drop`",
        &[
            ("", "role alloc x_alloc"),
            ("role free x_free", ""),
            ("role realloc x_realloc", "role realloc y_realloc"),
            ("role later a", "role later b"),
            ("drop a ^*Common", "drop b ^*Common"),
        ],
    ),
    (
        "a record more, of any other kind",
        &[
            ("", "role later a"),
            ("", "struct A 4 4 x:0:i32"),
            ("", "union A 4 4 x:0:i32"),
            ("", "tagged A 8 4 u8 X=0:4:i32"),
            ("", "enum A u8 X=0"),
            ("", "sig A x:i32"),
            ("", "opaque A"),
            ("", "const A u8 1"),
            ("", "fn a"),
            ("", "drop a ^*Common"),
        ],
    ),
    (
        "a record less; another kind of record for a name",
        &[
            ("role later a", ""),
            ("struct A 4 4 x:0:i32", ""),
            ("sig A x:i32", "sig B x:i32"),
            ("opaque A", ""),
            ("const A u8 1", ""),
            ("fn a", "fn b"),
            ("drop a ^*Common", ""),
            ("import env a", ""),
            ("struct A 4 4 x:0:i32", "union A 4 4 x:0:i32"),
            ("opaque A", "struct A 4 4 x:0:i32"),
            ("fn a value:^*Common", "drop a ^*Common"),
        ],
    ),
    ("a `const`'s type", &[("const A u8 1", "const A u32 1"), ("const A u8 1", "const A str 1")]),
    ("a `const`'s value", &[("const A u8 1", "const A u8 2"), ("const A f64 0x0", "const A f64 0x8000000000000000")]),
    (
        "size or align of a struct, union or tagged; the integer of an enum or tag",
        &[
            ("struct A 4 4 x:0:i32", "struct A 8 8 x:0:i64"),
            ("union A 4 4 x:0:i32", "union A 8 4 x:0:i32 y:0:[2]i32"),
            ("enum A u8 X=1", "enum A i8 X=1"),
            ("enum A i32 X=16", "enum A status X=16"),
            ("tagged A 8 4 u8 X=0:4:i32", "tagged A 8 4 i16 X=0:4:i32"),
        ],
    ),
    (
        "a field more or less, its offset or type, `?` too; the order of fields",
        &[
            ("struct A 4 2 x:0:u16 y:2:u8", "struct A 2 2 x:0:u16"),
            ("struct A 4 2 x:0:u16 y:2:u8", "struct A 4 2 x:0:u16 y:2:u8 z:3:u8"),
            ("struct A 4 4 x:0:u32", "struct A 4 4 x:0:i32"),
            ("struct A 4 4 x:0:*u32", "struct A 4 4 x:0:?*u32"),
            ("struct A 4 4 x:0:?*u32", "struct A 4 4 x:0:*u32"),
            ("struct A 8 4 x:0:i32 y:4:i32", "struct A 8 4 y:0:i32 x:4:i32"),
            ("union A 4 4 x:0:i32 y:0:f32", "union A 4 4 y:0:f32 x:0:i32"),
        ],
    ),
    (
        "a case less, or another value",
        &[
            ("enum A u8 X=1 Y=2", "enum A u8 X=1"),
            ("enum A u8 X=1 Y=2\nfn a -> A", "enum A u8 X=1 Y=3\nfn a -> A"),
            ("enum A status X=16 Y=17", "enum A status X=16"),
            ("tagged A 8 4 u8 X=0:4:i32 Y=1", "tagged A 8 4 u8 X=0:4:i32"),
            ("tagged A 8 4 u8 X=0:4:i32 Y=1", "tagged A 8 4 u8 X=0:4:i32 Y=2"),
        ],
    ),
    (
        "a payload more or less in a case, its offset or type, `?` too",
        &[
            ("tagged A 8 4 u8 X=0:4:i32 Y=1\nfn a value:*A", "tagged A 8 4 u8 X=0:4:i32 Y=1:4:i32\nfn a value:*A"),
            ("tagged A 8 4 u8 X=0:4:i32 Y=1:4:i32", "tagged A 8 4 u8 X=0:4:i32 Y=1"),
            ("tagged A 8 4 u8 X=0:4:i32", "tagged A 8 4 u8 X=0:4:f32"),
            ("tagged A 8 4 u8 X=0:4:*i32", "tagged A 8 4 u8 X=0:4:?*i32"),
            ("tagged A 8 4 u8 X=0:4:i32 Y=1:4:u8", "tagged A 2 1 u8 Y=1:1:u8"),
        ],
    ),
    (
        "the order of cases",
        &[
            ("enum A u8 X=1 Y=2", "enum A u8 Y=2 X=1"),
            ("tagged A 8 4 u8 X=0:4:i32 Y=1", "tagged A 8 4 u8 Y=1 X=0:4:i32"),
        ],
    ),
    ("a case more in a status enum", &[("enum A status X=16\nfn a -> A", "enum A status X=16 Y=17\nfn a -> A")]),
    (
        "a case more in an enum or tagged that hosts receive, or that no function speaks of",
        &[
            ("enum A u8 X=1\nfn a -> A", "enum A u8 X=1 Y=2\nfn a -> A"),
            ("enum A u8 X=1\nfn a out:>A", "enum A u8 X=1 Y=2\nfn a out:>A"),
            ("enum A u8 X=1\nimport env a value:A", "enum A u8 X=1 Y=2\nimport env a value:A"),
            ("enum A u8 X=1\nfn a values:~[]A", "enum A u8 X=1 Y=2\nfn a values:~[]A"),
            ("enum A u8 X=1\nsig F -> A\nfn a then:F", "enum A u8 X=1 Y=2\nsig F -> A\nfn a then:F"),
            (
                "tagged A 8 4 u8 X=0:4:i32\nstruct B 8 4 a:0:A\nfn a -> *B",
                "tagged A 8 4 u8 X=0:4:i32 Y=1\nstruct B 8 4 a:0:A\nfn a -> *B",
            ),
            ("enum A u8 X=1", "enum A u8 X=1 Y=2"),
        ],
    ),
    (
        "a case more in an enum or tagged that hosts only give",
        &[
            ("enum A u8 X=1\nfn a value:A", "enum A u8 X=1 Y=2\nfn a value:A"),
            ("tagged A 8 4 u8 X=0:4:i32\nfn a value:[]A", "tagged A 8 4 u8 X=0:4:i32 Y=1\nfn a value:[]A"),
            ("enum A u8 X=1\nimport env a -> A", "enum A u8 X=1 Y=2\nimport env a -> A"),
            ("enum A u8 X=1\nsig F value:A\nfn a -> F", "enum A u8 X=1 Y=2\nsig F value:A\nfn a -> F"),
        ],
    ),
    (
        "a parameter or result more or less; parameters in another order",
        &[
            ("fn a x:i32", "fn a x:i32 y:i32"),
            ("fn a x:i32", "fn a"),
            ("fn a", "fn a -> status"),
            ("sig F -> i32", "sig F"),
            ("fn a x:i32 y:i32", "fn a y:i32 x:i32"),
            ("fn a x:i32 y:i32", "fn a z:i32 x:i32"),
            ("import env a x:i32", "import env a x:i32 y:i32"),
        ],
    ),
    (
        "a type of a parameter or result; `^`, `~` or `>` at it",
        &[
            ("fn a x:i32", "fn a x:u32"),
            ("fn a -> status", "fn a -> i32"),
            ("sig F x:*i32", "sig F x:*u32"),
            ("fn a x:str", "fn a x:[]u8"),
            ("fn a x:str", "fn a x:^str"),
            ("fn a x:[]i32", "fn a x:~[]i32"),
            ("fn a x:~*i32", "fn a x:>i32"),
            ("fn a -> ?*Common", "fn a -> ?^*Common"),
        ],
    ),
    (
        "`?` more in what hosts receive, or less in what they give",
        &[
            ("fn a -> *Common", "fn a -> ?*Common"),
            ("fn a x:>cstr", "fn a x:>?cstr"),
            ("fn a x:?*i32", "fn a x:*i32"),
            ("import env a x:*i32", "import env a x:?*i32"),
            ("import env a -> ?^cstr", "import env a -> ^cstr"),
            ("sig F x:?*i32", "sig F x:*i32"),
            ("fn a x:~[]?cstr", "fn a x:~[]cstr"),
            ("fn a x:~[]cstr", "fn a x:~[]?cstr"),
        ],
    ),
    (
        "`?` less in what hosts receive, or more in what they give",
        &[
            ("fn a -> ?*Common", "fn a -> *Common"),
            ("fn a x:[]cstr", "fn a x:[]?cstr"),
            ("import env a x:?*i32", "import env a x:*i32"),
            ("sig F -> ?cstr", "sig F -> cstr"),
        ],
    ),
    (
        "a parameter's name",
        &[
            ("fn a x:i32 y:i32", "fn a x:i32 z:i32"),
            ("import env a x:i32", "import env a y:i32"),
            ("sig F x:i32", "sig F y:i32"),
        ],
    ),
];

/// The rows of the table: what changes, and what that is.
fn table() -> Vec<(String, String)> {
    let spec = fs::read_to_string(here().join("../SPEC.md")).unwrap();
    let chapter = spec.split_once("### Versions of records\n").expect("SPEC has the chapter").1;
    let rows = chapter.split_once("| change | is |\n| --- | --- |\n").expect("the chapter has the table").1;
    let rows = rows.lines().take_while(|line| line.starts_with('|'));
    let row =
        |row: &str| row.trim_matches(['|', ' ']).rsplit_once(" | ").map(|(change, is)| (change.into(), is.into()));
    rows.map(|line| row(line).unwrap_or_else(|| panic!("two cells: {line}"))).collect()
}

/// What the tool says of two versions.
fn verdict(folder: &Path, old: &str, new: &str) -> String {
    for (name, lines) in [("old.abi", old), ("new.abi", new)] {
        fs::write(folder.join(name), format!("{COMMON}{lines}\n")).unwrap();
    }
    let output = linmem(folder, &words("diff old.abi new.abi --json"));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    // The tool is a host as well, and refuses what it must understand and does not.
    let error = json["error"].as_str().unwrap_or_default();
    if output.status.code() == Some(2) && error.contains("must be understood") {
        return "breaking".into();
    }
    assert!(error.is_empty(), "{old:?} to {new:?}: {error}");
    let breaking = json["breaking"].as_bool().unwrap();
    assert_eq!(output.status.code(), Some(i32::from(breaking)), "the exit status says it as well");
    match (breaking, json["changes"].as_array().unwrap().len()) {
        (true, _) => "breaking".into(),
        (false, 0) => "no change".into(),
        (false, _) => "compatible".into(),
    }
}

#[test]
fn diff_says_of_each_change_what_the_specification_says() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("versions");
    fs::create_dir_all(&folder).unwrap();
    let table = table();
    let mut wrong = Vec::new();
    for (row, changes) in CHANGES {
        let Some((_, is)) = table.iter().find(|(change, _)| change == row) else { panic!("SPEC has no row {row:?}") };
        for (old, new) in *changes {
            let said = verdict(&folder, old, new);
            if said != *is {
                wrong.push(format!("{old:?} to {new:?}: {said}, but {row:?} is {is}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_row_of_the_specification_has_a_change() {
    let tried = CHANGES.iter().filter(|(_, changes)| !changes.is_empty());
    let tried: BTreeSet<&str> = tried.map(|(row, _)| *row).collect();
    let table = table();
    assert!(table.len() > 20, "{} rows", table.len());
    let missing: Vec<_> = table.iter().filter(|(change, _)| !tried.contains(change.as_str())).collect();
    assert!(missing.is_empty(), "rows that no change here is for: {missing:#?}");
}
