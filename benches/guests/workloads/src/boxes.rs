//! Structures of many small owned parts: binary trees, and documents like those that a JSON parser builds.

use crate::random::Random;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

struct Node {
    left: Option<Box<Node>>,
    right: Option<Box<Node>>,
    value: u32,
}

impl Node {
    fn grow(depth: u32, random: &mut Random) -> Option<Box<Self>> {
        if depth == 0 {
            return None;
        }
        let left = Self::grow(depth - 1, random);
        let value = random.bits() as u32;
        Some(Box::new(Self { left, right: Self::grow(depth - 1, random), value }))
    }

    fn sum(&self) -> u32 {
        let side = |node: &Option<Box<Self>>| node.as_ref().map_or(0, |node| node.sum());
        side(&self.left).rotate_left(1) ^ side(&self.right).rotate_left(2) ^ self.value
    }
}

/// Binary trees of boxes. A step builds one of depth 4 to 10 and drops one of 64 that are kept.
pub struct Trees {
    random: Random,
    kept: [Option<Box<Node>>; 64],
}

impl Trees {
    pub const fn new() -> Self {
        Self { random: Random::new(), kept: [const { None }; 64] }
    }

    pub fn step(&mut self) -> u32 {
        let depth = 4 + self.random.below(7);
        let tree = Node::grow(depth, &mut self.random);
        let kept = &mut self.kept[self.random.below(64) as usize];
        let old = core::mem::replace(kept, tree);
        old.map_or(0, |tree| tree.sum())
    }
}

enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Array(Vec<Value>),
    Object(Vec<(String, Value)>),
}

/// A text of 1 to `max` letters, copied out of a larger one, as a parser copies it.
fn text(max: u32, random: &mut Random) -> String {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";
    String::from(&LETTERS[..1 + random.below(max) as usize])
}

impl Value {
    fn grow(depth: u32, random: &mut Random) -> Self {
        match random.below(if depth == 0 { 5 } else { 10 }) {
            0 => Self::Null,
            1 => Self::Bool(random.bits() & 1 == 0),
            2 => Self::Number(random.bits() as u32 as f64),
            3 | 4 => Self::Text(text(40, random)),
            5 | 6 => Self::Array((0..random.below(9)).fold(Vec::new(), |mut items, _| {
                items.push(Self::grow(depth - 1, random));
                items
            })),
            _ => Self::object(depth, random),
        }
    }

    fn object(depth: u32, random: &mut Random) -> Self {
        let mut members = Vec::new();
        for _ in 0..1 + random.below(8) {
            let name = text(12, random);
            members.push((name, Self::grow(depth - 1, random)));
        }
        Self::Object(members)
    }

    fn sum(&self) -> u32 {
        let text = |text: &String| {
            let read = if cfg!(feature = "observe") { text.len() } else { 1 };
            text.bytes().take(read).fold(7, |sum: u32, byte| sum.rotate_left(5) ^ u32::from(byte))
        };
        match self {
            Self::Null => 1,
            Self::Bool(value) => 2 + u32::from(*value),
            Self::Number(number) => *number as u32,
            Self::Text(value) => text(value),
            Self::Array(items) => items.iter().fold(5, |sum: u32, item| sum.rotate_left(1) ^ item.sum()),
            Self::Object(members) => {
                members.iter().fold(6, |sum: u32, (name, item)| sum.rotate_left(1) ^ text(name) ^ item.sum())
            }
        }
    }
}

/// Trees like a parsed JSON document, of which the last 32 are kept. A step builds one and drops the oldest.
pub struct Documents {
    random: Random,
    kept: [Option<Value>; 32],
    next: usize,
}

impl Documents {
    pub const fn new() -> Self {
        Self { random: Random::new(), kept: [const { None }; 32], next: 0 }
    }

    pub fn step(&mut self) -> u32 {
        let document = Value::object(6, &mut self.random);
        let old = self.kept[self.next].replace(document);
        self.next = (self.next + 1) % 32;
        old.map_or(0, |document| document.sum())
    }
}
