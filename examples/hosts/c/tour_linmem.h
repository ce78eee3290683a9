/*
 * Written by `linmem bind --lang c` from a module's records; not to be edited.
 *
 * Every function returns a status: LM_OK, one of LM_E_*, one of the host's such as LM_TRAPPED, or one of the module's
 * own. What lies in the guest is an lm_ref. What comes as owned, lm_free frees.
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
/* A function in the guest's table: (x: i32) -> i32 */
typedef struct tour_Op {
    lm_func index;
} tour_Op;
LM_ASSERT_LAYOUT(tour_Op, 4, 4);

typedef struct tour_Point tour_Point;

/** A place with a name. */
struct tour_Point {
    int32_t x;
    int32_t y;
    /** Owned by the point. */
    lm_text name; /* ^cstr */
};

/* Types by their numbers: kind, mark, flags, size, align, size of what is given, type of what it is made of,
 * number and first of the members, drops. */
static const lm_type tour_types[] = {
    LM_SCALAR_(LM_K_NONE, 0, 0),
    LM_SCALAR_(LM_K_BOOL, 0, 1), /* 1 bool */
    LM_SCALAR_(LM_K_INT, LM_ANY, 1), /* 2 i8 */
    LM_SCALAR_(LM_K_UINT, LM_ANY, 1), /* 3 u8 */
    LM_SCALAR_(LM_K_INT, LM_ANY, 2), /* 4 i16 */
    LM_SCALAR_(LM_K_UINT, LM_ANY, 2), /* 5 u16 */
    LM_SCALAR_(LM_K_INT, LM_ANY, 4), /* 6 i32 */
    LM_SCALAR_(LM_K_UINT, LM_ANY, 4), /* 7 u32 */
    LM_SCALAR_(LM_K_INT, LM_ANY, 8), /* 8 i64 */
    LM_SCALAR_(LM_K_UINT, LM_ANY, 8), /* 9 u64 */
    LM_SCALAR_(LM_K_FLOAT, LM_ANY, 4), /* 10 f32 */
    LM_SCALAR_(LM_K_FLOAT, LM_ANY, 8), /* 11 f64 */
    LM_SCALAR_(LM_K_CHAR, 0, 4), /* 12 char */
    LM_SCALAR_(LM_K_UINT, LM_ANY, 4), /* 13 usize */
    LM_SCALAR_(LM_K_INT, LM_ANY, 4), /* 14 isize */
    {LM_K_FUNC, LM_READ, LM_PLAIN, 4, 4, sizeof(tour_Op), 0, 0, 18, 0, 0}, /* 15 Op */
    {LM_K_STRUCT, LM_READ, LM_OWNS | LM_LOOSE, 12, 4, sizeof(tour_Point), 0, 3, 0, LM_FN_OWN_FIRST + 14, 0}, /* 16 Point */
    {LM_K_CSTR, LM_OWN, LM_OWNS | LM_LOOSE, 4, 4, sizeof(lm_text), 0, 0, 3, 0, 0}, /* 17 ^cstr */
    {LM_K_SLICE, LM_READ, LM_LENDS, 8, 4, sizeof(lm_items), 6, 0, 3, 0, 0}, /* 18 []i32 */
    {LM_K_STR, LM_READ, LM_LENDS, 8, 4, sizeof(lm_text), 0, 0, 3, 0, 0}, /* 19 str */
    {LM_K_POINTER, LM_OWN, LM_NULL | LM_OWNS | LM_LOOSE, 4, 4, sizeof(lm_ref), 16, 0, 3, 0, 0}, /* 20 ?^*Point */
    {LM_K_POINTER, LM_READ, 0, 4, 4, sizeof(lm_ref), 22, 0, 3, 0, 0}, /* 21 *[+]Point */
    {LM_K_BUFFER, LM_READ, LM_OWNS | LM_LOOSE, 12, 4, sizeof(lm_items), 16, 0, 3, LM_FN_OWN_FIRST + 15, 0}, /* 22 [+]Point */
    {LM_K_SLICE, LM_WRITE, LM_LENDS, 8, 4, sizeof(lm_items), 3, 0, 3, 0, 0}, /* 23 ~[]u8 */
    {LM_K_POINTER, LM_READ, LM_NULL, 4, 4, sizeof(lm_ref), 16, 0, 3, 0, 0}, /* 24 ?*Point */
    {LM_K_POINTER, LM_OWN, LM_NULL | LM_OWNS | LM_LOOSE, 4, 4, sizeof(lm_ref), 22, 0, 3, 0, 0}, /* 25 ?^*[+]Point */
    {LM_K_POINTER, LM_WRITE, 0, 4, 4, sizeof(lm_ref), 22, 0, 3, 0, 0}, /* 26 ~*[+]Point */
    {LM_K_POINTER, LM_OWN, LM_NULL | LM_OWNS | LM_LOOSE, 4, 4, sizeof(lm_ref), 28, 0, 3, 0, 0}, /* 27 ?^*[4]i32 */
    {LM_K_ARRAY, LM_READ, LM_PLAIN | LM_ANY, 16, 4, sizeof(int32_t [4]), 6, 4, 3, 0, 0}, /* 28 [4]i32 */
    {LM_K_POINTER, LM_READ, 0, 4, 4, sizeof(lm_ref), 28, 0, 3, 0, 0}, /* 29 *[4]i32 */
    {LM_K_POINTER, LM_READ, 0, 4, 4, sizeof(lm_ref), 16, 0, 3, 0, 0}, /* 30 *Point */
    {LM_K_POINTER, LM_OWN, LM_OWNS | LM_LOOSE, 4, 4, sizeof(lm_ref), 16, 0, 3, 0, 0}, /* 31 ^*Point */
    {LM_K_POINTER, LM_OWN, LM_OWNS | LM_LOOSE, 4, 4, sizeof(lm_ref), 22, 0, 3, 0, 0}, /* 32 ^*[+]Point */
};

