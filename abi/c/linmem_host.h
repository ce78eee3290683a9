/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linmem_host.h - what the headers of `linmem bind --lang c` are built on, for C11 and C++11, and any engine.
 *
 * An engine is two functions in an `lm_guest`. A generated header fills them in for wasm2c; for another engine write
 * them by hand: where memory is, and a call by number, with the names of the exports in the header's table.
 *
 * Types. A generated header has a table of the module's types, and what is here works by its numbers: it checks, copies
 * in and out, and frees. Type 0 is none; the scalars follow, in every module under the same numbers.
 *
 * Values go in as C has them: numbers, `lm_text`, arrays with their length, and structs of these. A struct that holds
 * neither text nor pointers lies in the guest as it does in C, and is copied out whole as well. All else comes out as
 * an `lm_ref`: an address with its type, with the right to read, write or free, and with what it lives by. References
 * are copied as numbers are. Each use checks type, right and life, and then the address against memory as it is.
 *
 * Lives. What the host owns takes an entry of the table of holds, and so does each call of a host function, for what it
 * is lent. A reference tells the entry and the turn it was made in. To free, to hand over, and the return of the host
 * function begin the next turn: then every reference of the old one is refused with LM_ENDED, however many copies there
 * are. The hold of an owner leads to the blocks that are lent to it: they are freed with it. What the guest returned as
 * borrowed has no hold: how long it lasts, its documentation says.
 *
 * What is given may be a view, and memory moves when the guest allocates for it. So each function of the host notes where
 * memory was as it began, finds by that where a view has gone, and checks text again where it was copied to. While an
 * owner is freed, handed over or written to, it is claimed: the guest may call the host meanwhile.
 *
 * Nothing here allocates on the host: the table of holds is the caller's, and LM_E_OUT_OF_MEMORY tells that it is full.
 *
 * Each generated function makes an `lm_call`: arguments are pushed, data for the guest is copied into blocks of its
 * memory, the export is called, values are taken out, and the blocks that were only lent are freed. The first error
 * stays in `status`; every later step does nothing but free; results are zero then. After a trap no call is made, free
 * included.
 *
 * Structs are mirrored, so the host is little-endian, and aligns 64-bit numbers to 8: static asserts in the generated
 * header hold it to that.
 */
#ifndef LINMEM_HOST_H
#define LINMEM_HOST_H

#include "linmem.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "linmem_host.h mirrors the guest's structs, and is for little-endian hosts"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Errors of the host alone. A guest can return the numbers as well, though they are reserved: `lm_guest.trapped` tells
 * whether it trapped.
 */

/** The instance trapped, in this call or before. */
#define LM_TRAPPED (-1)
/** The value was freed or handed over, or that, or a write to it, is under way; or it was lent to a call that is over. */
#define LM_ENDED (-2)
/** It may not be written to, freed or handed over; or data is to be lent to what the host does not own. */
#define LM_NO_RIGHT (-3)
/** The reference is to a value of another type, or the tagged holds another case. */
#define LM_MISTYPED (-4)
/** What the value owns cannot be freed without a drop, and the module has none for it. */
#define LM_NO_DROP (-5)

/**
 * A bool as it lies in memory, and as it is given: a compiler turns every pointer into a `bool`, and into this none.
 * What is not 0 is true.
 */
typedef uint8_t lm_bool;

/**
 * Text: UTF-8, without a NUL at its end. None has a `ptr` of NULL. Of the guest's it is a view, which lasts until the
 * next call.
 */
typedef struct lm_text {
    const char *ptr;
    size_t len;
} lm_text;

/** Elements that are given to a slice or buffer within another one. Elsewhere the pointer is typed. */
typedef struct lm_items {
    const void *ptr;
    uint32_t len;
} lm_items;

/** An argument or result. */
typedef union lm_value {
    uint32_t i32;
    uint64_t i64;
    float f32;
    double f64;
} lm_value;

/* ---- Types --------------------------------------------------------------------------------------------- */

typedef enum lm_kind {
    LM_K_NONE,
    LM_K_BOOL,
    LM_K_UINT,
    LM_K_INT,
    LM_K_FLOAT,
    LM_K_CHAR,
    LM_K_ENUM,
    LM_K_FUNC,
    LM_K_POINTER,
    LM_K_STR,
    LM_K_CSTR,
    LM_K_SLICE,
    LM_K_BUFFER,
    LM_K_ARRAY,
    LM_K_STRUCT,
    LM_K_UNION,
    LM_K_TAGGED,
    LM_K_OPAQUE
} lm_kind;

/** Rights, each with those before it; in a type, the mark. */
typedef enum lm_right { LM_READ, LM_WRITE, LM_OWN } lm_right;

/* What a type is, beside its kind. */
#define LM_NULL 1u   /**< it may be null */
#define LM_PLAIN 2u  /**< it lies in the guest as in C: no text and no pointer is in it */
#define LM_OWNS 4u   /**< a value owns something */
#define LM_LOOSE 8u  /**< what a value owns can be freed part by part */
#define LM_LENDS 16u /**< a value holds text or elements that are lent to it */
#define LM_ANY 32u   /**< any bytes are a value: it is plain, and nothing in it has to be checked */

/** A type. */
typedef struct lm_type {
    lm_kind kind;
    lm_right access;
    uint32_t flags;
    uint32_t size, align; /**< in the guest */
    size_t given;         /**< the size of what a host gives, in C */
    uint32_t of;          /**< the type of the target, of an element, or of the integer of an enum or tag */
    uint32_t count;       /**< elements of an array; members */
    uint32_t first;       /**< the first member; of a function, the number of its signature */
    uint32_t drop;        /**< the export that frees an owned pointer to one; 0 for none */
    uint32_t drop_run;    /**< the same for an owned slice of them, and for owned text of this type */
} lm_type;

/** A field; a case of an enum or tagged, with its payload. */
typedef struct lm_member {
    uint64_t value;
    uint32_t type, offset;
    size_t given; /**< the offset in what a host gives */
} lm_member;

/** What a module declares. */
typedef struct lm_module {
    const lm_type *types;
    const lm_member *members;
} lm_module;

/** The numbers of the scalars. */
enum {
    LM_T_NONE,
    LM_T_BOOL,
    LM_T_I8,
    LM_T_U8,
    LM_T_I16,
    LM_T_U16,
    LM_T_I32,
    LM_T_U32,
    LM_T_I64,
    LM_T_U64,
    LM_T_F32,
    LM_T_F64,
    LM_T_CHAR,
    LM_T_USIZE,
    LM_T_ISIZE,
    LM_T_OWN_FIRST
};

/* A scalar, in a table of types. */
#define LM_SCALAR_(kind, flags, size) {kind, LM_READ, LM_PLAIN | (flags), size, size, size, 0, 0, 0, 0, 0}

/** Numbers of the allocator's exports; the module's own follow. */
enum { LM_FN_ALLOC, LM_FN_FREE, LM_FN_OWN_FIRST };

/** Beside the number of a signature: not to call the function, but to tell whether there is one. */
#define LM_FN_ASK 0x80000000u

/* ---- Instances ----------------------------------------------------------------------------------------- */

typedef enum lm_hold_kind { LM_H_FREE, LM_H_OWNER, LM_H_CALL, LM_H_KEPT } lm_hold_kind;

/** An entry of the table of holds. All 0 is a free one that was never used. */
typedef struct lm_hold {
    lm_hold_kind kind;
    uint32_t turn; /**< begins anew when the entry is given back */
    /** Of an owner, the first block that is kept for it; of such a block or of a free entry, the next. */
    uint32_t next;
    uint32_t ptr, size, align; /**< of a kept block */
    bool claimed;              /**< of an owner: it is being handed over, freed or written to */
} lm_hold;

/** An instance in some engine. */
typedef struct lm_guest {
    void *engine;
    /** Where linear memory is at this moment, and its size in bytes. */
    uint8_t *(*memory)(void *engine, uint64_t *size);
    /**
     * Calls a function: arguments in `values`, the result in the first of them. A number past the exports is that of a
     * signature: the function's index in the table is the value behind the arguments, and with LM_FN_ASK the first of
     * all. LM_E_OUT_OF_BOUNDS if the index is outside of the table, LM_E_INVALID if there is no function of that
     * signature, LM_TRAPPED if it trapped.
     */
    lm_status (*call)(void *engine, uint32_t function, lm_value *values);
    const lm_module *module;
    lm_hold *holds;
    uint32_t hold_count; /**< entries in the table */
    uint32_t hold_used;  /**< entries that were ever used */
    uint32_t hold_free;  /**< the first free one of these, by its number from 1 on */
    uint32_t owners;     /**< how many values the host owns */
    uintptr_t given_base; /**< where memory was when the values were given that the host is working on */
    uint64_t given_size;
    uint64_t left; /**< how many bytes may still be freed: blocks that do not overlap are no more than memory */
    bool trapped;
    /** Why, if it was the host that had it trap: the error of a host function, or of what that was given. */
    lm_status cause;
} lm_guest;

/** Sets up what does not depend on the engine. The holds are all 0. */
static inline void lm_guest_init(lm_guest *guest, const lm_module *module, lm_hold *holds, uint32_t hold_count)
{
    guest->module = module;
    guest->holds = holds;
    guest->hold_count = hold_count;
    guest->hold_used = 0;
    guest->hold_free = 0;
    guest->owners = 0;
    guest->given_base = 0;
    guest->given_size = 0;
    guest->left = 0;
    guest->trapped = false;
    guest->cause = LM_OK;
}

static inline const lm_type *lm_type_of(const lm_guest *guest, uint32_t type)
{
    return &guest->module->types[type];
}

static inline const lm_member *lm_member_of(const lm_guest *guest, const lm_type *type, uint32_t index)
{
    return &guest->module->members[type->first + index];
}

/* ---- Memory -------------------------------------------------------------------------------------------- */

static inline lm_status lm_guest_call(lm_guest *guest, uint32_t function, lm_value *values)
{
    /* What the guest calls may work on other values. */
    const uintptr_t given_base = guest->given_base;
    const uint64_t given_size = guest->given_size, left = guest->left;
    const lm_status status = guest->trapped ? LM_TRAPPED : guest->call(guest->engine, function, values);
    guest->given_base = given_base;
    guest->given_size = given_size;
    guest->left = left;
    /* A host function may have made a call that trapped, and returned all the same. */
    guest->trapped = guest->trapped || status == LM_TRAPPED;
    return guest->trapped ? LM_TRAPPED : status;
}

/** Checks `len` elements at `ptr`, and tells where they are until the next call. */
static inline lm_status lm_guest_view(lm_guest *guest, uint32_t ptr, uint32_t len, uint32_t size, uint32_t align,
                                      uint8_t **view)
{
    uint64_t memory_size = 0;
    uint8_t *const memory = guest->memory(guest->engine, &memory_size);
    const lm_status status = lm_check_slice(memory_size, ptr, len, size, align);
    *view = status == LM_OK && len != 0 ? memory + ptr : NULL;
    return status;
}

