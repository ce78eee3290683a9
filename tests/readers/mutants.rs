//! Sections that are changed at random, most of them in one place.

use crate::random::Random;

const OTHERS: [&str; 46] = [
    "0",
    "1",
    "4",
    "8",
    "12",
    "16",
    "255",
    "2147483647",
    "2147483648",
    "4294967295",
    "18446744073709551616",
    "-1",
    "007",
    "+1",
    "0x0",
    "u8",
    "i64",
    "f64",
    "bool",
    "char",
    "usize",
    "str",
    "cstr",
    "status",
    "Point",
    "Op",
    "Db",
    "Color",
    "Fail",
    "Shape",
    "Bits",
    "x",
    "value",
    "__proto__",
    "^",
    "~",
    "?",
    "*",
    "[]",
    "[+]",
    "[0]",
    "[2]",
    ">",
    "->",
    ":",
    "!",
];

/// One of some words.
fn of<'a>(random: &mut Random, words: &[&'a str]) -> &'a str {
    words[random.below(words.len())]
}

/// One of some words, or one in eight times of others.
fn usually<'a>(random: &mut Random, words: &[&'a str], others: &[&'a str]) -> &'a str {
    if random.below(8) == 0 { of(random, others) } else { of(random, words) }
}

/// What a word is made of; else each char is one.
fn word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-".contains(c)
}

/// Some lines of a section: all that others may refer to, and a few of those that refer to them.
pub fn excerpt(random: &mut Random, section: &str) -> String {
    let refers = |line: &&str| ["fn ", "import ", "doc "].iter().any(|kind| line.starts_with(kind));
    section
        .lines()
        .filter(|line| !refers(line) || random.below(8) == 0)
        .fold(String::new(), |text, line| text + line + "\n")
}

/// A section with a change or a few: a word for another one, a line twice or gone, a byte for another one.
pub fn mutate(random: &mut Random, section: &str) -> Vec<u8> {
    let mut lines: Vec<String> = section.lines().map(str::to_owned).collect();
    for _ in 0..[1, 1, 1, 2, 4][random.below(5)] {
        let at = random.below(lines.len());
        let line = lines[at].clone();
        if line.is_empty() {
            continue;
        }
        // Where words begin and end.
        let mut cuts: Vec<usize> = line.char_indices().map(|(at, _)| at).collect();
        cuts.retain(|at| *at == 0 || !line[..*at].ends_with(word) || !line[*at..].starts_with(word));
        cuts.push(line.len());
        let cut = random.below(cuts.len() - 1);
        let (start, end) = (cuts[cut], cuts[cut + 1]);
        let known = section.split(|c| !word(c)).filter(|word| !word.is_empty()).collect::<Vec<_>>();
        lines[at] = match random.below(10) {
            0 => [&line[..start], of(random, &OTHERS), &line[start..]].concat(),
            1 => [&line[..start], &line[end..]].concat(),
            2 => [&line[..start], of(random, &known), &line[end..]].concat(),
            3 if random.below(4) == 0 => String::new(),
            3 => [&line[..start], &line[start..end], &line[start..]].concat(),
            4 => {
                let byte = char::from(u8::try_from(random.below(128)).unwrap());
                [&line[..start], &byte.to_string(), &line[end..]].concat()
            }
            5 => {
                let other = lines[random.below(lines.len())].clone();
                let words: Vec<&str> = other.split(' ').collect();
                [&line, " ", of(random, &words)].concat()
            }
            6 => {
                // A number that is a little larger or smaller.
                let number = line[start..end].parse::<i128>().map(|number| number + random.below(9) as i128 - 4);
                number.map_or(line.clone(), |number| [&line[..start], &number.to_string(), &line[end..]].concat())
            }
            7 => {
                let other = lines[random.below(lines.len())].clone();
                lines.push(line);
                other
            }
            _ => [&line[..start], of(random, &OTHERS), &line[end..]].concat(),
        };
    }
    let mut bytes = (lines.join("\n") + "\n").into_bytes();
    match random.below(40) {
        0 => drop(bytes.pop()),
        1 => {
            let at = random.below(bytes.len());
            bytes[at] = random.below(256) as u8;
        }
        _ => {}
    }
    bytes
}

const SCALARS: [(&str, u64); 14] = [
    ("bool", 1),
    ("i8", 1),
    ("u8", 1),
    ("i16", 2),
    ("u16", 2),
    ("i32", 4),
    ("u32", 4),
    ("i64", 8),
    ("u64", 8),
    ("f32", 4),
    ("f64", 8),
    ("char", 4),
    ("usize", 4),
    ("isize", 4),
];

