//! ABNF (RFC 5234, and `%s` of RFC 7405) as far as SPEC uses it: reads a grammar, and says whether text matches a rule.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use std::str::Chars;

#[derive(Clone, Debug)]
enum Node {
    /// One of these.
    Or(Vec<Node>),
    /// All of these.
    And(Vec<Node>),
    /// At least so many times, and at most.
    Repeat(usize, usize, Box<Node>),
    Rule(String),
    /// A string, and whether case matters.
    Text(String, bool),
    /// A byte of this range.
    Range(u8, u8),
}

/// A grammar.
pub struct Grammar(BTreeMap<String, Node>);

/// Rules of RFC 5234, appendix B.1, and of RFC 3629, section 4.
const CORE: &str = "\
ALPHA = %x41-5A / %x61-7A
DIGIT = %x30-39
SP = %x20
LF = %x0A
UTF8-2 = %xC2-DF UTF8-tail
UTF8-3 = %xE0 %xA0-BF UTF8-tail / %xE1-EC 2( UTF8-tail ) / %xED %x80-9F UTF8-tail / %xEE-EF 2( UTF8-tail )
UTF8-4 = %xF0 %x90-BF 2( UTF8-tail ) / %xF1-F3 3( UTF8-tail ) / %xF4 %x80-8F 2( UTF8-tail )
UTF8-tail = %x80-BF
";

impl Grammar {
    /// Reads rules. A line that begins with a space belongs to the rule above it.
    pub fn new(text: &str) -> Self {
        let mut rules = Vec::new();
        for line in CORE.lines().chain(text.lines()) {
            let line = line.split(" ;").next().unwrap();
            match line.split_once(" = ") {
                Some((name, rule)) if !line.starts_with(' ') => {
                    rules.push((name.trim().to_owned(), rule.to_owned()));
                }
                _ if line.trim().is_empty() => {}
                _ => rules.last_mut().expect("a rule comes first").1 += line,
            }
        }
        let mut grammar = BTreeMap::new();
        for (name, rule) in rules {
            let mut chars = rule.chars().peekable();
            let node = either(&mut chars);
            assert_eq!(chars.next(), None, "{name} = {rule}");
            assert!(grammar.insert(name.clone(), node).is_none(), "{name} is defined twice");
        }
        Self(grammar)
    }

    /// Whether all of the text matches a rule.
    pub fn matches(&self, rule: &str, text: &[u8]) -> bool {
        self.ends(&Node::Rule(rule.to_owned()), text, 0).contains(&text.len())
    }

    /// Where a match that begins at `at` can end.
    fn ends(&self, node: &Node, text: &[u8], at: usize) -> BTreeSet<usize> {
        match node {
            Node::Or(nodes) => nodes.iter().flat_map(|node| self.ends(node, text, at)).collect(),
            Node::And(nodes) => nodes.iter().fold(BTreeSet::from([at]), |starts, node| {
                starts.into_iter().flat_map(|start| self.ends(node, text, start)).collect()
            }),
            Node::Repeat(least, most, node) => {
                let (mut ends, mut last) = (BTreeSet::new(), BTreeSet::from([at]));
                for turn in 0..=*most {
                    if turn >= *least {
                        ends.extend(&last);
                    }
                    last = last.into_iter().flat_map(|start| self.ends(node, text, start)).collect();
                    last.retain(|end| !ends.contains(end));
                    if last.is_empty() {
                        break;
                    }
                }
                ends
            }
            Node::Rule(name) => self.ends(self.0.get(name).unwrap_or_else(|| panic!("no rule {name}")), text, at),
            Node::Text(word, case) => {
                let found = text.get(at..at + word.len()).is_some_and(|found| {
                    if *case { found == word.as_bytes() } else { found.eq_ignore_ascii_case(word.as_bytes()) }
                });
                found.then_some(at + word.len()).into_iter().collect()
            }
            Node::Range(from, to) => {
                text.get(at).filter(|byte| (from..=to).contains(byte)).map(|_| at + 1).into_iter().collect()
            }
        }
    }
}

fn blanks(chars: &mut Peekable<Chars<'_>>) {
    while chars.next_if_eq(&' ').is_some() {}
}

fn either(chars: &mut Peekable<Chars<'_>>) -> Node {
    let mut all = vec![sequence(chars)];
    while chars.next_if_eq(&'/').is_some() {
        all.push(sequence(chars));
    }
    Node::Or(all)
}

fn sequence(chars: &mut Peekable<Chars<'_>>) -> Node {
    let mut all = Vec::new();
    blanks(chars);
    while chars.peek().is_some_and(|c| !"/)]".contains(*c)) {
        all.push(repetition(chars));
        blanks(chars);
    }
    assert!(!all.is_empty());
    Node::And(all)
}

fn repetition(chars: &mut Peekable<Chars<'_>>) -> Node {
    let digits = take(chars, |c| c.is_ascii_digit());
    let least = digits.parse().unwrap_or(0);
    let most = if chars.next_if_eq(&'*').is_some() { usize::MAX } else { digits.parse().unwrap_or(1) };
    let node = element(chars);
    if digits.is_empty() && most == 1 { node } else { Node::Repeat(least, most, Box::new(node)) }
}

fn element(chars: &mut Peekable<Chars<'_>>) -> Node {
    let group = |chars: &mut Peekable<Chars<'_>>, close| {
        let node = either(chars);
        assert_eq!(chars.next(), Some(close));
        node
    };
    match chars.peek().expect("an element") {
        '(' => {
            chars.next();
            group(chars, ')')
        }
        '[' => {
            chars.next();
            Node::Repeat(0, 1, Box::new(group(chars, ']')))
        }
        '"' => Node::Text(quoted(chars), false),
        '%' => {
            chars.next();
            match chars.next() {
                Some('s') => Node::Text(quoted(chars), true),
                Some('x') => {
                    let number = |digits: String| u8::from_str_radix(&digits, 16).expect("a byte");
                    let from = number(take(chars, |c| c.is_ascii_hexdigit()));
                    let range = chars.next_if_eq(&'-').is_some();
                    Node::Range(from, if range { number(take(chars, |c| c.is_ascii_hexdigit())) } else { from })
                }
                other => panic!("%{other:?}"),
            }
        }
        _ => {
            let name = take(chars, |c| c.is_ascii_alphanumeric() || c == '-');
            assert!(!name.is_empty(), "an element, not {:?}", chars.peek());
            Node::Rule(name)
        }
    }
}

fn quoted(chars: &mut Peekable<Chars<'_>>) -> String {
    assert_eq!(chars.next(), Some('"'));
    let text = take(chars, |c| c != '"');
    assert_eq!(chars.next(), Some('"'));
    text
}

fn take(chars: &mut Peekable<Chars<'_>>, wanted: impl Fn(char) -> bool) -> String {
    let mut text = String::new();
    while let Some(c) = chars.next_if(|c| wanted(*c)) {
        text.push(c);
    }
    text
}
