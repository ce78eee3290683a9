/*
 * Written by `linmem bind --lang c` from a module's records; not to be edited.
 *
 * Every function returns a status: LM_OK, one of LM_E_*, LM_TRAPPED, or one of the module's own. Addresses in the
 * guest are uint32_t. What is returned as owned is freed as the function's comment says.
 */
#ifndef TOUR_LINMEM_H
#define TOUR_LINMEM_H

#include "linmem_host.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Why there is no mean. */
typedef lm_status tour_Fail;
/** There are no numbers. */
#define tour_Fail_Empty ((tour_Fail)16)

/** From a number to a number. */
/* An index in the table of functions: (x: i32) -> i32 */
typedef lm_func tour_Op;

/** A place with a name. */
typedef struct tour_Point {
    int32_t x;
    int32_t y;
    /** Owned by the point. */
    lm_cstr name; /* ^cstr */
} tour_Point;
LM_ASSERT_LAYOUT(tour_Point, 12, 4);
LM_ASSERT_FIELD(tour_Point, x, 0);
LM_ASSERT_FIELD(tour_Point, y, 4);
LM_ASSERT_FIELD(tour_Point, name, 8);

/** Copies it out of the guest. */
static inline lm_status tour_Point_read(lm_guest *guest, uint32_t ptr, tour_Point *value)
{
    return lm_guest_read(guest, ptr, 12, 4, value);
}

/** Copies it into the guest. */
static inline lm_status tour_Point_write(lm_guest *guest, uint32_t ptr, const tour_Point *value)
{
    return lm_guest_write(guest, ptr, 12, 4, value);
}

/** Makes one in the guest, which the host owns: lm_guest_free(guest, ptr, 12, 4). */
static inline lm_status tour_Point_new(lm_guest *guest, const tour_Point *value, uint32_t *ptr)
{
    lm_status status = lm_guest_alloc(guest, 12, 4, ptr);
    if (status == LM_OK) {
        status = tour_Point_write(guest, *ptr, value);
        if (status != LM_OK) {
            lm_guest_free(guest, *ptr, 12, 4);
        }
    }
    return status;
}

/** The names of the exports, by the numbers that `lm_guest.call` gets. */
static const char *const tour_exports[] = {
    "alloc",
    "free",
    "average",
    "create_point",
    "for_each_point",
    "get_point",
    "inverse_img",
    "log_loop",
    "points_get",
    "points_len",
    "points_new",
    "points_push",
    "simple_arr",
    "square_fn",
    "static_arr",
    "sum",
    "drop_point",
    "points_free",
};

static inline const char *tour_export_name(uint32_t function)
{
    return function < sizeof tour_exports / sizeof tour_exports[0] ? tour_exports[function] : NULL;
}

/**
 * Returns the mean of the numbers.
 * average(numbers: []i32, out: >f64) -> Fail
 */
static inline lm_status tour_average(lm_guest *guest, const int32_t *numbers, uint32_t numbers_len, double *out)
{
    lm_value lm_args[3];
    lm_block lm_blocks[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks);
    lm_arg_slice(&lm_call_, numbers, numbers_len, 4, 4, LM_LEND);
    lm_arg_block(&lm_call_, 8, 8, LM_LEND);
    const uint32_t lm_1 = lm_call_.block_count - 1;
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 0);
    lm_call_status(&lm_call_);
    lm_call_take(&lm_call_, lm_1, out, 8);
    return lm_call_end(&lm_call_);
}

/**
 * Returns a point with a copy of the host's text; null if that has a NUL inside, or without memory.
 * create_point(x: i32, y: i32, name: str) -> ?^*Point
 * Owned: tour_drop_point(guest, *result) frees it.
 */
static inline lm_status tour_create_point(lm_guest *guest, int32_t x, int32_t y, lm_text name, uint32_t *result)
{
    lm_value lm_args[4];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks);
    lm_arg_i32(&lm_call_, (uint32_t)x);
    lm_arg_i32(&lm_call_, (uint32_t)y);
    lm_arg_str(&lm_call_, name, LM_LEND);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 1);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = lm_call_ptr(&lm_call_, true, 12, 4);
    }
    return lm_call_end(&lm_call_);
}

/**
 * Calls the host's `on_point` for each point.
 * for_each_point(points: *[+]Point, user_data: u32)
 */