/** Copies a value of (size, align) out of the guest; zeros, if it cannot be read. */
static inline lm_status lm_guest_read(lm_guest *guest, uint32_t ptr, uint32_t size, uint32_t align, void *out)
{
    uint8_t *view = NULL;
    const lm_status status = lm_guest_view(guest, ptr, 1, size, align, &view);
    if (status == LM_OK) {
        memmove(out, view, size);
    } else {
        memset(out, 0, size);
    }
    return status;
}

/** Copies a value of (size, align) into the guest. */
static inline lm_status lm_guest_write(lm_guest *guest, uint32_t ptr, uint32_t size, uint32_t align, const void *from)
{
    uint8_t *view = NULL;
    const lm_status status = lm_guest_view(guest, ptr, 1, size, align, &view);
    if (status == LM_OK) {
        memmove(view, from, size);
    }
    return status;
}

/** Notes where memory is, as values are given: they may be views of it, or hold such. */
static inline void lm_given_begin(lm_guest *guest)
{
    guest->given_base = (uintptr_t)guest->memory(guest->engine, &guest->given_size);
}

/** Where `size` bytes are that were given: a view has moved with memory, and the guest may have written to it since. */
static inline lm_status lm_given_at(lm_guest *guest, const void **given, uint64_t size, bool *is_view)
{
    const uintptr_t address = (uintptr_t)*given;
    const uint64_t offset = address - guest->given_base;
    uint64_t memory_size = 0;
    *is_view = size != 0 && address >= guest->given_base && offset < guest->given_size;
    if (*is_view) {
        const uint8_t *const memory = guest->memory(guest->engine, &memory_size);
        if (offset > memory_size || size > memory_size - offset) {
            return LM_E_OUT_OF_BOUNDS;
        }
        *given = memory + offset;
    }
    return LM_OK;
}

/** Allocates a block that the caller frees with lm_guest_free, or hands over. */
static inline lm_status lm_guest_alloc(lm_guest *guest, uint32_t size, uint32_t align, uint32_t *ptr)
{
    lm_value values[2];
    uint8_t *view = NULL;
    values[0].i32 = size;
    values[1].i32 = align;
    *ptr = align;
    if (size == 0) {
        return LM_OK;
    }
    const lm_status status = lm_guest_call(guest, LM_FN_ALLOC, values);
    if (status != LM_OK) {
        return status;
    }
    *ptr = values[0].i32;
    return *ptr == 0 ? (lm_status)LM_E_OUT_OF_MEMORY : lm_guest_view(guest, *ptr, 1, size, align, &view);
}

/** Frees a block with the layout that it was allocated with. */
static inline lm_status lm_guest_free(lm_guest *guest, uint32_t ptr, uint32_t size, uint32_t align)
{
    lm_value values[3];
    values[0].i32 = ptr;
    values[1].i32 = size;
    values[2].i32 = align;
    return size == 0 || ptr == 0 ? LM_OK : lm_guest_call(guest, LM_FN_FREE, values);
}

/* ---- Holds --------------------------------------------------------------------------------------------- */

/** Takes an entry. 0 if all are taken. */
static inline uint32_t lm_hold_take(lm_guest *guest, lm_hold_kind kind)
{
    uint32_t number = guest->hold_free;
    if (number != 0) {
        guest->hold_free = guest->holds[number - 1].next;
    } else if (guest->hold_used < guest->hold_count) {
        number = ++guest->hold_used;
    } else {
        return 0;
    }
    lm_hold *const hold = &guest->holds[number - 1];
    hold->kind = kind;
    hold->next = 0;
    hold->claimed = false;
    return number;
}

/** Gives an entry back: what was made by it has ended. */
static inline void lm_hold_end(lm_guest *guest, uint32_t number)
{
    if (number != 0) {
        lm_hold *const hold = &guest->holds[number - 1];
        hold->kind = LM_H_FREE;
        hold->turn++;
        hold->next = guest->hold_free;
        guest->hold_free = number;
    }
}

/** Keeps a block for an owner. */
static inline lm_status lm_hold_keep(lm_guest *guest, uint32_t owner, uint32_t ptr, uint32_t size, uint32_t align)
{
    const uint32_t number = lm_hold_take(guest, LM_H_KEPT);
    if (number == 0) {
        return LM_E_OUT_OF_MEMORY;
    }
    lm_hold *const hold = &guest->holds[number - 1];
    hold->ptr = ptr;
    hold->size = size;
    hold->align = align;
    hold->next = guest->holds[owner - 1].next;
    guest->holds[owner - 1].next = number;
    return LM_OK;
}

/** Ends the block at `ptr` that is kept for an owner, and tells its size; 0 if there is none. */
static inline uint32_t lm_hold_drop(lm_guest *guest, uint32_t owner, uint32_t ptr)
{
    uint32_t *link = &guest->holds[owner - 1].next;
    while (*link != 0) {
        const uint32_t number = *link;
        const lm_hold kept = guest->holds[number - 1];
        if (kept.ptr == ptr) {
            *link = kept.next;
            lm_hold_end(guest, number);
            return kept.size;
        }
        link = &guest->holds[number - 1].next;
    }
    return 0;
}

/** Ends an owner. What is kept for it is freed with it, or stays as long as the instance if it was handed over. */
static inline lm_status lm_hold_end_owner(lm_guest *guest, uint32_t number, bool freed)
{
    lm_status status = LM_OK;
    if (number != 0) {
        uint32_t kept = guest->holds[number - 1].next;
        guest->owners--;
        lm_hold_end(guest, number);
        while (kept != 0) {
            const lm_hold hold = guest->holds[kept - 1];
            lm_hold_end(guest, kept);
            if (freed) {
                const lm_status done = lm_guest_free(guest, hold.ptr, hold.size, hold.align);
                status = status == LM_OK ? done : status;
            }
            kept = hold.next;
        }
    }
    return status;
}

/* ---- References ---------------------------------------------------------------------------------------- */

typedef enum lm_form { LM_ONE, LM_RUN, LM_TEXT } lm_form;

/** A value in the guest, several, or text. None has a `ptr` of 0. */
typedef struct lm_ref {
    uint32_t ptr;
    uint32_t len; /**< elements of a run, bytes of text */
    uint32_t type;
    uint32_t hold, turn;
    lm_form form;
    lm_right right;
} lm_ref;

/** No value. */
static inline lm_ref lm_none(void)
{
    lm_ref none;
    memset(&none, 0, sizeof none);
    return none;
}

static inline bool lm_is_none(lm_ref ref)
{
    return ref.ptr == 0;
}

static inline lm_ref lm_ref_make(const lm_guest *guest, lm_form form, uint32_t type, uint32_t ptr, uint32_t len,
                                 lm_right right, uint32_t hold)
{
    lm_ref ref;
    ref.ptr = ptr;
    ref.len = len;
    ref.type = type;
    ref.hold = hold;
    ref.turn = hold == 0 ? 0 : guest->holds[hold - 1].turn;
    ref.form = form;
    ref.right = right;
    return ref;
}

/** Checks that a reference lives and has a right. */
static inline lm_status lm_ref_check(const lm_guest *guest, lm_ref ref, lm_right right)
{
    if (ref.ptr == 0) {
        return LM_E_NULL;
    }
    if (ref.hold != 0 && (ref.hold > guest->hold_used || guest->holds[ref.hold - 1].turn != ref.turn ||
                          guest->holds[ref.hold - 1].claimed)) {
        return LM_ENDED;
    }
    return ref.right < right ? (lm_status)LM_NO_RIGHT : (lm_status)LM_OK;
}

/** The reference that a value of a type, pointer, slice or text, is; its address is checked. */
static inline lm_status lm_ref_of(lm_guest *guest, uint32_t type, uint32_t ptr, uint32_t len, lm_right right,
                                  uint32_t hold, lm_ref *ref)
{
    const lm_type *const of = lm_type_of(guest, type);
    const lm_type *const to = lm_type_of(guest, of->of);
    uint64_t memory_size = 0;
    const uint8_t *const memory = guest->memory(guest->engine, &memory_size);
    lm_status status = LM_OK;
    lm_form form = LM_TEXT;
    *ref = lm_none();
    if (ptr == 0 && (of->flags & LM_NULL) != 0) {
        return LM_OK;
    }
    switch (of->kind) {
    case LM_K_POINTER:
        form = LM_ONE;
        type = of->of;
        len = 1;
        if (to->kind == LM_K_OPAQUE) {
            status = ptr == 0 ? LM_E_NULL : LM_OK;
        } else {
            status = lm_check_slice(memory_size, ptr, 1, to->size, to->align);
        }
        break;
    case LM_K_SLICE:
        form = LM_RUN;
        type = of->of;
        status = lm_check_slice(memory_size, ptr, len, to->size, to->align);
        ptr = len == 0 ? to->align : ptr;
        break;
    case LM_K_STR:
        status = lm_check_slice(memory_size, ptr, len, 1, 1);
        ptr = len == 0 ? 1 : ptr;
        break;
    default:
        status = lm_cstr_len(memory, memory_size, ptr, &len);
    }
    if (status == LM_OK) {
        *ref = lm_ref_make(guest, form, type, ptr, len, right, hold);
    }
    return status;
}

static inline lm_status lm_follow(lm_guest *guest, lm_ref place, lm_ref *to);

/** A view of text. Of none it is none. */
static inline lm_status lm_get_text(lm_guest *guest, lm_ref at, lm_text *text)
{
    uint8_t *view = NULL;
    text->ptr = NULL;
    text->len = 0;
    if (lm_is_none(at)) {
        return LM_OK;
    }
    lm_status status = lm_ref_check(guest, at, LM_READ);
    if (status == LM_OK && at.form == LM_ONE) {
        status = lm_follow(guest, at, &at);
        if (status == LM_OK && lm_is_none(at)) {
            return LM_OK;
        }
    }
    if (status == LM_OK && at.form != LM_TEXT) {
        status = LM_MISTYPED;
    }
    if (status == LM_OK) {
        status = lm_guest_view(guest, at.ptr, at.len, 1, 1, &view);
    }
    if (status == LM_OK) {
        status = lm_check_utf8(view, at.len);
    }
    if (status == LM_OK) {
        text->ptr = at.len == 0 ? "" : (const char *)view;
        text->len = at.len;
    }
    return status;
}

/** The text of a C string; of NULL, none. */
static inline lm_text lm_text_of(const char *text)
{
    lm_text of;
    of.ptr = text;
    of.len = text == NULL ? 0 : strlen(text);
    return of;
}

/* ---- Values -------------------------------------------------------------------------------------------- */

/** Whether it is a Unicode scalar value. */
static inline bool lm_is_char(lm_char value)
{
    return value < 0xD800 || (value > 0xDFFF && value < 0x110000);
}

/** The number in some bytes, with zeros before it. */
static inline uint64_t lm_bits(const void *bytes, uint32_t size)
{
    uint64_t bits = 0;
    memcpy(&bits, bytes, size);
    return bits;
}