/// A section from nothing: short, and in order but for a few things that are not.
pub fn generate(random: &mut Random) -> Vec<u8> {
    let mut types =
        Types { sizes: SCALARS.map(|(name, size)| (name.to_owned(), size, size)).to_vec(), others: Vec::new() };
    let others =
        ["abi 01 wasm32", "abi 2 wasm32", "abi 1 wasm64", "abi 1", "abi", "abi 1 wasm32 ", "", "!abi 1 wasm32"];
    let mut lines = vec![if random.below(50) == 0 { of(random, &others) } else { "abi 1 wasm32" }.to_owned()];
    for index in 0..1 + random.below(8) {
        let mut line = types.record(random, index);
        match random.below(100) {
            0..=5 => line.insert(0, '!'),
            6 => line.push(' '),
            7 => line.push('\r'),
            8 => line = line.replacen(' ', "  ", 1),
            _ => {}
        }
        lines.insert(random.below(lines.len() + 1), line);
    }
    let section = lines.join("\n") + "\n";
    if random.below(3) == 0 { mutate(random, &section) } else { section.into_bytes() }
}

/// What was declared: names with sizes and aligns, and those that have none.
struct Types {
    sizes: Vec<(String, u64, u64)>,
    others: Vec<String>,
}

impl Types {
    /// A type with its size and align. One in many is not in order.
    fn any(&self, random: &mut Random, depth: usize) -> (String, u64, u64) {
        let operator = if depth > 3 { 0 } else { random.below(12) };
        let (inner, size, align) = match operator {
            0..=4 => return self.sizes[random.below(self.sizes.len())].clone(),
            5 => {
                let texts = ["str", "^str", "cstr", "^cstr", "?cstr", "?^cstr"];
                let text = usually(random, &texts, &["?str", "~str", "~cstr", "^?cstr", "status"]);
                return (text.to_owned(), if text.contains("cstr") { 4 } else { 8 }, 4);
            }
            6 if !self.others.is_empty() => (self.others[random.below(self.others.len())].clone(), 4, 4),
            _ => self.any(random, depth + 1),
        };
        let pointers = ["*", "^*", "~*", "?*", "?^*", "?~*"];
        match operator {
            6..=8 => (usually(random, &pointers, &["^?*", "~^*", "", "?"]).to_owned() + &inner, 4, 4),
            9 => (usually(random, &["[]", "^[]", "~[]"], &["?[]", "^~[]"]).to_owned() + &inner, 8, 4),
            10 => (usually(random, &["[+]"], &["^[+]", "?[+]"]).to_owned() + &inner, 12, 4),
            _ => {
                let edges = [0, 65536, 1 << 28, (1 << 31) - 1, 1 << 31, u64::MAX];
                let len = if random.below(8) > 0 { 1 + random.below(3) as u64 } else { edges[random.below(6)] };
                (format!("[{len}]{inner}"), size.saturating_mul(len), align)
            }
        }
    }

    /// A type that is a parameter, or a result if it travels as one value.
    fn travelling(&self, random: &mut Random, result: bool) -> String {
        let of = self.any(random, 1).0;
        match random.below(8) {
            0 => of,
            1 if !result => "[]".to_owned() + &of,
            2 => SCALARS[random.below(14)].0.to_owned(),
            _ => "*".to_owned() + &of,
        }
    }

    fn signature(&self, random: &mut Random) -> String {
        let mut text = String::new();
        for index in 0..random.below(4) {
            text += &match random.below(4) {
                0 => format!(" p{index}:>{}", self.any(random, 0).0),
                _ => format!(" p{index}:{}", self.travelling(random, false)),
            };
        }
        match random.below(4) {
            0 => text + " -> status",
            1 => text + " -> " + &self.travelling(random, true),
            _ => text,
        }
    }

