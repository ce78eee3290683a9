//! Writes wasm-bindgen's module and glue, as `wasm-bindgen --target web` does: `crossing-glue MODULE FOLDER`.

use std::env;
use wasm_bindgen_cli_support::Bindgen;

fn main() {
    let [module, folder] = env::args().skip(1).collect::<Vec<_>>().try_into().expect("a module and a folder");
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).typescript(false);
    bindgen.web(true).and_then(|bindgen| bindgen.generate(folder)).expect("glue is written");
}
