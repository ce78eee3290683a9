/*
 * Written by `linmem bind --lang c` from a module's records; not to be edited.
 *
 * Every function returns a status: LM_OK, one of LM_E_*, LM_TRAPPED, or one of the module's own. Addresses in the
 * guest are uint32_t. What is returned as owned is freed as the function's comment says.
 */
#ifndef RECORDS_LINMEM_H
#define RECORDS_LINMEM_H

#include "linmem_host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define records_HALF (5e-1)

#define records_INITIAL ((lm_char)223)

#define records_LEAST ((int64_t)(-9223372036854775807LL - 1))

/** The most that fits. */
#define records_MAX ((uint32_t)16)

#define records_MINUS (-1.5e0F)

/** Two words and a backslash. */
#define records_VERSION "1.0\012\\ beta"

#define records_YES ((lm_bool)1)

/** A colour. */
typedef uint8_t records_Color;
/**
 * Like blood,
 * or a rose.
 */
#define records_Color_Red ((records_Color)0)
#define records_Color_Green ((records_Color)4)
#define records_Color_Blue ((records_Color)5)
static inline bool records_Color_is(records_Color value)
{
    return value == records_Color_Red ||
           value == records_Color_Green ||
           value == records_Color_Blue;
}

/** Keeps numbers. */
/* Db is opaque: known by its address. */

/* An index in the table of functions: () */
typedef lm_func records_Done;

/** What `average` says. */
typedef lm_status records_Fail;
#define records_Fail_Empty ((records_Fail)16)
#define records_Fail_TooMany ((records_Fail)17)

/** From a number to a number. */
/* An index in the table of functions: (x: i32, scale: f64) -> i32 */
typedef lm_func records_Op;

typedef int64_t records_Sign;
#define records_Sign_Minus ((records_Sign)-1)
#define records_Sign_Zero ((records_Sign)0)
#define records_Sign_Plus ((records_Sign)1)
static inline bool records_Sign_is(records_Sign value)
{
    return value == records_Sign_Minus ||
           value == records_Sign_Zero ||
           value == records_Sign_Plus;
}

typedef union records_Bits {
    uint32_t int_;
    float float_;
    uint8_t bytes[4];
} records_Bits;
LM_ASSERT_LAYOUT(records_Bits, 4, 4);
LM_ASSERT_FIELD(records_Bits, int_, 0);
LM_ASSERT_FIELD(records_Bits, float_, 0);
LM_ASSERT_FIELD(records_Bits, bytes, 0);

/** Copies it out of the guest. */
static inline lm_status records_Bits_read(lm_guest *guest, uint32_t ptr, records_Bits *value)
{
    return lm_guest_read(guest, ptr, 4, 4, value);
}

/** Copies it into the guest. */
static inline lm_status records_Bits_write(lm_guest *guest, uint32_t ptr, const records_Bits *value)
{
    return lm_guest_write(guest, ptr, 4, 4, value);
}

/** Makes one in the guest, which the host owns: lm_guest_free(guest, ptr, 4, 4). */
static inline lm_status records_Bits_new(lm_guest *guest, const records_Bits *value, uint32_t *ptr)
{
    lm_status status = lm_guest_alloc(guest, 4, 4, ptr);
    if (status == LM_OK) {
        status = records_Bits_write(guest, *ptr, value);
        if (status != LM_OK) {
            lm_guest_free(guest, *ptr, 4, 4);
        }
    }
    return status;
}

/** Every scalar. */
typedef struct records_Scalars {
    lm_bool a;
    int8_t b;
    uint8_t c;
    int16_t d;
    uint16_t e;
    int32_t f;
    uint32_t g;
    int64_t h;
    uint64_t i;
    float j;
    double k;
    lm_char l;
    lm_usize m;
    lm_isize n;
} records_Scalars;
LM_ASSERT_LAYOUT(records_Scalars, 64, 8);
LM_ASSERT_FIELD(records_Scalars, a, 0);
LM_ASSERT_FIELD(records_Scalars, b, 1);
LM_ASSERT_FIELD(records_Scalars, c, 2);
LM_ASSERT_FIELD(records_Scalars, d, 4);
LM_ASSERT_FIELD(records_Scalars, e, 6);
LM_ASSERT_FIELD(records_Scalars, f, 8);
LM_ASSERT_FIELD(records_Scalars, g, 12);
LM_ASSERT_FIELD(records_Scalars, h, 16);
LM_ASSERT_FIELD(records_Scalars, i, 24);
LM_ASSERT_FIELD(records_Scalars, j, 32);
LM_ASSERT_FIELD(records_Scalars, k, 40);
LM_ASSERT_FIELD(records_Scalars, l, 48);
LM_ASSERT_FIELD(records_Scalars, m, 52);
LM_ASSERT_FIELD(records_Scalars, n, 56);

/** Checks bools, chars and enumerations. */
static inline lm_status records_Scalars_check(records_Scalars *value)
{
    lm_status status = LM_OK;
    value->a = value->a != 0;
    status = lm_is_char(value->l) ? status : LM_E_INVALID;
    return status;
}