/* Fields and cases: value, type, offset, offset in what is given. */
static const lm_member tour_members[] = {
    {0, 6, 0, offsetof(tour_Point, x)},
    {0, 6, 4, offsetof(tour_Point, y)},
    {0, 17, 8, offsetof(tour_Point, name)},
};

/** What the module declares: for lm_guest_init. */
static const lm_module tour_module = {tour_types, tour_members};

static inline lm_status tour_Op_get(lm_guest *guest, lm_ref at, tour_Op *value)
{
    return lm_get(guest, at, 15 /* Op */, value);
}

static inline lm_status tour_Op_set(lm_guest *guest, lm_ref at, tour_Op value)
{
    return lm_set(guest, at, 15 /* Op */, &value);
}

/** Makes one that the host owns. */
static inline lm_status tour_Point_new(lm_guest *guest, const tour_Point *from, lm_ref *ref)
{
    return lm_new(guest, 16 /* Point */, from, ref);
}

/** Writes all of it. */
static inline lm_status tour_Point_set(lm_guest *guest, lm_ref at, const tour_Point *from)
{
    return lm_set(guest, at, 16 /* Point */, from);
}

static inline lm_status tour_Point_x(lm_guest *guest, lm_ref at, int32_t *value)
{
    return lm_get_member(guest, at, 16 /* Point */, 0, value);
}

static inline lm_status tour_Point_set_x(lm_guest *guest, lm_ref at, int32_t value)
{
    return lm_set_member(guest, at, 16 /* Point */, 0, &value);
}

static inline lm_status tour_Point_y(lm_guest *guest, lm_ref at, int32_t *value)
{
    return lm_get_member(guest, at, 16 /* Point */, 1, value);
}

static inline lm_status tour_Point_set_y(lm_guest *guest, lm_ref at, int32_t value)
{
    return lm_set_member(guest, at, 16 /* Point */, 1, &value);
}

static inline lm_status tour_Point_name(lm_guest *guest, lm_ref at, lm_text *value)
{
    return lm_text_member(guest, at, 16 /* Point */, 2, value);
}

