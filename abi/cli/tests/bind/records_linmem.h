/*
 * Written by `linmem bind --lang c` from a module's records; not to be edited.
 *
 * Every function returns a status: LM_OK, one of LM_E_*, one of the host's such as LM_TRAPPED, or one of the module's
 * own. What lies in the guest is an lm_ref. What comes as owned, lm_free frees.
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

/** Keeps numbers. */
/* Db is opaque: known by its address. */

/* A function in the guest's table: () */
typedef struct records_Done {
    lm_func index;
} records_Done;
LM_ASSERT_LAYOUT(records_Done, 4, 4);

/** What `average` says. */
typedef lm_status records_Fail;
#define records_Fail_Empty ((records_Fail)16)
#define records_Fail_TooMany ((records_Fail)17)

/** From a number to a number. */
/* A function in the guest's table: (x: i32, scale: f64) -> i32 */
typedef struct records_Op {
    lm_func index;
} records_Op;
LM_ASSERT_LAYOUT(records_Op, 4, 4);

typedef int64_t records_Sign;
#define records_Sign_Minus ((records_Sign)-1)
#define records_Sign_Zero ((records_Sign)0)
#define records_Sign_Plus ((records_Sign)1)

typedef union records_Bits records_Bits;

typedef struct records_Nested records_Nested;

typedef struct records_Node records_Node;

typedef struct records_Point records_Point;

typedef struct records_Runs records_Runs;

typedef struct records_Scalars records_Scalars;

typedef struct records_Shape records_Shape;

union records_Bits {
    uint32_t int_;
    float float_;
    uint8_t bytes[4];
};
LM_ASSERT_LAYOUT(records_Bits, 4, 4);
LM_ASSERT_FIELD(records_Bits, int_, 0);
LM_ASSERT_FIELD(records_Bits, float_, 0);
LM_ASSERT_FIELD(records_Bits, bytes, 0);

/** Every scalar. */
struct records_Scalars {
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
};
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

/**
 * A point with a name.
 *
 * Its path is C:\points.
 */
struct records_Point {
    int32_t x;
    int32_t y;
    /** Owned by the point. */
    lm_text name; /* ^cstr */
};

struct records_Nested {
    lm_bool flag;
    records_Scalars inner;
    records_Point corners[2];
    float grid[2][3];
    records_Color type;
};

struct records_Node {
    lm_ref next; /* ?^*Node */
    lm_ref up; /* ?*Node */
    lm_ref down; /* ?~*Node */
    lm_ref value; /* *i32 */
    lm_ref place; /* ?~*Scalars */
    records_Op apply;
    records_Op done; /* ?Op */
};

struct records_Runs {
    lm_text text; /* str */
    lm_text label; /* ?cstr */
    struct {
        const int32_t *ptr;
        uint32_t len;
    } numbers; /* []i32 */
    struct {
        const records_Point *ptr;
        uint32_t len;
    } buffer; /* [+]Point */
    lm_text own_text; /* ^str */
    lm_text own_label; /* ?^cstr */
    struct {
        const lm_text *ptr;
        uint32_t len;
    } own_texts; /* ^[]^str */
};

/** A radius. */
#define records_Shape_Circle ((uint8_t)0)
#define records_Shape_Tinted ((uint8_t)3)
#define records_Shape_Scaled ((uint8_t)4)
#define records_Shape_Nothing ((uint8_t)5)
struct records_Shape {
    uint8_t tag;
    union {
        double Circle;
        records_Color Tinted;
        records_Bits Scaled;
    } as;
};
LM_ASSERT_LAYOUT(records_Shape, 16, 8);
LM_ASSERT_FIELD(records_Shape, as.Circle, 8);
LM_ASSERT_FIELD(records_Shape, as.Tinted, 8);
LM_ASSERT_FIELD(records_Shape, as.Scaled, 8);

/* Types by their numbers: kind, mark, flags, size, align, size of what is given, type of what it is made of,
 * number and first of the members, drops. */