/** Copies it out of the guest. */
static inline lm_status records_Scalars_read(lm_guest *guest, uint32_t ptr, records_Scalars *value)
{
    const lm_status status = lm_guest_read(guest, ptr, 64, 8, value);
    return status == LM_OK ? records_Scalars_check(value) : status;
}

/** Copies it into the guest. */
static inline lm_status records_Scalars_write(lm_guest *guest, uint32_t ptr, const records_Scalars *value)
{
    records_Scalars copy = *value;
    const lm_status status = records_Scalars_check(&copy);
    return status == LM_OK ? lm_guest_write(guest, ptr, 64, 8, &copy) : status;
}

/** Makes one in the guest, which the host owns: lm_guest_free(guest, ptr, 64, 8). */
static inline lm_status records_Scalars_new(lm_guest *guest, const records_Scalars *value, uint32_t *ptr)
{
    lm_status status = lm_guest_alloc(guest, 64, 8, ptr);
    if (status == LM_OK) {
        status = records_Scalars_write(guest, *ptr, value);
        if (status != LM_OK) {
            lm_guest_free(guest, *ptr, 64, 8);
        }
    }
    return status;
}

/**
 * A point with a name.
 *
 * Its path is C:\points.
 */
typedef struct records_Point {
    int32_t x;
    int32_t y;
    /** Owned by the point. */
    lm_cstr name; /* ^cstr */
} records_Point;
LM_ASSERT_LAYOUT(records_Point, 12, 4);
LM_ASSERT_FIELD(records_Point, x, 0);
LM_ASSERT_FIELD(records_Point, y, 4);
LM_ASSERT_FIELD(records_Point, name, 8);

/** Copies it out of the guest. */
static inline lm_status records_Point_read(lm_guest *guest, uint32_t ptr, records_Point *value)
{
    return lm_guest_read(guest, ptr, 12, 4, value);
}

/** Copies it into the guest. */
static inline lm_status records_Point_write(lm_guest *guest, uint32_t ptr, const records_Point *value)
{
    return lm_guest_write(guest, ptr, 12, 4, value);
}

/** Makes one in the guest, which the host owns: lm_guest_free(guest, ptr, 12, 4). */
static inline lm_status records_Point_new(lm_guest *guest, const records_Point *value, uint32_t *ptr)
{
    lm_status status = lm_guest_alloc(guest, 12, 4, ptr);
    if (status == LM_OK) {
        status = records_Point_write(guest, *ptr, value);
        if (status != LM_OK) {
            lm_guest_free(guest, *ptr, 12, 4);
        }
    }
    return status;
}

typedef struct records_Nested {
    lm_bool flag;
    records_Scalars inner;
    records_Point corners[2];
    float grid[2][3];
    records_Color type;
} records_Nested;
LM_ASSERT_LAYOUT(records_Nested, 128, 8);
LM_ASSERT_FIELD(records_Nested, flag, 0);
LM_ASSERT_FIELD(records_Nested, inner, 8);
LM_ASSERT_FIELD(records_Nested, corners, 72);
LM_ASSERT_FIELD(records_Nested, grid, 96);
LM_ASSERT_FIELD(records_Nested, type, 120);

/** Checks bools, chars and enumerations. */
static inline lm_status records_Nested_check(records_Nested *value)
{
    lm_status status = LM_OK;
    value->flag = value->flag != 0;
    status = status == LM_OK ? records_Scalars_check(&value->inner) : status;
    status = records_Color_is(value->type) ? status : LM_E_INVALID;
    return status;
}

/** Copies it out of the guest. */
static inline lm_status records_Nested_read(lm_guest *guest, uint32_t ptr, records_Nested *value)
{
    const lm_status status = lm_guest_read(guest, ptr, 128, 8, value);
    return status == LM_OK ? records_Nested_check(value) : status;
}

/** Copies it into the guest. */
static inline lm_status records_Nested_write(lm_guest *guest, uint32_t ptr, const records_Nested *value)
{
    records_Nested copy = *value;
    const lm_status status = records_Nested_check(&copy);
    return status == LM_OK ? lm_guest_write(guest, ptr, 128, 8, &copy) : status;
}

/** Makes one in the guest, which the host owns: lm_guest_free(guest, ptr, 128, 8). */
static inline lm_status records_Nested_new(lm_guest *guest, const records_Nested *value, uint32_t *ptr)
{
    lm_status status = lm_guest_alloc(guest, 128, 8, ptr);
    if (status == LM_OK) {
        status = records_Nested_write(guest, *ptr, value);
        if (status != LM_OK) {
            lm_guest_free(guest, *ptr, 128, 8);
        }
    }
    return status;
}