static inline lm_status tour_Point_set_name(lm_guest *guest, lm_ref at, lm_text value)
{
    return lm_set_member(guest, at, 16 /* Point */, 2, &value);
}

static inline lm_status tour_new_i32_x4(lm_guest *guest, const int32_t (*from)[4], lm_ref *ref)
{
    return lm_new(guest, 28 /* [4]i32 */, from, ref);
}

static inline lm_status tour_new_buffer_Point(lm_guest *guest, const tour_Point *from, uint32_t len, lm_ref *ref)
{
    lm_items items;
    items.ptr = from;
    items.len = len;
    return lm_new(guest, 22 /* [+]Point */, &items, ref);
}

static inline lm_status tour_new_run_u8(lm_guest *guest, const uint8_t *from, uint32_t len, lm_ref *ref)
{
    return lm_new_run(guest, 3 /* u8 */, from, len, ref);
}

static inline lm_status tour_new_run_i32(lm_guest *guest, const int32_t *from, uint32_t len, lm_ref *ref)
{
    return lm_new_run(guest, 6 /* i32 */, from, len, ref);
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
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_slice(&lm_call_, 18 /* []i32 */, numbers, numbers_len, NULL);
    const uint32_t lm_1 = lm_arg_out(&lm_call_, 11 /* f64 */);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 0);
    lm_call_status(&lm_call_);
    lm_take_plain(&lm_call_, lm_1, 11 /* f64 */, out);
    return lm_call_end(&lm_call_);
}

/**
 * Returns the mean of the numbers.
 * average(numbers: []i32, out: >f64) -> Fail
 * With elements that lie in the guest.
 */
static inline lm_status tour_average_at(lm_guest *guest, lm_ref numbers /* []i32 */, double *out)
{
    lm_value lm_args[3];
    lm_block lm_blocks[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_ref(&lm_call_, 18 /* []i32 */, numbers);
    const uint32_t lm_1 = lm_arg_out(&lm_call_, 11 /* f64 */);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 0);
    lm_call_status(&lm_call_);
    lm_take_plain(&lm_call_, lm_1, 11 /* f64 */, out);
    return lm_call_end(&lm_call_);
}

/**
 * Returns a point with a copy of the host's text; null if that has a NUL inside, or without memory.
 * create_point(x: i32, y: i32, name: str) -> ?^*Point
 * Owned: lm_free(guest, *result) frees it.
 */
static inline lm_status tour_create_point(lm_guest *guest, int32_t x, int32_t y, lm_text name, lm_ref *result /* ?^*Point */)
{
    lm_value lm_args[4];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 1);
    lm_arg(&lm_call_, 6 /* i32 */, &x);
    lm_arg(&lm_call_, 6 /* i32 */, &y);
    lm_arg_text(&lm_call_, 19 /* str */, name);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 1);
    lm_take_result_ref(&lm_call_, 20 /* ?^*Point */, result);
    return lm_call_end(&lm_call_);
}

/**
 * Calls the host's `on_point` for each point.
 * for_each_point(points: *[+]Point, user_data: u32)
 */
static inline lm_status tour_for_each_point(lm_guest *guest, lm_ref points /* *[+]Point */, uint32_t user_data)
{
    lm_value lm_args[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_arg_ref(&lm_call_, 21 /* *[+]Point */, points);
    lm_arg(&lm_call_, 7 /* u32 */, &user_data);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 2);
    return lm_call_end(&lm_call_);
}

/**
 * Returns a point; null without memory.
 * get_point() -> ?^*Point
 * Owned: lm_free(guest, *result) frees it.
 */
static inline lm_status tour_get_point(lm_guest *guest, lm_ref *result /* ?^*Point */)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 1);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 3);
    lm_take_result_ref(&lm_call_, 20 /* ?^*Point */, result);
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
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_slice(&lm_call_, 23 /* ~[]u8 */, pixels, pixels_len, pixels);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 4);
    lm_call_status(&lm_call_);
    return lm_call_end(&lm_call_);
}

