/*
 * Written by `linmem bind --lang c` from a module's records; not to be edited.
 *
 * Every function returns a status: LM_OK, one of LM_E_*, one of the host's such as LM_TRAPPED, or one of the module's
 * own. What lies in the guest is an lm_ref. What comes as owned, lm_free frees.
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

typedef uint64_t names_ColorInit;
#define names_ColorInit_Most ((names_ColorInit)18446744073709551615ULL)

typedef int64_t names_Least;
#define names_Least_This ((names_Least)(-9223372036854775807LL - 1))

/* A function in the guest's table: (await: i32) -> bool */
typedef struct names_then_ {
    lm_func index;
} names_then_;
LM_ASSERT_LAYOUT(names_then_, 4, 4);

typedef struct names_Array names_Array;

typedef struct names_Color_ names_Color_;

typedef struct names_List names_List;

typedef struct names_int names_int;

typedef struct names_number names_number;

#define names_Array_if ((int64_t)-1)
#define names_Array_else ((int64_t)0)
struct names_Array {
    int64_t tag;
    union {
        double if_;
    } as;
};
LM_ASSERT_LAYOUT(names_Array, 16, 8);
LM_ASSERT_FIELD(names_Array, as.if_, 8);

struct names_Color_ {
    uint32_t x;
};
LM_ASSERT_LAYOUT(names_Color_, 4, 4);
LM_ASSERT_FIELD(names_Color_, x, 0);

struct names_List {
    uint32_t assign;
};
LM_ASSERT_LAYOUT(names_List, 4, 4);
LM_ASSERT_FIELD(names_List, assign, 0);

/**
 * Ends *\/ here, and /\* begins; ?​?/
 * @param
 */
struct names_int {
    /** *\/ int x; /\* */
    int32_t default_;
    float class_;
};
LM_ASSERT_LAYOUT(names_int, 8, 4);
LM_ASSERT_FIELD(names_int, default_, 0);
LM_ASSERT_FIELD(names_int, class_, 4);

struct names_number {
    uint8_t delete_;
    int64_t free;
};
LM_ASSERT_LAYOUT(names_number, 16, 8);
LM_ASSERT_FIELD(names_number, delete_, 0);
LM_ASSERT_FIELD(names_number, free, 8);

/* Types by their numbers: kind, mark, flags, size, align, size of what is given, type of what it is made of,
 * number and first of the members, drops. */
static const lm_type names_types[] = {
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
    {LM_K_TAGGED, LM_READ, LM_PLAIN, 16, 8, sizeof(names_Array), 8, 2, 0, 0, 0}, /* 15 Array */
    {LM_K_ENUM, LM_READ, LM_PLAIN, 1, 1, sizeof(names_Color), 3, 2, 2, 0, 0}, /* 16 Color */
    {LM_K_ENUM, LM_READ, LM_PLAIN, 8, 8, sizeof(names_ColorInit), 9, 1, 4, 0, 0}, /* 17 ColorInit */
    {LM_K_STRUCT, LM_READ, LM_PLAIN | LM_ANY, 4, 4, sizeof(names_Color_), 0, 1, 5, 0, 0}, /* 18 Color_ */
    {LM_K_ENUM, LM_READ, LM_PLAIN, 8, 8, sizeof(names_Least), 8, 1, 6, 0, 0}, /* 19 Least */
    {LM_K_STRUCT, LM_READ, LM_PLAIN | LM_ANY, 4, 4, sizeof(names_List), 0, 1, 7, 0, 0}, /* 20 List */
    {LM_K_STRUCT, LM_READ, LM_PLAIN | LM_ANY, 8, 4, sizeof(names_int), 0, 2, 8, 0, 0}, /* 21 int */
    {LM_K_STRUCT, LM_READ, LM_PLAIN | LM_ANY, 16, 8, sizeof(names_number), 0, 2, 10, 0, 0}, /* 22 number */
    {LM_K_FUNC, LM_READ, LM_PLAIN, 4, 4, sizeof(names_then_), 0, 0, 6, 0, 0}, /* 23 then_ */
    {LM_K_POINTER, LM_READ, 0, 4, 4, sizeof(lm_ref), 18, 0, 12, 0, 0}, /* 24 *Color_ */
    {LM_K_POINTER, LM_READ, 0, 4, 4, sizeof(lm_ref), 21, 0, 12, 0, 0}, /* 25 *int */
    {LM_K_SLICE, LM_READ, LM_LENDS, 8, 4, sizeof(lm_items), 27, 0, 12, 0, 0}, /* 26 [][2]u16 */
    {LM_K_ARRAY, LM_READ, LM_PLAIN | LM_ANY, 4, 2, sizeof(uint16_t [2]), 5, 2, 12, 0, 0}, /* 27 [2]u16 */
    {LM_K_POINTER, LM_READ, LM_NULL, 4, 4, sizeof(lm_ref), 21, 0, 12, 0, 0}, /* 28 ?*int */
    {LM_K_SLICE, LM_READ, LM_LENDS, 8, 4, sizeof(lm_items), 6, 0, 12, 0, 0}, /* 29 []i32 */
    {LM_K_STR, LM_READ, LM_LENDS, 8, 4, sizeof(lm_text), 0, 0, 12, 0, 0}, /* 30 str */
    {LM_K_STR, LM_OWN, LM_OWNS | LM_LOOSE, 8, 4, sizeof(lm_text), 0, 0, 12, 0, 0}, /* 31 ^str */
    {LM_K_ARRAY, LM_READ, LM_PLAIN, 2, 1, sizeof(lm_bool [2]), 1, 2, 12, 0, 0}, /* 32 [2]bool */
};