typedef struct records_Node {
    uint32_t next; /* ?^*Node */
    uint32_t up; /* ?*Node */
    uint32_t down; /* ?~*Node */
    uint32_t value; /* *i32 */
    uint32_t place; /* ?~*Scalars */
    records_Op apply;
    records_Op done; /* ?Op */
} records_Node;
LM_ASSERT_LAYOUT(records_Node, 28, 4);
LM_ASSERT_FIELD(records_Node, next, 0);
LM_ASSERT_FIELD(records_Node, up, 4);
LM_ASSERT_FIELD(records_Node, down, 8);
LM_ASSERT_FIELD(records_Node, value, 12);
LM_ASSERT_FIELD(records_Node, place, 16);
LM_ASSERT_FIELD(records_Node, apply, 20);
LM_ASSERT_FIELD(records_Node, done, 24);

/** Copies it out of the guest. */
static inline lm_status records_Node_read(lm_guest *guest, uint32_t ptr, records_Node *value)
{
    return lm_guest_read(guest, ptr, 28, 4, value);
}

/** Copies it into the guest. */
static inline lm_status records_Node_write(lm_guest *guest, uint32_t ptr, const records_Node *value)
{
    return lm_guest_write(guest, ptr, 28, 4, value);
}

/** Makes one in the guest, which the host owns: lm_guest_free(guest, ptr, 28, 4). */
static inline lm_status records_Node_new(lm_guest *guest, const records_Node *value, uint32_t *ptr)
{
    lm_status status = lm_guest_alloc(guest, 28, 4, ptr);
    if (status == LM_OK) {
        status = records_Node_write(guest, *ptr, value);
        if (status != LM_OK) {
            lm_guest_free(guest, *ptr, 28, 4);
        }
    }
    return status;
}

typedef struct records_Runs {
    lm_str text; /* str */
    lm_cstr label; /* ?cstr */
    lm_slice numbers; /* []i32 */
    lm_buffer buffer; /* [+]Point */
    lm_str own_text; /* ^str */
    lm_cstr own_label; /* ?^cstr */
    lm_slice own_texts; /* ^[]^str */
} records_Runs;
LM_ASSERT_LAYOUT(records_Runs, 52, 4);
LM_ASSERT_FIELD(records_Runs, text, 0);
LM_ASSERT_FIELD(records_Runs, label, 8);
LM_ASSERT_FIELD(records_Runs, numbers, 12);
LM_ASSERT_FIELD(records_Runs, buffer, 20);
LM_ASSERT_FIELD(records_Runs, own_text, 32);
LM_ASSERT_FIELD(records_Runs, own_label, 40);
LM_ASSERT_FIELD(records_Runs, own_texts, 44);

/** Copies it out of the guest. */
static inline lm_status records_Runs_read(lm_guest *guest, uint32_t ptr, records_Runs *value)
{
    return lm_guest_read(guest, ptr, 52, 4, value);
}

/** Copies it into the guest. */
static inline lm_status records_Runs_write(lm_guest *guest, uint32_t ptr, const records_Runs *value)
{
    return lm_guest_write(guest, ptr, 52, 4, value);
}

/** Makes one in the guest, which the host owns: lm_guest_free(guest, ptr, 52, 4). */
static inline lm_status records_Runs_new(lm_guest *guest, const records_Runs *value, uint32_t *ptr)
{
    lm_status status = lm_guest_alloc(guest, 52, 4, ptr);
    if (status == LM_OK) {
        status = records_Runs_write(guest, *ptr, value);
        if (status != LM_OK) {
            lm_guest_free(guest, *ptr, 52, 4);
        }
    }
    return status;
}

/** A radius. */
#define records_Shape_Circle ((uint8_t)0)
#define records_Shape_Tinted ((uint8_t)3)
#define records_Shape_Scaled ((uint8_t)4)
#define records_Shape_Nothing ((uint8_t)5)
typedef struct records_Shape {
    uint8_t tag;
    union {
        double Circle;
        records_Color Tinted;
        records_Bits Scaled;
    } as;
} records_Shape;
LM_ASSERT_LAYOUT(records_Shape, 16, 8);
LM_ASSERT_FIELD(records_Shape, as.Circle, 8);
LM_ASSERT_FIELD(records_Shape, as.Tinted, 8);
LM_ASSERT_FIELD(records_Shape, as.Scaled, 8);

/** Checks bools, chars and enumerations. */
static inline lm_status records_Shape_check(records_Shape *value)
{
    lm_status status = LM_OK;
    switch (value->tag) {
    case records_Shape_Circle:
        break;
    case records_Shape_Tinted:
        status = records_Color_is(value->as.Tinted) ? status : LM_E_INVALID;
        break;
    case records_Shape_Scaled:
        break;
    case records_Shape_Nothing:
        break;
    default:
        status = LM_E_INVALID;
    }
    return status;
}

/** Copies it out of the guest. */
static inline lm_status records_Shape_read(lm_guest *guest, uint32_t ptr, records_Shape *value)
{
    const lm_status status = lm_guest_read(guest, ptr, 16, 8, value);
    return status == LM_OK ? records_Shape_check(value) : status;
}

/** Copies it into the guest. */
static inline lm_status records_Shape_write(lm_guest *guest, uint32_t ptr, const records_Shape *value)
{
    records_Shape copy = *value;
    const lm_status status = records_Shape_check(&copy);
    return status == LM_OK ? lm_guest_write(guest, ptr, 16, 8, &copy) : status;
}