static const lm_type records_types[] = {
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
    {LM_K_UNION, LM_READ, LM_PLAIN | LM_ANY, 4, 4, sizeof(records_Bits), 0, 3, 0, 0, 0}, /* 15 Bits */
    {LM_K_ARRAY, LM_READ, LM_PLAIN | LM_ANY, 4, 1, sizeof(uint8_t [4]), 3, 4, 3, 0, 0}, /* 16 [4]u8 */
    {LM_K_ENUM, LM_READ, LM_PLAIN, 1, 1, sizeof(records_Color), 3, 3, 3, 0, 0}, /* 17 Color */
    {LM_K_OPAQUE, LM_READ, 0, 0, 0, 0, 0, 0, 6, LM_FN_OWN_FIRST + 19, 0}, /* 18 Db */
    {LM_K_FUNC, LM_READ, LM_PLAIN, 4, 4, sizeof(records_Done), 0, 0, 25, 0, 0}, /* 19 Done */
    {LM_K_STRUCT, LM_READ, LM_OWNS | LM_LOOSE, 128, 8, sizeof(records_Nested), 0, 5, 6, 0, 0}, /* 20 Nested */
    {LM_K_STRUCT, LM_READ, LM_PLAIN, 64, 8, sizeof(records_Scalars), 0, 14, 11, 0, 0}, /* 21 Scalars */
    {LM_K_ARRAY, LM_READ, LM_OWNS | LM_LOOSE, 24, 4, sizeof(records_Point [2]), 23, 2, 25, 0, 0}, /* 22 [2]Point */
    {LM_K_STRUCT, LM_READ, LM_OWNS | LM_LOOSE, 12, 4, sizeof(records_Point), 0, 3, 25, LM_FN_OWN_FIRST + 20, 0}, /* 23 Point */
    {LM_K_CSTR, LM_OWN, LM_OWNS | LM_LOOSE, 4, 4, sizeof(lm_text), 0, 0, 28, 0, 0}, /* 24 ^cstr */
    {LM_K_ARRAY, LM_READ, LM_PLAIN | LM_ANY, 24, 4, sizeof(float [2][3]), 26, 2, 28, 0, 0}, /* 25 [2][3]f32 */
    {LM_K_ARRAY, LM_READ, LM_PLAIN | LM_ANY, 12, 4, sizeof(float [3]), 10, 3, 28, 0, 0}, /* 26 [3]f32 */
    {LM_K_STRUCT, LM_READ, LM_OWNS, 28, 4, sizeof(records_Node), 0, 7, 28, 0, 0}, /* 27 Node */
    {LM_K_POINTER, LM_OWN, LM_NULL | LM_OWNS, 4, 4, sizeof(lm_ref), 27, 0, 35, 0, 0}, /* 28 ?^*Node */
    {LM_K_POINTER, LM_READ, LM_NULL, 4, 4, sizeof(lm_ref), 27, 0, 35, 0, 0}, /* 29 ?*Node */
    {LM_K_POINTER, LM_WRITE, LM_NULL, 4, 4, sizeof(lm_ref), 27, 0, 35, 0, 0}, /* 30 ?~*Node */
    {LM_K_POINTER, LM_READ, 0, 4, 4, sizeof(lm_ref), 6, 0, 35, 0, 0}, /* 31 *i32 */
    {LM_K_POINTER, LM_WRITE, LM_NULL, 4, 4, sizeof(lm_ref), 21, 0, 35, 0, 0}, /* 32 ?~*Scalars */
    {LM_K_FUNC, LM_READ, LM_PLAIN, 4, 4, sizeof(records_Op), 0, 0, 26, 0, 0}, /* 33 Op */
    {LM_K_FUNC, LM_READ, LM_NULL | LM_PLAIN, 4, 4, sizeof(records_Op), 0, 0, 26, 0, 0}, /* 34 ?Op */
    {LM_K_STRUCT, LM_READ, LM_OWNS | LM_LOOSE | LM_LENDS, 52, 4, sizeof(records_Runs), 0, 7, 35, 0, 0}, /* 35 Runs */
    {LM_K_STR, LM_READ, LM_LENDS, 8, 4, sizeof(lm_text), 0, 0, 42, 0, 0}, /* 36 str */
    {LM_K_CSTR, LM_READ, LM_NULL | LM_LENDS, 4, 4, sizeof(lm_text), 0, 0, 42, 0, 0}, /* 37 ?cstr */
    {LM_K_SLICE, LM_READ, LM_LENDS, 8, 4, sizeof(lm_items), 6, 0, 42, 0, 0}, /* 38 []i32 */
    {LM_K_BUFFER, LM_READ, LM_OWNS | LM_LOOSE, 12, 4, sizeof(lm_items), 23, 0, 42, LM_FN_OWN_FIRST + 21, 0}, /* 39 [+]Point */
    {LM_K_STR, LM_OWN, LM_OWNS | LM_LOOSE, 8, 4, sizeof(lm_text), 0, 0, 42, 0, 0}, /* 40 ^str */
    {LM_K_CSTR, LM_OWN, LM_NULL | LM_OWNS | LM_LOOSE, 4, 4, sizeof(lm_text), 0, 0, 42, 0, 0}, /* 41 ?^cstr */
    {LM_K_SLICE, LM_OWN, LM_OWNS | LM_LOOSE, 8, 4, sizeof(lm_items), 40, 0, 42, 0, 0}, /* 42 ^[]^str */
    {LM_K_TAGGED, LM_READ, LM_PLAIN, 16, 8, sizeof(records_Shape), 3, 4, 42, 0, 0}, /* 43 Shape */
    {LM_K_ENUM, LM_READ, LM_PLAIN, 8, 8, sizeof(records_Sign), 8, 3, 46, 0, 0}, /* 44 Sign */
    {LM_K_FUNC, LM_READ, LM_NULL | LM_PLAIN, 4, 4, sizeof(records_Done), 0, 0, 25, 0, 0}, /* 45 ?Done */
    {LM_K_SLICE, LM_READ, LM_LENDS, 8, 4, sizeof(lm_items), 36, 0, 49, 0, 0}, /* 46 []str */
    {LM_K_POINTER, LM_WRITE, 0, 4, 4, sizeof(lm_ref), 48, 0, 49, 0, 0}, /* 47 ~*[1]usize */
    {LM_K_ARRAY, LM_READ, LM_PLAIN | LM_ANY, 4, 4, sizeof(lm_usize [1]), 13, 1, 49, 0, 0}, /* 48 [1]usize */
    {LM_K_SLICE, LM_WRITE, LM_LENDS, 8, 4, sizeof(lm_items), 13, 0, 49, 0, 0}, /* 49 ~[]usize */
    {LM_K_POINTER, LM_OWN, LM_NULL | LM_OWNS | LM_LOOSE, 4, 4, sizeof(lm_ref), 23, 0, 49, 0, 0}, /* 50 ?^*Point */
    {LM_K_POINTER, LM_READ, 0, 4, 4, sizeof(lm_ref), 18, 0, 49, 0, 0}, /* 51 *Db */
    {LM_K_POINTER, LM_WRITE, 0, 4, 4, sizeof(lm_ref), 18, 0, 49, 0, 0}, /* 52 ~*Db */
    {LM_K_SLICE, LM_WRITE, LM_LENDS, 8, 4, sizeof(lm_items), 3, 0, 49, 0, 0}, /* 53 ~[]u8 */
    {LM_K_POINTER, LM_READ, 0, 4, 4, sizeof(lm_ref), 23, 0, 49, 0, 0}, /* 54 *Point */
    {LM_K_POINTER, LM_OWN, LM_NULL | LM_OWNS | LM_LOOSE, 4, 4, sizeof(lm_ref), 18, 0, 49, 0, 0}, /* 55 ?^*Db */
    {LM_K_POINTER, LM_READ, 0, 4, 4, sizeof(lm_ref), 39, 0, 49, 0, 0}, /* 56 *[+]Point */
    {LM_K_POINTER, LM_READ, LM_NULL, 4, 4, sizeof(lm_ref), 23, 0, 49, 0, 0}, /* 57 ?*Point */
    {LM_K_POINTER, LM_OWN, LM_NULL | LM_OWNS | LM_LOOSE, 4, 4, sizeof(lm_ref), 39, 0, 49, 0, 0}, /* 58 ?^*[+]Point */
    {LM_K_POINTER, LM_WRITE, 0, 4, 4, sizeof(lm_ref), 39, 0, 49, 0, 0}, /* 59 ~*[+]Point */
    {LM_K_POINTER, LM_OWN, LM_OWNS | LM_LOOSE, 4, 4, sizeof(lm_ref), 61, 0, 49, 0, 0}, /* 60 ^*[4]i32 */
    {LM_K_ARRAY, LM_READ, LM_PLAIN | LM_ANY, 16, 4, sizeof(int32_t [4]), 6, 4, 49, 0, 0}, /* 61 [4]i32 */
    {LM_K_POINTER, LM_OWN, LM_OWNS | LM_LOOSE, 4, 4, sizeof(lm_ref), 18, 0, 49, 0, 0}, /* 62 ^*Db */
    {LM_K_POINTER, LM_OWN, LM_OWNS | LM_LOOSE, 4, 4, sizeof(lm_ref), 23, 0, 49, 0, 0}, /* 63 ^*Point */
    {LM_K_POINTER, LM_OWN, LM_OWNS | LM_LOOSE, 4, 4, sizeof(lm_ref), 39, 0, 49, 0, 0}, /* 64 ^*[+]Point */
};

/* Fields and cases: value, type, offset, offset in what is given. */
static const lm_member records_members[] = {
    {0, 7, 0, offsetof(records_Bits, int_)},
    {0, 10, 0, offsetof(records_Bits, float_)},
    {0, 16, 0, offsetof(records_Bits, bytes)},
    {(uint64_t)0, 0, 0, 0},
    {(uint64_t)4, 0, 0, 0},
    {(uint64_t)5, 0, 0, 0},
    {0, 1, 0, offsetof(records_Nested, flag)},
    {0, 21, 8, offsetof(records_Nested, inner)},
    {0, 22, 72, offsetof(records_Nested, corners)},
    {0, 25, 96, offsetof(records_Nested, grid)},
    {0, 17, 120, offsetof(records_Nested, type)},
    {0, 1, 0, offsetof(records_Scalars, a)},
    {0, 2, 1, offsetof(records_Scalars, b)},
    {0, 3, 2, offsetof(records_Scalars, c)},
    {0, 4, 4, offsetof(records_Scalars, d)},
    {0, 5, 6, offsetof(records_Scalars, e)},
    {0, 6, 8, offsetof(records_Scalars, f)},
    {0, 7, 12, offsetof(records_Scalars, g)},
    {0, 8, 16, offsetof(records_Scalars, h)},
    {0, 9, 24, offsetof(records_Scalars, i)},
    {0, 10, 32, offsetof(records_Scalars, j)},
    {0, 11, 40, offsetof(records_Scalars, k)},
    {0, 12, 48, offsetof(records_Scalars, l)},
    {0, 13, 52, offsetof(records_Scalars, m)},
    {0, 14, 56, offsetof(records_Scalars, n)},
    {0, 6, 0, offsetof(records_Point, x)},
    {0, 6, 4, offsetof(records_Point, y)},
    {0, 24, 8, offsetof(records_Point, name)},
    {0, 28, 0, offsetof(records_Node, next)},
    {0, 29, 4, offsetof(records_Node, up)},
    {0, 30, 8, offsetof(records_Node, down)},
    {0, 31, 12, offsetof(records_Node, value)},
    {0, 32, 16, offsetof(records_Node, place)},
    {0, 33, 20, offsetof(records_Node, apply)},
    {0, 34, 24, offsetof(records_Node, done)},
    {0, 36, 0, offsetof(records_Runs, text)},
    {0, 37, 8, offsetof(records_Runs, label)},
    {0, 38, 12, offsetof(records_Runs, numbers)},
    {0, 39, 20, offsetof(records_Runs, buffer)},
    {0, 40, 32, offsetof(records_Runs, own_text)},
    {0, 41, 40, offsetof(records_Runs, own_label)},
    {0, 42, 44, offsetof(records_Runs, own_texts)},
    {(uint64_t)0, 11, 8, offsetof(records_Shape, as.Circle)},
    {(uint64_t)3, 17, 8, offsetof(records_Shape, as.Tinted)},
    {(uint64_t)4, 15, 8, offsetof(records_Shape, as.Scaled)},
    {(uint64_t)5, 0, 0, 0},
    {(uint64_t)-1, 0, 0, 0},
    {(uint64_t)0, 0, 0, 0},
    {(uint64_t)1, 0, 0, 0},
};