/** The member of a value: the case of an enum or tag. NULL if none is listed. */
static inline const lm_member *lm_case_of(const lm_guest *guest, const lm_type *of, const void *value)
{
    const uint32_t size = lm_type_of(guest, of->of)->size;
    const uint64_t mask = size == 8 ? UINT64_MAX : ((uint64_t)1 << (8 * size)) - 1;
    const uint64_t bits = lm_bits(value, size);
    for (uint32_t index = 0; index < of->count; index++) {
        const lm_member *const member = lm_member_of(guest, of, index);
        if ((member->value & mask) == bits) {
            return member;
        }
    }
    return NULL;
}

/** Checks the index of a function. */
static inline lm_status lm_check_func(lm_guest *guest, const lm_type *of, uint32_t index)
{
    lm_value values[1];
    values[0].i32 = index;
    if (index == 0) {
        return (of->flags & LM_NULL) != 0 ? LM_OK : LM_E_NULL;
    }
    return guest->call(guest->engine, LM_FN_ASK | of->first, values);
}

/** Checks a plain value: bools become 0 or 1, and chars, enums, tags and functions have to be such. */
static inline lm_status lm_check_value(lm_guest *guest, uint32_t type, uint8_t *value)
{
    const lm_type *const of = lm_type_of(guest, type);
    lm_status status = LM_OK;
    switch (of->kind) {
    case LM_K_BOOL:
        *value = *value != 0;
        break;
    case LM_K_CHAR:
        status = lm_is_char((lm_char)lm_bits(value, 4)) ? LM_OK : LM_E_INVALID;
        break;
    case LM_K_ENUM:
        status = lm_case_of(guest, of, value) != NULL ? LM_OK : LM_E_INVALID;
        break;
    case LM_K_FUNC:
        status = lm_check_func(guest, of, (uint32_t)lm_bits(value, 4));
        break;
    case LM_K_ARRAY:
        for (uint32_t index = 0; index < of->count && status == LM_OK; index++) {
            status = lm_check_value(guest, of->of, value + (size_t)index * lm_type_of(guest, of->of)->size);
        }
        break;
    case LM_K_STRUCT:
        for (uint32_t index = 0; index < of->count && status == LM_OK; index++) {
            const lm_member *const member = lm_member_of(guest, of, index);
            status = lm_check_value(guest, member->type, value + member->offset);
        }
        break;
    case LM_K_TAGGED: {
        const lm_member *const member = lm_case_of(guest, of, value);
        if (member == NULL) {
            status = LM_E_INVALID;
        } else if (member->type != LM_T_NONE) {
            status = lm_check_value(guest, member->type, value + member->offset);
        }
        break;
    }
    default:
        break;
    }
    return status;
}

/** The same for several. */
static inline lm_status lm_check_values(lm_guest *guest, uint32_t type, uint8_t *values, uint32_t len)
{
    const lm_type *const of = lm_type_of(guest, type);
    lm_status status = LM_OK;
    len = (of->flags & LM_ANY) != 0 ? 0 : len;
    for (uint32_t index = 0; index < len && status == LM_OK; index++) {
        status = lm_check_value(guest, type, values + (size_t)index * of->size);
    }
    return status;
}

/* ---- Freeing ------------------------------------------------------------------------------------------- */

static inline lm_status lm_call_drop(lm_guest *guest, uint32_t drop, uint32_t ptr, uint32_t len)
{
    lm_value values[2];
    values[0].i32 = ptr;
    values[1].i32 = len;
    return lm_guest_call(guest, drop, values);
}

static inline lm_status lm_release_parts(lm_guest *guest, uint32_t keep, uint32_t type, uint32_t ptr);

/** Begins to free: as much as memory holds. */
static inline void lm_release_begin(lm_guest *guest)
{
    guest->memory(guest->engine, &guest->left);
}

/** Counts a block before it is freed, so that blocks that overlap or contain one another come to an end. */
static inline lm_status lm_release_count(lm_guest *guest, uint64_t size)
{
    size = size == 0 ? 1 : size;
    if (size > guest->left) {
        return LM_E_TOO_LONG;
    }
    guest->left -= size;
    return LM_OK;
}

/** Frees a block of `len` elements, after what they own; with an owner `keep`, what is kept for it in them as well. */
static inline lm_status lm_release_run(lm_guest *guest, uint32_t keep, uint32_t type, uint32_t ptr, uint32_t len,
                                       uint32_t room)
{
    const lm_type *const of = lm_type_of(guest, type);
    lm_status status = lm_release_count(guest, (uint64_t)room * of->size);
    if ((of->flags & (keep == 0 ? LM_OWNS : LM_OWNS | LM_LENDS)) != 0) {
        for (uint32_t index = 0; index < len && status == LM_OK; index++) {
            status = lm_release_parts(guest, keep, type, ptr + index * of->size);
        }
    }
    return status == LM_OK ? lm_guest_free(guest, ptr, room * of->size, of->align) : status;
}

/** Frees what an owned reference leads to. */
static inline lm_status lm_release_ref(lm_guest *guest, lm_ref ref)
{
    const lm_type *const of = lm_type_of(guest, ref.type);
    const uint32_t drop = ref.form == LM_ONE ? of->drop : of->drop_run;
    if (drop != 0 || ref.form == LM_TEXT) {
        const uint32_t text = ref.len + (of->kind == LM_K_CSTR ? 1 : 0);
        const lm_status status =
            lm_release_count(guest, ref.form == LM_TEXT ? text : (uint64_t)ref.len * of->size);
        if (status != LM_OK) {
            return status;
        }
        return drop != 0 ? lm_call_drop(guest, drop, ref.ptr, ref.len) : lm_guest_free(guest, ref.ptr, text, 1);
    }
    if (of->kind == LM_K_OPAQUE || ((of->flags & LM_OWNS) != 0 && (of->flags & LM_LOOSE) == 0)) {
        return LM_NO_DROP;
    }
    return lm_release_run(guest, 0, ref.type, ref.ptr, ref.len, ref.len);
}

/** Frees the block that is kept for an owner and that a word at `ptr` leads to, if there is one. */
static inline lm_status lm_release_kept(lm_guest *guest, uint32_t keep, const lm_type *of, uint32_t ptr)
{
    const bool text = of->kind == LM_K_STR || of->kind == LM_K_CSTR;
    const uint32_t type = text ? (uint32_t)LM_T_U8 : of->of;
    uint32_t word = 0;
    if (keep == 0 || of->kind == LM_K_POINTER || lm_guest_read(guest, ptr, 4, 4, &word) != LM_OK) {
        return LM_OK;
    }
    const uint32_t size = lm_hold_drop(guest, keep, word);
    const uint32_t len = size / lm_type_of(guest, type)->size;
    return size == 0 ? (lm_status)LM_OK : lm_release_run(guest, keep, type, word, len, len);
}

/**
 * Frees what the value of a type at `ptr` owns, and what is kept for an owner `keep` in it. What cannot be read is left:
 * its address is not freed.
 */
static inline lm_status lm_release_parts(lm_guest *guest, uint32_t keep, uint32_t type, uint32_t ptr)
{
    const lm_type *const of = lm_type_of(guest, type);
    uint32_t words[3] = {0, 0, 0};
    lm_status status = LM_OK;
    if ((of->flags & (keep == 0 ? LM_OWNS : LM_OWNS | LM_LENDS)) == 0) {
        return LM_OK;
    }
    switch (of->kind) {
    case LM_K_POINTER:
    case LM_K_SLICE:
    case LM_K_STR:
    case LM_K_CSTR: {
        lm_ref ref;
        if (of->access != LM_OWN) {
            return lm_release_kept(guest, keep, of, ptr);
        }
        if (lm_guest_read(guest, ptr, of->size, of->align, words) != LM_OK ||
            lm_ref_of(guest, type, words[0], words[1], LM_OWN, 0, &ref) != LM_OK || lm_is_none(ref)) {
            return LM_OK;
        }
        return lm_release_ref(guest, ref);
    }
    case LM_K_BUFFER: {
        const lm_type *const element = lm_type_of(guest, of->of);
        uint64_t memory_size = 0;
        guest->memory(guest->engine, &memory_size);
        if (lm_guest_read(guest, ptr, of->size, of->align, words) != LM_OK ||
            lm_check_buffer(memory_size, words[0], words[1], words[2], element->size, element->align) != LM_OK) {
            return LM_OK;
        }
        return lm_release_run(guest, keep, of->of, words[0], words[1], words[2]);
    }
    case LM_K_ARRAY:
        for (uint32_t index = 0; index < of->count && status == LM_OK; index++) {
            status = lm_release_parts(guest, keep, of->of, ptr + index * lm_type_of(guest, of->of)->size);
        }
        return status;
    case LM_K_STRUCT:
        for (uint32_t index = 0; index < of->count && status == LM_OK; index++) {
            const lm_member *const member = lm_member_of(guest, of, index);
            status = lm_release_parts(guest, keep, member->type, ptr + member->offset);
        }
        return status;
    case LM_K_TAGGED: {
        const lm_type *const tag = lm_type_of(guest, of->of);
        const lm_member *member = NULL;
        if (lm_guest_read(guest, ptr, tag->size, tag->align, words) == LM_OK) {
            member = lm_case_of(guest, of, words);
        }
        return member == NULL || member->type == LM_T_NONE
                   ? LM_OK
                   : lm_release_parts(guest, keep, member->type, ptr + member->offset);
    }
    default:
        return LM_OK;
    }
}

/** Frees an owned value, with all that it owns. */
static inline lm_status lm_free(lm_guest *guest, lm_ref ref)
{
    lm_status status = lm_ref_check(guest, ref, LM_OWN);
    if (status != LM_OK) {
        return status;
    }
    /* A drop may call the host, which may free the same. */
    if (ref.hold != 0) {
        guest->holds[ref.hold - 1].claimed = true;
    }
    lm_release_begin(guest);
    status = lm_release_ref(guest, ref);
    if (status == LM_NO_DROP) {
        if (ref.hold != 0) {
            guest->holds[ref.hold - 1].claimed = false;
        }
        return status;
    }
    const lm_status kept = lm_hold_end_owner(guest, ref.hold, true);
    return status == LM_OK ? kept : status;
}

/* ---- Giving -------------------------------------------------------------------------------------------- */

/* What is done with each reference in what is given. */
typedef enum lm_step {
    LM_S_CHECK, /**< everything is checked, and owned references are claimed */
    LM_S_LEAVE, /**< claims are given up */
    LM_S_TAKE   /**< what was claimed is handed over */
} lm_step;

