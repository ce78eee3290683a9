//! Structs, unions, tagged enumerations, pointers, options, functions: made, lent, written to, given, looked at.

use crate::{Bits, Color, Done, Fail, Nested, Node, Op, Place, Point, Runs, Scalars, Shape, own_cstr, own_str};
use alloc::boxed::Box;
use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::ptr::{self, NonNull};
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use linmem::{AbiError, Buffer, CStr, Owned, Slice, Str, try_box};

static TABLE: [i32; 4] = [10, 11, 12, 13];
static DONE: AtomicU32 = AtomicU32::new(0);

/// Bytes that hosts are shown.
#[repr(align(16))]
struct Shown(UnsafeCell<[MaybeUninit<u8>; 256]>);

// SAFETY: a module has one thread.
unsafe impl Sync for Shown {}

static SHOWN: Shown = Shown(UnsafeCell::new([MaybeUninit::uninit(); 256]));

/// Copies a value as it lies in memory, padding included.
fn show<T, const N: usize>(value: &T) -> NonNull<[u8; N]> {
    const { assert!(size_of::<T>() == N && N <= 256) };
    let from = ptr::from_ref(value).cast::<MaybeUninit<u8>>();
    // SAFETY: both are at least so long, and hosts have no reference to the static.
    unsafe { ptr::copy(from, SHOWN.0.get().cast(), N) };
    NonNull::from(&SHOWN).cast()
}

extern "C" fn square(x: i32, scale: f64) -> i32 {
    (f64::from(x) * f64::from(x) * scale) as i32
}

extern "C" fn done() {
    DONE.fetch_add(1, Relaxed);
}

extern "C" fn choose(yes: bool, color: Color, wide: i64, pair: &Pair) -> Sense {
    if yes && matches!(color, Color::Blue) && wide == i64::from(pair.a) { Sense::Back } else { Sense::Forth }
}