    /// A struct, union or tagged by C's rule. Now and then a number in it is another one.
    fn aggregate(&mut self, random: &mut Random, name: &str) -> String {
        let kind = random.below(3);
        let ints = [("u8", 1), ("i16", 2), ("u32", 4), ("i64", 8)];
        let (int, tag_size) = ints[random.below(4)];
        let tag = usually(random, &[int], &["usize", "bool", "char", "f64", "status", "A"]);
        let count = 1 + random.below(4);
        let members: Vec<_> = (0..count).map(|_| self.any(random, 0)).collect();
        let within = members.iter().map(|member| member.2).max().unwrap_or(1);
        let align = if kind == 2 { within.max(tag_size) } else { within };
        let up = |size: u64, align: u64| size.saturating_add(align - 1) / align * align;
        let (mut text, mut end) = (String::new(), if kind == 2 { tag_size } else { 0 });
        for (index, (ty, size, align)) in members.iter().enumerate() {
            let mut at = match kind {
                0 => up(end, *align),
                1 => 0,
                _ => up(tag_size, within),
            };
            end = end.max(at.saturating_add(*size));
            if random.below(30) == 0 {
                at = at.saturating_add(*align);
            }
            text += &match kind {
                2 if random.below(4) == 0 => format!(" c{index}={index}"),
                2 => format!(" c{index}={index}:{at}:{ty}"),
                _ => format!(" m{index}:{at}:{ty}"),
            };
        }
        let mut size = up(up(end, within), align);
        if random.below(30) == 0 {
            size = size.saturating_add(align);
        }
        self.sizes.push((name.to_owned(), size, align));
        match kind {
            0 => format!("struct {name} {size} {align}{text}"),
            1 => format!("union {name} {size} {align}{text}"),
            _ => format!("tagged {name} {size} {align} {tag}{text}"),
        }
    }

    /// A value at the edge of what a type holds, or in it.
    fn edge(random: &mut Random, size: u64, inside: i128) -> i128 {
        if random.below(4) > 0 {
            return inside;
        }
        let edges = [0, 1, 1 << (8 * size - 1), 1 << (8 * size), 16, 0xD800, 0x11_0000];
        let value: i128 = edges[random.below(edges.len())];
        [value, -value, value - 1, 1 - value][random.below(4)]
    }

    fn record(&mut self, random: &mut Random, index: usize) -> String {
        let words = ["A", "_b", "C2", "__proto__", "then", "constructor", "toString", "abi", "doc", "alloc"];
        let word = usually(random, &words, &["u8", "str", "status", "", "2a", "a-b", "\u{e4}"]);
        let name = if random.below(8) == 0 { word.to_owned() } else { format!("N{index}") };
        match random.below(12) {
            0..=2 => self.aggregate(random, &name),
            3 => {
                let ints = [("u8", 1), ("i8", 1), ("u16", 2), ("i32", 4), ("u64", 8), ("i64", 8), ("status", 4)];
                let (int, size) = ints[random.below(7)];
                let int = usually(random, &[int], &["usize", "isize", "bool", "char", "f32", "A"]);
                let cases = 1 + random.below(3) as i128;
                let text: String =
                    (0..cases).map(|case| format!(" c{case}={}", Self::edge(random, size, 16 + case))).collect();
                self.sizes.push((name.clone(), size, size));
                format!("enum {name} {int}{text}")
            }
            4 => {
                self.sizes.push((name.clone(), 4, 4));
                format!("sig {name}{}", self.signature(random))
            }
            5 => {
                self.others.push(name.clone());
                format!("opaque {name}")
            }
            6 => {
                let (ty, size) = SCALARS[random.below(14)];
                let value = Self::edge(random, size, 1);
                match ty {
                    "f32" | "f64" => {
                        let digits = [0, 1, 2 * size as usize, 2 * size as usize + 1][random.below(4)];
                        let digits: String =
                            (0..digits).map(|_| of(random, &["0", "1", "7", "8", "a", "f", "F"])).collect();
                        format!("const {name} {ty} 0x{digits}")
                    }
                    _ => format!("const {name} {ty} {value}"),
                }
            }
            7 => {
                let pieces = [
                    "a",
                    " ",
                    "  ",
                    "\\n",
                    "\\\\",
                    "\\",
                    "\\t",
                    "\u{e4}",
                    "\u{feff}",
                    "\u{1f600}",
                    "\u{85}",
                    "\u{2028}",
                    "\t",
                    "\r",
                    "\u{7f}",
                    "\0",
                ];
                let text: String = (0..random.below(5)).map(|_| of(random, &pieces)).collect();
                match random.below(3) {
                    0 => format!("const {name} str {text}"),
                    1 => format!("doc {name} {text}"),
                    _ => format!("later {text}"),
                }
            }
            8 => format!("fn {name}{}", self.signature(random)),
            9 => format!(
                "import {} {name}{}",
                usually(random, &["env", "a:b", "a/b", "!"], &["\u{e4}", ""]),
                self.signature(random)
            ),
            10 => {
                let mark = usually(random, &["^*", "^[]"], &["?^*", "*"]);
                format!("drop {name} {mark}{}", self.any(random, 1).0)
            }
            _ => format!(
                "role {} {}",
                of(random, &["alloc", "free", "realloc", "later"]),
                usually(random, &["a", "b", "c", "d"], &["N1", "N2"])
            ),
        }
    }
}