/** What the module declares: for lm_guest_init. */
static const lm_module records_module = {records_types, records_members};

/** Makes one that the host owns. */
static inline lm_status records_Bits_new(lm_guest *guest, const records_Bits *from, lm_ref *ref)
{
    return lm_new(guest, 15 /* Bits */, from, ref);
}

/** Writes all of it. */
static inline lm_status records_Bits_set(lm_guest *guest, lm_ref at, const records_Bits *from)
{
    return lm_set(guest, at, 15 /* Bits */, from);
}

/** Copies it out of the guest. */
static inline lm_status records_Bits_get(lm_guest *guest, lm_ref at, records_Bits *value)
{
    return lm_get(guest, at, 15 /* Bits */, value);
}

static inline lm_status records_Bits_int(lm_guest *guest, lm_ref at, uint32_t *value)
{
    return lm_get_member(guest, at, 15 /* Bits */, 0, value);
}

static inline lm_status records_Bits_set_int(lm_guest *guest, lm_ref at, uint32_t value)
{
    return lm_set_member(guest, at, 15 /* Bits */, 0, &value);
}

static inline lm_status records_Bits_float(lm_guest *guest, lm_ref at, float *value)
{
    return lm_get_member(guest, at, 15 /* Bits */, 1, value);
}

static inline lm_status records_Bits_set_float(lm_guest *guest, lm_ref at, float value)
{
    return lm_set_member(guest, at, 15 /* Bits */, 1, &value);
}

static inline lm_status records_Bits_bytes(lm_guest *guest, lm_ref at, lm_ref *value)
{
    return lm_ref_member(guest, at, 15 /* Bits */, 2, value);
}

static inline lm_status records_Bits_set_bytes(lm_guest *guest, lm_ref at, const uint8_t (*value)[4])
{
    return lm_set_member(guest, at, 15 /* Bits */, 2, value);
}

static inline lm_status records_Color_get(lm_guest *guest, lm_ref at, records_Color *value)
{
    return lm_get(guest, at, 17 /* Color */, value);
}

static inline lm_status records_Color_set(lm_guest *guest, lm_ref at, records_Color value)
{
    return lm_set(guest, at, 17 /* Color */, &value);
}

static inline lm_status records_Done_get(lm_guest *guest, lm_ref at, records_Done *value)
{
    return lm_get(guest, at, 19 /* Done */, value);
}

static inline lm_status records_Done_set(lm_guest *guest, lm_ref at, records_Done value)
{
    return lm_set(guest, at, 19 /* Done */, &value);
}

/** Makes one that the host owns. */
static inline lm_status records_Nested_new(lm_guest *guest, const records_Nested *from, lm_ref *ref)
{
    return lm_new(guest, 20 /* Nested */, from, ref);
}

/** Writes all of it. */
static inline lm_status records_Nested_set(lm_guest *guest, lm_ref at, const records_Nested *from)
{
    return lm_set(guest, at, 20 /* Nested */, from);
}

static inline lm_status records_Nested_flag(lm_guest *guest, lm_ref at, bool *value)
{
    return lm_get_member(guest, at, 20 /* Nested */, 0, value);
}

static inline lm_status records_Nested_set_flag(lm_guest *guest, lm_ref at, lm_bool value)
{
    return lm_set_member(guest, at, 20 /* Nested */, 0, &value);
}

static inline lm_status records_Nested_inner(lm_guest *guest, lm_ref at, lm_ref *value)
{
    return lm_ref_member(guest, at, 20 /* Nested */, 1, value);
}

static inline lm_status records_Nested_set_inner(lm_guest *guest, lm_ref at, const records_Scalars *value)
{
    return lm_set_member(guest, at, 20 /* Nested */, 1, value);
}

static inline lm_status records_Nested_corners(lm_guest *guest, lm_ref at, lm_ref *value)
{
    return lm_ref_member(guest, at, 20 /* Nested */, 2, value);
}

static inline lm_status records_Nested_set_corners(lm_guest *guest, lm_ref at, const records_Point (*value)[2])
{
    return lm_set_member(guest, at, 20 /* Nested */, 2, value);
}

static inline lm_status records_Nested_grid(lm_guest *guest, lm_ref at, lm_ref *value)
{
    return lm_ref_member(guest, at, 20 /* Nested */, 3, value);
}

static inline lm_status records_Nested_set_grid(lm_guest *guest, lm_ref at, const float (*value)[2][3])
{
    return lm_set_member(guest, at, 20 /* Nested */, 3, value);
}

static inline lm_status records_Nested_type(lm_guest *guest, lm_ref at, records_Color *value)
{
    return lm_get_member(guest, at, 20 /* Nested */, 4, value);
}

static inline lm_status records_Nested_set_type(lm_guest *guest, lm_ref at, records_Color value)
{
    return lm_set_member(guest, at, 20 /* Nested */, 4, &value);
}

/** Makes one that the host owns. */
static inline lm_status records_Node_new(lm_guest *guest, const records_Node *from, lm_ref *ref)
{
    return lm_new(guest, 27 /* Node */, from, ref);
}

/** Writes all of it. */
static inline lm_status records_Node_set(lm_guest *guest, lm_ref at, const records_Node *from)
{
    return lm_set(guest, at, 27 /* Node */, from);
}

static inline lm_status records_Node_next(lm_guest *guest, lm_ref at, lm_ref *value)
{
    return lm_ref_member(guest, at, 27 /* Node */, 0, value);
}

static inline lm_status records_Node_set_next(lm_guest *guest, lm_ref at, lm_ref value)
{
    return lm_set_member(guest, at, 27 /* Node */, 0, &value);
}

static inline lm_status records_Node_up(lm_guest *guest, lm_ref at, lm_ref *value)
{
    return lm_ref_member(guest, at, 27 /* Node */, 1, value);
}

static inline lm_status records_Node_set_up(lm_guest *guest, lm_ref at, lm_ref value)
{
    return lm_set_member(guest, at, 27 /* Node */, 1, &value);
}

static inline lm_status records_Node_down(lm_guest *guest, lm_ref at, lm_ref *value)
{
    return lm_ref_member(guest, at, 27 /* Node */, 2, value);
}

static inline lm_status records_Node_set_down(lm_guest *guest, lm_ref at, lm_ref value)
{
    return lm_set_member(guest, at, 27 /* Node */, 2, &value);
}

static inline lm_status records_Node_value(lm_guest *guest, lm_ref at, lm_ref *value)
{
    return lm_ref_member(guest, at, 27 /* Node */, 3, value);
}

static inline lm_status records_Node_set_value(lm_guest *guest, lm_ref at, lm_ref value)
{
    return lm_set_member(guest, at, 27 /* Node */, 3, &value);
}

static inline lm_status records_Node_place(lm_guest *guest, lm_ref at, lm_ref *value)
{
    return lm_ref_member(guest, at, 27 /* Node */, 4, value);
}

static inline lm_status records_Node_set_place(lm_guest *guest, lm_ref at, lm_ref value)
{
    return lm_set_member(guest, at, 27 /* Node */, 4, &value);
}

static inline lm_status records_Node_apply(lm_guest *guest, lm_ref at, records_Op *value)
{
    return lm_get_member(guest, at, 27 /* Node */, 5, value);
}

static inline lm_status records_Node_set_apply(lm_guest *guest, lm_ref at, records_Op value)
{
    return lm_set_member(guest, at, 27 /* Node */, 5, &value);
}

static inline lm_status records_Node_done(lm_guest *guest, lm_ref at, records_Op *value)
{
    return lm_get_member(guest, at, 27 /* Node */, 6, value);
}