/** Checks a reference that is given as a type, and claims, leaves or takes it. */
static inline lm_status lm_give_ref(lm_guest *guest, lm_step step, uint32_t type, lm_ref ref)
{
    const lm_type *const of = lm_type_of(guest, type);
    if (lm_is_none(ref)) {
        return step != LM_S_CHECK || (of->flags & LM_NULL) != 0 ? LM_OK : LM_E_NULL;
    }
    if (step == LM_S_CHECK) {
        const bool text = of->kind == LM_K_STR || of->kind == LM_K_CSTR;
        const lm_form form = text ? LM_TEXT : of->kind == LM_K_SLICE ? LM_RUN : LM_ONE;
        if (ref.form != form || (text ? lm_type_of(guest, ref.type)->kind != of->kind : ref.type != of->of)) {
            return LM_MISTYPED;
        }
        const lm_status status = lm_ref_check(guest, ref, of->access);
        if (status != LM_OK || of->access != LM_OWN) {
            return status;
        }
    }
    if (of->access == LM_OWN && ref.hold != 0 && guest->holds[ref.hold - 1].turn == ref.turn) {
        if (step == LM_S_TAKE) {
            return lm_hold_end_owner(guest, ref.hold, false);
        }
        guest->holds[ref.hold - 1].claimed = step == LM_S_CHECK;
    }
    return LM_OK;
}

/** Checks text that is given as a type. */
static inline lm_status lm_give_text(lm_guest *guest, const lm_type *of, lm_text text)
{
    const void *at = text.ptr;
    bool is_view = false;
    if (text.ptr == NULL) {
        return (of->flags & LM_NULL) != 0 ? LM_OK : LM_E_NULL;
    }
    if (text.len >= LM_SIZE_MAX) {
        return LM_E_TOO_LONG;
    }
    const lm_status status = lm_given_at(guest, &at, text.len, &is_view);
    if (status != LM_OK) {
        return status;
    }
    if (of->kind == LM_K_CSTR && memchr(at, 0, text.len) != NULL) {
        return LM_E_INTERIOR_NUL;
    }
    return lm_check_utf8((const uint8_t *)at, text.len);
}

/** Copies text, which was checked, to a block that the guest has just made. A view may have changed by that. */
static inline lm_status lm_copy_text(lm_guest *guest, const lm_type *of, lm_text text, uint32_t ptr, uint32_t size)
{
    const void *from = text.ptr;
    bool is_view = false;
    uint8_t *view = NULL;
    lm_status status = lm_guest_view(guest, ptr, size, 1, 1, &view);
    if (status == LM_OK) {
        status = lm_given_at(guest, &from, text.len, &is_view);
    }
    if (status != LM_OK || size == 0) {
        return status;
    }
    if (text.len != 0) {
        memmove(view, from, text.len);
    }
    if (of->kind == LM_K_CSTR) {
        view[size - 1] = 0;
        if (is_view && memchr(view, 0, text.len) != NULL) {
            return LM_E_INTERIOR_NUL;
        }
    }
    return is_view ? lm_check_utf8(view, text.len) : (lm_status)LM_OK;
}

static inline lm_status lm_give(lm_guest *guest, lm_step step, uint32_t type, const void *given);

/** The same for elements. A failed check leaves those before it. */
static inline lm_status lm_give_run(lm_guest *guest, lm_step step, uint32_t type, const void *given, uint32_t len)
{
    const lm_type *const of = lm_type_of(guest, type);
    if (step == LM_S_CHECK && (uint64_t)len * of->size > LM_SIZE_MAX) {
        return LM_E_TOO_LONG;
    }
    if ((of->flags & LM_PLAIN) != 0 && step != LM_S_CHECK) {
        return LM_OK;
    }
    if (step == LM_S_CHECK) {
        bool is_view = false;
        const lm_status status = lm_given_at(guest, &given, (uint64_t)len * of->given, &is_view);
        if (status != LM_OK) {
            return status;
        }
        /* The guest could change the host's own pointers, which are in these. */
        if (is_view && (of->flags & LM_PLAIN) == 0) {
            return LM_E_INVALID;
        }
    }
    len = (of->flags & LM_ANY) != 0 ? 0 : len;
    for (uint32_t index = 0; index < len; index++) {
        const lm_status status = lm_give(guest, step, type, (const uint8_t *)given + (size_t)index * of->given);
        if (status != LM_OK) {
            while (step == LM_S_CHECK && index > 0) {
                index--;
                (void)lm_give(guest, LM_S_LEAVE, type, (const uint8_t *)given + (size_t)index * of->given);
            }
            return status;
        }
    }
    return LM_OK;
}

/** Checks, leaves or takes what is given as a type. */
static inline lm_status lm_give(lm_guest *guest, lm_step step, uint32_t type, const void *given)
{
    const lm_type *const of = lm_type_of(guest, type);
    const uint8_t *const bytes = (const uint8_t *)given;
    lm_status status = LM_OK;
    switch (of->kind) {
    case LM_K_POINTER: {
        lm_ref ref;
        memcpy(&ref, given, sizeof ref);
        return lm_give_ref(guest, step, type, ref);
    }
    case LM_K_STR:
    case LM_K_CSTR: {
        lm_text text;
        memcpy(&text, given, sizeof text);
        return step == LM_S_CHECK ? lm_give_text(guest, of, text) : LM_OK;
    }
    case LM_K_SLICE:
    case LM_K_BUFFER: {
        lm_items items;
        memcpy(&items, given, sizeof items);
        if (step == LM_S_CHECK && items.ptr == NULL && items.len != 0) {
            return LM_E_NULL;
        }
        return lm_give_run(guest, step, of->of, items.ptr, items.len);
    }
    case LM_K_ARRAY:
        return lm_give_run(guest, step, of->of, given, of->count);
    case LM_K_STRUCT:
        for (uint32_t index = 0; index < of->count; index++) {
            const lm_member *member = lm_member_of(guest, of, index);
            status = lm_give(guest, step, member->type, bytes + member->given);
            if (status != LM_OK) {
                while (step == LM_S_CHECK && index > 0) {
                    member = lm_member_of(guest, of, --index);
                    (void)lm_give(guest, LM_S_LEAVE, member->type, bytes + member->given);
                }
                return status;
            }
        }
        return LM_OK;
    case LM_K_TAGGED: {
        const lm_member *const member = lm_case_of(guest, of, given);
        if (member == NULL) {
            return LM_E_INVALID;
        }
        return member->type == LM_T_NONE ? LM_OK : lm_give(guest, step, member->type, bytes + member->given);
    }
    case LM_K_CHAR:
    case LM_K_ENUM: {
        uint8_t value[8];
        memcpy(value, given, of->size);
        return step == LM_S_CHECK ? lm_check_value(guest, type, value) : LM_OK;
    }
    case LM_K_FUNC:
        return step == LM_S_CHECK ? lm_check_func(guest, of, (uint32_t)lm_bits(given, 4)) : LM_OK;
    default:
        return LM_OK;
    }
}

static inline lm_status lm_lower(lm_guest *guest, uint32_t keep, uint32_t type, const void *given, uint32_t ptr);
static inline void lm_undo(lm_guest *guest, uint32_t keep, uint32_t type, const void *given, uint32_t ptr);

/** Frees what lm_lower_run made, the block excepted. */
static inline void lm_undo_run(lm_guest *guest, uint32_t keep, uint32_t type, const void *given, uint32_t len,
                               uint32_t ptr)
{
    const lm_type *const of = lm_type_of(guest, type);
    if ((of->flags & LM_PLAIN) == 0) {
        for (uint32_t index = 0; index < len; index++) {
            lm_undo(guest, keep, type, (const uint8_t *)given + (size_t)index * of->given, ptr + index * of->size);
        }
    }
}

/** Writes elements into a block. If that fails, all that was made for them is freed, the block excepted. */
static inline lm_status lm_lower_run(lm_guest *guest, uint32_t keep, uint32_t type, const void *given, uint32_t len,
                                     uint32_t ptr)
{
    const lm_type *const of = lm_type_of(guest, type);
    uint8_t *view = NULL;
    lm_status status = lm_guest_view(guest, ptr, len, of->size, of->align, &view);
    if (status != LM_OK || len == 0) {
        return status;
    }
    if ((of->flags & LM_PLAIN) != 0) {
        bool is_view = false;
        status = lm_given_at(guest, &given, (uint64_t)len * of->size, &is_view);
        if (status != LM_OK) {
            return status;
        }
        memmove(view, given, (size_t)len * of->size);
        return lm_check_values(guest, type, view, len);
    }
    /* What is not written yet is zero, so that it can be told from what has to be freed. */
    memset(view, 0, (size_t)len * of->size);
    for (uint32_t index = 0; index < len && status == LM_OK; index++) {
        const uint8_t *const element = (const uint8_t *)given + (size_t)index * of->given;
        status = lm_lower(guest, keep, type, element, ptr + index * of->size);
    }
    if (status != LM_OK) {
        lm_undo_run(guest, keep, type, given, len, ptr);
    }
    return status;
}

/** Makes the block of text or elements, and tells its words: address, length, room. */
static inline lm_status lm_lower_block(lm_guest *guest, uint32_t keep, uint32_t type, const void *given,
                                       uint32_t *words)
{
    const lm_type *const of = lm_type_of(guest, type);
    const bool text = of->kind == LM_K_STR || of->kind == LM_K_CSTR;
    const lm_type *const element = lm_type_of(guest, text ? (uint32_t)LM_T_U8 : of->of);
    lm_items items;
    lm_text from = {NULL, 0};
    uint32_t size = 0;
    lm_status status = LM_OK;
    if (text) {
        memcpy(&from, given, sizeof from);
        if (of->kind == LM_K_CSTR && from.ptr == NULL) {
            return LM_OK;
        }
        items.ptr = from.ptr;
        items.len = (uint32_t)from.len;
        size = items.len + (of->kind == LM_K_CSTR ? 1 : 0);
    } else {
        memcpy(&items, given, sizeof items);
        size = items.len * element->size;
    }
    status = lm_guest_alloc(guest, size, element->align, &words[0]);
    if (status != LM_OK) {
        words[0] = 0;
        return status;
    }
    words[1] = items.len;
    words[2] = items.len;
    if (text) {
        status = lm_copy_text(guest, of, from, words[0], size);
    } else {
        status = lm_lower_run(guest, keep, of->of, items.ptr, items.len, words[0]);
    }
    if (status == LM_OK && keep != 0 && size != 0 && of->access != LM_OWN && of->kind != LM_K_BUFFER) {
        status = lm_hold_keep(guest, keep, words[0], size, element->align);
        if (status != LM_OK && !text) {
            lm_undo_run(guest, keep, of->of, items.ptr, items.len, words[0]);
        }
    }
    if (status != LM_OK) {
        (void)lm_guest_free(guest, words[0], size, element->align);
        words[0] = 0;
    }
    return status;
}

/**
 * Writes what is given as a type, and checked, to an address. Data that is lent is kept for the owner `keep`; without
 * one it is left to the caller. If that fails, all that was made is freed.
 */