/** Makes one in the guest, which the host owns: lm_guest_free(guest, ptr, 16, 8). */
static inline lm_status records_Shape_new(lm_guest *guest, const records_Shape *value, uint32_t *ptr)
{
    lm_status status = lm_guest_alloc(guest, 16, 8, ptr);
    if (status == LM_OK) {
        status = records_Shape_write(guest, *ptr, value);
        if (status != LM_OK) {
            lm_guest_free(guest, *ptr, 16, 8);
        }
    }
    return status;
}

/** The names of the exports, by the numbers that `lm_guest.call` gets. */
static const char *const records_exports[] = {
    "abi_alloc",
    "abi_free",
    "apply",
    "average",
    "count",
    "create_point",
    "db_get",
    "db_set",
    "inverse_img",
    "log_loop",
    "longest",
    "mixed",
    "name_of",
    "open",
    "origin",
    "points_get",
    "points_new",
    "points_push",
    "simple_arr",
    "square_fn",
    "visit",
    "drop_db",
    "drop_point",
    "drop_points",
    "drop_texts",
};

static inline const char *records_export_name(uint32_t function)
{
    return function < sizeof records_exports / sizeof records_exports[0] ? records_exports[function] : NULL;
}

/** apply(op: Op, then: ?Done) -> i32 */
static inline lm_status records_apply(lm_guest *guest, records_Op op, records_Done then, int32_t *result)
{
    lm_value lm_args[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_ptr(&lm_call_, op, false);
    lm_arg_ptr(&lm_call_, then, true);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 0);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = (int32_t)lm_args[0].i32;
    }
    return lm_call_end(&lm_call_);
}

/**
 * The mean of some numbers.
 * average(values: []i32, out: >f64) -> Fail
 */
static inline lm_status records_average(lm_guest *guest, const int32_t *values, uint32_t values_len, double *out)
{
    lm_value lm_args[3];
    lm_block lm_blocks[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks);
    lm_arg_slice(&lm_call_, values, values_len, 4, 4, LM_LEND);
    lm_arg_block(&lm_call_, 8, 8, LM_LEND);
    const uint32_t lm_1 = lm_call_.block_count - 1;
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 1);
    lm_call_status(&lm_call_);
    lm_call_take(&lm_call_, lm_1, out, 8);
    return lm_call_end(&lm_call_);
}

/** count(text: str, texts: []str, to: ~*[1]usize, all: ~[]usize) */
static inline lm_status records_count(lm_guest *guest, lm_text text, const lm_str *texts, uint32_t texts_len, uint32_t to /* ~*[1]usize */, lm_usize *all, uint32_t all_len)
{
    lm_value lm_args[7];
    lm_block lm_blocks[3];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks);
    lm_arg_str(&lm_call_, text, LM_LEND);
    lm_arg_slice(&lm_call_, texts, texts_len, 8, 4, LM_LEND);
    lm_arg_ptr(&lm_call_, to, false);
    lm_arg_slice_back(&lm_call_, all, all_len, 4, 4);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 2);
    return lm_call_end(&lm_call_);
}

/**
 * Makes a point; null without memory.
 * create_point(x: i32, y: i32, name: str) -> ?^*Point
 * Owned: records_drop_point(guest, *result) frees it.
 */
static inline lm_status records_create_point(lm_guest *guest, int32_t x, int32_t y, lm_text name, uint32_t *result)
{
    lm_value lm_args[4];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks);
    lm_arg_i32(&lm_call_, (uint32_t)x);
    lm_arg_i32(&lm_call_, (uint32_t)y);
    lm_arg_str(&lm_call_, name, LM_LEND);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 3);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = lm_call_ptr(&lm_call_, true, 12, 4);
    }
    return lm_call_end(&lm_call_);
}

/** db_get(db: *Db, key: u32, out: >i32) -> status */
static inline lm_status records_db_get(lm_guest *guest, uint32_t db /* *Db */, uint32_t key, int32_t *out)
{
    lm_value lm_args[3];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks);
    lm_arg_ptr(&lm_call_, db, false);
    lm_arg_i32(&lm_call_, (uint32_t)key);
    lm_arg_block(&lm_call_, 4, 4, LM_LEND);
    const uint32_t lm_0 = lm_call_.block_count - 1;
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 4);
    lm_call_status(&lm_call_);
    lm_call_take(&lm_call_, lm_0, out, 4);
    return lm_call_end(&lm_call_);
}

/** db_set(db: ~*Db, key: u32, value: i32) -> status */
static inline lm_status records_db_set(lm_guest *guest, uint32_t db /* ~*Db */, uint32_t key, int32_t value)
{
    lm_value lm_args[3];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_ptr(&lm_call_, db, false);
    lm_arg_i32(&lm_call_, (uint32_t)key);
    lm_arg_i32(&lm_call_, (uint32_t)value);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 5);
    lm_call_status(&lm_call_);
    return lm_call_end(&lm_call_);
}

