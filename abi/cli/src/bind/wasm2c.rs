//! The functions of abi/c/linmem_engine.h over what wasm2c made of a module, for languages that call C.

use super::c::{c_type, member, new_name, old_name};
use linmem_host::{Decl, Module, Wasm};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// `imported` is what the module imports, where that is known: a linker leaves out what is not called. `initialize` tells
/// whether it exports that, which no record says.
pub fn write(module: &Module, prefix: &str, imported: Option<&BTreeSet<(String, String)>>, initialize: bool) -> String {
    let writer = Writer { prefix };
    let export = |name: &str| writer.export(name);
    let instance = pick(&format!("Z_{}_instance_t", old_name(prefix)), &format!("w2c_{}", new_name(prefix)));
    let mut exports = BTreeMap::new();
    let role = |role| module.role(role).to_owned();
    exports.insert(role("alloc"), (vec![Wasm::I32; 2], Some(Wasm::I32)));
    exports.insert(role("free"), (vec![Wasm::I32; 3], None));
    exports.insert(role("realloc"), (vec![Wasm::I32; 4], Some(Wasm::I32)));
    for (name, of) in module.fns() {
        exports.insert(name.clone(), module.wasm(of));
    }
    for (ty, name) in module.drops() {
        exports.insert(name.clone(), (module.flatten(ty).to_vec(), None));
    }
    if initialize {
        exports.insert("_initialize".into(), (Vec::new(), None));
    }
    let (mut names, mut cases) = (String::new(), String::new());
    for (number, (name, (params, result))) in exports.iter().enumerate() {
        writeln!(names, "    \"{name}\",").unwrap();
        let call = called(&export(name), "&engine->instance", params, *result);
        writeln!(cases, "        case {number}:\n            {call}\n            break;").unwrap();
    }
    let (signatures, indirect) = writer.signatures(module);
    let (shims, modules) = imports(module, imported);
    let old_modules = ", (void *)engine".repeat(modules);
    format!(
        "/*\n * Written by `linmem bind --wasm2c` from a module's records; not to be edited.\n *\n \
         * The functions of linmem_engine.h over what `wasm2c -n {prefix}` wrote.\n */\n#include \"linmem_engine.h\"\n\
         #include \"{prefix}.h\"\n#include \"wasm-rt-impl.h\"\n#include <setjmp.h>\n#include <stdlib.h>\n#include <string.h>\n\n\
         /* Names up to wabt 1.0.32, which need LM_WABT_OLD, and later ones. */\n#ifdef LM_WABT_OLD\n#define W2C(old, new) \
         old\n#else\n#define W2C(old, new) new\n#endif\n\nstruct lm_engine {{\n    {instance} instance;\n    lm_engine_host \
         host;\n    void *user;\n}};\n\n{frames}\
         static inline float to_f32(uint64_t value)\n{{\n    const uint32_t bits = (uint32_t)value;\n    float of;\n    memcpy(&of, \
         &bits, sizeof of);\n    return of;\n}}\n\nstatic inline uint64_t of_f32(float value)\n{{\n    uint32_t bits;\n    \
         memcpy(&bits, &value, sizeof bits);\n    return bits;\n}}\n\nstatic inline double to_f64(uint64_t value)\n{{\n    double \
         of;\n    memcpy(&of, &value, sizeof of);\n    return of;\n}}\n\nstatic inline uint64_t of_f64(double value)\n{{\n    uint64_t \
         bits;\n    memcpy(&bits, &value, sizeof bits);\n    return bits;\n}}\n{shims}\nstatic const char *const names[] = \
         {{\n{names}}};\n\nint32_t LM_ENGINE(find)(const char *name)\n{{\n    for (int32_t number = 0; number < (int32_t)(sizeof names \
         / sizeof names[0]); number++) {{\n        if (strcmp(names[number], name) == 0) {{\n            return number;\n        }}\n    \
         }}\n    return -1;\n}}\n\nuint8_t *LM_ENGINE(memory)(lm_engine *engine, uint64_t *size)\n{{\n    const wasm_rt_memory_t \
         *const memory = {memory}(&engine->instance);\n    *size = (uint64_t)memory->pages * 65536;\n    return memory->data;\n}}\n\n\
         lm_engine *LM_ENGINE(new)(lm_engine_host host, void *user)\n{{\n    lm_engine *const engine = calloc(1, sizeof \
         *engine);\n    volatile int done = 0;\n    outer of;\n    if (engine == NULL) {{\n        return NULL;\n    }}\n    engine->host \
         = host;\n    engine->user = user;\n    wasm_rt_init();\n#ifdef LM_WABT_OLD\n    {init}();\n#endif\n    enter(&of);\n    if \
         (wasm_rt_impl_try() == 0) {{\n        {instantiate}(&engine->instance{old_modules});\n        done = 1;\n    }}\n    \
         leave(&of);\n    if (!done) {{\n        /* Its \
         memory is made first: without one there is nothing to free. */\n        if ({memory}(&engine->instance)->data != NULL) \
         {{\n            {free}(&engine->instance);\n        }}\n        free(engine);\n        return NULL;\n    }}\n    return engine;\n}}\n\n\
         void LM_ENGINE(delete)(lm_engine *engine)\n{{\n    {free}(&engine->instance);\n    free(engine);\n}}\n\n\
         int LM_ENGINE(call)(lm_engine *engine, int32_t number, uint64_t *values)\n{{\n    volatile int status = \
         LM_ENGINE_TRAPPED;\n    outer of;\n    enter(&of);\n    if (wasm_rt_impl_try() == 0) {{\n        int found = 1;\n        \
         switch (number) {{\n{cases}        default:\n            found = 0;\n        }}\n        status = found ? LM_ENGINE_OK : \
         LM_ENGINE_NO_FUNCTION;\n    }}\n    leave(&of);\n    return status;\n}}\n{signatures}{indirect}",
        frames = frames("outer", "enter", "leave"),
        memory = export("memory"),
        init = format_args!("Z_{}_init_module", old_name(prefix)),
        instantiate =
            pick(&format!("Z_{}_instantiate", old_name(prefix)), &format!("wasm2c_{}_instantiate", new_name(prefix))),
        free = pick(&format!("Z_{}_free", old_name(prefix)), &format!("wasm2c_{}_free", new_name(prefix))),
    )
}