static inline lm_status lm_lower(lm_guest *guest, uint32_t keep, uint32_t type, const void *given, uint32_t ptr)
{
    const lm_type *const of = lm_type_of(guest, type);
    const uint8_t *const bytes = (const uint8_t *)given;
    uint32_t words[3] = {0, 0, 0};
    lm_status status = LM_OK;
    if ((of->flags & LM_PLAIN) != 0) {
        return lm_lower_run(guest, keep, type, given, 1, ptr);
    }
    switch (of->kind) {
    case LM_K_POINTER: {
        lm_ref ref;
        memcpy(&ref, given, sizeof ref);
        return lm_guest_write(guest, ptr, 4, 4, &ref.ptr);
    }
    case LM_K_STR:
    case LM_K_CSTR:
    case LM_K_SLICE:
    case LM_K_BUFFER:
        status = lm_lower_block(guest, keep, type, given, words);
        return status == LM_OK ? lm_guest_write(guest, ptr, of->size, of->align, words) : status;
    case LM_K_ARRAY:
        return lm_lower_run(guest, keep, of->of, given, of->count, ptr);
    case LM_K_STRUCT:
        for (uint32_t index = 0; index < of->count && status == LM_OK; index++) {
            const lm_member *const member = lm_member_of(guest, of, index);
            status = lm_lower(guest, keep, member->type, bytes + member->given, ptr + member->offset);
        }
        break;
    case LM_K_TAGGED: {
        const lm_type *const tag = lm_type_of(guest, of->of);
        const lm_member *const member = lm_case_of(guest, of, given);
        status = member == NULL ? (lm_status)LM_E_INVALID : lm_guest_write(guest, ptr, tag->size, tag->align, given);
        if (status == LM_OK && member->type != LM_T_NONE) {
            status = lm_lower(guest, keep, member->type, bytes + member->given, ptr + member->offset);
        }
        break;
    }
    default:
        break;
    }
    if (status != LM_OK) {
        lm_undo(guest, keep, type, given, ptr);
    }
    return status;
}

/** Frees a block that lm_lower_block made, which the word at `ptr` leads to; the word becomes 0. */
static inline void lm_undo_block(lm_guest *guest, uint32_t keep, uint32_t word, uint32_t size, uint32_t align,
                                 uint32_t ptr)
{
    const uint32_t none = 0;
    if (keep != 0) {
        (void)lm_hold_drop(guest, keep, word);
    }
    (void)lm_guest_free(guest, word, size, align);
    (void)lm_guest_write(guest, ptr, 4, 4, &none);
}

/** Frees all that lm_lower made at an address, whoever would own it. A word that is 0 was not written, or is undone. */
static inline void lm_undo(lm_guest *guest, uint32_t keep, uint32_t type, const void *given, uint32_t ptr)
{
    const lm_type *const of = lm_type_of(guest, type);
    const uint8_t *const bytes = (const uint8_t *)given;
    uint32_t word = 0;
    switch (of->kind) {
    case LM_K_STR:
    case LM_K_CSTR: {
        lm_text text;
        memcpy(&text, given, sizeof text);
        if (lm_guest_read(guest, ptr, 4, 4, &word) == LM_OK && word != 0) {
            lm_undo_block(guest, keep, word, (uint32_t)text.len + (of->kind == LM_K_CSTR ? 1 : 0), 1, ptr);
        }
        break;
    }
    case LM_K_SLICE:
    case LM_K_BUFFER: {
        const lm_type *const element = lm_type_of(guest, of->of);
        lm_items items;
        memcpy(&items, given, sizeof items);
        if (lm_guest_read(guest, ptr, 4, 4, &word) == LM_OK && word != 0) {
            lm_undo_run(guest, keep, of->of, items.ptr, items.len, word);
            lm_undo_block(guest, keep, word, items.len * element->size, element->align, ptr);
        }
        break;
    }
    case LM_K_ARRAY:
        lm_undo_run(guest, keep, of->of, given, of->count, ptr);
        break;
    case LM_K_STRUCT:
        for (uint32_t index = 0; index < of->count; index++) {
            const lm_member *const member = lm_member_of(guest, of, index);
            lm_undo(guest, keep, member->type, bytes + member->given, ptr + member->offset);
        }
        break;
    case LM_K_TAGGED: {
        const lm_member *const member = lm_case_of(guest, of, given);
        if (member != NULL && member->type != LM_T_NONE) {
            lm_undo(guest, keep, member->type, bytes + member->given, ptr + member->offset);
        }
        break;
    }
    default:
        break;
    }
}

/** Makes owned elements; one, if it is no run. */
static inline lm_status lm_new_at(lm_guest *guest, lm_form form, uint32_t type, const void *given, uint32_t len,
                                  lm_ref *ref)
{
    const lm_type *const of = lm_type_of(guest, type);
    const uint32_t size = len * of->size;
    uint32_t ptr = 0;
    *ref = lm_none();
    if (given == NULL && len != 0) {
        return LM_E_NULL;
    }
    lm_given_begin(guest);
    lm_status status = lm_give_run(guest, LM_S_CHECK, type, given, len);
    if (status != LM_OK) {
        return status;
    }
    const uint32_t hold = lm_hold_take(guest, LM_H_OWNER);
    guest->owners += hold != 0 ? 1 : 0;
    status = hold == 0 ? (lm_status)LM_E_OUT_OF_MEMORY : lm_guest_alloc(guest, size, of->align, &ptr);
    if (status == LM_OK) {
        status = lm_lower_run(guest, hold, type, given, len, ptr);
        if (status != LM_OK) {
            (void)lm_guest_free(guest, ptr, size, of->align);
        }
    }
    (void)lm_give_run(guest, status == LM_OK ? LM_S_TAKE : LM_S_LEAVE, type, given, len);
    if (status != LM_OK) {
        (void)lm_hold_end_owner(guest, hold, true);
        return status;
    }
    *ref = lm_ref_make(guest, form, type, ptr, len, LM_OWN, hold);
    return LM_OK;
}

/** Makes a value that the host owns. */
static inline lm_status lm_new(lm_guest *guest, uint32_t type, const void *given, lm_ref *ref)
{
    return lm_new_at(guest, LM_ONE, type, given, 1, ref);
}

/** Makes a run of values that the host owns. */
static inline lm_status lm_new_run(lm_guest *guest, uint32_t type, const void *given, uint32_t len, lm_ref *ref)
{
    return lm_new_at(guest, LM_RUN, type, given, len, ref);
}

/* ---- Access -------------------------------------------------------------------------------------------- */

/** Where a pointer, slice or text at a place leads to; everything else is the place itself. */
static inline lm_status lm_follow(lm_guest *guest, lm_ref place, lm_ref *to)
{
    const lm_type *const of = lm_type_of(guest, place.type);
    uint32_t words[2] = {0, 0};
    *to = place;
    if (of->kind != LM_K_POINTER && of->kind != LM_K_STR && of->kind != LM_K_CSTR && of->kind != LM_K_SLICE) {
        return LM_OK;
    }
    const lm_status status = lm_guest_read(guest, place.ptr, of->size, of->align, words);
    if (status != LM_OK) {
        *to = lm_none();
        return status;
    }
    /* What lies behind `^` may be written to if that which holds it may. It is freed with that. */
    const lm_right right = of->access == LM_OWN ? (place.right == LM_READ ? LM_READ : LM_WRITE) : of->access;
    const lm_status came = lm_ref_of(guest, place.type, words[0], words[1], right, place.hold, to);
    to->turn = place.turn;
    return came;
}

/** Checks a reference to a value of a type, and tells the place of a part of it. */
static inline lm_status lm_part(lm_guest *guest, lm_ref at, uint32_t type, uint32_t part, uint32_t offset,
                                lm_ref *place)
{
    const lm_status status = lm_ref_check(guest, at, LM_READ);
    *place = at;
    place->form = LM_ONE;
    place->type = part;
    place->ptr = at.ptr + offset;
    place->right = at.right == LM_READ ? LM_READ : LM_WRITE;
    if (status != LM_OK) {
        return status;
    }
    return at.form == LM_ONE && at.type == type ? (lm_status)LM_OK : (lm_status)LM_MISTYPED;
}

/** Copies a plain value out of its place. */
static inline lm_status lm_get_at(lm_guest *guest, lm_ref place, void *out)
{
    const lm_type *const of = lm_type_of(guest, place.type);
    lm_status status = lm_guest_read(guest, place.ptr, of->size, of->align, out);
    if (status == LM_OK) {
        status = lm_check_value(guest, place.type, (uint8_t *)out);
    }
    if (status != LM_OK) {
        memset(out, 0, of->size);
    }
    return status;
}

/** The same, of what is no plain value and is not checked. An owner `keep` is claimed. */
static inline lm_status lm_replace(lm_guest *guest, uint32_t keep, lm_ref place, const void *given)
{
    const lm_type *const of = lm_type_of(guest, place.type);
    const bool is_block =
        of->kind == LM_K_STR || of->kind == LM_K_CSTR || of->kind == LM_K_SLICE || of->kind == LM_K_BUFFER;
    /* The new value: words, or for a struct and its like the address of a block. */
    uint32_t words[3] = {0, 0, 0};
    uint32_t made = 0;
    uint8_t *view = NULL;
    lm_status status = lm_give_run(guest, LM_S_CHECK, place.type, given, 1);
    if (status != LM_OK) {
        return status;
    }
    if (is_block) {
        status = lm_lower_block(guest, keep, place.type, given, words);
    } else if (of->kind == LM_K_POINTER) {
        lm_ref ref;
        memcpy(&ref, given, sizeof ref);
        words[0] = ref.ptr;
    } else {
        status = lm_guest_alloc(guest, of->size, of->align, &made);
        if (status == LM_OK) {
            status = lm_lower_run(guest, keep, place.type, given, 1, made);
            if (status != LM_OK) {
                (void)lm_guest_free(guest, made, of->size, of->align);
            }
        }
    }
    if (status != LM_OK) {
        (void)lm_give_run(guest, LM_S_LEAVE, place.type, given, 1);
        return status;
    }
    (void)lm_give_run(guest, LM_S_TAKE, place.type, given, 1);
    lm_release_begin(guest);
    status = lm_release_parts(guest, keep, place.type, place.ptr);
    if (status == LM_OK && made == 0) {
        return lm_guest_write(guest, place.ptr, of->size, of->align, words);
    }
    if (status == LM_OK) {
        uint8_t *from = NULL;
        status = lm_guest_view(guest, made, 1, of->size, of->align, &from);
        if (status == LM_OK) {
            status = lm_guest_view(guest, place.ptr, 1, of->size, of->align, &view);
        }
        if (status == LM_OK) {
            memmove(view, from, of->size);
        }
    }
    const lm_status freed = lm_guest_free(guest, made, of->size, of->align);
    return status == LM_OK ? freed : status;
}