static inline lm_status tour_for_each_point(lm_guest *guest, uint32_t points /* *[+]Point */, uint32_t user_data)
{
    lm_value lm_args[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_ptr(&lm_call_, points, false);
    lm_arg_i32(&lm_call_, (uint32_t)user_data);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 2);
    return lm_call_end(&lm_call_);
}

/**
 * Returns a point; null without memory.
 * get_point() -> ?^*Point
 * Owned: tour_drop_point(guest, *result) frees it.
 */
static inline lm_status tour_get_point(lm_guest *guest, uint32_t *result)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 3);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = lm_call_ptr(&lm_call_, true, 12, 4);
    }
    return lm_call_end(&lm_call_);
}

/**
 * Inverts every byte of a picture, in place.
 * inverse_img(pixels: ~[]u8) -> status
 */
static inline lm_status tour_inverse_img(lm_guest *guest, uint8_t *pixels, uint32_t pixels_len)
{
    lm_value lm_args[2];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks);
    lm_arg_slice_back(&lm_call_, pixels, pixels_len, 1, 1);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 4);
    lm_call_status(&lm_call_);
    return lm_call_end(&lm_call_);
}

/**
 * Calls the host's `log_nr` with 0 to `count - 1`.
 * log_loop(count: u32)
 */
static inline lm_status tour_log_loop(lm_guest *guest, uint32_t count)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_i32(&lm_call_, (uint32_t)count);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 5);
    return lm_call_end(&lm_call_);
}

/**
 * Returns a point, which stays valid until the next push; null if there are not so many.
 * points_get(points: *[+]Point, index: usize) -> ?*Point
 */
static inline lm_status tour_points_get(lm_guest *guest, uint32_t points /* *[+]Point */, lm_usize index, uint32_t *result)
{
    lm_value lm_args[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_ptr(&lm_call_, points, false);
    lm_arg_i32(&lm_call_, (uint32_t)index);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 6);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = lm_call_ptr(&lm_call_, true, 12, 4);
    }
    return lm_call_end(&lm_call_);
}

/**
 * Returns how many points there are.
 * points_len(points: *[+]Point) -> usize
 */
static inline lm_status tour_points_len(lm_guest *guest, uint32_t points /* *[+]Point */, lm_usize *result)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_ptr(&lm_call_, points, false);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 7);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = (lm_usize)lm_args[0].i32;
    }
    return lm_call_end(&lm_call_);
}

/**
 * Returns an empty array of points that can grow; null without memory.
 * points_new() -> ?^*[+]Point
 * Owned: tour_points_free(guest, *result) frees it.
 */
static inline lm_status tour_points_new(lm_guest *guest, uint32_t *result)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 8);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = lm_call_ptr(&lm_call_, true, 12, 4);
    }
    return lm_call_end(&lm_call_);
}

/**
 * Appends a point.
 * points_push(points: ~*[+]Point, x: i32, y: i32, name: str) -> status
 */
static inline lm_status tour_points_push(lm_guest *guest, uint32_t points /* ~*[+]Point */, int32_t x, int32_t y, lm_text name)
{
    lm_value lm_args[5];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks);
    lm_arg_ptr(&lm_call_, points, false);
    lm_arg_i32(&lm_call_, (uint32_t)x);
    lm_arg_i32(&lm_call_, (uint32_t)y);
    lm_arg_str(&lm_call_, name, LM_LEND);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 9);
    lm_call_status(&lm_call_);
    return lm_call_end(&lm_call_);
}

/**
 * Returns an array on the heap, which the host owns.
 * simple_arr() -> ?^*[4]i32
 * Owned: lm_guest_free(guest, *result, 16, 4) frees it.
 */
static inline lm_status tour_simple_arr(lm_guest *guest, uint32_t *result)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 10);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = lm_call_ptr(&lm_call_, true, 16, 4);
    }
    return lm_call_end(&lm_call_);
}

/**
 * Returns a guest function: its number in the exported table.
 * square_fn() -> Op
 */
static inline lm_status tour_square_fn(lm_guest *guest, tour_Op *result)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 11);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = lm_call_ptr(&lm_call_, false, 0, 1);
    }
    return lm_call_end(&lm_call_);
}

/**
 * Returns an array that lives as long as the module, and is never freed.
 *
 * An array in a local variable would be gone on return: its address leads into the stack, where the next call writes.
 * static_arr() -> *[4]i32
 */
static inline lm_status tour_static_arr(lm_guest *guest, uint32_t *result)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 12);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = lm_call_ptr(&lm_call_, false, 16, 4);
    }
    return lm_call_end(&lm_call_);
}