/** inverse_img(pixels: ~[]u8) */
static inline lm_status records_inverse_img(lm_guest *guest, uint8_t *pixels, uint32_t pixels_len)
{
    lm_value lm_args[2];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks);
    lm_arg_slice_back(&lm_call_, pixels, pixels_len, 1, 1);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 6);
    return lm_call_end(&lm_call_);
}

/** log_loop(count: u32) */
static inline lm_status records_log_loop(lm_guest *guest, uint32_t count)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_i32(&lm_call_, (uint32_t)count);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 7);
    return lm_call_end(&lm_call_);
}

/**
 * longest(texts: ^[]^str, or: ^str, out: >^str) -> status
 * Owned: lm_guest_free_str(guest, *out) frees it.
 */
static inline lm_status records_longest(lm_guest *guest, const lm_str *texts, uint32_t texts_len, lm_text or_, lm_str *out)
{
    lm_value lm_args[5];
    lm_block lm_blocks[3];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks);
    lm_arg_slice(&lm_call_, texts, texts_len, 8, 4, LM_GIVE);
    lm_arg_str(&lm_call_, or_, LM_GIVE);
    lm_arg_block(&lm_call_, 8, 4, LM_LEND);
    const uint32_t lm_2 = lm_call_.block_count - 1;
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 8);
    lm_call_status(&lm_call_);
    lm_call_take(&lm_call_, lm_2, out, 8);
    return lm_call_end(&lm_call_);
}

/** mixed(a: bool, b: i8, c: u8, d: i16, e: u16, f: i32, g: u32, h: i64, i: u64, j: f32, k: f64, l: char, color: Color) -> Sign */
static inline lm_status records_mixed(lm_guest *guest, bool a, int8_t b, uint8_t c, int16_t d, uint16_t e, int32_t f, uint32_t g, int64_t h, uint64_t i, float j, double k, lm_char l, records_Color color, records_Sign *result)
{
    lm_value lm_args[13];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_i32(&lm_call_, a);
    lm_arg_i32(&lm_call_, (uint32_t)b);
    lm_arg_i32(&lm_call_, (uint32_t)c);
    lm_arg_i32(&lm_call_, (uint32_t)d);
    lm_arg_i32(&lm_call_, (uint32_t)e);
    lm_arg_i32(&lm_call_, (uint32_t)f);
    lm_arg_i32(&lm_call_, (uint32_t)g);
    lm_arg_i64(&lm_call_, (uint64_t)h);
    lm_arg_i64(&lm_call_, (uint64_t)i);
    lm_arg_f32(&lm_call_, j);
    lm_arg_f64(&lm_call_, k);
    lm_arg_char(&lm_call_, l);
    lm_call_fail(&lm_call_, records_Color_is(color) ? LM_OK : LM_E_INVALID);
    lm_arg_i32(&lm_call_, (uint32_t)color);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 9);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = (records_Sign)lm_args[0].i64;
        lm_call_fail(&lm_call_, records_Sign_is(*result) ? LM_OK : LM_E_INVALID);
    }
    return lm_call_end(&lm_call_);
}

/** name_of(point: *Point, out: >?cstr) -> status */
static inline lm_status records_name_of(lm_guest *guest, uint32_t point /* *Point */, lm_cstr *out)
{
    lm_value lm_args[2];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks);
    lm_arg_ptr(&lm_call_, point, false);
    lm_arg_block(&lm_call_, 4, 4, LM_LEND);
    const uint32_t lm_0 = lm_call_.block_count - 1;
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 10);
    lm_call_status(&lm_call_);
    lm_call_take(&lm_call_, lm_0, out, 4);
    return lm_call_end(&lm_call_);
}

/**
 * open() -> ?^*Db
 * Owned: records_drop_db(guest, *result) frees it.
 */
static inline lm_status records_open(lm_guest *guest, uint32_t *result)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 11);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = lm_call_ptr(&lm_call_, true, 0, 1);
    }
    return lm_call_end(&lm_call_);
}

/** origin(out: >Scalars) -> status */
static inline lm_status records_origin(lm_guest *guest, records_Scalars *out)
{
    lm_value lm_args[1];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks);
    lm_arg_block(&lm_call_, 64, 8, LM_LEND);
    const uint32_t lm_0 = lm_call_.block_count - 1;
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 12);
    lm_call_status(&lm_call_);
    lm_call_take(&lm_call_, lm_0, out, 64);
    if (lm_call_.status == LM_OK) {
        lm_status status = LM_OK;
        status = status == LM_OK ? records_Scalars_check(&(*out)) : status;
        lm_call_fail(&lm_call_, status);
    }
    return lm_call_end(&lm_call_);
}

/** points_get(points: *[+]Point, index: usize) -> ?*Point */
static inline lm_status records_points_get(lm_guest *guest, uint32_t points /* *[+]Point */, lm_usize index, uint32_t *result)
{
    lm_value lm_args[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_ptr(&lm_call_, points, false);
    lm_arg_i32(&lm_call_, (uint32_t)index);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 13);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = lm_call_ptr(&lm_call_, true, 12, 4);
    }
    return lm_call_end(&lm_call_);
}