/** Writes what is given to a place: what was there is freed once the new value is made. */
static inline lm_status lm_set_at(lm_guest *guest, lm_ref place, const void *given)
{
    const lm_type *const of = lm_type_of(guest, place.type);
    uint8_t *view = NULL;
    lm_status status = lm_ref_check(guest, place, LM_WRITE);
    if (status == LM_OK) {
        status = lm_guest_view(guest, place.ptr, 1, of->size, of->align, &view);
    }
    if (status != LM_OK) {
        return status;
    }
    const bool is_owner = place.hold != 0 && guest->holds[place.hold - 1].kind == LM_H_OWNER;
    const uint32_t keep = is_owner ? place.hold : 0;
    if ((of->flags & LM_LENDS) != 0 && keep == 0) {
        return LM_NO_RIGHT;
    }
    if ((of->flags & LM_OWNS) != 0 && (of->flags & LM_LOOSE) == 0) {
        return LM_NO_DROP;
    }
    lm_given_begin(guest);
    if ((of->flags & LM_PLAIN) != 0) {
        status = lm_give_run(guest, LM_S_CHECK, place.type, given, 1);
        return status == LM_OK ? lm_lower(guest, keep, place.type, given, place.ptr) : status;
    }
    /* Until it is written, the host functions that the guest calls do not free it; and it is not put into itself. */
    if (keep != 0) {
        guest->holds[keep - 1].claimed = true;
    }
    status = lm_replace(guest, keep, place, given);
    if (keep != 0) {
        guest->holds[keep - 1].claimed = false;
    }
    return status;
}

/** Copies a plain value out of the guest. */
static inline lm_status lm_get(lm_guest *guest, lm_ref at, uint32_t type, void *out)
{
    lm_ref place;
    const lm_status status = lm_part(guest, at, type, type, 0, &place);
    if (status != LM_OK) {
        memset(out, 0, lm_type_of(guest, type)->size);
        return status;
    }
    return lm_get_at(guest, place, out);
}

/** Writes a value. */
static inline lm_status lm_set(lm_guest *guest, lm_ref at, uint32_t type, const void *given)
{
    lm_ref place;
    const lm_status status = lm_part(guest, at, type, type, 0, &place);
    return status == LM_OK ? lm_set_at(guest, place, given) : status;
}

/** The place of a member: a field, or the payload of a tagged that has that case. */
static inline lm_status lm_member_at(lm_guest *guest, lm_ref at, uint32_t type, uint32_t index, lm_ref *place)
{
    const lm_type *const of = lm_type_of(guest, type);
    const lm_member *const member = lm_member_of(guest, of, index);
    lm_status status = lm_part(guest, at, type, member->type, member->offset, place);
    if (status == LM_OK && of->kind == LM_K_TAGGED) {
        uint64_t tag = 0;
        const lm_type *const of_tag = lm_type_of(guest, of->of);
        status = lm_guest_read(guest, at.ptr, of_tag->size, of_tag->align, &tag);
        if (status == LM_OK) {
            const lm_member *const is = lm_case_of(guest, of, &tag);
            status = is == member ? (lm_status)LM_OK : is == NULL ? (lm_status)LM_E_INVALID : (lm_status)LM_MISTYPED;
        }
    }
    return status;
}

/** The tag of a tagged: the case that it has. */
static inline lm_status lm_get_tag(lm_guest *guest, lm_ref at, uint32_t type, void *tag)
{
    const lm_type *const of = lm_type_of(guest, type);
    const lm_type *const of_tag = lm_type_of(guest, of->of);
    lm_ref place;
    lm_status status = lm_part(guest, at, type, type, 0, &place);
    memset(tag, 0, of_tag->size);
    if (status == LM_OK) {
        status = lm_guest_read(guest, place.ptr, of_tag->size, of_tag->align, tag);
    }
    return status == LM_OK && lm_case_of(guest, of, tag) == NULL ? (lm_status)LM_E_INVALID : status;
}

/** Copies a plain member out of the guest. */
static inline lm_status lm_get_member(lm_guest *guest, lm_ref at, uint32_t type, uint32_t index, void *out)
{
    lm_ref place;
    const lm_status status = lm_member_at(guest, at, type, index, &place);
    if (status != LM_OK) {
        memset(out, 0, lm_type_of(guest, place.type)->size);
        return status;
    }
    return lm_get_at(guest, place, out);
}

/** Writes a member. */
static inline lm_status lm_set_member(lm_guest *guest, lm_ref at, uint32_t type, uint32_t index, const void *given)
{
    lm_ref place;
    const lm_status status = lm_member_at(guest, at, type, index, &place);
    return status == LM_OK ? lm_set_at(guest, place, given) : status;
}

/** A member, or what it leads to. */
static inline lm_status lm_ref_member(lm_guest *guest, lm_ref at, uint32_t type, uint32_t index, lm_ref *ref)
{
    lm_ref place;
    const lm_status status = lm_member_at(guest, at, type, index, &place);
    *ref = lm_none();
    return status == LM_OK ? lm_follow(guest, place, ref) : status;
}

/** Text that a member holds. */
static inline lm_status lm_text_member(lm_guest *guest, lm_ref at, uint32_t type, uint32_t index, lm_text *text)
{
    lm_ref ref;
    const lm_status status = lm_ref_member(guest, at, type, index, &ref);
    if (status != LM_OK) {
        ref = lm_none();
    }
    const lm_status read = lm_get_text(guest, ref, text);
    return status == LM_OK ? read : status;
}

/** Elements as a run: those of a slice, array or buffer, as they are at this moment. */
static inline lm_status lm_run_of(lm_guest *guest, lm_ref at, lm_ref *run)
{
    const lm_type *const of = lm_type_of(guest, at.type);
    lm_status status = lm_ref_check(guest, at, LM_READ);
    *run = at;
    if (status != LM_OK || at.form == LM_RUN) {
        return status;
    }
    run->form = LM_RUN;
    run->type = of->of;
    run->right = at.right == LM_READ ? LM_READ : LM_WRITE;
    if (at.form == LM_ONE && of->kind == LM_K_ARRAY) {
        run->len = of->count;
        return LM_OK;
    }
    if (at.form == LM_ONE && of->kind == LM_K_BUFFER) {
        const lm_type *const element = lm_type_of(guest, of->of);
        uint32_t words[3] = {0, 0, 0};
        uint64_t memory_size = 0;
        guest->memory(guest->engine, &memory_size);
        status = lm_guest_read(guest, at.ptr, of->size, of->align, words);
        if (status == LM_OK) {
            status = lm_check_buffer(memory_size, words[0], words[1], words[2], element->size, element->align);
        }
        run->ptr = words[1] == 0 ? element->align : words[0];
        run->len = words[1];
        return status;
    }
    return LM_MISTYPED;
}

/** The number of elements. */
static inline lm_status lm_len(lm_guest *guest, lm_ref at, uint32_t *len)
{
    lm_ref run;
    const lm_status status = lm_run_of(guest, at, &run);
    *len = status == LM_OK ? run.len : 0;
    return status;
}

/** Elements of a plain type where they lie, until the next call. They are not checked, but for their address. */
static inline lm_status lm_view(lm_guest *guest, lm_ref at, uint32_t type, void **view, uint32_t *len)
{
    const lm_type *const of = lm_type_of(guest, type);
    lm_ref run;
    uint8_t *bytes = NULL;
    lm_status status = lm_run_of(guest, at, &run);
    if (status == LM_OK && (run.type != type || (of->flags & LM_PLAIN) == 0)) {
        status = LM_MISTYPED;
    }
    if (status == LM_OK) {
        status = lm_guest_view(guest, run.ptr, run.len, of->size, of->align, &bytes);
    }
    *view = bytes;
    *len = status == LM_OK ? run.len : 0;
    return status;
}

/** The place of an element. */
static inline lm_status lm_element_at(lm_guest *guest, lm_ref at, uint32_t index, lm_ref *place)
{
    const lm_status status = lm_run_of(guest, at, place);
    if (status != LM_OK) {
        return status;
    }
    if (index >= place->len) {
        return LM_E_OUT_OF_BOUNDS;
    }
    place->form = LM_ONE;
    place->len = 1;
    place->ptr += index * lm_type_of(guest, place->type)->size;
    place->right = place->right == LM_READ ? LM_READ : LM_WRITE;
    return LM_OK;
}

/** An element, or what it leads to. */
static inline lm_status lm_element(lm_guest *guest, lm_ref at, uint32_t index, lm_ref *ref)
{
    lm_ref place;
    const lm_status status = lm_element_at(guest, at, index, &place);
    *ref = lm_none();
    return status == LM_OK ? lm_follow(guest, place, ref) : status;
}

/** Writes an element of a type. */
static inline lm_status lm_set_element(lm_guest *guest, lm_ref at, uint32_t index, uint32_t type, const void *given)
{
    lm_ref place;
    lm_status status = lm_element_at(guest, at, index, &place);
    if (status == LM_OK && place.type != type) {
        status = LM_MISTYPED;
    }
    return status == LM_OK ? lm_set_at(guest, place, given) : status;
}

/** Writes text over an element that is text. */
static inline lm_status lm_set_text(lm_guest *guest, lm_ref at, uint32_t index, lm_text text)
{
    lm_ref place;
    lm_status status = lm_element_at(guest, at, index, &place);
    if (status == LM_OK) {
        const lm_kind kind = lm_type_of(guest, place.type)->kind;
        status = kind == LM_K_STR || kind == LM_K_CSTR ? (lm_status)LM_OK : (lm_status)LM_MISTYPED;
    }
    return status == LM_OK ? lm_set_at(guest, place, &text) : status;
}

/* Numbers, bools and chars. */
#define LM_ACCESS_(name, T, type, GIVEN)                                                                     \
    static inline lm_status lm_get_##name(lm_guest *guest, lm_ref at, T *value)                              \
    {                                                                                                        \
        return lm_get(guest, at, type, value);                                                               \
    }                                                                                                        \
    static inline lm_status lm_set_##name(lm_guest *guest, lm_ref at, GIVEN value)                           \
    {                                                                                                        \
        return lm_set(guest, at, type, &value);                                                              \
    }

LM_ACCESS_(bool, bool, LM_T_BOOL, lm_bool)
LM_ACCESS_(i8, int8_t, LM_T_I8, int8_t)
LM_ACCESS_(u8, uint8_t, LM_T_U8, uint8_t)
LM_ACCESS_(i16, int16_t, LM_T_I16, int16_t)
LM_ACCESS_(u16, uint16_t, LM_T_U16, uint16_t)
LM_ACCESS_(i32, int32_t, LM_T_I32, int32_t)
LM_ACCESS_(u32, uint32_t, LM_T_U32, uint32_t)
LM_ACCESS_(i64, int64_t, LM_T_I64, int64_t)
LM_ACCESS_(u64, uint64_t, LM_T_U64, uint64_t)
LM_ACCESS_(f32, float, LM_T_F32, float)
LM_ACCESS_(f64, double, LM_T_F64, double)
LM_ACCESS_(char, lm_char, LM_T_CHAR, lm_char)
LM_ACCESS_(usize, lm_usize, LM_T_USIZE, lm_usize)
LM_ACCESS_(isize, lm_isize, LM_T_ISIZE, lm_isize)

#undef LM_ACCESS_

/* ---- Calls --------------------------------------------------------------------------------------------- */

/** What becomes of a block after the call. */
typedef enum lm_lend {
    LM_LEND, /**< it is freed, with what was made for its elements */
    LM_BACK, /**< it is copied back, if the call did not fail, and freed */
    LM_GIVE, /**< it is the guest's, from the call on */
    LM_OUT   /**< the guest writes to it */
} lm_lend;