/**
 * Adds two numbers: all that wasm itself can pass.
 * sum(a: i32, b: i32) -> i32
 */
static inline lm_status tour_sum(lm_guest *guest, int32_t a, int32_t b, int32_t *result)
{
    lm_value lm_args[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_i32(&lm_call_, (uint32_t)a);
    lm_arg_i32(&lm_call_, (uint32_t)b);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 13);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = (int32_t)lm_args[0].i32;
    }
    return lm_call_end(&lm_call_);
}

/**
 * Frees a point and its name.
 * drop_point(value: ^*Point)
 */
static inline lm_status tour_drop_point(lm_guest *guest, uint32_t value /* ^*Point */)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_ptr(&lm_call_, value, false);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 14);
    return lm_call_end(&lm_call_);
}

/**
 * Frees the array with all its points.
 * points_free(value: ^*[+]Point)
 */
static inline lm_status tour_points_free(lm_guest *guest, uint32_t value /* ^*[+]Point */)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_ptr(&lm_call_, value, false);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 15);
    return lm_call_end(&lm_call_);
}

/**
 * From a number to a number.
 * Op(x: i32) -> i32
 */
static inline lm_status tour_Op_call(lm_guest *guest, tour_Op function, int32_t x, int32_t *result)
{
    lm_value lm_args[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_i32(&lm_call_, (uint32_t)x);
    lm_arg_ptr(&lm_call_, function, false);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 16);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = (int32_t)lm_args[0].i32;
    }
    return lm_call_end(&lm_call_);
}

/**
 * The functions that the guest calls, with its addresses as they come: check before use, write what is owned into
 * blocks, and return from each normally.
 */
typedef struct tour_host {
    void *user;
    /** Writes a number down. */
    void (*env_log_nr)(void *user, lm_guest *guest, uint32_t nr);
    /** Is called for each point, with the number that the host gave along. */
    void (*env_on_point)(void *user, lm_guest *guest, uint32_t user_data, uint32_t point);
} tour_host;

/* ---- wasm2c: define TOUR_WASM2C in one file, after wasm2c's header and wasm-rt-impl.h ---- */

#ifdef TOUR_WASM2C

/* Names up to wabt 1.0.32, which need LM_WABT_OLD, and later ones. */
#ifdef LM_WABT_OLD
#define TOUR_W2C(old, new) old
#else
#define TOUR_W2C(old, new) new
#endif

/** An instance: pass its address as that of each imported module when it is instantiated. */
typedef struct tour_engine {
    TOUR_W2C(Z_tour_instance_t, w2c_tour) instance;
    lm_guest guest;
    tour_host host;
} tour_engine;

static inline uint8_t *tour_engine_memory(void *of, uint64_t *size)
{
    const wasm_rt_memory_t *const memory = TOUR_W2C(Z_tourZ_memory, w2c_tour_memory)(&((tour_engine *)of)->instance);
    *size = (uint64_t)memory->pages * LM_PAGE_SIZE;
    return memory->data;
}