/**
 * Inverts every byte of a picture, in place.
 * inverse_img(pixels: ~[]u8) -> status
 * With elements that lie in the guest.
 */
static inline lm_status tour_inverse_img_at(lm_guest *guest, lm_ref pixels /* ~[]u8 */)
{
    lm_value lm_args[2];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_ref(&lm_call_, 23 /* ~[]u8 */, pixels);
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
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_arg(&lm_call_, 7 /* u32 */, &count);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 5);
    return lm_call_end(&lm_call_);
}

/**
 * Returns a point, which stays valid until the next push; null if there are not so many.
 * points_get(points: *[+]Point, index: usize) -> ?*Point
 */
static inline lm_status tour_points_get(lm_guest *guest, lm_ref points /* *[+]Point */, lm_usize index, lm_ref *result /* ?*Point */)
{
    lm_value lm_args[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_arg_ref(&lm_call_, 21 /* *[+]Point */, points);
    lm_arg(&lm_call_, 13 /* usize */, &index);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 6);
    lm_take_result_ref(&lm_call_, 24 /* ?*Point */, result);
    return lm_call_end(&lm_call_);
}

/**
 * Returns how many points there are.
 * points_len(points: *[+]Point) -> usize
 */
static inline lm_status tour_points_len(lm_guest *guest, lm_ref points /* *[+]Point */, lm_usize *result)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_arg_ref(&lm_call_, 21 /* *[+]Point */, points);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 7);
    lm_take_result(&lm_call_, 13 /* usize */, result);
    return lm_call_end(&lm_call_);
}

/**
 * Returns an empty array of points that can grow; null without memory.
 * points_new() -> ?^*[+]Point
 * Owned: lm_free(guest, *result) frees it.
 */
static inline lm_status tour_points_new(lm_guest *guest, lm_ref *result /* ?^*[+]Point */)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 1);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 8);
    lm_take_result_ref(&lm_call_, 25 /* ?^*[+]Point */, result);
    return lm_call_end(&lm_call_);
}

/**
 * Appends a point.
 * points_push(points: ~*[+]Point, x: i32, y: i32, name: str) -> status
 */
static inline lm_status tour_points_push(lm_guest *guest, lm_ref points /* ~*[+]Point */, int32_t x, int32_t y, lm_text name)
{
    lm_value lm_args[5];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_ref(&lm_call_, 26 /* ~*[+]Point */, points);
    lm_arg(&lm_call_, 6 /* i32 */, &x);
    lm_arg(&lm_call_, 6 /* i32 */, &y);
    lm_arg_text(&lm_call_, 19 /* str */, name);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 9);
    lm_call_status(&lm_call_);
    return lm_call_end(&lm_call_);
}

/**
 * Returns an array on the heap, which the host owns.
 * simple_arr() -> ?^*[4]i32
 * Owned: lm_free(guest, *result) frees it.
 */
static inline lm_status tour_simple_arr(lm_guest *guest, lm_ref *result /* ?^*[4]i32 */)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 1);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 10);
    lm_take_result_ref(&lm_call_, 27 /* ?^*[4]i32 */, result);
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
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 11);
    lm_take_result(&lm_call_, 15 /* Op */, result);
    return lm_call_end(&lm_call_);
}

/**
 * Returns an array that lives as long as the module, and is never freed.
 *
 * An array in a local variable would be gone on return: its address leads into the stack, where the next call writes.
 * static_arr() -> *[4]i32
 */
static inline lm_status tour_static_arr(lm_guest *guest, lm_ref *result /* *[4]i32 */)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 12);
    lm_take_result_ref(&lm_call_, 29 /* *[4]i32 */, result);
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
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_arg(&lm_call_, 6 /* i32 */, &a);
    lm_arg(&lm_call_, 6 /* i32 */, &b);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 13);
    lm_take_result(&lm_call_, 6 /* i32 */, result);
    return lm_call_end(&lm_call_);
}

/**
 * Frees a point and its name.
 * drop_point(value: ^*Point)
 */
