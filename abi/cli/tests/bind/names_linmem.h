/*
 * Written by `linmem bind --lang c` from a module's records; not to be edited.
 *
 * Every function returns a status: LM_OK, one of LM_E_*, LM_TRAPPED, or one of the module's own. Addresses in the
 * guest are uint32_t. What is returned as owned is freed as the function's comment says.
 */
#ifndef NAMES_LINMEM_H
#define NAMES_LINMEM_H

#include "linmem_host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define names_Infinity (1.0 / 0.0)

#define names_NAN ((float)0.0F / 0.0F)

#define names_NULL ((uint8_t)0)

#define names_TEXT "\?\?/ \"quoted\" \\ \012*/ #define"

typedef uint8_t names_Color;
#define names_Color_Red ((names_Color)0)
#define names_Color_new ((names_Color)1)
static inline bool names_Color_is_(names_Color value)
{
    return value == names_Color_Red ||
           value == names_Color_new;
}

typedef uint64_t names_ColorInit;
#define names_ColorInit_Most ((names_ColorInit)18446744073709551615ULL)
static inline bool names_ColorInit_is(names_ColorInit value)
{
    return value == names_ColorInit_Most;
}

typedef int64_t names_Least;
#define names_Least_This ((names_Least)(-9223372036854775807LL - 1))
static inline bool names_Least_is(names_Least value)
{
    return value == names_Least_This;
}

/* An index in the table of functions: (await: i32) -> bool */
typedef lm_func names_then_;

#define names_Array_if ((int64_t)-1)
#define names_Array_else ((int64_t)0)
typedef struct names_Array {
    int64_t tag;
    union {
        double if_;
    } as;
} names_Array;
LM_ASSERT_LAYOUT(names_Array, 16, 8);
LM_ASSERT_FIELD(names_Array, as.if_, 8);

/** Checks bools, chars and enumerations. */
static inline lm_status names_Array_check(names_Array *value)
{
    lm_status status = LM_OK;
    switch (value->tag) {
    case names_Array_if:
        break;
    case names_Array_else:
        break;
    default:
        status = LM_E_INVALID;
    }
    return status;
}

/** Copies it out of the guest. */
static inline lm_status names_Array_read(lm_guest *guest, uint32_t ptr, names_Array *value)
{
    const lm_status status = lm_guest_read(guest, ptr, 16, 8, value);
    return status == LM_OK ? names_Array_check(value) : status;
}

/** Copies it into the guest. */
static inline lm_status names_Array_write(lm_guest *guest, uint32_t ptr, const names_Array *value)
{
    names_Array copy = *value;
    const lm_status status = names_Array_check(&copy);
    return status == LM_OK ? lm_guest_write(guest, ptr, 16, 8, &copy) : status;
}

/** Makes one in the guest, which the host owns: lm_guest_free(guest, ptr, 16, 8). */
static inline lm_status names_Array_new(lm_guest *guest, const names_Array *value, uint32_t *ptr)
{
    lm_status status = lm_guest_alloc(guest, 16, 8, ptr);
    if (status == LM_OK) {
        status = names_Array_write(guest, *ptr, value);
        if (status != LM_OK) {
            lm_guest_free(guest, *ptr, 16, 8);
        }
    }
    return status;
}

typedef struct names_Color_ {
    uint32_t x;
} names_Color_;
LM_ASSERT_LAYOUT(names_Color_, 4, 4);
LM_ASSERT_FIELD(names_Color_, x, 0);

/** Copies it out of the guest. */
static inline lm_status names_Color__read(lm_guest *guest, uint32_t ptr, names_Color_ *value)
{
    return lm_guest_read(guest, ptr, 4, 4, value);
}

/** Copies it into the guest. */
static inline lm_status names_Color__write(lm_guest *guest, uint32_t ptr, const names_Color_ *value)
{
    return lm_guest_write(guest, ptr, 4, 4, value);
}

/** Makes one in the guest, which the host owns: lm_guest_free(guest, ptr, 4, 4). */
static inline lm_status names_Color__new(lm_guest *guest, const names_Color_ *value, uint32_t *ptr)
{
    lm_status status = lm_guest_alloc(guest, 4, 4, ptr);
    if (status == LM_OK) {
        status = names_Color__write(guest, *ptr, value);
        if (status != LM_OK) {
            lm_guest_free(guest, *ptr, 4, 4);
        }
    }
    return status;
}