/* Fields and cases: value, type, offset, offset in what is given. */
static const lm_member names_members[] = {
    {(uint64_t)-1, 11, 8, offsetof(names_Array, as.if_)},
    {(uint64_t)0, 0, 0, 0},
    {(uint64_t)0, 0, 0, 0},
    {(uint64_t)1, 0, 0, 0},
    {(uint64_t)18446744073709551615ULL, 0, 0, 0},
    {0, 7, 0, offsetof(names_Color_, x)},
    {(uint64_t)(-9223372036854775807LL - 1), 0, 0, 0},
    {0, 7, 0, offsetof(names_List, assign)},
    {0, 6, 0, offsetof(names_int, default_)},
    {0, 10, 4, offsetof(names_int, class_)},
    {0, 3, 0, offsetof(names_number, delete_)},
    {0, 8, 8, offsetof(names_number, free)},
};

/** What the module declares: for lm_guest_init. */
static const lm_module names_module = {names_types, names_members};

/** Makes one that the host owns. */
static inline lm_status names_Array_new(lm_guest *guest, const names_Array *from, lm_ref *ref)
{
    return lm_new(guest, 15 /* Array */, from, ref);
}

/** Writes all of it. */
static inline lm_status names_Array_set(lm_guest *guest, lm_ref at, const names_Array *from)
{
    return lm_set(guest, at, 15 /* Array */, from);
}

/** Copies it out of the guest. */
static inline lm_status names_Array_get(lm_guest *guest, lm_ref at, names_Array *value)
{
    return lm_get(guest, at, 15 /* Array */, value);
}

/** The case that it has. */
static inline lm_status names_Array_tag(lm_guest *guest, lm_ref at, int64_t *tag)
{
    return lm_get_tag(guest, at, 15 /* Array */, tag);
}

static inline lm_status names_Array_as_if(lm_guest *guest, lm_ref at, double *value)
{
    return lm_get_member(guest, at, 15 /* Array */, 0, value);
}

static inline lm_status names_Array_set_as_if(lm_guest *guest, lm_ref at, double value)
{
    return lm_set_member(guest, at, 15 /* Array */, 0, &value);
}

static inline lm_status names_Color_get(lm_guest *guest, lm_ref at, names_Color *value)
{
    return lm_get(guest, at, 16 /* Color */, value);
}

static inline lm_status names_Color_set(lm_guest *guest, lm_ref at, names_Color value)
{
    return lm_set(guest, at, 16 /* Color */, &value);
}

static inline lm_status names_ColorInit_get(lm_guest *guest, lm_ref at, names_ColorInit *value)
{
    return lm_get(guest, at, 17 /* ColorInit */, value);
}

static inline lm_status names_ColorInit_set(lm_guest *guest, lm_ref at, names_ColorInit value)
{
    return lm_set(guest, at, 17 /* ColorInit */, &value);
}

/** Makes one that the host owns. */
static inline lm_status names_Color__new(lm_guest *guest, const names_Color_ *from, lm_ref *ref)
{
    return lm_new(guest, 18 /* Color_ */, from, ref);
}