/**
 * points_new() -> ?^*[+]Point
 * Owned: records_drop_points(guest, *result) frees it.
 */
static inline lm_status records_points_new(lm_guest *guest, uint32_t *result)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 14);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = lm_call_ptr(&lm_call_, true, 12, 4);
    }
    return lm_call_end(&lm_call_);
}

/** points_push(points: ~*[+]Point, x: i32, y: i32, name: str) -> status */
static inline lm_status records_points_push(lm_guest *guest, uint32_t points /* ~*[+]Point */, int32_t x, int32_t y, lm_text name)
{
    lm_value lm_args[5];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks);
    lm_arg_ptr(&lm_call_, points, false);
    lm_arg_i32(&lm_call_, (uint32_t)x);
    lm_arg_i32(&lm_call_, (uint32_t)y);
    lm_arg_str(&lm_call_, name, LM_LEND);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 15);
    lm_call_status(&lm_call_);
    return lm_call_end(&lm_call_);
}

/**
 * Returns 100, 200, 300, 400.
 * simple_arr() -> ^*[4]i32
 * Owned: lm_guest_free(guest, *result, 16, 4) frees it.
 */
static inline lm_status records_simple_arr(lm_guest *guest, uint32_t *result)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 16);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = lm_call_ptr(&lm_call_, false, 16, 4);
    }
    return lm_call_end(&lm_call_);
}

/** square_fn() -> Op */
static inline lm_status records_square_fn(lm_guest *guest, records_Op *result)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 17);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = lm_call_ptr(&lm_call_, false, 0, 1);
    }
    return lm_call_end(&lm_call_);
}

/** visit(points: *[+]Point, user_data: u32) -> f64 */
static inline lm_status records_visit(lm_guest *guest, uint32_t points /* *[+]Point */, uint32_t user_data, double *result)
{
    lm_value lm_args[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_ptr(&lm_call_, points, false);
    lm_arg_i32(&lm_call_, (uint32_t)user_data);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 18);
    *result = 0;
    if (lm_call_.status == LM_OK) {
        *result = (double)lm_args[0].f64;
    }
    return lm_call_end(&lm_call_);
}

/** drop_db(value: ^*Db) */
static inline lm_status records_drop_db(lm_guest *guest, uint32_t value /* ^*Db */)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_ptr(&lm_call_, value, false);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 19);
    return lm_call_end(&lm_call_);
}

/** drop_point(value: ^*Point) */
static inline lm_status records_drop_point(lm_guest *guest, uint32_t value /* ^*Point */)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_ptr(&lm_call_, value, false);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 20);
    return lm_call_end(&lm_call_);
}

/** drop_points(value: ^*[+]Point) */
static inline lm_status records_drop_points(lm_guest *guest, uint32_t value /* ^*[+]Point */)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_ptr(&lm_call_, value, false);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 21);
    return lm_call_end(&lm_call_);
}

/** drop_texts(value: ^[]^str) */
static inline lm_status records_drop_texts(lm_guest *guest, lm_slice value /* ^[]^str */)
{
    lm_value lm_args[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_i32(&lm_call_, value.ptr);
    lm_arg_i32(&lm_call_, value.len);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 22);
    return lm_call_end(&lm_call_);
}

/** Done() */
static inline lm_status records_Done_call(lm_guest *guest, records_Done function)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_ptr(&lm_call_, function, false);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 23);
    return lm_call_end(&lm_call_);
}

/**
 * From a number to a number.
 * Op(x: i32, scale: f64) -> i32
 */
static inline lm_status records_Op_call(lm_guest *guest, records_Op function, int32_t x, double scale, int32_t *result)
{
    lm_value lm_args[3];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL);
    lm_arg_i32(&lm_call_, (uint32_t)x);
    lm_arg_f64(&lm_call_, scale);
    lm_arg_ptr(&lm_call_, function, false);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 24);
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
typedef struct records_host {
    void *user;
    double (*clock_v1_now)(void *user, lm_guest *guest);
    bool (*clock_v1_title)(void *user, lm_guest *guest, lm_str text, lm_slice pixels);
    /** Writes a number down. */
    void (*env_log_nr)(void *user, lm_guest *guest, uint32_t nr);
    void (*env_on_point)(void *user, lm_guest *guest, uint32_t user_data, uint32_t point);
} records_host;

/* ---- wasm2c: define RECORDS_WASM2C in one file, after wasm2c's header and wasm-rt-impl.h ---- */

#ifdef RECORDS_WASM2C

/* Names up to wabt 1.0.32, which need LM_WABT_OLD, and later ones. */
#ifdef LM_WABT_OLD
#define RECORDS_W2C(old, new) old
#else
#define RECORDS_W2C(old, new) new
#endif