typedef struct names_List {
    uint32_t assign;
} names_List;
LM_ASSERT_LAYOUT(names_List, 4, 4);
LM_ASSERT_FIELD(names_List, assign, 0);

/** Copies it out of the guest. */
static inline lm_status names_List_read(lm_guest *guest, uint32_t ptr, names_List *value)
{
    return lm_guest_read(guest, ptr, 4, 4, value);
}

/** Copies it into the guest. */
static inline lm_status names_List_write(lm_guest *guest, uint32_t ptr, const names_List *value)
{
    return lm_guest_write(guest, ptr, 4, 4, value);
}

/** Makes one in the guest, which the host owns: lm_guest_free(guest, ptr, 4, 4). */
static inline lm_status names_List_new(lm_guest *guest, const names_List *value, uint32_t *ptr)
{
    lm_status status = lm_guest_alloc(guest, 4, 4, ptr);
    if (status == LM_OK) {
        status = names_List_write(guest, *ptr, value);
        if (status != LM_OK) {
            lm_guest_free(guest, *ptr, 4, 4);
        }
    }
    return status;
}

/**
 * Ends *\/ here, and /\* begins; ?​?/
 * @param
 */
typedef struct names_int {
    /** *\/ int x; /\* */
    int32_t default_;
    float class_;
} names_int;
LM_ASSERT_LAYOUT(names_int, 8, 4);
LM_ASSERT_FIELD(names_int, default_, 0);
LM_ASSERT_FIELD(names_int, class_, 4);

/** Copies it out of the guest. */
static inline lm_status names_int_read_(lm_guest *guest, uint32_t ptr, names_int *value)
{
    return lm_guest_read(guest, ptr, 8, 4, value);
}

/** Copies it into the guest. */
static inline lm_status names_int_write(lm_guest *guest, uint32_t ptr, const names_int *value)
{
    return lm_guest_write(guest, ptr, 8, 4, value);
}

/** Makes one in the guest, which the host owns: lm_guest_free(guest, ptr, 8, 4). */
static inline lm_status names_int_new(lm_guest *guest, const names_int *value, uint32_t *ptr)
{
    lm_status status = lm_guest_alloc(guest, 8, 4, ptr);
    if (status == LM_OK) {
        status = names_int_write(guest, *ptr, value);
        if (status != LM_OK) {
            lm_guest_free(guest, *ptr, 8, 4);
        }
    }
    return status;
}

typedef struct names_number {
    uint8_t delete_;
    int64_t free;
} names_number;
LM_ASSERT_LAYOUT(names_number, 16, 8);
LM_ASSERT_FIELD(names_number, delete_, 0);
LM_ASSERT_FIELD(names_number, free, 8);

/** Copies it out of the guest. */
static inline lm_status names_number_read(lm_guest *guest, uint32_t ptr, names_number *value)
{
    return lm_guest_read(guest, ptr, 16, 8, value);
}

/** Copies it into the guest. */
static inline lm_status names_number_write(lm_guest *guest, uint32_t ptr, const names_number *value)
{
    return lm_guest_write(guest, ptr, 16, 8, value);
}

/** Makes one in the guest, which the host owns: lm_guest_free(guest, ptr, 16, 8). */
static inline lm_status names_number_new(lm_guest *guest, const names_number *value, uint32_t *ptr)
{
    lm_status status = lm_guest_alloc(guest, 16, 8, ptr);
    if (status == LM_OK) {
        status = names_number_write(guest, *ptr, value);
        if (status != LM_OK) {
            lm_guest_free(guest, *ptr, 16, 8);
        }
    }
    return status;
}

/** The names of the exports, by the numbers that `lm_guest.call` gets. */
static const char *const names_exports[] = {
    "alloc",
    "free",
    "Color_is",
    "__proto__",
    "int_read",
    "then",
};

static inline const char *names_export_name(uint32_t function)
{
    return function < sizeof names_exports / sizeof names_exports[0] ? names_exports[function] : NULL;
}