static inline lm_status tour_engine_call(void *of, uint32_t function, lm_value *values)
{
    TOUR_W2C(Z_tour_instance_t, w2c_tour) *const instance = &((tour_engine *)of)->instance;
    jmp_buf outer; /* of the call that this one is made within */
    volatile lm_status status = LM_TRAPPED;
    memcpy(&outer, &wasm_rt_jmp_buf, sizeof outer);
    if (wasm_rt_impl_try() == 0) {
        bool found = true;
        switch (function) {
        case LM_FN_ALLOC:
            values[0].i32 = TOUR_W2C(Z_tourZ_alloc, w2c_tour_alloc)(instance, values[0].i32, values[1].i32);
            break;
        case LM_FN_FREE:
            TOUR_W2C(Z_tourZ_free, w2c_tour_free)(instance, values[0].i32, values[1].i32, values[2].i32);
            break;
        case LM_FN_OWN_FIRST + 0:
            values[0].i32 = TOUR_W2C(Z_tourZ_average, w2c_tour_average)(instance, values[0].i32, values[1].i32, values[2].i32);
            break;
        case LM_FN_OWN_FIRST + 1:
            values[0].i32 = TOUR_W2C(Z_tourZ_create_point, w2c_tour_create_point)(instance, values[0].i32, values[1].i32, values[2].i32, values[3].i32);
            break;
        case LM_FN_OWN_FIRST + 2:
            TOUR_W2C(Z_tourZ_for_each_point, w2c_tour_for_each_point)(instance, values[0].i32, values[1].i32);
            break;
        case LM_FN_OWN_FIRST + 3:
            values[0].i32 = TOUR_W2C(Z_tourZ_get_point, w2c_tour_get_point)(instance);
            break;
        case LM_FN_OWN_FIRST + 4:
            values[0].i32 = TOUR_W2C(Z_tourZ_inverse_img, w2c_tour_inverse_img)(instance, values[0].i32, values[1].i32);
            break;
        case LM_FN_OWN_FIRST + 5:
            TOUR_W2C(Z_tourZ_log_loop, w2c_tour_log_loop)(instance, values[0].i32);
            break;
        case LM_FN_OWN_FIRST + 6:
            values[0].i32 = TOUR_W2C(Z_tourZ_points_get, w2c_tour_points_get)(instance, values[0].i32, values[1].i32);
            break;
        case LM_FN_OWN_FIRST + 7:
            values[0].i32 = TOUR_W2C(Z_tourZ_points_len, w2c_tour_points_len)(instance, values[0].i32);
            break;
        case LM_FN_OWN_FIRST + 8:
            values[0].i32 = TOUR_W2C(Z_tourZ_points_new, w2c_tour_points_new)(instance);
            break;
        case LM_FN_OWN_FIRST + 9:
            values[0].i32 = TOUR_W2C(Z_tourZ_points_push, w2c_tour_points_push)(instance, values[0].i32, values[1].i32, values[2].i32, values[3].i32, values[4].i32);
            break;
        case LM_FN_OWN_FIRST + 10:
            values[0].i32 = TOUR_W2C(Z_tourZ_simple_arr, w2c_tour_simple_arr)(instance);
            break;
        case LM_FN_OWN_FIRST + 11:
            values[0].i32 = TOUR_W2C(Z_tourZ_square_fn, w2c_tour_square_fn)(instance);
            break;
        case LM_FN_OWN_FIRST + 12:
            values[0].i32 = TOUR_W2C(Z_tourZ_static_arr, w2c_tour_static_arr)(instance);
            break;
        case LM_FN_OWN_FIRST + 13:
            values[0].i32 = TOUR_W2C(Z_tourZ_sum, w2c_tour_sum)(instance, values[0].i32, values[1].i32);
            break;
        case LM_FN_OWN_FIRST + 14:
            TOUR_W2C(Z_tourZ_drop_point, w2c_tour_drop_point)(instance, values[0].i32);
            break;
        case LM_FN_OWN_FIRST + 15:
            TOUR_W2C(Z_tourZ_points_free, w2c_tour_points_free)(instance, values[0].i32);
            break;
        case LM_FN_OWN_FIRST + 16:
        {
            const wasm_rt_funcref_table_t *const table = TOUR_W2C(Z_tourZ___indirect_function_table, w2c_tour_0x5F_indirect_function_table)(instance);
            const uint32_t index = values[1].i32;
            const wasm_rt_funcref_t entry = index < table->size ? table->data[index] : wasm_rt_funcref_null_value;
            found = entry.func != NULL && TOUR_W2C((entry.func_type == wasm_rt_register_func_type(1, 1, WASM_RT_I32, WASM_RT_I32)), (memcmp(entry.func_type, wasm2c_tour_get_func_type(1, 1, WASM_RT_I32, WASM_RT_I32), 32) == 0));
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

static inline void tour_engine_init(tour_engine *of)
{
    of->guest.engine = of;
    of->guest.memory = tour_engine_memory;
    of->guest.call = tour_engine_call;
    of->guest.trapped = false;
}

void TOUR_W2C(Z_envZ_log_nr, w2c_env_log_nr)(TOUR_W2C(struct Z_env_instance_t, struct w2c_env) *of, uint32_t a0)
{
    tour_engine *const engine = (tour_engine *)(void *)of;
    engine->host.env_log_nr(engine->host.user, &engine->guest, (uint32_t)a0);
}

void TOUR_W2C(Z_envZ_on_point, w2c_env_on_point)(TOUR_W2C(struct Z_env_instance_t, struct w2c_env) *of, uint32_t a0, uint32_t a1)
{
    tour_engine *const engine = (tour_engine *)(void *)of;
    engine->host.env_on_point(engine->host.user, &engine->guest, (uint32_t)a0, (uint32_t)a1);
}

#endif

#ifdef __cplusplus
}
#endif

#endif
