//! The guest of the crossing benchmark, with wasm-bindgen.

use wasm_bindgen::prelude::wasm_bindgen;

static mut NUMBERS: [i32; 1_000_000] = [0; 1_000_000];

#[wasm_bindgen]
pub struct Point {
    pub x: i32,
    pub y: i32,
    #[wasm_bindgen(getter_with_clone)]
    pub name: String,
}

#[wasm_bindgen]
impl Point {
    #[wasm_bindgen(constructor)]
    pub fn new(x: i32, y: i32, name: String) -> Self {
        Self { x, y, name }
    }
}

#[wasm_bindgen]
pub fn simple_arr() -> Box<[i32]> {
    Box::new([100, 200, 300, 400])
}

#[wasm_bindgen]
pub fn inverse_img(pixels: &mut [u8]) {
    for byte in pixels {
        *byte = !*byte;
    }
}

#[wasm_bindgen]
pub fn numbers() -> Vec<i32> {
    let numbers = &raw const NUMBERS;
    // SAFETY: Only `fill` writes to it, while no reference is used: the guest runs in one thread.
    unsafe { &*numbers }.to_vec()
}

#[wasm_bindgen]
pub fn fill(value: i32) {
    let numbers = &raw mut NUMBERS;
    // SAFETY: As in `numbers`.
    unsafe { &mut *numbers }.fill(value);
}

#[wasm_bindgen(js_namespace = globalThis)]
extern "C" {
    fn log_nr(nr: u32);
}

#[wasm_bindgen]
pub fn log_loop(count: u32) {
    for nr in 0..count {
        log_nr(nr);
    }
}
