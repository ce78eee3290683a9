//! C: a header with the structs as they lie in memory, and a function for each export, over abi/c/linmem_host.h.

mod functions;
mod hosted;
mod literals;
mod table;
mod types;
mod wasm2c;

pub use wasm2c::{c as c_type, member, new as new_name, old as old_name};

use super::{Names, comment};
use crate::text::{doc, literal};
use linmem_host::{Const, Decl, Literal, Module, Scalar, Type};
use literals::{float, number, quoted, scalar_type};
use std::cell::RefCell;
use std::collections::BTreeMap;
use table::Table;

/// Words that are no names in C or C++, and macros of the usual headers.
const RESERVED: &str = "alignas alignof and and_eq asm assert atomic auto bitand bitor bool break case catch char char8_t \
    char16_t char32_t class compl complex concept const const_cast consteval constexpr constinit continue co_await co_return \
    co_yield decltype default delete do double dynamic_cast else enum errno explicit export extern false float for friend \
    goto if imaginary inline int linux long mutable namespace new noexcept noreturn not not_eq nullptr offsetof operator or \
    or_eq private protected public register reinterpret_cast requires restrict return short signed sizeof static \
    static_assert static_cast stderr stdin stdout struct switch template this thread_local throw true try typedef typeid \
    typename typeof typeof_unqual union unix unsigned using virtual void volatile wchar_t while xor xor_eq EOF NULL NAN \
    INFINITY WASM_RT_TRAP_NONE i386 guest result status lm_call_ lm_args lm_blocks u8 s8 u16 s16 u32 s32 u64 s64 f32 f64";

struct Writer<'a> {
    module: &'a Module,
    /// What all names begin with.
    prefix: &'a str,
    table: Table,
    /// What was found of declared types.
    facts: RefCell<BTreeMap<(&'static str, String), bool>>,
    names: RefCell<Names>,
    helpers: RefCell<BTreeMap<(String, &'static str), String>>,
}

/// `initialize` tells whether the module exports that, which no record says.
pub fn write(module: &Module, prefix: &str, initialize: bool) -> String {
    let declared = module.types().keys().chain(module.consts().keys()).chain(module.fns().keys());
    let declared: Vec<String> =
        declared.chain(module.drops().values()).map(|name| format!("{prefix}_{name}")).collect();
    let names = RefCell::new(Names::new(&declared.join(" ")));
    let writer = Writer {
        module,
        prefix,
        table: Table::new(module),
        facts: RefCell::default(),
        names,
        helpers: RefCell::default(),
    };
    let guard = format!("{}_LINMEM_H", prefix.to_uppercase());
    let mut code = format!(
        "/*\n * Written by `linmem bind --lang c` from a module's records; not to be edited.\n *\n \
         * Every function returns a status: LM_OK, one of LM_E_*, one of the host's such as LM_TRAPPED, or one of the \
         module's\n * own. What lies in the guest is an lm_ref. What comes as owned, lm_free frees.\n */\n\
         #ifndef {guard}\n#define {guard}\n\n#include \"linmem_host.h\"\n\n#ifdef __cplusplus\nextern \"C\" {{\n#endif\n"
    );
    for (name, of) in module.consts() {
        code += &format!("\n{}#define {prefix}_{name} {}\n", comment("", doc(module, name)), writer.constant(of));
    }
    code += &writer.types();
    code += &writer.tables();
    code += &writer.accesses();
    code += &writer.functions();
    code += &writer.hosted();
    code += &writer.wasm2c(initialize);
    code + "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n"
}

impl Writer<'_> {
    /// The name of a declared thing.
    fn name(&self, name: &str) -> String {
        format!("{}_{name}", self.prefix)
    }

    /// The name of something made for a declared thing. No two are the same, and none is that of a declared thing.
    fn helper(&self, name: &str, suffix: &'static str) -> String {
        let mut helpers = self.helpers.borrow_mut();
        let helper = helpers
            .entry((name.to_owned(), suffix))
            .or_insert_with(|| self.names.borrow_mut().claim(&format!("{}_{name}{suffix}", self.prefix)));
        helper.clone()
    }

    /// A declared type.
    fn decl(&self, name: &str) -> &Decl {
        &self.module.types()[name]
    }

    fn constant(&self, of: &Const) -> String {
        match (&of.value, &of.ty) {
            (Literal::Int(value), Type::Scalar(scalar)) => format!("(({}){})", scalar_type(*scalar), number(*value)),
            (Literal::Bits(bits), Type::Scalar(Scalar::F32)) => float(f64::from(f32::from_bits(*bits as u32)), "F"),
            (Literal::Bits(bits), _) => float(f64::from_bits(*bits), ""),
            (Literal::Text(text), _) => quoted(text),
            _ => literal(of),
        }
    }
}