linmem::abi! {
    /// A struct without pointers, and with padding.
    #[derive(Clone, Copy)]
    pub struct Pair { pub a: i32, pub b: f64 }

    /// Members named as no member of a class should be.
    #[allow(non_snake_case)]
    pub struct Odd {
        pub constructor: i32,
        pub __proto__: i32,
        pub then: i32,
        pub length: i32,
        pub free: i32,
        pub view: i32,
        pub class: i32,
        pub __init__: i32,
    }

    pub enum Sense: i32 { Forth = 1, Back = -1 }

    /// A tag of two bytes, with a sign.
    pub enum Wide: i16 { Low(u8) = -300, High([i32; 2]) = 300 }

    /// A tagged enumeration that owns what it holds.
    pub enum Answer: u8 { Silence, Words(Owned<Str>), Place(Point), Pairs(Owned<Slice<Pair>>) }

    /// By value, pointer and address: many kinds of parameters in one signature.
    pub struct Choose(extern "C" fn(yes: bool, color: Color, wide: i64, pair: &Pair) -> Sense);

    drop fn drop_nested(Box<Nested>);
    drop fn drop_runs(Box<Runs>);
    drop fn drop_node(Box<Node>);
    drop fn drop_answer(Box<Answer>);

    // As they lie in memory; valid until the next of these is called.

    pub fn show_point(value: &Point) -> NonNull<[u8; 12]> { show(value) }
    pub fn show_pair(value: &Pair) -> NonNull<[u8; 16]> { show(value) }
    pub fn show_scalars(value: &Scalars) -> NonNull<[u8; 64]> { show(value) }
    pub fn show_bits(value: &Bits) -> NonNull<[u8; 4]> { show(value) }
    pub fn show_shape(value: &Shape) -> NonNull<[u8; 16]> { show(value) }
    pub fn show_wide(value: &Wide) -> NonNull<[u8; 12]> { show(value) }
    pub fn show_odd(value: &Odd) -> NonNull<[u8; 32]> { show(value) }
    pub fn show_text(value: &Str) -> NonNull<[u8; 8]> { show(value) }
    pub fn show_buffer(value: &Buffer<i32>) -> NonNull<[u8; 12]> { show(value) }
    pub fn show_grid(value: &[[f32; 2]; 2]) -> NonNull<[u8; 16]> { show(value) }

    pub fn make_scalars() -> Result<Scalars, AbiError> {
        Ok(Scalars {
            a: true, b: i8::MIN, c: u8::MAX, d: i16::MIN, e: u16::MAX, f: i32::MIN, g: u32::MAX, h: i64::MIN,
            i: u64::MAX, j: f32::MAX, k: f64::MIN_POSITIVE, l: char::MAX, m: usize::MAX, n: isize::MIN,
        })
    }

    pub fn make_nested(name: str) -> Option<Box<Nested>> {
        let corner = |x| own_cstr(name).map(|name| Place { x, y: x + 1, name });
        try_box(Nested {
            flag: true,
            inner: make_scalars().ok()?,
            corners: [corner(1).ok()?, corner(3).ok()?],
            grid: [[0.0, 0.5, 1.0], [1.5, 2.0, 2.5]],
            r#type: Color::Green,
        }).ok()
    }

    pub fn make_runs() -> Result<Box<Runs>, AbiError> {
        let mut buffer = Buffer::new();
        buffer.try_push(Point { x: 5, y: 6, name: own_cstr("in a buffer")? })?;
        let texts: Box<[Owned<Str>]> = try_box([own_str("one")?, own_str("")?])?;
        try_box(Runs {
            text: Str::from("static"),
            label: CStr::NULL,
            numbers: Slice::from(&TABLE),
            buffer,
            own_text: own_str("own")?,
            own_label: Some(own_cstr("label")?),
            own_texts: texts.into(),
        })
    }

    /// A node before others, with a value between 0 and 3.
    pub fn make_node(next: Option<Box<Node>>, index: usize) -> Result<Box<Node>, AbiError> {
        let value = TABLE.get(index).ok_or(AbiError::OutOfBounds)?;
        let (up, down) = (ptr::null(), ptr::null_mut());
        try_box(Node { next, up, down, value, place: None, apply: Op(square), done: None })
    }

    /// Makes `up` and `down` of the next node lead to this one, and gives it something to do.
    pub fn link(node: &mut Node) -> Result<(), AbiError> {
        let this = ptr::from_mut(node);
        let next = node.next.as_deref_mut().ok_or(AbiError::Null)?;
        next.up = this;
        next.down = this;
        next.done = Some(Op(square));
        Ok(())
    }

    pub fn bits_of(float: f32) -> Result<Bits, AbiError> {
        Ok(Bits { float })
    }

    pub fn make_shape(index: u32) -> Result<Shape, AbiError> {
        match index {
            0 => Ok(Shape::Circle(2.5)),
            1 => Ok(Shape::Tinted(Color::Blue)),
            2 => Ok(Shape::Scaled(Bits { int: 0x3fc0_0000 })),
            3 => Ok(Shape::Nothing),
            _ => Err(AbiError::OutOfBounds),
        }
    }

    /// Circles double, and all else becomes one.
    pub fn change_shape(shape: &mut Shape) {
        *shape = Shape::Circle(if let Shape::Circle(radius) = shape { *radius * 2.0 } else { 1.0 });
    }

    pub fn make_wide(high: bool) -> Result<Wide, AbiError> {
        Ok(if high { Wide::High([-1, 1]) } else { Wide::Low(255) })
    }

    pub fn make_answer(index: u32) -> Result<Answer, AbiError> {
        match index {
            0 => Ok(Answer::Silence),
            1 => own_str("yes").map(Answer::Words),
            2 => Ok(Answer::Place(Point { x: 1, y: 2, name: own_cstr("here")? })),
            3 => crate::runs::make_pairs(2).map(Answer::Pairs),
            _ => Err(AbiError::OutOfBounds),
        }
    }

    /// The length of the words that it is given, and frees.
    pub fn take_answer(answer: Box<Answer>) -> usize {
        if let Answer::Words(words) = &*answer { words.lend().bytes().len() } else { 0 }
    }

    pub fn sum_odd(odd: &Odd) -> i32 {
        odd.constructor + odd.__proto__ + odd.then + odd.length + odd.free + odd.view + odd.class + odd.__init__
    }

    /// Named as what makes an object a promise.
    pub fn then() -> i32 {
        1
    }

    pub fn constructor(__proto__: i32) -> i32 {
        __proto__
    }

    /// Valid as long as the module.
    pub fn table_at(index: usize) -> Option<&'static i32> {
        TABLE.get(index)
    }

    pub fn add_one(number: &mut i32) -> i32 {
        *number = number.wrapping_add(1);
        *number
    }

    pub fn least(number: &i64, other: Option<&i64>) -> i64 {
        other.map_or(*number, |other| *number.min(other))
    }

    pub fn sum_pair(pair: Option<&Pair>) -> f64 {
        pair.map_or(-1.0, |pair| f64::from(pair.a) + pair.b)
    }

    /// Whether there was a pair to write to.
    pub fn scale_pair(pair: Option<&mut Pair>, by: f64) -> bool {
        pair.map(|pair| pair.b *= by).is_some()
    }

    pub fn same_pair(pair: Box<Pair>) -> Box<Pair> {
        pair
    }

    pub fn take_pair(pair: Option<Box<Pair>>) -> i32 {
        pair.map_or(0, |pair| pair.a)
    }

    pub fn pair_of(pair: &Pair) -> Result<Pair, AbiError> {
        Ok(*pair)
    }

    pub fn done_fn(yes: bool) -> Option<Done> {
        yes.then_some(Done(done))
    }

    /// How often the function of `done_fn` was called.
    pub fn times_done() -> u32 {
        DONE.load(Relaxed)
    }

    pub fn choose_fn() -> Choose {
        Choose(choose)
    }

    // A status and two out values; 16 if there is nothing to divide by.
    pub fn divide_with_rest(x: i32, by: i32) -> Result<(quotient: i32, rest: i32), Fail> {
        if by == 0 { Err(Fail::Empty) } else { Ok((x.wrapping_div(by), x.wrapping_rem(by))) }
    }

    pub fn bounds(values: [i32]) -> (u32, least: i32, most: i32) {
        let (least, most) = (values.iter().min(), values.iter().max());
        (values.len() as u32, *least.unwrap_or(&i32::MAX), *most.unwrap_or(&i32::MIN))
    }

    /// Traps.
    pub fn trap() {
        panic!()
    }

    /// Uses up the stack, and traps.
    pub fn dive(depth: u64) -> u64 {
        let here = core::hint::black_box([depth; 64]);
        if depth == u64::MAX { 0 } else { dive(depth + 1) ^ here[(depth % 64) as usize] }
    }
}