/// Where a trap goes to while calls are made within calls: a type, and two functions around each use of
/// `wasm_rt_impl_try`.
pub fn frames(outer: &str, enter: &str, leave: &str) -> String {
    format!(
        "/* A trap leaves to the innermost of these, and the outer ones are kept on the way. */\ntypedef struct {outer} {{\n    \
         jmp_buf target;\n#if WASM_RT_USE_STACK_DEPTH_COUNT\n    uint32_t depth, saved;\n#endif\n}} {outer};\n\n\
         static inline void {enter}({outer} *of)\n{{\n    memcpy(&of->target, &wasm_rt_jmp_buf, sizeof of->target);\n\
         #if WASM_RT_USE_STACK_DEPTH_COUNT && defined(LM_WABT_OLD)\n    of->depth = wasm_rt_call_stack_depth;\n    \
         of->saved = wasm_rt_saved_call_stack_depth;\n#endif\n}}\n\n\
         static inline void {leave}(const {outer} *of)\n{{\n    memcpy(&wasm_rt_jmp_buf, &of->target, sizeof of->target);\n\
         #if WASM_RT_USE_STACK_DEPTH_COUNT && defined(LM_WABT_OLD)\n    wasm_rt_call_stack_depth = of->depth;\n    \
         wasm_rt_saved_call_stack_depth = of->saved;\n#endif\n}}\n\n"
    )
}

struct Writer<'a> {
    prefix: &'a str,
}

impl Writer<'_> {
    fn export(&self, name: &str) -> String {
        let (old, new) = (old_name(self.prefix), new_name(self.prefix));
        pick(&format!("Z_{old}Z_{}", old_name(name)), &format!("w2c_{new}_{}", new_name(name)))
    }

    /// The signatures of functions by index, each once, and the calls of those.
    fn signatures(&self, module: &Module) -> (String, String) {
        let sigs: BTreeMap<_, _> = module
            .types()
            .values()
            .filter_map(|decl| if let Decl::Sig(of) = decl { Some(module.wasm(of)) } else { None })
            .map(|(params, result)| ((bytes(&params), bytes(result.as_slice())), (params, result)))
            .collect();
        let (mut table, mut cases) = (String::new(), String::new());
        for (number, ((a, b), (params, result))) in sigs.iter().enumerate() {
            writeln!(table, "    {{\"{a}\", \"{b}\"}},").unwrap();
            let kinds: String =
                params.iter().chain(result).map(|wasm| format!(", WASM_RT_{}", member(*wasm).to_uppercase())).collect();
            let ty = format!("({}, {}{kinds})", params.len(), usize::from(result.is_some()));
            let same = pick(
                &format!("(entry.func_type == wasm_rt_register_func_type{ty})"),
                &format!("(memcmp(entry.func_type, wasm2c_{}_get_func_type{ty}, 32) == 0)", new_name(self.prefix)),
            );
            let declared: String = params.iter().map(|wasm| format!(", {}", c_type(*wasm))).collect();
            let function = format!("(({} (*)(void *{declared}))entry.func)", result.map_or("void", c_type));
            let call = called(&function, "entry.module_instance", params, *result);
            writeln!(
                cases,
                "    case {number}:\n        same = {same};\n        if (same && values != NULL) {{\n            {call}\n        }}\n        break;"
            )
            .unwrap();
        }
        let heads = |signature: &str, index: &str| {
            (
                format!("\nint32_t LM_ENGINE(signature)(const char *{signature}, const char *results)\n{{\n"),
                format!(
                    "\nint LM_ENGINE(call_index)(lm_engine *engine, int32_t signature, uint32_t {index}, uint64_t *values)\n{{\n"
                ),
            )
        };
        let (find, call) = heads("params", "index");
        if sigs.is_empty() {
            return (
                format!("{find}    (void)params;\n    (void)results;\n    return -1;\n}}\n"),
                format!(
                    "{call}    (void)engine;\n    (void)signature;\n    (void)index;\n    (void)values;\n    return LM_ENGINE_NO_FUNCTION;\n}}\n"
                ),
            );
        }
        let table = format!(
            "\nstatic const char *const signatures[][2] = {{\n{table}}};\n{find}    for (int32_t number = 0; number < (int32_t)(sizeof \
             signatures / sizeof signatures[0]); number++) {{\n        if (strcmp(signatures[number][0], params) == 0 && \
             strcmp(signatures[number][1], results) == 0) {{\n            return number;\n        }}\n    }}\n    return -1;\n}}\n\n\
             static int by_index(wasm_rt_funcref_t entry, int32_t signature, uint64_t *values)\n{{\n    int same = 0;\n    switch \
             (signature) {{\n{cases}    default:\n        break;\n    }}\n    return same ? LM_ENGINE_OK : LM_ENGINE_OTHER_TYPE;\n}}\n"
        );
        let exported = self.export("__indirect_function_table");
        let call = format!(
            "{call}    const wasm_rt_funcref_table_t *const table = {exported}(&engine->instance);\n    volatile int status = \
             LM_ENGINE_TRAPPED;\n    outer of;\n    if (index >= table->size) {{\n        return LM_ENGINE_NO_ENTRY;\n    }}\n    const \
             wasm_rt_funcref_t entry = table->data[index];\n    if (entry.func == NULL) {{\n        return \
             LM_ENGINE_NO_FUNCTION;\n    }}\n    enter(&of);\n    if (wasm_rt_impl_try() == 0) {{\n        status = by_index(entry, \
             signature, values);\n    }}\n    leave(&of);\n    return status;\n}}\n"
        );
        (table, call)
    }
}