/** Color_is(x: *Color_) */
static inline lm_status names_Color_is(lm_guest *guest, uint32_t x /* *Color_ */)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_ptr(&lm_call_, x, false);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 0);
    return lm_call_end(&lm_call_);
}

/** __proto__(int: *int, of: [][2]u16) -> ?*int */
static inline lm_status names___proto__(lm_guest *guest, uint32_t int_ /* *int */, const uint16_t (*of)[2], uint32_t of_len, uint32_t *result)
{
    lm_value lm_args[3];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks);
    lm_arg_ptr(&lm_call_, int_, false);
    lm_arg_slice(&lm_call_, of, of_len, 4, 2, LM_LEND);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 1);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = lm_call_ptr(&lm_call_, true, 8, 4);
    }
    return lm_call_end(&lm_call_);
}

/** int_read(result: u8, lm_args: u8, lm_0: u8, out: >u8) */
static inline lm_status names_int_read(lm_guest *guest, uint8_t result_, uint8_t lm_args_, uint8_t lm_0_, uint8_t *out)
{
    lm_value lm_args[4];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks);
    lm_arg_i32(&lm_call_, (uint32_t)result_);
    lm_arg_i32(&lm_call_, (uint32_t)lm_args_);
    lm_arg_i32(&lm_call_, (uint32_t)lm_0_);
    lm_arg_block(&lm_call_, 1, 1, LM_LEND);
    const uint32_t lm_0 = lm_call_.block_count - 1;
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 2);
    lm_call_take(&lm_call_, lm_0, out, 1);
    return lm_call_end(&lm_call_);
}

/**
 * *\//\**\/
 * @param this line
 * *\/ two
 * then(this: i32, guest: i32, values: []i32, values_len: u32) -> bool
 */
static inline lm_status names_then(lm_guest *guest, int32_t this_, int32_t guest_, const int32_t *values, uint32_t values_len, uint32_t values_len_, bool *result)
{
    lm_value lm_args[5];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks);
    lm_arg_i32(&lm_call_, (uint32_t)this_);
    lm_arg_i32(&lm_call_, (uint32_t)guest_);
    lm_arg_slice(&lm_call_, values, values_len, 4, 4, LM_LEND);
    lm_arg_i32(&lm_call_, (uint32_t)values_len_);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 3);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = lm_args[0].i32 != 0;
    }
    return lm_call_end(&lm_call_);
}

/** then_(await: i32) -> bool */
static inline lm_status names_then__call(lm_guest *guest, names_then_ function, int32_t await, bool *result)
{
    lm_value lm_args[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_i32(&lm_call_, (uint32_t)await);
    lm_arg_ptr(&lm_call_, function, false);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 4);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = lm_args[0].i32 != 0;
    }
    return lm_call_end(&lm_call_);
}

/**
 * The functions that the guest calls, with its addresses as they come: check before use, write what is owned into
 * blocks, and return from each normally.
 */
typedef struct names_host {
    void *user;
    bool (*a_b__c_d_e_hasOwnProperty)(void *user, lm_guest *guest, lm_str new_);
    lm_status (*env_switch)(void *user, lm_guest *guest, lm_str of, uint32_t user_, uint32_t out);
} names_host;

/* ---- wasm2c: define NAMES_WASM2C in one file, after wasm2c's header and wasm-rt-impl.h ---- */

#ifdef NAMES_WASM2C

/* Names up to wabt 1.0.32, which need LM_WABT_OLD, and later ones. */
#ifdef LM_WABT_OLD
#define NAMES_W2C(old, new) old
#else
#define NAMES_W2C(old, new) new
#endif

/** An instance: pass its address as that of each imported module when it is instantiated. */
typedef struct names_engine {
    NAMES_W2C(Z_names_instance_t, w2c_names) instance;
    lm_guest guest;
    names_host host;
} names_engine;

static inline uint8_t *names_engine_memory(void *of, uint64_t *size)
{
    const wasm_rt_memory_t *const memory = NAMES_W2C(Z_namesZ_memory, w2c_names_memory)(&((names_engine *)of)->instance);
    *size = (uint64_t)memory->pages * LM_PAGE_SIZE;
    return memory->data;
}