/** Writes all of it. */
static inline lm_status names_Color__set(lm_guest *guest, lm_ref at, const names_Color_ *from)
{
    return lm_set(guest, at, 18 /* Color_ */, from);
}

/** Copies it out of the guest. */
static inline lm_status names_Color__get(lm_guest *guest, lm_ref at, names_Color_ *value)
{
    return lm_get(guest, at, 18 /* Color_ */, value);
}

static inline lm_status names_Color__x(lm_guest *guest, lm_ref at, uint32_t *value)
{
    return lm_get_member(guest, at, 18 /* Color_ */, 0, value);
}

static inline lm_status names_Color__set_x(lm_guest *guest, lm_ref at, uint32_t value)
{
    return lm_set_member(guest, at, 18 /* Color_ */, 0, &value);
}

static inline lm_status names_Least_get(lm_guest *guest, lm_ref at, names_Least *value)
{
    return lm_get(guest, at, 19 /* Least */, value);
}

static inline lm_status names_Least_set(lm_guest *guest, lm_ref at, names_Least value)
{
    return lm_set(guest, at, 19 /* Least */, &value);
}

/** Makes one that the host owns. */
static inline lm_status names_List_new(lm_guest *guest, const names_List *from, lm_ref *ref)
{
    return lm_new(guest, 20 /* List */, from, ref);
}

/** Writes all of it. */
static inline lm_status names_List_set(lm_guest *guest, lm_ref at, const names_List *from)
{
    return lm_set(guest, at, 20 /* List */, from);
}

/** Copies it out of the guest. */
static inline lm_status names_List_get(lm_guest *guest, lm_ref at, names_List *value)
{
    return lm_get(guest, at, 20 /* List */, value);
}

static inline lm_status names_List_assign(lm_guest *guest, lm_ref at, uint32_t *value)
{
    return lm_get_member(guest, at, 20 /* List */, 0, value);
}

static inline lm_status names_List_set_assign(lm_guest *guest, lm_ref at, uint32_t value)
{
    return lm_set_member(guest, at, 20 /* List */, 0, &value);
}

/** Makes one that the host owns. */
static inline lm_status names_int_new(lm_guest *guest, const names_int *from, lm_ref *ref)
{
    return lm_new(guest, 21 /* int */, from, ref);
}

/** Writes all of it. */
static inline lm_status names_int_set(lm_guest *guest, lm_ref at, const names_int *from)
{
    return lm_set(guest, at, 21 /* int */, from);
}

/** Copies it out of the guest. */
static inline lm_status names_int_get(lm_guest *guest, lm_ref at, names_int *value)
{
    return lm_get(guest, at, 21 /* int */, value);
}

static inline lm_status names_int_default(lm_guest *guest, lm_ref at, int32_t *value)
{
    return lm_get_member(guest, at, 21 /* int */, 0, value);
}

static inline lm_status names_int_set_default(lm_guest *guest, lm_ref at, int32_t value)
{
    return lm_set_member(guest, at, 21 /* int */, 0, &value);
}

static inline lm_status names_int_class(lm_guest *guest, lm_ref at, float *value)
{
    return lm_get_member(guest, at, 21 /* int */, 1, value);
}

static inline lm_status names_int_set_class(lm_guest *guest, lm_ref at, float value)
{
    return lm_set_member(guest, at, 21 /* int */, 1, &value);
}

/** Makes one that the host owns. */
static inline lm_status names_number_new(lm_guest *guest, const names_number *from, lm_ref *ref)
{
    return lm_new(guest, 22 /* number */, from, ref);
}

/** Writes all of it. */
static inline lm_status names_number_set(lm_guest *guest, lm_ref at, const names_number *from)
{
    return lm_set(guest, at, 22 /* number */, from);
}

/** Copies it out of the guest. */
static inline lm_status names_number_get(lm_guest *guest, lm_ref at, names_number *value)
{
    return lm_get(guest, at, 22 /* number */, value);
}

static inline lm_status names_number_delete(lm_guest *guest, lm_ref at, uint8_t *value)
{
    return lm_get_member(guest, at, 22 /* number */, 0, value);
}

static inline lm_status names_number_set_delete(lm_guest *guest, lm_ref at, uint8_t value)
{
    return lm_set_member(guest, at, 22 /* number */, 0, &value);
}