static inline lm_status records_Node_set_done(lm_guest *guest, lm_ref at, records_Op value)
{
    return lm_set_member(guest, at, 27 /* Node */, 6, &value);
}

static inline lm_status records_Op_get(lm_guest *guest, lm_ref at, records_Op *value)
{
    return lm_get(guest, at, 33 /* Op */, value);
}

static inline lm_status records_Op_set(lm_guest *guest, lm_ref at, records_Op value)
{
    return lm_set(guest, at, 33 /* Op */, &value);
}

/** Makes one that the host owns. */
static inline lm_status records_Point_new(lm_guest *guest, const records_Point *from, lm_ref *ref)
{
    return lm_new(guest, 23 /* Point */, from, ref);
}

/** Writes all of it. */
static inline lm_status records_Point_set(lm_guest *guest, lm_ref at, const records_Point *from)
{
    return lm_set(guest, at, 23 /* Point */, from);
}

static inline lm_status records_Point_x(lm_guest *guest, lm_ref at, int32_t *value)
{
    return lm_get_member(guest, at, 23 /* Point */, 0, value);
}

static inline lm_status records_Point_set_x(lm_guest *guest, lm_ref at, int32_t value)
{
    return lm_set_member(guest, at, 23 /* Point */, 0, &value);
}

static inline lm_status records_Point_y(lm_guest *guest, lm_ref at, int32_t *value)
{
    return lm_get_member(guest, at, 23 /* Point */, 1, value);
}

static inline lm_status records_Point_set_y(lm_guest *guest, lm_ref at, int32_t value)
{
    return lm_set_member(guest, at, 23 /* Point */, 1, &value);
}

static inline lm_status records_Point_name(lm_guest *guest, lm_ref at, lm_text *value)
{
    return lm_text_member(guest, at, 23 /* Point */, 2, value);
}

static inline lm_status records_Point_set_name(lm_guest *guest, lm_ref at, lm_text value)
{
    return lm_set_member(guest, at, 23 /* Point */, 2, &value);
}

/** Makes one that the host owns. */
static inline lm_status records_Runs_new(lm_guest *guest, const records_Runs *from, lm_ref *ref)
{
    return lm_new(guest, 35 /* Runs */, from, ref);
}

/** Writes all of it. */
static inline lm_status records_Runs_set(lm_guest *guest, lm_ref at, const records_Runs *from)
{
    return lm_set(guest, at, 35 /* Runs */, from);
}

static inline lm_status records_Runs_text(lm_guest *guest, lm_ref at, lm_text *value)
{
    return lm_text_member(guest, at, 35 /* Runs */, 0, value);
}

static inline lm_status records_Runs_set_text(lm_guest *guest, lm_ref at, lm_text value)
{
    return lm_set_member(guest, at, 35 /* Runs */, 0, &value);
}

static inline lm_status records_Runs_label(lm_guest *guest, lm_ref at, lm_text *value)
{
    return lm_text_member(guest, at, 35 /* Runs */, 1, value);
}

static inline lm_status records_Runs_set_label(lm_guest *guest, lm_ref at, lm_text value)
{
    return lm_set_member(guest, at, 35 /* Runs */, 1, &value);
}

static inline lm_status records_Runs_numbers(lm_guest *guest, lm_ref at, lm_ref *value)
{
    return lm_ref_member(guest, at, 35 /* Runs */, 2, value);
}

static inline lm_status records_Runs_set_numbers(lm_guest *guest, lm_ref at, const int32_t *value, uint32_t len)
{
    lm_items items;
    items.ptr = value;
    items.len = len;
    return lm_set_member(guest, at, 35 /* Runs */, 2, &items);
}

static inline lm_status records_Runs_buffer(lm_guest *guest, lm_ref at, lm_ref *value)
{
    return lm_ref_member(guest, at, 35 /* Runs */, 3, value);
}

static inline lm_status records_Runs_set_buffer(lm_guest *guest, lm_ref at, const records_Point *value, uint32_t len)
{
    lm_items items;
    items.ptr = value;
    items.len = len;
    return lm_set_member(guest, at, 35 /* Runs */, 3, &items);
}

static inline lm_status records_Runs_own_text(lm_guest *guest, lm_ref at, lm_text *value)
{
    return lm_text_member(guest, at, 35 /* Runs */, 4, value);
}

static inline lm_status records_Runs_set_own_text(lm_guest *guest, lm_ref at, lm_text value)
{
    return lm_set_member(guest, at, 35 /* Runs */, 4, &value);
}

static inline lm_status records_Runs_own_label(lm_guest *guest, lm_ref at, lm_text *value)
{
    return lm_text_member(guest, at, 35 /* Runs */, 5, value);
}

static inline lm_status records_Runs_set_own_label(lm_guest *guest, lm_ref at, lm_text value)
{
    return lm_set_member(guest, at, 35 /* Runs */, 5, &value);
}

static inline lm_status records_Runs_own_texts(lm_guest *guest, lm_ref at, lm_ref *value)
{
    return lm_ref_member(guest, at, 35 /* Runs */, 6, value);
}

static inline lm_status records_Runs_set_own_texts(lm_guest *guest, lm_ref at, const lm_text *value, uint32_t len)
{
    lm_items items;
    items.ptr = value;
    items.len = len;
    return lm_set_member(guest, at, 35 /* Runs */, 6, &items);
}

/** Makes one that the host owns. */
static inline lm_status records_Scalars_new(lm_guest *guest, const records_Scalars *from, lm_ref *ref)
{
    return lm_new(guest, 21 /* Scalars */, from, ref);
}

/** Writes all of it. */
static inline lm_status records_Scalars_set(lm_guest *guest, lm_ref at, const records_Scalars *from)
{
    return lm_set(guest, at, 21 /* Scalars */, from);
}

/** Copies it out of the guest. */
static inline lm_status records_Scalars_get(lm_guest *guest, lm_ref at, records_Scalars *value)
{
    return lm_get(guest, at, 21 /* Scalars */, value);
}

static inline lm_status records_Scalars_a(lm_guest *guest, lm_ref at, bool *value)
{
    return lm_get_member(guest, at, 21 /* Scalars */, 0, value);
}

static inline lm_status records_Scalars_set_a(lm_guest *guest, lm_ref at, lm_bool value)
{
    return lm_set_member(guest, at, 21 /* Scalars */, 0, &value);
}

static inline lm_status records_Scalars_b(lm_guest *guest, lm_ref at, int8_t *value)
{
    return lm_get_member(guest, at, 21 /* Scalars */, 1, value);
}

static inline lm_status records_Scalars_set_b(lm_guest *guest, lm_ref at, int8_t value)
{
    return lm_set_member(guest, at, 21 /* Scalars */, 1, &value);
}

static inline lm_status records_Scalars_c(lm_guest *guest, lm_ref at, uint8_t *value)
{
    return lm_get_member(guest, at, 21 /* Scalars */, 2, value);
}

static inline lm_status records_Scalars_set_c(lm_guest *guest, lm_ref at, uint8_t value)
{
    return lm_set_member(guest, at, 21 /* Scalars */, 2, &value);
}

static inline lm_status records_Scalars_d(lm_guest *guest, lm_ref at, int16_t *value)
{
    return lm_get_member(guest, at, 21 /* Scalars */, 3, value);
}

static inline lm_status records_Scalars_set_d(lm_guest *guest, lm_ref at, int16_t value)
{
    return lm_set_member(guest, at, 21 /* Scalars */, 3, &value);
}

static inline lm_status records_Scalars_e(lm_guest *guest, lm_ref at, uint16_t *value)
{
    return lm_get_member(guest, at, 21 /* Scalars */, 4, value);
}

static inline lm_status records_Scalars_set_e(lm_guest *guest, lm_ref at, uint16_t value)
{
    return lm_set_member(guest, at, 21 /* Scalars */, 4, &value);
}

static inline lm_status records_Scalars_f(lm_guest *guest, lm_ref at, int32_t *value)
{
    return lm_get_member(guest, at, 21 /* Scalars */, 5, value);
}