static inline lm_status names_engine_call(void *of, uint32_t function, lm_value *values)
{
    NAMES_W2C(Z_names_instance_t, w2c_names) *const instance = &((names_engine *)of)->instance;
    jmp_buf outer; /* of the call that this one is made within */
    volatile lm_status status = LM_TRAPPED;
    memcpy(&outer, &wasm_rt_jmp_buf, sizeof outer);
    if (wasm_rt_impl_try() == 0) {
        bool found = true;
        switch (function) {
        case LM_FN_ALLOC:
            values[0].i32 = NAMES_W2C(Z_namesZ_alloc, w2c_names_alloc)(instance, values[0].i32, values[1].i32);
            break;
        case LM_FN_FREE:
            NAMES_W2C(Z_namesZ_free, w2c_names_free)(instance, values[0].i32, values[1].i32, values[2].i32);
            break;
        case LM_FN_OWN_FIRST + 0:
            NAMES_W2C(Z_namesZ_Color_is, w2c_names_Color_is)(instance, values[0].i32);
            break;
        case LM_FN_OWN_FIRST + 1:
            values[0].i32 = NAMES_W2C(Z_namesZ___proto__, w2c_names_0x5F_proto0x5F_)(instance, values[0].i32, values[1].i32, values[2].i32);
            break;
        case LM_FN_OWN_FIRST + 2:
            NAMES_W2C(Z_namesZ_int_read, w2c_names_int_read)(instance, values[0].i32, values[1].i32, values[2].i32, values[3].i32);
            break;
        case LM_FN_OWN_FIRST + 3:
            values[0].i32 = NAMES_W2C(Z_namesZ_then, w2c_names_then)(instance, values[0].i32, values[1].i32, values[2].i32, values[3].i32, values[4].i32);
            break;
        case LM_FN_OWN_FIRST + 4:
        {
            const wasm_rt_funcref_table_t *const table = NAMES_W2C(Z_namesZ___indirect_function_table, w2c_names_0x5F_indirect_function_table)(instance);
            const uint32_t index = values[1].i32;
            const wasm_rt_funcref_t entry = index < table->size ? table->data[index] : wasm_rt_funcref_null_value;
            found = entry.func != NULL && NAMES_W2C((entry.func_type == wasm_rt_register_func_type(1, 1, WASM_RT_I32, WASM_RT_I32)), (memcmp(entry.func_type, wasm2c_names_get_func_type(1, 1, WASM_RT_I32, WASM_RT_I32), 32) == 0));
            if (found) {
                values[0].i32 = ((uint32_t (*)(void *, uint32_t))entry.func)(entry.module_instance, values[0].i32);
            }
            break;
        }
        default:
            found = false;
        }
        status = found ? LM_OK : LM_E_INVALID;
    }
    memcpy(&wasm_rt_jmp_buf, &outer, sizeof outer);
    return status;
}

static inline void names_engine_init(names_engine *of)
{
    of->guest.engine = of;
    of->guest.memory = names_engine_memory;
    of->guest.call = names_engine_call;
    of->guest.trapped = false;
}

uint32_t NAMES_W2C(Z_aZ27bZ5CZ5CcZ3AdZ2FeZ_hasOwnProperty, w2c_a0x27b0x5C0x5Cc0x3Ad0x2Fe_hasOwnProperty)(NAMES_W2C(struct Z_aZ27bZ5CZ5CcZ3AdZ2Fe_instance_t, struct w2c_a0x27b0x5C0x5Cc0x3Ad0x2Fe) *of, uint32_t a0, uint32_t a1)
{
    names_engine *const engine = (names_engine *)(void *)of;
    return (uint32_t)engine->host.a_b__c_d_e_hasOwnProperty(engine->host.user, &engine->guest, (lm_str){a0, a1});
}

uint32_t NAMES_W2C(Z_envZ_switch, w2c_env_switch)(NAMES_W2C(struct Z_env_instance_t, struct w2c_env) *of, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3)
{
    names_engine *const engine = (names_engine *)(void *)of;
    return (uint32_t)engine->host.env_switch(engine->host.user, &engine->guest, (lm_str){a0, a1}, (uint32_t)a2, (uint32_t)a3);
}

#endif

#ifdef __cplusplus
}
#endif

#endif