static inline lm_status tour_drop_point(lm_guest *guest, lm_ref value /* ^*Point */)
{
    lm_value lm_args[1];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_ref(&lm_call_, 31 /* ^*Point */, value);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 14);
    return lm_call_end(&lm_call_);
}

/**
 * Frees the array with all its points.
 * points_free(value: ^*[+]Point)
 */
static inline lm_status tour_points_free(lm_guest *guest, lm_ref value /* ^*[+]Point */)
{
    lm_value lm_args[1];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_ref(&lm_call_, 32 /* ^*[+]Point */, value);
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
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_arg(&lm_call_, 6 /* i32 */, &x);
    lm_arg(&lm_call_, 15 /* Op */, &function);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 16);
    lm_take_result(&lm_call_, 6 /* i32 */, result);
    return lm_call_end(&lm_call_);
}

/**
 * The functions that the guest calls. What they are lent ends when they return; what is owned is theirs to free.
 * They return LM_OK, with a value behind each pointer, which is the guest's then if it is owned; or an error: the
 * guest is told a status where it asks for one, and traps elsewhere, and for what is below 0. They return normally in
 * any case.
 */
typedef struct tour_host {
    void *user;
    /** Writes a number down. */
    lm_status (*env_log_nr)(void *user, lm_guest *guest, uint32_t nr);
    /** Is called for each point, with the number that the host gave along. */
    lm_status (*env_on_point)(void *user, lm_guest *guest, uint32_t user_data, lm_ref point /* *Point */);
} tour_host;

/* env/log_nr */
static inline bool tour_host_0(lm_guest *guest, const tour_host *host, lm_value *lm_args)
{
    lm_hosted lm_hosted_;
    uint32_t nr;
    lm_hosted_init(&lm_hosted_, guest, lm_args, NULL, false, 0);
    lm_hosted_value(&lm_hosted_, 7 /* u32 */, &nr);
    if (lm_hosted_.call.status == LM_OK) {
        lm_hosted_done(&lm_hosted_, host->env_log_nr(host->user, guest, nr));
    }
    return lm_hosted_end(&lm_hosted_, false);
}

/* env/on_point */
static inline bool tour_host_1(lm_guest *guest, const tour_host *host, lm_value *lm_args)
{
    lm_hosted lm_hosted_;
    uint32_t user_data;
    lm_ref point;
    lm_hosted_init(&lm_hosted_, guest, lm_args, NULL, true, 0);
    lm_hosted_value(&lm_hosted_, 7 /* u32 */, &user_data);
    lm_hosted_ref(&lm_hosted_, 30 /* *Point */, &point);
    if (lm_hosted_.call.status == LM_OK) {
        lm_hosted_done(&lm_hosted_, host->env_on_point(host->user, guest, user_data, point));
    }
    return lm_hosted_end(&lm_hosted_, false);
}

/* ---- wasm2c: define TOUR_WASM2C in one file, after wasm2c's header and wasm-rt-impl.h ---- */

#ifdef TOUR_WASM2C

/* Names up to wabt 1.0.32, which need LM_WABT_OLD, and later ones. */
#ifdef LM_WABT_OLD
#define TOUR_W2C(old, new) old
#else
#define TOUR_W2C(old, new) new
#endif

/** How many values the host owns at a time, with what it lends to them and calls of host functions. */
#ifndef TOUR_HOLDS
#define TOUR_HOLDS 1024
#endif

/** An instance: pass its address as that of each imported module when it is instantiated. */
typedef struct tour_engine {
    TOUR_W2C(Z_tour_instance_t, w2c_tour) instance;
    lm_guest guest;
    tour_host host;
    lm_hold holds[TOUR_HOLDS];
} tour_engine;

/* A trap leaves to the innermost of these, and the outer ones are kept on the way. */
typedef struct tour_engine_outer {
    jmp_buf target;
#if WASM_RT_USE_STACK_DEPTH_COUNT
    uint32_t depth, saved;
#endif
} tour_engine_outer;