typedef struct lm_block {
    uint32_t ptr, size, align;
    lm_lend lend;
    uint32_t type, len;
    const void *given;
    void *back;
    lm_ref owner; /**< what is handed over, if that is no block of the call's */
} lm_block;

/** A call while it is made. The arrays are as long as the function needs. */
typedef struct lm_call {
    lm_guest *guest;
    lm_value *values;
    lm_block *blocks;
    uint32_t value_count, block_count;
    uint32_t owners; /**< holds for what comes to be owned: they are taken before the call, and linked by `next` */
    lm_ref *result;  /**< where the result went, if it is a reference; an out value is in `back` of its block */
    bool made;
    bool came; /**< the guest returned, and reports no error: what it hands over is the host's */
    lm_status status;
} lm_call;

/** Records an error, unless there was one. */
static inline void lm_call_fail(lm_call *call, lm_status status)
{
    if (call->status == LM_OK) {
        call->status = status;
    }
}

static inline void lm_call_init(lm_call *call, lm_guest *guest, lm_value *values, lm_block *blocks, uint32_t owners)
{
    memset(call, 0, sizeof *call);
    call->guest = guest;
    call->values = values;
    call->blocks = blocks;
    lm_given_begin(guest);
    for (; owners > 0 && call->status == LM_OK; owners--) {
        const uint32_t number = lm_hold_take(guest, LM_H_OWNER);
        if (number == 0) {
            call->status = LM_E_OUT_OF_MEMORY;
        } else {
            guest->holds[number - 1].next = call->owners;
            call->owners = number;
        }
    }
}

/** A hold for something owned. */
static inline uint32_t lm_call_owner(lm_call *call)
{
    const uint32_t number = call->owners;
    call->owners = call->guest->holds[number - 1].next;
    call->guest->holds[number - 1].next = 0;
    call->guest->owners++;
    return number;
}

/** Gives holds back that were not needed. */
static inline void lm_call_leave(lm_call *call)
{
    while (call->owners != 0) {
        const uint32_t number = call->owners;
        call->owners = call->guest->holds[number - 1].next;
        lm_hold_end(call->guest, number);
    }
}

static inline void lm_push_i32(lm_call *call, uint32_t value)
{
    call->values[call->value_count++].i32 = value;
}

/** The value as which a number, bool, char, enum or function travels. */
static inline lm_value lm_value_of(const lm_guest *guest, uint32_t type, const void *value)
{
    const lm_type *of = lm_type_of(guest, type);
    lm_value pushed;
    of = of->kind == LM_K_ENUM ? lm_type_of(guest, of->of) : of;
    pushed.i64 = lm_bits(value, of->size);
    if (of->kind == LM_K_BOOL) {
        pushed.i32 = pushed.i32 != 0;
    } else if (of->kind == LM_K_INT && of->size == 1) {
        pushed.i32 = (uint32_t)(int32_t)(int8_t)pushed.i32;
    } else if (of->kind == LM_K_INT && of->size == 2) {
        pushed.i32 = (uint32_t)(int32_t)(int16_t)pushed.i32;
    }
    return pushed;
}

/** A number, bool, char, enum or function. */
static inline void lm_arg(lm_call *call, uint32_t type, const void *value)
{
    if (call->status == LM_OK) {
        call->status = lm_give(call->guest, LM_S_CHECK, type, value);
    }
    call->values[call->value_count++] = lm_value_of(call->guest, type, value);
}

/** Makes a block. */
static inline lm_block *lm_arg_block(lm_call *call, uint64_t size, uint32_t align, lm_lend lend)
{
    lm_block *const block = &call->blocks[call->block_count];
    uint32_t ptr = 0;
    lm_call_fail(call, size > LM_SIZE_MAX ? LM_E_TOO_LONG : LM_OK);
    if (call->status == LM_OK) {
        call->status = lm_guest_alloc(call->guest, (uint32_t)size, align, &ptr);
    }
    memset(block, 0, sizeof *block);
    if (call->status == LM_OK) {
        block->ptr = ptr;
        block->size = (uint32_t)size;
        block->align = align;
        block->lend = lend;
        call->block_count++;
    }
    return block;
}

/** Elements, which are lent or given. `back` is where they are copied back to, if they are. */
static inline void lm_arg_slice(lm_call *call, uint32_t type, const void *from, uint32_t len, void *back)
{
    const lm_type *const of = lm_type_of(call->guest, type);
    const lm_type *const element = lm_type_of(call->guest, of->of);
    lm_call_fail(call, from == NULL && len != 0 ? LM_E_NULL : LM_OK);
    if (call->status == LM_OK) {
        call->status = lm_give_run(call->guest, LM_S_CHECK, of->of, from, len);
    }
    const bool checked = call->status == LM_OK;
    const lm_lend lend = of->access == LM_OWN ? LM_GIVE : of->access == LM_WRITE ? LM_BACK : LM_LEND;
    lm_block *const block = lm_arg_block(call, (uint64_t)len * element->size, element->align, lend);
    block->type = of->of;
    if (call->status == LM_OK) {
        call->status = lm_lower_run(call->guest, 0, of->of, from, len, block->ptr);
        if (call->status == LM_OK) {
            block->given = from;
            block->len = len;
            block->back = back;
        }
    }
    if (checked && call->status != LM_OK) {
        (void)lm_give_run(call->guest, LM_S_LEAVE, of->of, from, len);
    }
    lm_push_i32(call, block->ptr);
    lm_push_i32(call, len);
}

/** Text, which is lent or given. None is null. */
static inline void lm_arg_text(lm_call *call, uint32_t type, lm_text text)
{
    const lm_type *const of = lm_type_of(call->guest, type);
    const bool nul = of->kind == LM_K_CSTR;
    lm_call_fail(call, lm_give_text(call->guest, of, text));
    if (nul && text.ptr == NULL) {
        lm_push_i32(call, 0);
        return;
    }
    lm_block *const block =
        lm_arg_block(call, (uint64_t)text.len + (nul ? 1 : 0), 1, of->access == LM_OWN ? LM_GIVE : LM_LEND);
    if (call->status == LM_OK && block->size != 0) {
        call->status = lm_copy_text(call->guest, of, text, block->ptr, block->size);
    }
    lm_push_i32(call, block->ptr);
    if (!nul) {
        lm_push_i32(call, (uint32_t)text.len);
    }
}

/** A value in the guest. None is null. */
static inline void lm_arg_ref(lm_call *call, uint32_t type, lm_ref ref)
{
    const lm_type *const of = lm_type_of(call->guest, type);
    if (of->kind == LM_K_SLICE && ref.form != LM_RUN && of->access != LM_OWN && !lm_is_none(ref)) {
        lm_call_fail(call, lm_run_of(call->guest, ref, &ref));
    }
    if (call->status == LM_OK) {
        call->status = lm_give_ref(call->guest, LM_S_CHECK, type, ref);
        if (call->status == LM_OK && of->access == LM_OWN) {
            lm_block *const block = &call->blocks[call->block_count++];
            memset(block, 0, sizeof *block);
            block->lend = LM_GIVE;
            block->type = type;
            block->owner = ref;
        }
    }
    lm_push_i32(call, ref.ptr);
    if (of->kind == LM_K_SLICE || of->kind == LM_K_STR) {
        lm_push_i32(call, ref.len);
    }
}

/** Memory for a value that the guest writes; tells its number among the blocks. */
static inline uint32_t lm_arg_out(lm_call *call, uint32_t type)
{
    const lm_type *const of = lm_type_of(call->guest, type);
    const uint32_t index = call->block_count;
    lm_push_i32(call, lm_arg_block(call, of->size, of->align, LM_OUT)->ptr);
    return index;
}

/** Calls the export. Its result, if it has one, is in the first value. */
static inline void lm_call_make(lm_call *call, uint32_t function)
{
    if (call->status != LM_OK) {
        return;
    }
    for (uint32_t index = 0; index < call->block_count; index++) {
        const lm_block *const block = &call->blocks[index];
        if (block->lend == LM_GIVE && block->owner.ptr != 0) {
            (void)lm_give_ref(call->guest, LM_S_TAKE, block->type, block->owner);
        } else if (block->len != 0) {
            (void)lm_give_run(call->guest, block->lend == LM_GIVE ? LM_S_TAKE : LM_S_LEAVE, block->type, block->given,
                              block->len);
        }
    }
    call->made = true;
    call->status = lm_guest_call(call->guest, function, call->values);
    call->came = call->status == LM_OK;
}

/** Takes the result for a status. */
static inline void lm_call_status(lm_call *call)
{
    lm_call_fail(call, (lm_status)call->values[0].i32);
    call->came = call->status == LM_OK;
}

/** Takes a value that travelled as one: plain, or the reference that it is. */
static inline lm_status lm_take_value(lm_guest *guest, uint32_t type, lm_value value, void *out)
{
    const lm_type *const of = lm_type_of(guest, type);
    if (of->kind == LM_K_BOOL) {
        const lm_bool is = value.i32 != 0;
        memcpy(out, &is, 1);
        return LM_OK;
    }
    memcpy(out, &value, of->size);
    const lm_status status = lm_check_value(guest, type, (uint8_t *)out);
    if (status != LM_OK) {
        memset(out, 0, of->size);
    }
    return status;
}

/** Takes the result: a number, bool, char, enum or function. */
static inline void lm_take_result(lm_call *call, uint32_t type, void *out)
{
    memset(out, 0, lm_type_of(call->guest, type)->size);
    if (call->status == LM_OK) {
        call->status = lm_take_value(call->guest, type, call->values[0], out);
    }
}

/** Takes an address, with the length behind it, for the reference that it is. */
static inline void lm_take_ref_of(lm_call *call, uint32_t type, uint32_t ptr, uint32_t len, lm_ref *ref)
{
    const lm_type *const of = lm_type_of(call->guest, type);
    lm_call_fail(call, lm_ref_of(call->guest, type, ptr, len, of->access, 0, ref));
    if (of->access == LM_OWN && !lm_is_none(*ref)) {
        ref->hold = lm_call_owner(call);
        ref->turn = call->guest->holds[ref->hold - 1].turn;
    }
}

/** Takes the result: a pointer or cstr. */
static inline void lm_take_result_ref(lm_call *call, uint32_t type, lm_ref *ref)
{
    *ref = lm_none();
    call->result = ref;
    if (call->came) {
        lm_take_ref_of(call, type, call->values[0].i32, 0, ref);
    }
}

/** Copies what the guest wrote into a block; zeros if that fails, or the call did. */
static inline bool lm_take_out(lm_call *call, uint32_t block, uint32_t size, void *out)
{
    memset(out, 0, size);
    if (call->came) {
        const lm_block *const from = &call->blocks[block];
        const lm_status status = lm_guest_read(call->guest, from->ptr, from->size, from->align, out);
        lm_call_fail(call, status);
        return status == LM_OK;
    }
    return false;
}

/** Takes a plain value that the guest wrote; zeros if the call failed. */
static inline void lm_take_plain(lm_call *call, uint32_t block, uint32_t type, void *out)
{
    const uint32_t size = lm_type_of(call->guest, type)->size;
    if (lm_take_out(call, block, size, out)) {
        lm_call_fail(call, lm_check_value(call->guest, type, (uint8_t *)out));
    }
    if (call->status != LM_OK) {
        memset(out, 0, size);
    }
}