fn pick(old: &str, new: &str) -> String {
    if old == new { old.into() } else { format!("W2C({old}, {new})") }
}

/// A call with arguments out of `values`, which the result goes into.
fn called(function: &str, instance: &str, params: &[Wasm], result: Option<Wasm>) -> String {
    let arg = |(index, wasm): (usize, &Wasm)| format!(", {}", to(*wasm, &format!("values[{index}]")));
    let call = format!("{function}({instance}{})", params.iter().enumerate().map(arg).collect::<String>());
    match result {
        Some(wasm) => format!("values[0] = {};", of(wasm, &call)),
        None => format!("{call};"),
    }
}

/// A wasm value out of 64 bits.
fn to(wasm: Wasm, value: &str) -> String {
    match wasm {
        Wasm::I32 => format!("(uint32_t){value}"),
        Wasm::I64 => value.into(),
        Wasm::F32 => format!("to_f32({value})"),
        Wasm::F64 => format!("to_f64({value})"),
    }
}

fn of(wasm: Wasm, value: &str) -> String {
    match wasm {
        Wasm::F32 => format!("of_f32({value})"),
        Wasm::F64 => format!("of_f64({value})"),
        _ => value.into(),
    }
}

/// Types as the bytes of the binary format, escaped.
fn bytes(values: &[Wasm]) -> String {
    values.iter().map(|wasm| ["\\177", "\\176", "\\175", "\\174"][*wasm as usize]).collect()
}

/// The functions that wasm2c looks for, and how many modules they are of.
fn imports(module: &Module, imported: Option<&BTreeSet<(String, String)>>) -> (String, usize) {
    let mut code = String::new();
    let mut modules = BTreeSet::new();
    for (number, ((from, name), signature)) in module.imports().iter().enumerate() {
        if imported.is_some_and(|imported| !imported.contains(&(from.clone(), name.clone()))) {
            continue;
        }
        modules.insert(from);
        let (params, result) = module.wasm(signature);
        let instance =
            pick(&format!("struct Z_{}_instance_t", old_name(from)), &format!("struct w2c_{}", new_name(from)));
        let function = pick(
            &format!("Z_{}Z_{}", old_name(from), old_name(name)),
            &format!("w2c_{}_{}", new_name(from), new_name(name)),
        );
        let declared: String =
            params.iter().enumerate().map(|(index, wasm)| format!(", {} a{index}", c_type(*wasm))).collect();
        let values: Vec<String> =
            params.iter().enumerate().map(|(index, wasm)| of(*wasm, &format!("a{index}"))).collect();
        let values = if values.is_empty() { "0".to_owned() } else { values.join(", ") };
        let back = result.map_or(String::new(), |wasm| format!("    return {};\n", to(wasm, "values[0]")));
        write!(
            code,
            "\n{} {function}({instance} *of{declared})\n{{\n    lm_engine *const engine = (void *)of;\n    uint64_t values[] = \
             {{{values}}};\n    if (engine->host(engine->user, {number}, values, sizeof values / sizeof values[0]) != 0) {{\n        \
             wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);\n    }}\n{back}}}\n",
            result.map_or("void", c_type),
        )
        .unwrap();
    }
    (code, modules.len())
}