static inline lm_status names_number_free(lm_guest *guest, lm_ref at, int64_t *value)
{
    return lm_get_member(guest, at, 22 /* number */, 1, value);
}

static inline lm_status names_number_set_free(lm_guest *guest, lm_ref at, int64_t value)
{
    return lm_set_member(guest, at, 22 /* number */, 1, &value);
}

static inline lm_status names_then__get(lm_guest *guest, lm_ref at, names_then_ *value)
{
    return lm_get(guest, at, 23 /* then_ */, value);
}

static inline lm_status names_then__set(lm_guest *guest, lm_ref at, names_then_ value)
{
    return lm_set(guest, at, 23 /* then_ */, &value);
}

static inline lm_status names_new_run_i32(lm_guest *guest, const int32_t *from, uint32_t len, lm_ref *ref)
{
    return lm_new_run(guest, 6 /* i32 */, from, len, ref);
}

static inline lm_status names_new_run_u16_x2(lm_guest *guest, const uint16_t (*from)[2], uint32_t len, lm_ref *ref)
{
    return lm_new_run(guest, 27 /* [2]u16 */, from, len, ref);
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
static inline lm_status names_Color_is(lm_guest *guest, lm_ref x /* *Color_ */)
{
    lm_value lm_args[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_arg_ref(&lm_call_, 24 /* *Color_ */, x);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 0);
    return lm_call_end(&lm_call_);
}

/** __proto__(int: *int, of: [][2]u16) -> ?*int */
static inline lm_status names___proto__(lm_guest *guest, lm_ref int_ /* *int */, const uint16_t (*of)[2], uint32_t of_len, lm_ref *result /* ?*int */)
{
    lm_value lm_args[3];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_ref(&lm_call_, 25 /* *int */, int_);
    lm_arg_slice(&lm_call_, 26 /* [][2]u16 */, of, of_len, NULL);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 1);
    lm_take_result_ref(&lm_call_, 28 /* ?*int */, result);
    return lm_call_end(&lm_call_);
}

/**
 * __proto__(int: *int, of: [][2]u16) -> ?*int
 * With elements that lie in the guest.
 */
static inline lm_status names___proto___at(lm_guest *guest, lm_ref int_ /* *int */, lm_ref of /* [][2]u16 */, lm_ref *result /* ?*int */)
{
    lm_value lm_args[3];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg_ref(&lm_call_, 25 /* *int */, int_);
    lm_arg_ref(&lm_call_, 26 /* [][2]u16 */, of);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 1);
    lm_take_result_ref(&lm_call_, 28 /* ?*int */, result);
    return lm_call_end(&lm_call_);
}

/** int_read(result: u8, lm_args: u8, lm_0: u8, out: >u8) */
static inline lm_status names_int_read(lm_guest *guest, uint8_t result_, uint8_t lm_args_, uint8_t lm_0_, uint8_t *out)
{
    lm_value lm_args[4];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg(&lm_call_, 3 /* u8 */, &result_);
    lm_arg(&lm_call_, 3 /* u8 */, &lm_args_);
    lm_arg(&lm_call_, 3 /* u8 */, &lm_0_);
    const uint32_t lm_0 = lm_arg_out(&lm_call_, 3 /* u8 */);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 2);
    lm_take_plain(&lm_call_, lm_0, 3 /* u8 */, out);
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
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg(&lm_call_, 6 /* i32 */, &this_);
    lm_arg(&lm_call_, 6 /* i32 */, &guest_);
    lm_arg_slice(&lm_call_, 29 /* []i32 */, values, values_len, NULL);
    lm_arg(&lm_call_, 7 /* u32 */, &values_len_);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 3);
    lm_take_result(&lm_call_, 1 /* bool */, result);
    return lm_call_end(&lm_call_);
}

/**
 * *\//\**\/
 * @param this line
 * *\/ two
 * then(this: i32, guest: i32, values: []i32, values_len: u32) -> bool
 * With elements that lie in the guest.
 */
static inline lm_status names_then_at(lm_guest *guest, int32_t this_, int32_t guest_, lm_ref values /* []i32 */, uint32_t values_len, bool *result)
{
    lm_value lm_args[5];
    lm_block lm_blocks[1];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, lm_blocks, 0);
    lm_arg(&lm_call_, 6 /* i32 */, &this_);
    lm_arg(&lm_call_, 6 /* i32 */, &guest_);
    lm_arg_ref(&lm_call_, 29 /* []i32 */, values);
    lm_arg(&lm_call_, 7 /* u32 */, &values_len);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 3);
    lm_take_result(&lm_call_, 1 /* bool */, result);
    return lm_call_end(&lm_call_);
}

