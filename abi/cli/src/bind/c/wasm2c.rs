//! The engine that is compiled in: calls by number into what wasm2c wrote, and the imports that it looks for.

use super::super::wasm2c::frames;
use super::Writer;
use linmem_host::Wasm;

impl Writer<'_> {
    pub fn wasm2c(&self, initialize: bool) -> String {
        let macros = self.prefix.to_uppercase();
        let [engine, host, call, memory, init] =
            ["engine", "host", "engine_call", "engine_memory", "engine_init"].map(|name| self.helper(name, ""));
        let [outer, enter, leave] = ["engine_outer", "engine_enter", "engine_leave"].map(|name| self.helper(name, ""));
        let instance = self.pick(&format!("Z_{}_instance_t", old(self.prefix)), &format!("w2c_{}", new(self.prefix)));
        let mut cases = String::new();
        let role = |role: &str, params: usize, results: usize| {
            let result = (results > 0).then_some(Wasm::I32);
            self.thunk(self.module.role(role), &vec![Wasm::I32; params], result)
        };
        cases += &format!("    case LM_FN_ALLOC:\n{}", role("alloc", 2, 1));
        cases += &format!("    case LM_FN_FREE:\n{}", role("free", 3, 0));
        let exports = self.exports();
        for (index, (name, of, _)) in exports.iter().enumerate() {
            let (params, result) = self.module.wasm(of);
            cases += &format!("    case LM_FN_OWN_FIRST + {index}:\n{}", self.thunk(name, &params, result));
        }
        for (index, (_, of)) in self.sigs().iter().enumerate() {
            let (params, result) = self.module.wasm(of);
            let number = format!("LM_FN_OWN_FIRST + {}", exports.len() + index);
            cases +=
                &format!("    case {number}:\n    case LM_FN_ASK | ({number}):\n{}", self.indirect(&params, result));
        }
        let shims = self.imports(&engine);
        // The names of wasm2c begin with that of the module they belong to.
        let clash = match self.module.imports().keys().any(|(from, _)| from == self.prefix) {
            true => format!("#error \"the module imports from `{}`: it needs another name\"\n\n", self.prefix),
            false => String::new(),
        };
        let start = if initialize {
            format!(
                "\n/** Calls `_initialize`: once, after it is instantiated, and before every other export. */\n\
                 static inline lm_status {}({engine} *of)\n{{\n    volatile lm_status status = LM_TRAPPED;\n    \
                 {outer} before;\n    {enter}(&before);\n    if (wasm_rt_impl_try() == 0) {{\n        \
                 {}(&of->instance);\n        status = LM_OK;\n    }}\n    {leave}(&before);\n    \
                 of->guest.trapped = of->guest.trapped || status != LM_OK;\n    \
                 return of->guest.trapped ? LM_TRAPPED : LM_OK;\n}}\n",
                self.helper("engine_start", ""),
                self.export("_initialize"),
            )
        } else {
            String::new()
        };
        let field = if shims.is_empty() { String::new() } else { format!("    {host} host;\n") };
        format!(
            "\n/* ---- wasm2c: define {macros}_WASM2C in one file, after wasm2c's header and wasm-rt-impl.h ---- */\n\n\
             #ifdef {macros}_WASM2C\n\n{clash}\
             /* Names up to wabt 1.0.32, which need LM_WABT_OLD, and later ones. */\n\
             #ifdef LM_WABT_OLD\n#define {macros}_W2C(old, new) old\n#else\n#define {macros}_W2C(old, new) new\n#endif\n\n\
             /** How many values the host owns at a time, with what it lends to them and calls of host functions. */\n\
             #ifndef {macros}_HOLDS\n#define {macros}_HOLDS 1024\n#endif\n\n\
             /** An instance: pass its address as that of each imported module when it is instantiated. */\n\
             typedef struct {engine} {{\n    {instance} instance;\n    lm_guest guest;\n{field}    \
             lm_hold holds[{macros}_HOLDS];\n}} {engine};\n\n\
             {}static inline uint8_t *{memory}(void *of, uint64_t *size)\n{{\n    \
             const wasm_rt_memory_t *const memory = {}(&(({engine} *)of)->instance);\n    \
             *size = (uint64_t)memory->pages * LM_PAGE_SIZE;\n    return memory->data;\n}}\n\n\
             static inline lm_status {call}(void *of, uint32_t function, lm_value *values)\n{{\n    \
             {instance} *const instance = &(({engine} *)of)->instance;\n    \
             {outer} before;\n    \
             volatile lm_status status = LM_TRAPPED;\n    \
             {enter}(&before);\n    if (wasm_rt_impl_try() == 0) {{\n        \
             lm_status found = LM_OK;\n        \
             switch (function) {{\n{cases}        default:\n            found = LM_E_INVALID;\n        }}\n        \
             status = found;\n    }}\n    \
             {leave}(&before);\n    return status;\n}}\n\n\
             /** Before it is instantiated. */\n\
             static inline void {init}({engine} *of)\n{{\n    of->guest.engine = of;\n    of->guest.memory = {memory};\n    \
             of->guest.call = {call};\n    memset(of->holds, 0, sizeof of->holds);\n    \
             lm_guest_init(&of->guest, &{module}, of->holds, {macros}_HOLDS);\n}}\n{start}{shims}\n#endif\n",
            frames(&outer, &enter, &leave),
            self.export("memory"),
            cases = cases.replace("\n    ", "\n        ").replacen("    case", "        case", 1),
            module = self.helper("module", ""),
        )
    }

    fn thunk(&self, name: &str, params: &[Wasm], result: Option<Wasm>) -> String {
        let args: String =
            params.iter().enumerate().map(|(index, wasm)| format!(", values[{index}].{}", member(*wasm))).collect();
        let take = result.map(|wasm| format!("values[0].{} = ", member(wasm))).unwrap_or_default();
        format!("        {take}{}(instance{args});\n        break;\n", self.export(name))
    }

    /// A call of the function whose index is the value behind the arguments, if it has this type.
    fn indirect(&self, params: &[Wasm], result: Option<Wasm>) -> String {
        let count = params.len();
        let values = |wasm: &[Wasm]| -> String { wasm.iter().map(|wasm| format!(", {}", c(*wasm))).collect() };
        let kinds: String =
            params.iter().chain(&result).map(|wasm| format!(", WASM_RT_{}", member(*wasm).to_uppercase())).collect();
        let ty = format!("({count}, {}{kinds})", usize::from(result.is_some()));
        let same = self.pick(
            &format!("(entry.func_type == wasm_rt_register_func_type{ty})"),
            &format!("(memcmp(entry.func_type, wasm2c_{}_get_func_type{ty}, 32) == 0)", new(self.prefix)),
        );
        let table = self.export("__indirect_function_table");
        let args: String =
            params.iter().enumerate().map(|(index, wasm)| format!(", values[{index}].{}", member(*wasm))).collect();
        let take = result.map(|wasm| format!("values[0].{} = ", member(wasm))).unwrap_or_default();
        format!(
            "    {{\n        const wasm_rt_funcref_table_t *const table = {table}(instance);\n        \
             const bool ask = (function & LM_FN_ASK) != 0;\n        \
             const uint32_t index = values[ask ? 0 : {count}].i32;\n        \
             const wasm_rt_funcref_t entry = index < table->size ? table->data[index] : wasm_rt_funcref_null_value;\n        \
             if (index >= table->size) {{\n            found = LM_E_OUT_OF_BOUNDS;\n        \
             }} else if (entry.func == NULL || !{same}) {{\n            found = LM_E_INVALID;\n        \
             }} else if (!ask) {{\n            \
             {take}(({} (*)(void *{}))entry.func)(entry.module_instance{args});\n        }}\n        break;\n    }}\n",
            result.map_or("void", c),
            values(params),
        )
    }

    fn export(&self, name: &str) -> String {
        self.pick(&format!("Z_{}Z_{}", old(self.prefix), old(name)), &format!("w2c_{}_{}", new(self.prefix), new(name)))
    }

    fn pick(&self, old: &str, new: &str) -> String {
        format!("{}_W2C({old}, {new})", self.prefix.to_uppercase())
    }

    /// The functions that wasm2c looks for.
    fn imports(&self, engine: &str) -> String {
        let mut shims = String::new();
        for (index, ((from, name), of)) in self.module.imports().iter().enumerate() {
            let (params, result) = self.module.wasm(of);
            let env = self.pick(&format!("struct Z_{}_instance_t", old(from)), &format!("struct w2c_{}", new(from)));
            let function =
                self.pick(&format!("Z_{}Z_{}", old(from), old(name)), &format!("w2c_{}_{}", new(from), new(name)));
            let raw: String =
                params.iter().enumerate().map(|(index, wasm)| format!(", {} a{index}", c(*wasm))).collect();
            let set: String = params
                .iter()
                .enumerate()
                .map(|(index, wasm)| format!("    values[{index}].{} = a{index};\n", member(*wasm)))
                .collect();
            let back = result.map_or(String::new(), |wasm| format!("    return values[0].{};\n", member(wasm)));
            shims += &format!(
                "\n{} {function}({env} *of{raw})\n{{\n    {engine} *const engine = ({engine} *)(void *)of;\n    \
                 lm_value values[{}];\n{set}    if (!{}(&engine->guest, &engine->host, values)) {{\n        \
                 wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);\n    }}\n{back}}}\n",
                result.map_or("void", c),
                params.len().max(1),
                self.hosted_name(index),
            );
        }
        shims
    }
}

pub fn member(wasm: Wasm) -> &'static str {
    match wasm {
        Wasm::I32 => "i32",
        Wasm::I64 => "i64",
        Wasm::F32 => "f32",
        Wasm::F64 => "f64",
    }
}

pub fn c(wasm: Wasm) -> &'static str {
    match wasm {
        Wasm::I32 => "uint32_t",
        Wasm::I64 => "uint64_t",
        Wasm::F32 => "float",
        Wasm::F64 => "double",
    }
}

/// A name as wasm2c writes it, up to wabt 1.0.32.
pub fn old(name: &str) -> String {
    let escape = |c: char| {
        if c != 'Z' && (c.is_ascii_alphanumeric() || c == '_') { c.into() } else { format!("Z{:02X}", c as u32) }
    };
    name.chars().map(escape).collect()
}

/// The same in later versions.
pub fn new(name: &str) -> String {
    let mut text = String::new();
    for (index, c) in name.char_indices() {
        // The first of two underscores is escaped, because two stand between names elsewhere.
        let plain = c.is_ascii_alphanumeric() || c == '_' && !name[index + 1..].starts_with('_');
        text += &if plain { c.to_string() } else { format!("0x{:02X}", c as u32) };
    }
    text
}