static inline lm_status records_Scalars_set_f(lm_guest *guest, lm_ref at, int32_t value)
{
    return lm_set_member(guest, at, 21 /* Scalars */, 5, &value);
}

static inline lm_status records_Scalars_g(lm_guest *guest, lm_ref at, uint32_t *value)
{
    return lm_get_member(guest, at, 21 /* Scalars */, 6, value);
}

static inline lm_status records_Scalars_set_g(lm_guest *guest, lm_ref at, uint32_t value)
{
    return lm_set_member(guest, at, 21 /* Scalars */, 6, &value);
}

static inline lm_status records_Scalars_h(lm_guest *guest, lm_ref at, int64_t *value)
{
    return lm_get_member(guest, at, 21 /* Scalars */, 7, value);
}

static inline lm_status records_Scalars_set_h(lm_guest *guest, lm_ref at, int64_t value)
{
    return lm_set_member(guest, at, 21 /* Scalars */, 7, &value);
}

static inline lm_status records_Scalars_i(lm_guest *guest, lm_ref at, uint64_t *value)
{
    return lm_get_member(guest, at, 21 /* Scalars */, 8, value);
}

static inline lm_status records_Scalars_set_i(lm_guest *guest, lm_ref at, uint64_t value)
{
    return lm_set_member(guest, at, 21 /* Scalars */, 8, &value);
}

static inline lm_status records_Scalars_j(lm_guest *guest, lm_ref at, float *value)
{
    return lm_get_member(guest, at, 21 /* Scalars */, 9, value);
}

static inline lm_status records_Scalars_set_j(lm_guest *guest, lm_ref at, float value)
{
    return lm_set_member(guest, at, 21 /* Scalars */, 9, &value);
}

static inline lm_status records_Scalars_k(lm_guest *guest, lm_ref at, double *value)
{
    return lm_get_member(guest, at, 21 /* Scalars */, 10, value);
}

static inline lm_status records_Scalars_set_k(lm_guest *guest, lm_ref at, double value)
{
    return lm_set_member(guest, at, 21 /* Scalars */, 10, &value);
}

static inline lm_status records_Scalars_l(lm_guest *guest, lm_ref at, lm_char *value)
{
    return lm_get_member(guest, at, 21 /* Scalars */, 11, value);
}

static inline lm_status records_Scalars_set_l(lm_guest *guest, lm_ref at, lm_char value)
{
    return lm_set_member(guest, at, 21 /* Scalars */, 11, &value);
}

static inline lm_status records_Scalars_m(lm_guest *guest, lm_ref at, lm_usize *value)
{
    return lm_get_member(guest, at, 21 /* Scalars */, 12, value);
}

static inline lm_status records_Scalars_set_m(lm_guest *guest, lm_ref at, lm_usize value)
{
    return lm_set_member(guest, at, 21 /* Scalars */, 12, &value);
}

static inline lm_status records_Scalars_n(lm_guest *guest, lm_ref at, lm_isize *value)
{
    return lm_get_member(guest, at, 21 /* Scalars */, 13, value);
}

static inline lm_status records_Scalars_set_n(lm_guest *guest, lm_ref at, lm_isize value)
{
    return lm_set_member(guest, at, 21 /* Scalars */, 13, &value);
}

/** Makes one that the host owns. */
static inline lm_status records_Shape_new(lm_guest *guest, const records_Shape *from, lm_ref *ref)
{
    return lm_new(guest, 43 /* Shape */, from, ref);
}

/** Writes all of it. */
static inline lm_status records_Shape_set(lm_guest *guest, lm_ref at, const records_Shape *from)
{
    return lm_set(guest, at, 43 /* Shape */, from);
}

/** Copies it out of the guest. */
static inline lm_status records_Shape_get(lm_guest *guest, lm_ref at, records_Shape *value)
{
    return lm_get(guest, at, 43 /* Shape */, value);
}

/** The case that it has. */
static inline lm_status records_Shape_tag(lm_guest *guest, lm_ref at, uint8_t *tag)
{
    return lm_get_tag(guest, at, 43 /* Shape */, tag);
}

static inline lm_status records_Shape_as_Circle(lm_guest *guest, lm_ref at, double *value)
{
    return lm_get_member(guest, at, 43 /* Shape */, 0, value);
}

static inline lm_status records_Shape_set_as_Circle(lm_guest *guest, lm_ref at, double value)
{
    return lm_set_member(guest, at, 43 /* Shape */, 0, &value);
}

static inline lm_status records_Shape_as_Tinted(lm_guest *guest, lm_ref at, records_Color *value)
{
    return lm_get_member(guest, at, 43 /* Shape */, 1, value);
}

static inline lm_status records_Shape_set_as_Tinted(lm_guest *guest, lm_ref at, records_Color value)
{
    return lm_set_member(guest, at, 43 /* Shape */, 1, &value);
}

static inline lm_status records_Shape_as_Scaled(lm_guest *guest, lm_ref at, lm_ref *value)
{
    return lm_ref_member(guest, at, 43 /* Shape */, 2, value);
}

static inline lm_status records_Shape_set_as_Scaled(lm_guest *guest, lm_ref at, const records_Bits *value)
{
    return lm_set_member(guest, at, 43 /* Shape */, 2, value);
}

static inline lm_status records_Sign_get(lm_guest *guest, lm_ref at, records_Sign *value)
{
    return lm_get(guest, at, 44 /* Sign */, value);
}

static inline lm_status records_Sign_set(lm_guest *guest, lm_ref at, records_Sign value)
{
    return lm_set(guest, at, 44 /* Sign */, &value);
}

static inline lm_status records_new_i32(lm_guest *guest, int32_t from, lm_ref *ref)
{
    return lm_new(guest, 6 /* i32 */, &from, ref);
}

static inline lm_status records_new_i32_x4(lm_guest *guest, const int32_t (*from)[4], lm_ref *ref)
{
    return lm_new(guest, 61 /* [4]i32 */, from, ref);
}

static inline lm_status records_new_usize_x1(lm_guest *guest, const lm_usize (*from)[1], lm_ref *ref)
{
    return lm_new(guest, 48 /* [1]usize */, from, ref);
}

static inline lm_status records_new_buffer_Point(lm_guest *guest, const records_Point *from, uint32_t len, lm_ref *ref)
{
    lm_items items;
    items.ptr = from;
    items.len = len;
    return lm_new(guest, 39 /* [+]Point */, &items, ref);
}

static inline lm_status records_new_run_u8(lm_guest *guest, const uint8_t *from, uint32_t len, lm_ref *ref)
{
    return lm_new_run(guest, 3 /* u8 */, from, len, ref);
}

static inline lm_status records_new_run_i32(lm_guest *guest, const int32_t *from, uint32_t len, lm_ref *ref)
{
    return lm_new_run(guest, 6 /* i32 */, from, len, ref);
}

static inline lm_status records_new_run_usize(lm_guest *guest, const lm_usize *from, uint32_t len, lm_ref *ref)
{
    return lm_new_run(guest, 13 /* usize */, from, len, ref);
}

static inline lm_status records_new_run_str(lm_guest *guest, const lm_text *from, uint32_t len, lm_ref *ref)
{
    return lm_new_run(guest, 36 /* str */, from, len, ref);
}

static inline lm_status records_new_run_own_str(lm_guest *guest, const lm_text *from, uint32_t len, lm_ref *ref)
{
    return lm_new_run(guest, 40 /* ^str */, from, len, ref);
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
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_arg(&lm_call_, 33 /* Op */, &op);
    lm_arg(&lm_call_, 45 /* ?Done */, &then);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 0);
    lm_take_result(&lm_call_, 6 /* i32 */, result);
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
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_slice(&lm_call_, 38 /* []i32 */, values, values_len, NULL);
    const uint32_t lm_1 = lm_arg_out(&lm_call_, 11 /* f64 */);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 1);
    lm_call_status(&lm_call_);
    lm_take_plain(&lm_call_, lm_1, 11 /* f64 */, out);
    return lm_call_end(&lm_call_);
}