static inline void tour_engine_enter(tour_engine_outer *of)
{
    memcpy(&of->target, &wasm_rt_jmp_buf, sizeof of->target);
#if WASM_RT_USE_STACK_DEPTH_COUNT && defined(LM_WABT_OLD)
    of->depth = wasm_rt_call_stack_depth;
    of->saved = wasm_rt_saved_call_stack_depth;
#endif
}

static inline void tour_engine_leave(const tour_engine_outer *of)
{
    memcpy(&wasm_rt_jmp_buf, &of->target, sizeof of->target);
#if WASM_RT_USE_STACK_DEPTH_COUNT && defined(LM_WABT_OLD)
    wasm_rt_call_stack_depth = of->depth;
    wasm_rt_saved_call_stack_depth = of->saved;
#endif
}

static inline uint8_t *tour_engine_memory(void *of, uint64_t *size)
{
    const wasm_rt_memory_t *const memory = TOUR_W2C(Z_tourZ_memory, w2c_tour_memory)(&((tour_engine *)of)->instance);
    *size = (uint64_t)memory->pages * LM_PAGE_SIZE;
    return memory->data;
}

static inline lm_status tour_engine_call(void *of, uint32_t function, lm_value *values)
{
    TOUR_W2C(Z_tour_instance_t, w2c_tour) *const instance = &((tour_engine *)of)->instance;
    tour_engine_outer before;
    volatile lm_status status = LM_TRAPPED;
    tour_engine_enter(&before);
    if (wasm_rt_impl_try() == 0) {
        lm_status found = LM_OK;
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
        case LM_FN_ASK | (LM_FN_OWN_FIRST + 16):
        {
            const wasm_rt_funcref_table_t *const table = TOUR_W2C(Z_tourZ___indirect_function_table, w2c_tour_0x5F_indirect_function_table)(instance);
            const bool ask = (function & LM_FN_ASK) != 0;
            const uint32_t index = values[ask ? 0 : 1].i32;
            const wasm_rt_funcref_t entry = index < table->size ? table->data[index] : wasm_rt_funcref_null_value;
            if (index >= table->size) {
                found = LM_E_OUT_OF_BOUNDS;
            } else if (entry.func == NULL || !TOUR_W2C((entry.func_type == wasm_rt_register_func_type(1, 1, WASM_RT_I32, WASM_RT_I32)), (memcmp(entry.func_type, wasm2c_tour_get_func_type(1, 1, WASM_RT_I32, WASM_RT_I32), 32) == 0))) {
                found = LM_E_INVALID;
            } else if (!ask) {
                values[0].i32 = ((uint32_t (*)(void *, uint32_t))entry.func)(entry.module_instance, values[0].i32);
            }
            break;
        }
        default:
            found = LM_E_INVALID;
        }
        status = found;
    }
    tour_engine_leave(&before);
    return status;
}

/** Before it is instantiated. */
static inline void tour_engine_init(tour_engine *of)
{
    of->guest.engine = of;
    of->guest.memory = tour_engine_memory;
    of->guest.call = tour_engine_call;
    memset(of->holds, 0, sizeof of->holds);
    lm_guest_init(&of->guest, &tour_module, of->holds, TOUR_HOLDS);
}

void TOUR_W2C(Z_envZ_log_nr, w2c_env_log_nr)(TOUR_W2C(struct Z_env_instance_t, struct w2c_env) *of, uint32_t a0)
{
    tour_engine *const engine = (tour_engine *)(void *)of;
    lm_value values[1];
    values[0].i32 = a0;
    if (!tour_host_0(&engine->guest, &engine->host, values)) {
        wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
    }
}

void TOUR_W2C(Z_envZ_on_point, w2c_env_on_point)(TOUR_W2C(struct Z_env_instance_t, struct w2c_env) *of, uint32_t a0, uint32_t a1)
{
    tour_engine *const engine = (tour_engine *)(void *)of;
    lm_value values[2];
    values[0].i32 = a0;
    values[1].i32 = a1;
    if (!tour_host_1(&engine->guest, &engine->host, values)) {
        wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
    }
}

#endif

#ifdef __cplusplus
}
#endif

#endif