/** then_(await: i32) -> bool */
static inline lm_status names_then__call(lm_guest *guest, names_then_ function, int32_t await, bool *result)
{
    lm_value lm_args[2];
    lm_call lm_call_;
    lm_call_init(&lm_call_, guest, lm_args, NULL, 0);
    lm_arg(&lm_call_, 6 /* i32 */, &await);
    lm_arg(&lm_call_, 23 /* then_ */, &function);
    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + 4);
    lm_take_result(&lm_call_, 1 /* bool */, result);
    return lm_call_end(&lm_call_);
}

/**
 * The functions that the guest calls. What they are lent ends when they return; what is owned is theirs to free.
 * They return LM_OK, with a value behind each pointer, which is the guest's then if it is owned; or an error: the
 * guest is told a status where it asks for one, and traps elsewhere, and for what is below 0. They return normally in
 * any case.
 */
typedef struct names_host {
    void *user;
    lm_status (*a_b__c_d_e_hasOwnProperty)(void *user, lm_guest *guest, lm_text new_, bool *result);
    lm_status (*env_switch)(void *user, lm_guest *guest, lm_ref of /* ^str */, uint32_t user_, lm_bool out[2]);
} names_host;

/* a'b\\c:d/e/hasOwnProperty */
static inline bool names_host_0(lm_guest *guest, const names_host *host, lm_value *lm_args)
{
    lm_hosted lm_hosted_;
    lm_text new_;
    bool result;
    lm_hosted_init(&lm_hosted_, guest, lm_args, NULL, true, 0);
    lm_hosted_text(&lm_hosted_, 30 /* str */, &new_);
    memset(&result, 0, sizeof result);
    if (lm_hosted_.call.status == LM_OK) {
        lm_hosted_done(&lm_hosted_, host->a_b__c_d_e_hasOwnProperty(host->user, guest, new_, &result));
    }
    lm_hosted_result(&lm_hosted_, 1 /* bool */, &result);
    return lm_hosted_end(&lm_hosted_, false);
}

/* env/switch */
static inline bool names_host_1(lm_guest *guest, const names_host *host, lm_value *lm_args)
{
    lm_hosted lm_hosted_;
    lm_block lm_blocks[2];
    lm_ref of;
    uint32_t user_;
    lm_bool out[2];
    lm_hosted_init(&lm_hosted_, guest, lm_args, lm_blocks, false, 1);
    lm_hosted_ref(&lm_hosted_, 31 /* ^str */, &of);
    lm_hosted_value(&lm_hosted_, 7 /* u32 */, &user_);
    lm_hosted_out(&lm_hosted_, 32 /* [2]bool */);
    memset(&out, 0, sizeof out);
    if (lm_hosted_.call.status == LM_OK) {
        lm_hosted_done(&lm_hosted_, host->env_switch(host->user, guest, of, user_, out));
    }
    lm_hosted_give(&lm_hosted_, 1, &out);
    return lm_hosted_end(&lm_hosted_, true);
}

/* ---- wasm2c: define NAMES_WASM2C in one file, after wasm2c's header and wasm-rt-impl.h ---- */

#ifdef NAMES_WASM2C

/* Names up to wabt 1.0.32, which need LM_WABT_OLD, and later ones. */
#ifdef LM_WABT_OLD
#define NAMES_W2C(old, new) old
#else
#define NAMES_W2C(old, new) new
#endif

/** How many values the host owns at a time, with what it lends to them and calls of host functions. */
#ifndef NAMES_HOLDS
#define NAMES_HOLDS 1024
#endif

/** An instance: pass its address as that of each imported module when it is instantiated. */
typedef struct names_engine {
    NAMES_W2C(Z_names_instance_t, w2c_names) instance;
    lm_guest guest;
    names_host host;
    lm_hold holds[NAMES_HOLDS];
} names_engine;

/* A trap leaves to the innermost of these, and the outer ones are kept on the way. */
typedef struct names_engine_outer {
    jmp_buf target;
#if WASM_RT_USE_STACK_DEPTH_COUNT
    uint32_t depth, saved;
#endif
} names_engine_outer;