/**
 * Takes what the guest wrote: a pointer, slice or text; a struct and its like the host owns where it lies. It is taken
 * after an error in what came before it, too, so that it is freed.
 */
static inline void lm_take_ref(lm_call *call, uint32_t block, uint32_t type, lm_ref *ref)
{
    const lm_type *const of = lm_type_of(call->guest, type);
    *ref = lm_none();
    if (!call->came) {
        return;
    }
    call->blocks[block].back = ref;
    if (of->kind == LM_K_POINTER || of->kind == LM_K_STR || of->kind == LM_K_CSTR || of->kind == LM_K_SLICE) {
        uint32_t words[2] = {0, 0};
        if (lm_take_out(call, block, sizeof words, words)) {
            lm_take_ref_of(call, type, words[0], words[1], ref);
        }
        return;
    }
    call->blocks[block].lend = LM_GIVE;
    *ref = lm_ref_make(call->guest, LM_ONE, type, call->blocks[block].ptr, 1, LM_OWN, lm_call_owner(call));
}

/** Frees what came before an error. */
static inline void lm_call_undo(lm_guest *guest, lm_ref *came)
{
    if (came != NULL) {
        if (!lm_is_none(*came) && came->right == LM_OWN) {
            (void)lm_free(guest, *came);
        }
        *came = lm_none();
    }
}

/** Copies back, frees what was lent, and tells how it went. */
static inline lm_status lm_call_end(lm_call *call)
{
    lm_guest *const guest = call->guest;
    for (uint32_t index = 0; index < call->block_count; index++) {
        const lm_block *const block = &call->blocks[index];
        if (block->owner.ptr != 0) {
            if (!call->made) {
                (void)lm_give_ref(guest, LM_S_LEAVE, block->type, block->owner);
            }
            continue;
        }
        if (block->lend == LM_BACK && call->status == LM_OK && block->back != NULL && block->size != 0) {
            const void *back = block->back;
            bool is_view = false;
            call->status = lm_given_at(guest, &back, block->size, &is_view);
            if (call->status == LM_OK) {
                call->status = lm_guest_read(guest, block->ptr, block->size, block->align, (void *)(uintptr_t)back);
            }
            if (call->status == LM_OK) {
                call->status = lm_check_values(guest, block->type, (uint8_t *)(uintptr_t)back, block->len);
            }
        }
        /* What was to be given is still the host's if the call was not made. */
        if (block->lend != LM_GIVE || !call->made) {
            if (block->len != 0) {
                lm_undo_run(guest, 0, block->type, block->given, block->len, block->ptr);
                if (!call->made) {
                    (void)lm_give_run(guest, LM_S_LEAVE, block->type, block->given, block->len);
                }
            }
            lm_call_fail(call, lm_guest_free(guest, block->ptr, block->size, block->align));
        }
    }
    if (call->status != LM_OK) {
        lm_call_undo(guest, call->result);
        for (uint32_t index = 0; index < call->block_count; index++) {
            /* What was written to it may have come to be the host's. */
            lm_call_undo(guest, call->blocks[index].lend == LM_BACK ? NULL : (lm_ref *)call->blocks[index].back);
        }
    }
    lm_call_leave(call);
    return call->status;
}

/* ---- Host functions ------------------------------------------------------------------------------------ */

/** A host function while it is called. */
typedef struct lm_hosted {
    lm_call call;
    uint32_t lent; /**< the hold of what it is lent */
} lm_hosted;

/** Begins a call by the guest, with its values. What was in them is read before a result is written. */
static inline void lm_hosted_init(lm_hosted *of, lm_guest *guest, lm_value *values, lm_block *blocks, bool lends,
                                  uint32_t owners)
{
    lm_call_init(&of->call, guest, values, blocks, owners);
    of->lent = lends ? lm_hold_take(guest, LM_H_CALL) : 0;
    lm_call_fail(&of->call, lends && of->lent == 0 ? LM_E_OUT_OF_MEMORY : LM_OK);
}

/** Takes a number, bool, char, enum or function. */
static inline void lm_hosted_value(lm_hosted *of, uint32_t type, void *out)
{
    lm_call *const call = &of->call;
    memset(out, 0, lm_type_of(call->guest, type)->size);
    const lm_value value = call->values[call->value_count++];
    if (call->status == LM_OK) {
        call->status = lm_take_value(call->guest, type, value, out);
    }
}

/** Takes a pointer, slice or text. */
static inline void lm_hosted_ref(lm_hosted *of, uint32_t type, lm_ref *ref)
{
    lm_call *const call = &of->call;
    const lm_type *const as = lm_type_of(call->guest, type);
    const uint32_t ptr = call->values[call->value_count++].i32;
    const bool two = as->kind == LM_K_SLICE || as->kind == LM_K_STR;
    const uint32_t len = two ? call->values[call->value_count++].i32 : 0;
    *ref = lm_none();
    /* What is owned is taken after an error, too, so that it is freed. */
    if (call->status == LM_OK || (as->access == LM_OWN && call->owners != 0)) {
        lm_take_ref_of(call, type, ptr, len, ref);
        if (as->access != LM_OWN && !lm_is_none(*ref)) {
            ref->hold = of->lent;
            ref->turn = call->guest->holds[of->lent - 1].turn;
        }
    }
    if (as->access == LM_OWN) {
        lm_block *const block = &call->blocks[call->block_count++];
        memset(block, 0, sizeof *block);
        block->owner = *ref;
    }
}

/** Takes text that is lent. */
static inline void lm_hosted_text(lm_hosted *of, uint32_t type, lm_text *text)
{
    lm_ref ref;
    lm_hosted_ref(of, type, &ref);
    const lm_status status = lm_get_text(of->call.guest, ref, text);
    lm_call_fail(&of->call, status);
}

/** Takes the address of a value to write. */
static inline void lm_hosted_out(lm_hosted *of, uint32_t type)
{
    lm_call *const call = &of->call;
    const lm_type *const as = lm_type_of(call->guest, type);
    lm_block *const block = &call->blocks[call->block_count++];
    uint8_t *view = NULL;
    memset(block, 0, sizeof *block);
    block->ptr = call->values[call->value_count++].i32;
    block->type = type;
    lm_call_fail(call, lm_guest_view(call->guest, block->ptr, 1, as->size, as->align, &view));
}

/** Tells what the host function returned. */
static inline void lm_hosted_done(lm_hosted *of, lm_status status)
{
    of->call.made = true;
    lm_given_begin(of->call.guest);
    lm_call_fail(&of->call, of->call.guest->trapped ? LM_TRAPPED : status);
}

/** Writes what is given behind an out pointer. */
static inline void lm_hosted_give(lm_hosted *of, uint32_t index, const void *given)
{
    lm_call *const call = &of->call;
    lm_block *const block = &call->blocks[index];
    /* Nobody would free what is lent in it. */
    if (call->status == LM_OK && (lm_type_of(call->guest, block->type)->flags & LM_LENDS) != 0) {
        call->status = LM_NO_RIGHT;
    }
    if (call->status == LM_OK) {
        call->status = lm_give_run(call->guest, LM_S_CHECK, block->type, given, 1);
        if (call->status == LM_OK) {
            call->status = lm_lower_run(call->guest, 0, block->type, given, 1, block->ptr);
            if (call->status == LM_OK) {
                block->given = given;
            } else {
                (void)lm_give_run(call->guest, LM_S_LEAVE, block->type, given, 1);
            }
        }
    }
}

/** Writes the reference to a value behind an out pointer. */
static inline void lm_hosted_give_ref(lm_hosted *of, uint32_t index, lm_ref ref)
{
    lm_call *const call = &of->call;
    const lm_block *const block = &call->blocks[index];
    const lm_type *const as = lm_type_of(call->guest, block->type);
    const uint32_t words[2] = {ref.ptr, ref.len};
    if (call->status == LM_OK) {
        call->status = lm_give_ref(call->guest, LM_S_CHECK, block->type, ref);
    }
    if (call->status == LM_OK) {
        call->status = lm_guest_write(call->guest, block->ptr, as->size, as->align, words);
    }
}

/** Returns a number, bool, char, enum or function. */
static inline void lm_hosted_result(lm_hosted *of, uint32_t type, const void *value)
{
    lm_call *const call = &of->call;
    if (call->status == LM_OK) {
        call->status = lm_give(call->guest, LM_S_CHECK, type, value);
    }
    call->values[0] = lm_value_of(call->guest, type, value);
}

/** Returns a pointer, or text that is lent to the guest. */
static inline void lm_hosted_result_ref(lm_hosted *of, uint32_t type, lm_ref ref)
{
    lm_call *const call = &of->call;
    if (call->status == LM_OK) {
        call->status = lm_give_ref(call->guest, LM_S_CHECK, type, ref);
    }
    if (call->status == LM_OK) {
        call->status = lm_give_ref(call->guest, LM_S_TAKE, type, ref);
    }
    call->values[0].i32 = ref.ptr;
}

/** Returns text that the guest owns from then on. */
static inline void lm_hosted_result_text(lm_hosted *of, uint32_t type, lm_text text)
{
    lm_call *const call = &of->call;
    uint32_t words[3] = {0, 0, 0};
    if (call->status == LM_OK) {
        call->status = lm_give(call->guest, LM_S_CHECK, type, &text);
    }
    if (call->status == LM_OK) {
        call->status = lm_lower_block(call->guest, 0, type, &text, words);
    }
    call->values[0].i32 = words[0];
}

/**
 * Ends it: what was lent to the host function has ended. If the guest is told a status, that is the result, unless it
 * is one of the host alone; else every error is a trap. Tells whether to go on.
 */
static inline bool lm_hosted_end(lm_hosted *of, bool has_status)
{
    lm_call *const call = &of->call;
    for (uint32_t index = 0; index < call->block_count; index++) {
        const lm_block *const block = &call->blocks[index];
        if (block->owner.ptr != 0 && !call->made && has_status) {
            /* The host function did not get it. */
            (void)lm_free(call->guest, block->owner);
        }
        if (block->given != NULL) {
            if (call->status != LM_OK) {
                lm_undo_run(call->guest, 0, block->type, block->given, 1, block->ptr);
            }
            (void)lm_give_run(call->guest, call->status == LM_OK ? LM_S_TAKE : LM_S_LEAVE, block->type, block->given, 1);
        }
    }
    lm_hold_end(call->guest, of->lent);
    lm_call_leave(call);
    if (call->guest->trapped) {
        call->status = LM_TRAPPED;
    }
    if (has_status && call->status >= LM_OK) {
        call->values[0].i32 = (uint32_t)call->status;
        return true;
    }
    if (call->status != LM_OK) {
        call->guest->cause = call->guest->trapped ? call->guest->cause : call->status;
        call->guest->trapped = true;
    }
    return call->status == LM_OK;
}

#ifdef __cplusplus
}
#endif

#endif