/**
 * The mean of some numbers.
 * average(values: []i32, out: >f64) -> Fail
 * With elements that lie in the guest.
 */
static inline lm_status records_average_at(lm_guest *guest, lm_ref values /* []i32 */, double *out)
{
    lm_value lm_args[3];
    lm_block lm_blocks[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_ref(&lm_call_, 38 /* []i32 */, values);
    const uint32_t lm_1 = lm_arg_out(&lm_call_, 11 /* f64 */);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 1);
    lm_call_status(&lm_call_);
    lm_take_plain(&lm_call_, lm_1, 11 /* f64 */, out);
    return lm_call_end(&lm_call_);
}

/** count(text: str, texts: []str, to: ~*[1]usize, all: ~[]usize) */
static inline lm_status records_count(lm_guest *guest, lm_text text, const lm_text *texts, uint32_t texts_len, lm_ref to /* ~*[1]usize */, lm_usize *all, uint32_t all_len)
{
    lm_value lm_args[7];
    lm_block lm_blocks[3];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_text(&lm_call_, 36 /* str */, text);
    lm_arg_slice(&lm_call_, 46 /* []str */, texts, texts_len, NULL);
    lm_arg_ref(&lm_call_, 47 /* ~*[1]usize */, to);
    lm_arg_slice(&lm_call_, 49 /* ~[]usize */, all, all_len, all);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 2);
    return lm_call_end(&lm_call_);
}

/**
 * count(text: str, texts: []str, to: ~*[1]usize, all: ~[]usize)
 * With elements that lie in the guest.
 */
static inline lm_status records_count_at(lm_guest *guest, lm_text text, lm_ref texts /* []str */, lm_ref to /* ~*[1]usize */, lm_ref all /* ~[]usize */)
{
    lm_value lm_args[7];
    lm_block lm_blocks[3];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_text(&lm_call_, 36 /* str */, text);
    lm_arg_ref(&lm_call_, 46 /* []str */, texts);
    lm_arg_ref(&lm_call_, 47 /* ~*[1]usize */, to);
    lm_arg_ref(&lm_call_, 49 /* ~[]usize */, all);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 2);
    return lm_call_end(&lm_call_);
}

/**
 * Makes a point; null without memory.
 * create_point(x: i32, y: i32, name: str) -> ?^*Point
 * Owned: lm_free(guest, *result) frees it.
 */
static inline lm_status records_create_point(lm_guest *guest, int32_t x, int32_t y, lm_text name, lm_ref *result /* ?^*Point */)
{
    lm_value lm_args[4];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 1);
    lm_arg(&lm_call_, 6 /* i32 */, &x);
    lm_arg(&lm_call_, 6 /* i32 */, &y);
    lm_arg_text(&lm_call_, 36 /* str */, name);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 3);
    lm_take_result_ref(&lm_call_, 50 /* ?^*Point */, result);
    return lm_call_end(&lm_call_);
}

/** db_get(db: *Db, key: u32, out: >i32) -> status */
static inline lm_status records_db_get(lm_guest *guest, lm_ref db /* *Db */, uint32_t key, int32_t *out)
{
    lm_value lm_args[3];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_ref(&lm_call_, 51 /* *Db */, db);
    lm_arg(&lm_call_, 7 /* u32 */, &key);
    const uint32_t lm_0 = lm_arg_out(&lm_call_, 6 /* i32 */);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 4);
    lm_call_status(&lm_call_);
    lm_take_plain(&lm_call_, lm_0, 6 /* i32 */, out);
    return lm_call_end(&lm_call_);
}

/** db_set(db: ~*Db, key: u32, value: i32) -> status */
static inline lm_status records_db_set(lm_guest *guest, lm_ref db /* ~*Db */, uint32_t key, int32_t value)
{
    lm_value lm_args[3];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_arg_ref(&lm_call_, 52 /* ~*Db */, db);
    lm_arg(&lm_call_, 7 /* u32 */, &key);
    lm_arg(&lm_call_, 6 /* i32 */, &value);
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
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_slice(&lm_call_, 53 /* ~[]u8 */, pixels, pixels_len, pixels);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 6);
    return lm_call_end(&lm_call_);
}

/**
 * inverse_img(pixels: ~[]u8)
 * With elements that lie in the guest.
 */
static inline lm_status records_inverse_img_at(lm_guest *guest, lm_ref pixels /* ~[]u8 */)
{
    lm_value lm_args[2];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_ref(&lm_call_, 53 /* ~[]u8 */, pixels);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 6);
    return lm_call_end(&lm_call_);
}

/** log_loop(count: u32) */
static inline lm_status records_log_loop(lm_guest *guest, uint32_t count)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_arg(&lm_call_, 7 /* u32 */, &count);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 7);
    return lm_call_end(&lm_call_);
}

/**
 * longest(texts: ^[]^str, or: ^str, out: >^str) -> status
 * Owned: lm_free(guest, *out) frees it.
 */
static inline lm_status records_longest(lm_guest *guest, const lm_text *texts, uint32_t texts_len, lm_text or_, lm_ref *out /* ^str */)
{
    lm_value lm_args[5];
    lm_block lm_blocks[3];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 1);
    lm_arg_slice(&lm_call_, 42 /* ^[]^str */, texts, texts_len, NULL);
    lm_arg_text(&lm_call_, 40 /* ^str */, or_);
    const uint32_t lm_2 = lm_arg_out(&lm_call_, 40 /* ^str */);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 8);
    lm_call_status(&lm_call_);
    lm_take_ref(&lm_call_, lm_2, 40 /* ^str */, out);
    return lm_call_end(&lm_call_);
}

/**
 * longest(texts: ^[]^str, or: ^str, out: >^str) -> status
 * With elements that lie in the guest.
 * Owned: lm_free(guest, *out) frees it.
 */
static inline lm_status records_longest_at(lm_guest *guest, lm_ref texts /* ^[]^str */, lm_text or_, lm_ref *out /* ^str */)
{
    lm_value lm_args[5];
    lm_block lm_blocks[3];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 1);
    lm_arg_ref(&lm_call_, 42 /* ^[]^str */, texts);
    lm_arg_text(&lm_call_, 40 /* ^str */, or_);
    const uint32_t lm_2 = lm_arg_out(&lm_call_, 40 /* ^str */);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 8);
    lm_call_status(&lm_call_);
    lm_take_ref(&lm_call_, lm_2, 40 /* ^str */, out);
    return lm_call_end(&lm_call_);
}

/** mixed(a: bool, b: i8, c: u8, d: i16, e: u16, f: i32, g: u32, h: i64, i: u64, j: f32, k: f64, l: char, color: Color) -> Sign */
static inline lm_status records_mixed(lm_guest *guest, lm_bool a, int8_t b, uint8_t c, int16_t d, uint16_t e, int32_t f, uint32_t g, int64_t h, uint64_t i, float j, double k, lm_char l, records_Color color, records_Sign *result)
{
    lm_value lm_args[13];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_arg(&lm_call_, 1 /* bool */, &a);
    lm_arg(&lm_call_, 2 /* i8 */, &b);
    lm_arg(&lm_call_, 3 /* u8 */, &c);
    lm_arg(&lm_call_, 4 /* i16 */, &d);
    lm_arg(&lm_call_, 5 /* u16 */, &e);
    lm_arg(&lm_call_, 6 /* i32 */, &f);
    lm_arg(&lm_call_, 7 /* u32 */, &g);
    lm_arg(&lm_call_, 8 /* i64 */, &h);
    lm_arg(&lm_call_, 9 /* u64 */, &i);
    lm_arg(&lm_call_, 10 /* f32 */, &j);
    lm_arg(&lm_call_, 11 /* f64 */, &k);
    lm_arg(&lm_call_, 12 /* char */, &l);
    lm_arg(&lm_call_, 17 /* Color */, &color);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 9);
    lm_take_result(&lm_call_, 44 /* Sign */, result);
    return lm_call_end(&lm_call_);
}

