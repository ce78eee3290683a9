//! Modules and sidecars that are cut short or changed at random: every command ends with a report or an error.

mod common;

use common::{folder, guest, here, linmem, words};
use std::fs;
use std::path::Path;

/// xorshift64*, so that a failure can be had again from its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % end
    }
}

/// Changes some bytes: anywhere, or in the section of records alone, where a change leaves the module valid.
fn mutate(bytes: &mut [u8], from: usize, to: usize, random: &mut Random) {
    for _ in 0..=random.below(4) {
        let at = from + random.below(to - from);
        match random.below(3) {
            0 => bytes[at] = random.below(256) as u8,
            1 => bytes[at] ^= 1 << random.below(8),
            _ => {
                let other = from + random.below(to - from);
                bytes.swap(at, other);
            }
        }
    }
}

/// Runs each command, and demands an exit status of its own.
fn survive(folder: &Path, file: &str, what: &str) {
    for args in [
        format!("show {file}"),
        format!("check {file}"),
        format!("call {file} average '[1, 2]' --fuel 1000000"),
        format!("call {file} points_push '[{{x: 1, y: 2, name: a}}]' 3 4 b --fuel 1000000 --json"),
        format!("call {file} db_set 'open()' 1 2 --fuel 1000000"),
        format!("call {file} drop_point '{{x: 1, y: 2, name: a}}' --fuel 1000000"),
        format!("show {file} --json"),
        format!("diff {file} records.wasm"),
        format!("bind --lang c {file}"),
        format!("bind --lang ts {file}"),
        format!("bind --lang python {file}"),
        format!("bind --lang rust {file}"),
        format!("bind --lang go {file} --wasm2c out.c"),
        format!("bind --lang java {file} --wasm2c out.c"),
        format!("size {file}"),
        format!("sidecar {file} -o out.abi"),
    ] {
        let output = linmem(folder, &words(&args));
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0..=2)), "{what}: linmem {args}: {}\n{error}", output.status);
    }
}

#[test]
fn commands_survive_modules_that_were_changed() {
    let folder = folder("changed");
    let section = {
        let name = guest().windows(10).position(|bytes| bytes == b"linmem.abi").unwrap();
        name + 10..name + 10 + 2600
    };
    for seed in 1..=40 {
        let mut random = Random(seed);
        let mut bytes = guest().to_vec();
        let (from, to) = if seed % 4 == 0 { (8, bytes.len()) } else { (section.start, section.end) };
        mutate(&mut bytes, from, to, &mut random);
        fs::write(folder.join("changed.wasm"), bytes).unwrap();
        survive(&folder, "changed.wasm", &format!("seed {seed}"));
    }
}

#[test]
fn commands_survive_modules_that_are_cut_short() {
    let folder = folder("cut");
    for part in [0, 1, 7, 8, 9, 100, 1000, guest().len() / 2, guest().len() - 1] {
        fs::write(folder.join("cut.wasm"), &guest()[..part]).unwrap();
        survive(&folder, "cut.wasm", &format!("{part} bytes"));
    }
}

#[test]
fn commands_survive_records_that_were_changed() {
    let folder = folder("lines");
    let records = fs::read_to_string(here().join("tests/modules/v1.abi")).unwrap();
    let pieces: Vec<&str> = records.split_inclusive([' ', ':', '\n', '=']).collect();
    for seed in 1..=40 {
        let mut random = Random(seed);
        let mut changed = pieces.clone();
        for _ in 0..=random.below(3) {
            let (at, other) = (random.below(changed.len()), random.below(changed.len()));
            match random.below(3) {
                0 => changed.swap(at, other),
                1 => drop(changed.remove(at)),
                _ => changed.insert(at, pieces[other.min(pieces.len() - 1)]),
            }
        }
        fs::write(folder.join("lines.abi"), changed.concat()).unwrap();
        for args in [
            "show lines.abi",
            "check lines.abi",
            "diff v1.abi lines.abi",
            "bind --lang c lines.abi",
            "bind --lang ts lines.abi",
        ] {
            let output = linmem(&folder, &words(args));
            assert!(matches!(output.status.code(), Some(0..=2)), "seed {seed}: linmem {args}: {}", output.status);
        }
    }
}

#[test]
fn errors_show_lines_of_files_without_what_moves_a_cursor() {
    let folder = folder("cursor");
    fs::write(folder.join("budget.txt"), "total 1\nfunction \x1b[2Jgone\tf\r\n").unwrap();
    let output = linmem(&folder, &words("size small.wasm --budget budget.txt"));
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(error.ends_with(": function \\u{1b}[2Jgone\\tf\n"), "{error:?}");
}