/** An instance: pass its address as that of each imported module when it is instantiated. */
typedef struct records_engine {
    RECORDS_W2C(Z_records_instance_t, w2c_records) instance;
    lm_guest guest;
    records_host host;
} records_engine;

static inline uint8_t *records_engine_memory(void *of, uint64_t *size)
{
    const wasm_rt_memory_t *const memory = RECORDS_W2C(Z_recordsZ_memory, w2c_records_memory)(&((records_engine *)of)->instance);
    *size = (uint64_t)memory->pages * LM_PAGE_SIZE;
    return memory->data;
}

static inline lm_status records_engine_call(void *of, uint32_t function, lm_value *values)
{
    RECORDS_W2C(Z_records_instance_t, w2c_records) *const instance = &((records_engine *)of)->instance;
    jmp_buf outer; /* of the call that this one is made within */
    volatile lm_status status = LM_TRAPPED;
    memcpy(&outer, &wasm_rt_jmp_buf, sizeof outer);
    if (wasm_rt_impl_try() == 0) {
        bool found = true;
        switch (function) {
        case LM_FN_ALLOC:
            values[0].i32 = RECORDS_W2C(Z_recordsZ_abi_alloc, w2c_records_abi_alloc)(instance, values[0].i32, values[1].i32);
            break;
        case LM_FN_FREE:
            RECORDS_W2C(Z_recordsZ_abi_free, w2c_records_abi_free)(instance, values[0].i32, values[1].i32, values[2].i32);
            break;
        case LM_FN_OWN_FIRST + 0:
            values[0].i32 = RECORDS_W2C(Z_recordsZ_apply, w2c_records_apply)(instance, values[0].i32, values[1].i32);
            break;
        case LM_FN_OWN_FIRST + 1:
            values[0].i32 = RECORDS_W2C(Z_recordsZ_average, w2c_records_average)(instance, values[0].i32, values[1].i32, values[2].i32);
            break;
        case LM_FN_OWN_FIRST + 2:
            RECORDS_W2C(Z_recordsZ_count, w2c_records_count)(instance, values[0].i32, values[1].i32, values[2].i32, values[3].i32, values[4].i32, values[5].i32, values[6].i32);
            break;
        case LM_FN_OWN_FIRST + 3:
            values[0].i32 = RECORDS_W2C(Z_recordsZ_create_point, w2c_records_create_point)(instance, values[0].i32, values[1].i32, values[2].i32, values[3].i32);
            break;
        case LM_FN_OWN_FIRST + 4:
            values[0].i32 = RECORDS_W2C(Z_recordsZ_db_get, w2c_records_db_get)(instance, values[0].i32, values[1].i32, values[2].i32);
            break;
        case LM_FN_OWN_FIRST + 5:
            values[0].i32 = RECORDS_W2C(Z_recordsZ_db_set, w2c_records_db_set)(instance, values[0].i32, values[1].i32, values[2].i32);
            break;
        case LM_FN_OWN_FIRST + 6:
            RECORDS_W2C(Z_recordsZ_inverse_img, w2c_records_inverse_img)(instance, values[0].i32, values[1].i32);
            break;
        case LM_FN_OWN_FIRST + 7:
            RECORDS_W2C(Z_recordsZ_log_loop, w2c_records_log_loop)(instance, values[0].i32);
            break;
        case LM_FN_OWN_FIRST + 8:
            values[0].i32 = RECORDS_W2C(Z_recordsZ_longest, w2c_records_longest)(instance, values[0].i32, values[1].i32, values[2].i32, values[3].i32, values[4].i32);
            break;
        case LM_FN_OWN_FIRST + 9:
            values[0].i64 = RECORDS_W2C(Z_recordsZ_mixed, w2c_records_mixed)(instance, values[0].i32, values[1].i32, values[2].i32, values[3].i32, values[4].i32, values[5].i32, values[6].i32, values[7].i64, values[8].i64, values[9].f32, values[10].f64, values[11].i32, values[12].i32);
            break;
        case LM_FN_OWN_FIRST + 10:
            values[0].i32 = RECORDS_W2C(Z_recordsZ_name_of, w2c_records_name_of)(instance, values[0].i32, values[1].i32);
            break;
        case LM_FN_OWN_FIRST + 11:
            values[0].i32 = RECORDS_W2C(Z_recordsZ_open, w2c_records_open)(instance);
            break;
        case LM_FN_OWN_FIRST + 12:
            values[0].i32 = RECORDS_W2C(Z_recordsZ_origin, w2c_records_origin)(instance, values[0].i32);
            break;
        case LM_FN_OWN_FIRST + 13:
            values[0].i32 = RECORDS_W2C(Z_recordsZ_points_get, w2c_records_points_get)(instance, values[0].i32, values[1].i32);
            break;
        case LM_FN_OWN_FIRST + 14:
            values[0].i32 = RECORDS_W2C(Z_recordsZ_points_new, w2c_records_points_new)(instance);
            break;
        case LM_FN_OWN_FIRST + 15:
            values[0].i32 = RECORDS_W2C(Z_recordsZ_points_push, w2c_records_points_push)(instance, values[0].i32, values[1].i32, values[2].i32, values[3].i32, values[4].i32);
            break;
        case LM_FN_OWN_FIRST + 16:
            values[0].i32 = RECORDS_W2C(Z_recordsZ_simple_arr, w2c_records_simple_arr)(instance);
            break;
        case LM_FN_OWN_FIRST + 17:
            values[0].i32 = RECORDS_W2C(Z_recordsZ_square_fn, w2c_records_square_fn)(instance);
            break;
        case LM_FN_OWN_FIRST + 18:
            values[0].f64 = RECORDS_W2C(Z_recordsZ_visit, w2c_records_visit)(instance, values[0].i32, values[1].i32);
            break;
        case LM_FN_OWN_FIRST + 19:
            RECORDS_W2C(Z_recordsZ_drop_db, w2c_records_drop_db)(instance, values[0].i32);
            break;
        case LM_FN_OWN_FIRST + 20:
            RECORDS_W2C(Z_recordsZ_drop_point, w2c_records_drop_point)(instance, values[0].i32);
            break;
        case LM_FN_OWN_FIRST + 21:
            RECORDS_W2C(Z_recordsZ_drop_points, w2c_records_drop_points)(instance, values[0].i32);
            break;
        case LM_FN_OWN_FIRST + 22:
            RECORDS_W2C(Z_recordsZ_drop_texts, w2c_records_drop_texts)(instance, values[0].i32, values[1].i32);
            break;
        case LM_FN_OWN_FIRST + 23:
        {
            const wasm_rt_funcref_table_t *const table = RECORDS_W2C(Z_recordsZ___indirect_function_table, w2c_records_0x5F_indirect_function_table)(instance);
            const uint32_t index = values[0].i32;
            const wasm_rt_funcref_t entry = index < table->size ? table->data[index] : wasm_rt_funcref_null_value;
            found = entry.func != NULL && RECORDS_W2C((entry.func_type == wasm_rt_register_func_type(0, 0)), (memcmp(entry.func_type, wasm2c_records_get_func_type(0, 0), 32) == 0));
            if (found) {
                ((void (*)(void *))entry.func)(entry.module_instance);
            }
            break;
        }
        case LM_FN_OWN_FIRST + 24:
        {
            const wasm_rt_funcref_table_t *const table = RECORDS_W2C(Z_recordsZ___indirect_function_table, w2c_records_0x5F_indirect_function_table)(instance);
            const uint32_t index = values[2].i32;
            const wasm_rt_funcref_t entry = index < table->size ? table->data[index] : wasm_rt_funcref_null_value;
            found = entry.func != NULL && RECORDS_W2C((entry.func_type == wasm_rt_register_func_type(2, 1, WASM_RT_I32, WASM_RT_F64, WASM_RT_I32)), (memcmp(entry.func_type, wasm2c_records_get_func_type(2, 1, WASM_RT_I32, WASM_RT_F64, WASM_RT_I32), 32) == 0));
            if (found) {
                values[0].i32 = ((uint32_t (*)(void *, uint32_t, double))entry.func)(entry.module_instance, values[0].i32, values[1].f64);
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

static inline void records_engine_init(records_engine *of)
{
    of->guest.engine = of;
    of->guest.memory = records_engine_memory;
    of->guest.call = records_engine_call;
    of->guest.trapped = false;
}

double RECORDS_W2C(Z_clockZ3Av1Z_now, w2c_clock0x3Av1_now)(RECORDS_W2C(struct Z_clockZ3Av1_instance_t, struct w2c_clock0x3Av1) *of)
{
    records_engine *const engine = (records_engine *)(void *)of;
    return (double)engine->host.clock_v1_now(engine->host.user, &engine->guest);
}

uint32_t RECORDS_W2C(Z_clockZ3Av1Z_title, w2c_clock0x3Av1_title)(RECORDS_W2C(struct Z_clockZ3Av1_instance_t, struct w2c_clock0x3Av1) *of, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3)
{
    records_engine *const engine = (records_engine *)(void *)of;
    return (uint32_t)engine->host.clock_v1_title(engine->host.user, &engine->guest, (lm_str){a0, a1}, (lm_slice){a2, a3});
}

void RECORDS_W2C(Z_envZ_log_nr, w2c_env_log_nr)(RECORDS_W2C(struct Z_env_instance_t, struct w2c_env) *of, uint32_t a0)
{
    records_engine *const engine = (records_engine *)(void *)of;
    engine->host.env_log_nr(engine->host.user, &engine->guest, (uint32_t)a0);
}

void RECORDS_W2C(Z_envZ_on_point, w2c_env_on_point)(RECORDS_W2C(struct Z_env_instance_t, struct w2c_env) *of, uint32_t a0, uint32_t a1)
{
    records_engine *const engine = (records_engine *)(void *)of;
    engine->host.env_on_point(engine->host.user, &engine->guest, (uint32_t)a0, (uint32_t)a1);
}

#endif

#ifdef __cplusplus
}
#endif

#endif