/** name_of(point: *Point, out: >?cstr) -> status */
static inline lm_status records_name_of(lm_guest *guest, lm_ref point /* *Point */, lm_ref *out /* ?cstr */)
{
    lm_value lm_args[2];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_ref(&lm_call_, 54 /* *Point */, point);
    const uint32_t lm_0 = lm_arg_out(&lm_call_, 37 /* ?cstr */);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 10);
    lm_call_status(&lm_call_);
    lm_take_ref(&lm_call_, lm_0, 37 /* ?cstr */, out);
    return lm_call_end(&lm_call_);
}

/**
 * open() -> ?^*Db
 * Owned: lm_free(guest, *result) frees it.
 */
static inline lm_status records_open(lm_guest *guest, lm_ref *result /* ?^*Db */)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 1);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 11);
    lm_take_result_ref(&lm_call_, 55 /* ?^*Db */, result);
    return lm_call_end(&lm_call_);
}

/** origin(out: >Scalars) -> status */
static inline lm_status records_origin(lm_guest *guest, records_Scalars *out)
{
    lm_value lm_args[1];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    const uint32_t lm_0 = lm_arg_out(&lm_call_, 21 /* Scalars */);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 12);
    lm_call_status(&lm_call_);
    lm_take_plain(&lm_call_, lm_0, 21 /* Scalars */, out);
    return lm_call_end(&lm_call_);
}

/** points_get(points: *[+]Point, index: usize) -> ?*Point */
static inline lm_status records_points_get(lm_guest *guest, lm_ref points /* *[+]Point */, lm_usize index, lm_ref *result /* ?*Point */)
{
    lm_value lm_args[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_arg_ref(&lm_call_, 56 /* *[+]Point */, points);
    lm_arg(&lm_call_, 13 /* usize */, &index);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 13);
    lm_take_result_ref(&lm_call_, 57 /* ?*Point */, result);
    return lm_call_end(&lm_call_);
}

/**
 * points_new() -> ?^*[+]Point
 * Owned: lm_free(guest, *result) frees it.
 */
static inline lm_status records_points_new(lm_guest *guest, lm_ref *result /* ?^*[+]Point */)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 1);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 14);
    lm_take_result_ref(&lm_call_, 58 /* ?^*[+]Point */, result);
    return lm_call_end(&lm_call_);
}

/** points_push(points: ~*[+]Point, x: i32, y: i32, name: str) -> status */
static inline lm_status records_points_push(lm_guest *guest, lm_ref points /* ~*[+]Point */, int32_t x, int32_t y, lm_text name)
{
    lm_value lm_args[5];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_ref(&lm_call_, 59 /* ~*[+]Point */, points);
    lm_arg(&lm_call_, 6 /* i32 */, &x);
    lm_arg(&lm_call_, 6 /* i32 */, &y);
    lm_arg_text(&lm_call_, 36 /* str */, name);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 15);
    lm_call_status(&lm_call_);
    return lm_call_end(&lm_call_);
}

/**
 * Returns 100, 200, 300, 400.
 * simple_arr() -> ^*[4]i32
 * Owned: lm_free(guest, *result) frees it.
 */
static inline lm_status records_simple_arr(lm_guest *guest, lm_ref *result /* ^*[4]i32 */)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 1);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 16);
    lm_take_result_ref(&lm_call_, 60 /* ^*[4]i32 */, result);
    return lm_call_end(&lm_call_);
}

/** square_fn() -> Op */
static inline lm_status records_square_fn(lm_guest *guest, records_Op *result)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 17);
    lm_take_result(&lm_call_, 33 /* Op */, result);
    return lm_call_end(&lm_call_);
}

/** visit(points: *[+]Point, user_data: u32) -> f64 */
static inline lm_status records_visit(lm_guest *guest, lm_ref points /* *[+]Point */, uint32_t user_data, double *result)
{
    lm_value lm_args[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_arg_ref(&lm_call_, 56 /* *[+]Point */, points);
    lm_arg(&lm_call_, 7 /* u32 */, &user_data);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 18);
    lm_take_result(&lm_call_, 11 /* f64 */, result);
    return lm_call_end(&lm_call_);
}

/** drop_db(value: ^*Db) */
static inline lm_status records_drop_db(lm_guest *guest, lm_ref value /* ^*Db */)
{
    lm_value lm_args[1];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_ref(&lm_call_, 62 /* ^*Db */, value);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 19);
    return lm_call_end(&lm_call_);
}

/** drop_point(value: ^*Point) */
static inline lm_status records_drop_point(lm_guest *guest, lm_ref value /* ^*Point */)
{
    lm_value lm_args[1];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_ref(&lm_call_, 63 /* ^*Point */, value);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 20);
    return lm_call_end(&lm_call_);
}

/** drop_points(value: ^*[+]Point) */
static inline lm_status records_drop_points(lm_guest *guest, lm_ref value /* ^*[+]Point */)
{
    lm_value lm_args[1];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_ref(&lm_call_, 64 /* ^*[+]Point */, value);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 21);
    return lm_call_end(&lm_call_);
}

/** drop_texts(value: ^[]^str) */
static inline lm_status records_drop_texts(lm_guest *guest, lm_ref value /* ^[]^str */)
{
    lm_value lm_args[2];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_ref(&lm_call_, 42 /* ^[]^str */, value);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 22);
    return lm_call_end(&lm_call_);
}

/** Done() */
static inline lm_status records_Done_call(lm_guest *guest, records_Done function)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_arg(&lm_call_, 19 /* Done */, &function);
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
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_arg(&lm_call_, 6 /* i32 */, &x);
    lm_arg(&lm_call_, 11 /* f64 */, &scale);
    lm_arg(&lm_call_, 33 /* Op */, &function);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 24);
    lm_take_result(&lm_call_, 6 /* i32 */, result);
    return lm_call_end(&lm_call_);
}

/**
 * The functions that the guest calls. What they are lent ends when they return; what is owned is theirs to free.
 * They return LM_OK, with a value behind each pointer, which is the guest's then if it is owned; or an error: the
 * guest is told a status where it asks for one, and traps elsewhere, and for what is below 0. They return normally in
 * any case.
 */
typedef struct records_host {
    void *user;
    lm_status (*clock_v1_now)(void *user, lm_guest *guest, double *result);
    lm_status (*clock_v1_title)(void *user, lm_guest *guest, lm_text text, lm_ref pixels /* ~[]u8 */, bool *result);
    /** Writes a number down. */
    lm_status (*env_log_nr)(void *user, lm_guest *guest, uint32_t nr);
    lm_status (*env_on_point)(void *user, lm_guest *guest, uint32_t user_data, lm_ref point /* *Point */);
} records_host;

/* clock:v1/now */
static inline bool records_host_0(lm_guest *guest, const records_host *host, lm_value *lm_args)
{
    lm_hosted lm_hosted_;
    double result;
    lm_hosted_init(&lm_hosted_, guest, lm_args, NULL, false, 0);
    memset(&result, 0, sizeof result);
    if (lm_hosted_.call.status == LM_OK) {
        lm_hosted_done(&lm_hosted_, host->clock_v1_now(host->user, guest, &result));
    }
    lm_hosted_result(&lm_hosted_, 11 /* f64 */, &result);
    return lm_hosted_end(&lm_hosted_, false);
}

/* clock:v1/title */
static inline bool records_host_1(lm_guest *guest, const records_host *host, lm_value *lm_args)
{
    lm_hosted lm_hosted_;
    lm_text text;
    lm_ref pixels;
    bool result;
    lm_hosted_init(&lm_hosted_, guest, lm_args, NULL, true, 0);
    lm_hosted_text(&lm_hosted_, 36 /* str */, &text);
    lm_hosted_ref(&lm_hosted_, 53 /* ~[]u8 */, &pixels);
    memset(&result, 0, sizeof result);
    if (lm_hosted_.call.status == LM_OK) {
        lm_hosted_done(&lm_hosted_, host->clock_v1_title(host->user, guest, text, pixels, &result));
    }
    lm_hosted_result(&lm_hosted_, 1 /* bool */, &result);
    return lm_hosted_end(&lm_hosted_, false);
}