static inline void names_engine_enter(names_engine_outer *of)
{
    memcpy(&of->target, &wasm_rt_jmp_buf, sizeof of->target);
#if WASM_RT_USE_STACK_DEPTH_COUNT && defined(LM_WABT_OLD)
    of->depth = wasm_rt_call_stack_depth;
    of->saved = wasm_rt_saved_call_stack_depth;
#endif
}

static inline void names_engine_leave(const names_engine_outer *of)
{
    memcpy(&wasm_rt_jmp_buf, &of->target, sizeof of->target);
#if WASM_RT_USE_STACK_DEPTH_COUNT && defined(LM_WABT_OLD)
    wasm_rt_call_stack_depth = of->depth;
    wasm_rt_saved_call_stack_depth = of->saved;
#endif
}

static inline uint8_t *names_engine_memory(void *of, uint64_t *size)
{
    const wasm_rt_memory_t *const memory = NAMES_W2C(Z_namesZ_memory, w2c_names_memory)(&((names_engine *)of)->instance);
    *size = (uint64_t)memory->pages * LM_PAGE_SIZE;
    return memory->data;
}

static inline lm_status names_engine_call(void *of, uint32_t function, lm_value *values)
{
    NAMES_W2C(Z_names_instance_t, w2c_names) *const instance = &((names_engine *)of)->instance;
    names_engine_outer before;
    volatile lm_status status = LM_TRAPPED;
    names_engine_enter(&before);
    if (wasm_rt_impl_try() == 0) {
        lm_status found = LM_OK;
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
        case LM_FN_ASK | (LM_FN_OWN_FIRST + 4):
        {
            const wasm_rt_funcref_table_t *const table = NAMES_W2C(Z_namesZ___indirect_function_table, w2c_names_0x5F_indirect_function_table)(instance);
            const bool ask = (function & LM_FN_ASK) != 0;
            const uint32_t index = values[ask ? 0 : 1].i32;
            const wasm_rt_funcref_t entry = index < table->size ? table->data[index] : wasm_rt_funcref_null_value;
            if (index >= table->size) {
                found = LM_E_OUT_OF_BOUNDS;
            } else if (entry.func == NULL || !NAMES_W2C((entry.func_type == wasm_rt_register_func_type(1, 1, WASM_RT_I32, WASM_RT_I32)), (memcmp(entry.func_type, wasm2c_names_get_func_type(1, 1, WASM_RT_I32, WASM_RT_I32), 32) == 0))) {
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
    names_engine_leave(&before);
    return status;
}

/** Before it is instantiated. */
static inline void names_engine_init(names_engine *of)
{
    of->guest.engine = of;
    of->guest.memory = names_engine_memory;
    of->guest.call = names_engine_call;
    memset(of->holds, 0, sizeof of->holds);
    lm_guest_init(&of->guest, &names_module, of->holds, NAMES_HOLDS);
}

uint32_t NAMES_W2C(Z_aZ27bZ5CZ5CcZ3AdZ2FeZ_hasOwnProperty, w2c_a0x27b0x5C0x5Cc0x3Ad0x2Fe_hasOwnProperty)(NAMES_W2C(struct Z_aZ27bZ5CZ5CcZ3AdZ2Fe_instance_t, struct w2c_a0x27b0x5C0x5Cc0x3Ad0x2Fe) *of, uint32_t a0, uint32_t a1)
{
    names_engine *const engine = (names_engine *)(void *)of;
    lm_value values[2];
    values[0].i32 = a0;
    values[1].i32 = a1;
    if (!names_host_0(&engine->guest, &engine->host, values)) {
        wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
    }
    return values[0].i32;
}

uint32_t NAMES_W2C(Z_envZ_switch, w2c_env_switch)(NAMES_W2C(struct Z_env_instance_t, struct w2c_env) *of, uint32_t a0, uint32_t a1, uint32_t a2, uint32_t a3)
{
    names_engine *const engine = (names_engine *)(void *)of;
    lm_value values[4];
    values[0].i32 = a0;
    values[1].i32 = a1;
    values[2].i32 = a2;
    values[3].i32 = a3;
    if (!names_host_1(&engine->guest, &engine->host, values)) {
        wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
    }
    return values[0].i32;
}

#endif

#ifdef __cplusplus
}
#endif

#endif