/* env/log_nr */
static inline bool records_host_2(lm_guest *guest, const records_host *host, lm_value *lm_args)
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
static inline bool records_host_3(lm_guest *guest, const records_host *host, lm_value *lm_args)
{
    lm_hosted lm_hosted_;
    uint32_t user_data;
    lm_ref point;
    lm_hosted_init(&lm_hosted_, guest, lm_args, NULL, true, 0);
    lm_hosted_value(&lm_hosted_, 7 /* u32 */, &user_data);
    lm_hosted_ref(&lm_hosted_, 54 /* *Point */, &point);
    if (lm_hosted_.call.status == LM_OK) {
        lm_hosted_done(&lm_hosted_, host->env_on_point(host->user, guest, user_data, point));
    }
    return lm_hosted_end(&lm_hosted_, false);
}

/* ---- wasm2c: define RECORDS_WASM2C in one file, after wasm2c's header and wasm-rt-impl.h ---- */

#ifdef RECORDS_WASM2C

/* Names up to wabt 1.0.32, which need LM_WABT_OLD, and later ones. */
#ifdef LM_WABT_OLD
#define RECORDS_W2C(old, new) old
#else
#define RECORDS_W2C(old, new) new
#endif

/** How many values the host owns at a time, with what it lends to them and calls of host functions. */
#ifndef RECORDS_HOLDS
#define RECORDS_HOLDS 1024
#endif

/** An instance: pass its address as that of each imported module when it is instantiated. */
typedef struct records_engine {
    RECORDS_W2C(Z_records_instance_t, w2c_records) instance;
    lm_guest guest;
    records_host host;
    lm_hold holds[RECORDS_HOLDS];
} records_engine;

/* A trap leaves to the innermost of these, and the outer ones are kept on the way. */
typedef struct records_engine_outer {
    jmp_buf target;
#if WASM_RT_USE_STACK_DEPTH_COUNT
    uint32_t depth, saved;
#endif
} records_engine_outer;

static inline void records_engine_enter(records_engine_outer *of)
{
    memcpy(&of->target, &wasm_rt_jmp_buf, sizeof of->target);
#if WASM_RT_USE_STACK_DEPTH_COUNT && defined(LM_WABT_OLD)
    of->depth = wasm_rt_call_stack_depth;
    of->saved = wasm_rt_saved_call_stack_depth;
#endif
}

static inline void records_engine_leave(const records_engine_outer *of)
{
    memcpy(&wasm_rt_jmp_buf, &of->target, sizeof of->target);
#if WASM_RT_USE_STACK_DEPTH_COUNT && defined(LM_WABT_OLD)
    wasm_rt_call_stack_depth = of->depth;
    wasm_rt_saved_call_stack_depth = of->saved;
#endif
}

static inline uint8_t *records_engine_memory(void *of, uint64_t *size)
{
    const wasm_rt_memory_t *const memory = RECORDS_W2C(Z_recordsZ_memory, w2c_records_memory)(&((records_engine *)of)->instance);
    *size = (uint64_t)memory->pages * LM_PAGE_SIZE;
    return memory->data;
}

static inline lm_status records_engine_call(void *of, uint32_t function, lm_value *values)
{
    RECORDS_W2C(Z_records_instance_t, w2c_records) *const instance = &((records_engine *)of)->instance;
    records_engine_outer before;
    volatile lm_status status = LM_TRAPPED;
    records_engine_enter(&before);
    if (wasm_rt_impl_try() == 0) {
        lm_status found = LM_OK;
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
        case LM_FN_ASK | (LM_FN_OWN_FIRST + 23):
        {
            const wasm_rt_funcref_table_t *const table = RECORDS_W2C(Z_recordsZ___indirect_function_table, w2c_records_0x5F_indirect_function_table)(instance);
            const bool ask = (function & LM_FN_ASK) != 0;
            const uint32_t index = values[ask ? 0 : 0].i32;
            const wasm_rt_funcref_t entry = index < table->size ? table->data[index] : wasm_rt_funcref_null_value;
            if (index >= table->size) {
                found = LM_E_OUT_OF_BOUNDS;
            } else if (entry.func == NULL || !RECORDS_W2C((entry.func_type == wasm_rt_register_func_type(0, 0)), (memcmp(entry.func_type, wasm2c_records_get_func_type(0, 0), 32) == 0))) {
                found = LM_E_INVALID;
            } else if (!ask) {
                ((void (*)(void *))entry.func)(entry.module_instance);
            }
            break;
        }
        case LM_FN_OWN_FIRST + 24:
        case LM_FN_ASK | (LM_FN_OWN_FIRST + 24):
        {
            const wasm_rt_funcref_table_t *const table = RECORDS_W2C(Z_recordsZ___indirect_function_table, w2c_records_0x5F_indirect_function_table)(instance);
            const bool ask = (function & LM_FN_ASK) != 0;
            const uint32_t index = values[ask ? 0 : 2].i32;
            const wasm_rt_funcref_t entry = index < table->size ? table->data[index] : wasm_rt_funcref_null_value;
            if (index >= table->size) {
                found = LM_E_OUT_OF_BOUNDS;
            } else if (entry.func == NULL || !RECORDS_W2C((entry.func_type == wasm_rt_register_func_type(2, 1, WASM_RT_I32, WASM_RT_F64, WASM_RT_I32)), (memcmp(entry.func_type, wasm2c_records_get_func_type(2, 1, WASM_RT_I32, WASM_RT_F64, WASM_RT_I32), 32) == 0))) {
                found = LM_E_INVALID;
            } else if (!ask) {
                values[0].i32 = ((uint32_t (*)(void *, uint32_t, double))entry.func)(entry.module_instance, values[0].i32, values[1].f64);
            }
            break;
        }
        default:
            found = LM_E_INVALID;
        }
        status = found;
    }
    records_engine_leave(&before);
    return status;
}

/** Before it is instantiated. */
static inline void records_engine_init(records_engine *of)
{
    of->guest.engine = of;
    of->guest.memory = records_engine_memory;
    of->guest.call = records_engine_call;
    memset(of->holds, 0, sizeof of->holds);
    lm_guest_init(&of->guest, &records_module, of->holds, RECORDS_HOLDS);
}

double RECORDS_W2C(Z_clockZ3Av1Z_now, w2c_clock0x3Av1_now)(RECORDS_W2C(struct Z_clockZ3Av1_instance_t, struct w2c_clock0x3Av1) *of)
{
    records_engine *const engine = (records_engine *)(void *)of;
    lm_value values[1];
    if (!records_host_0(&engine->guest, &engine->host, values)) {
        wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
    }
    return values[0].f64;
}

uint32_t RECORDS_W2C(Z_clockZ3Av1Z_title, w2c_clock0x3Av1_title)(RECORDS_W2C(struct Z_clockZ3Av1_instance_t, struct w2c_clock0x3Av1) *of, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3)
{
    records_engine *const engine = (records_engine *)(void *)of;
    lm_value values[4];
    values[0].i32 = a0;
    values[1].i32 = a1;
    values[2].i32 = a2;
    values[3].i32 = a3;
    if (!records_host_1(&engine->guest, &engine->host, values)) {
        wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
    }
    return values[0].i32;
}

void RECORDS_W2C(Z_envZ_log_nr, w2c_env_log_nr)(RECORDS_W2C(struct Z_env_instance_t, struct w2c_env) *of, uint32_t a0)
{
    records_engine *const engine = (records_engine *)(void *)of;
    lm_value values[1];
    values[0].i32 = a0;
    if (!records_host_2(&engine->guest, &engine->host, values)) {
        wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
    }
}

void RECORDS_W2C(Z_envZ_on_point, w2c_env_on_point)(RECORDS_W2C(struct Z_env_instance_t, struct w2c_env) *of, uint32_t a0, uint32_t a1)
{
    records_engine *const engine = (records_engine *)(void *)of;
    lm_value values[2];
    values[0].i32 = a0;
    values[1].i32 = a1;
    if (!records_host_3(&engine->guest, &engine->host, values)) {
        wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
    }
}

#endif

#ifdef __cplusplus
}
#endif

#endif
