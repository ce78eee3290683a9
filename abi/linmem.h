/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linmem.h - the linmem ABI, version 1, for C11 and C++11: types, layouts, status values, checks.
 *
 * SPEC.md decides; this file says the same in C. A static assert ties every size and offset that both state.
 *
 * One header serves both sides of the boundary. In a GUEST (clang --target=wasm32) LM_PTR(T) is `T *`; on a
 * HOST it is a uint32_t, an address in the guest's linear memory. So one declaration of a struct has the same
 * layout on both:
 *
 *     struct point { int32_t x, y; lm_cstr name; };
 *     LM_ASSERT_LAYOUT(struct point, 12, 4);
 *     LM_ASSERT_FIELD(struct point, name, 8);
 *
 * A guest gets LM_EXPORT, LM_IMPORT and the prototypes of the allocator exports. The header allocates
 * nothing: the guest defines lm_alloc, lm_free and lm_realloc, or another object of the same module does (a
 * Rust one with linmem's macro; then define LM_ALLOC_ELSEWHERE first).
 *
 * A host gets bounds-checked reads and writes over a pair (memory, memory_size): where the linear memory
 * starts in the host's address space, and its size in bytes. Both may change in any call into the guest, so
 * pass what the engine says at that moment. The reads work byte by byte: right on big-endian hosts and at any
 * address. They trust nothing that comes from the guest.
 *
 * Nothing is linked: everything is a type, a macro or a static inline function.
 */
#ifndef LINMEM_H
#define LINMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Compiler and side --------------------------------------------------------------------------------- */

/** Checks `condition` at compile time, in C11 and in C++11. */
#if defined(__cplusplus)
#if __cplusplus < 201103L && !defined(_MSC_VER)
#error "linmem.h needs C++11 or later"
#endif
#define LM_STATIC_ASSERT(condition, message) static_assert(condition, message)
#define LM_ALIGNOF(type) alignof(type)
#else
#if !defined(__STDC_VERSION__) || __STDC_VERSION__ < 201112L
#error "linmem.h needs C11 or later"
#endif
#define LM_STATIC_ASSERT(condition, message) _Static_assert(condition, message)
#define LM_ALIGNOF(type) _Alignof(type)
#endif

/** 1 in a guest, 0 on a host. Define it as 0 beforehand to write a host that is itself compiled to wasm32. */
#ifndef LM_GUEST
#if defined(__wasm32__)
#define LM_GUEST 1
#elif defined(__wasm64__)
#error "linmem ABI version 1 is for wasm32; memory64 is reserved"
#else
#define LM_GUEST 0
#endif
#endif

#if !LM_GUEST
#include <string.h>
#endif

#if defined(__cplusplus)
extern "C" {
#endif

/* ---- Constants ----------------------------------------------------------------------------------------- */

/** Version of the ABI that this header states. */
#define LM_ABI_VERSION 1

/** Bytes in one wasm page. */
#define LM_PAGE_SIZE 65536

/** Most pages a linear memory has: 4 GiB. */
#define LM_PAGES_MAX 65536

/** Largest size of a block, a slice or a struct in bytes: Rust's isize::MAX on wasm32. */
#define LM_SIZE_MAX 2147483647

/** Highest value that base + size of a block reaches: no block holds the last byte of the address space. */
#define LM_END_MAX 4294967295U

/** Name of the exported linear memory. */
#define LM_MEMORY_NAME "memory"

/** Name under which the linker exports the function table (--export-table). */
#define LM_TABLE_NAME "__indirect_function_table"

/** Module name of imports that declare no other. */
#define LM_IMPORT_MODULE "env"

/** Name of the custom section that describes the module; see "Records" in SPEC. */
#define LM_SECTION_NAME "linmem.abi"

/* ---- Pointers and scalars ------------------------------------------------------------------------------ */

/** Pointer to T in linear memory: `T *` in a guest, a uint32_t address on a host. */
#if LM_GUEST
#define LM_PTR(T) T *
#else
#define LM_PTR(T) uint32_t
#endif

/** Size or count that is a pointer wide (Rust usize): always 32 bits. */
typedef uint32_t lm_usize;

/** Signed partner of lm_usize (Rust isize). */
typedef int32_t lm_isize;

/** Unicode scalar value (Rust char): 0..=0xD7FF or 0xE000..=0x10FFFF, nothing else. */
typedef uint32_t lm_char;

/** Index of a function in the exported table: a function pointer in a guest, a uint32_t on a host. */
#if LM_GUEST
typedef void (*lm_func)(void);
#else
typedef uint32_t lm_func;
#endif

/**
 * NUL-terminated bytes. One that is owned is freed with size strlen + 1 and align 1, and never shortened in
 * place.
 */
typedef LM_PTR(char) lm_cstr;

LM_STATIC_ASSERT(sizeof(bool) == 1, "bool is one byte");
LM_STATIC_ASSERT(sizeof(float) == 4, "float is four bytes");
LM_STATIC_ASSERT(sizeof(double) == 8, "double is eight bytes");
LM_STATIC_ASSERT(sizeof(lm_usize) == 4, "usize is four bytes");
LM_STATIC_ASSERT(sizeof(lm_isize) == 4, "isize is four bytes");
LM_STATIC_ASSERT(sizeof(lm_char) == 4, "char is four bytes");
LM_STATIC_ASSERT(sizeof(lm_func) == 4, "a function index is four bytes");
LM_STATIC_ASSERT(sizeof(lm_cstr) == 4, "a cstr is four bytes");
LM_STATIC_ASSERT(sizeof(LM_PTR(void)) == 4, "a pointer is four bytes");
#if LM_GUEST
LM_STATIC_ASSERT(LM_ALIGNOF(bool) == 1, "bool has align 1");
LM_STATIC_ASSERT(LM_ALIGNOF(int16_t) == 2, "int16_t has align 2");
LM_STATIC_ASSERT(LM_ALIGNOF(int32_t) == 4, "int32_t has align 4");
LM_STATIC_ASSERT(LM_ALIGNOF(int64_t) == 8, "int64_t has align 8");
LM_STATIC_ASSERT(LM_ALIGNOF(float) == 4, "float has align 4");
LM_STATIC_ASSERT(LM_ALIGNOF(double) == 8, "double has align 8");
LM_STATIC_ASSERT(LM_ALIGNOF(void *) == 4, "a pointer has align 4");
#endif

/**
 * Asserts that `type` has the size and the alignment that the ABI gives it.
 *
 * Use it on every struct that crosses the boundary: some hosts (32-bit x86) align int64_t and double to 4,
 * and then a mirrored struct does not match. Such a host, and a big-endian one, reads field by field instead.
 */
#define LM_ASSERT_LAYOUT(type, size, align)                                                                  \
    LM_STATIC_ASSERT(sizeof(type) == (size) && LM_ALIGNOF(type) == (align), "layout of " #type)

/** Asserts that `field` of `type` stands at `offset`. */
#define LM_ASSERT_FIELD(type, field, offset)                                                                 \
    LM_STATIC_ASSERT(offsetof(type, field) == (offset), "offset of " #type "." #field)

/* ---- Descriptors --------------------------------------------------------------------------------------- */

/** Borrowed run of elements. With `len` 0 a reader ignores `ptr`; a writer sets it to the element's align. */
typedef struct lm_slice {
    LM_PTR(void) ptr; /**< first element */
    uint32_t len;     /**< count of elements, not of bytes */
} lm_slice;

/** Borrowed UTF-8 text without a terminator. An owned one is freed with size `len` and align 1. */
typedef struct lm_str {
    LM_PTR(const char) ptr; /**< first byte */
    uint32_t len;           /**< count of bytes */
} lm_str;

/** Owned run of elements, freed with size `cap * size of T` and align of T. `cap` 0 owns nothing. */
typedef struct lm_buffer {
    LM_PTR(void) ptr; /**< first element */
    uint32_t len;     /**< count of elements in use; never more than `cap` */
    uint32_t cap;     /**< count of elements that the block has room for */
} lm_buffer;

LM_ASSERT_LAYOUT(lm_slice, 8, 4);
LM_ASSERT_FIELD(lm_slice, ptr, 0);
LM_ASSERT_FIELD(lm_slice, len, 4);
LM_ASSERT_LAYOUT(lm_str, 8, 4);
LM_ASSERT_FIELD(lm_str, ptr, 0);
LM_ASSERT_FIELD(lm_str, len, 4);
LM_ASSERT_LAYOUT(lm_buffer, 12, 4);
LM_ASSERT_FIELD(lm_buffer, ptr, 0);
LM_ASSERT_FIELD(lm_buffer, len, 4);
LM_ASSERT_FIELD(lm_buffer, cap, 8);

/** Declares the type `name`: a slice whose `ptr` is typed in a guest, with the layout of lm_slice. */
#define LM_DECLARE_SLICE(name, T)                                                                            \
    typedef struct name {                                                                                    \
        LM_PTR(T) ptr;                                                                                       \
        uint32_t len;                                                                                        \
    } name;                                                                                                  \
    LM_ASSERT_LAYOUT(name, 8, 4)

/** Declares the type `name`: a buffer whose `ptr` is typed in a guest, with the layout of lm_buffer. */
#define LM_DECLARE_BUFFER(name, T)                                                                           \
    typedef struct name {                                                                                    \
        LM_PTR(T) ptr;                                                                                       \
        uint32_t len;                                                                                        \
        uint32_t cap;                                                                                        \
    } name;                                                                                                  \
    LM_ASSERT_LAYOUT(name, 12, 4)

/* ---- Status -------------------------------------------------------------------------------------------- */

/**
 * Result of a fallible function: LM_OK, one of LM_E_*, or from LM_STATUS_OWN_FIRST on a value of the
 * function's own.
 */
typedef int32_t lm_status;

/** Status values. A check reports the first that it finds. 9..=15 and negative values are reserved. */
enum lm_status_value {
    LM_OK = 0,              /**< success */
    LM_E_NULL = 1,          /**< pointer is 0 where it must not be */
    LM_E_MISALIGNED = 2,    /**< pointer is no multiple of the element's align */
    LM_E_TOO_LONG = 3,      /**< len * size passes LM_SIZE_MAX, or len is above cap */
    LM_E_OUT_OF_BOUNDS = 4, /**< bytes pass the end of linear memory, or a cstr has no NUL before it */
    LM_E_NOT_UTF8 = 5,      /**< bytes are not UTF-8 */
    LM_E_INTERIOR_NUL = 6,  /**< text for a cstr holds a NUL byte */
    LM_E_OUT_OF_MEMORY = 7, /**< the allocator returned 0 */
    LM_E_INVALID = 8        /**< a char or the value of an enumeration is none that its type lists */
};

/** First status value that a function may define for itself. */
#define LM_STATUS_OWN_FIRST 16

/* ---- Layout arithmetic --------------------------------------------------------------------------------- */

/** Tells whether `align` is a power of two. 0 is not one. */
static inline bool lm_is_align(uint32_t align)
{
    return align != 0 && (align & (align - 1)) == 0;
}

/**
 * Tells whether an allocator may serve (size, align): a power of two, and size at most LM_SIZE_MAX - (align -
 * 1).
 */
static inline bool lm_is_layout(uint32_t size, uint32_t align)
{
    return lm_is_align(align) && (uint64_t)size + (align - 1) <= LM_SIZE_MAX;
}

/** Rounds `offset` up to a multiple of `align`, a power of two. 64 bits wide, so that no sum wraps. */
static inline uint64_t lm_align_up(uint64_t offset, uint32_t align)
{
    return (offset + align - 1) & ~((uint64_t)align - 1);
}

/** Layout under construction, for hosts that learn a struct's fields at run time. Start from {0, 1}. */
typedef struct lm_layout {
    uint64_t size;  /**< bytes so far */
    uint32_t align; /**< largest align so far */
} lm_layout;

/** Appends a field of (size, align) by the C layout rule and returns its offset. */
static inline uint64_t lm_layout_field(lm_layout *layout, uint64_t size, uint32_t align)
{
    const uint64_t offset = lm_align_up(layout->size, align);
    layout->size = offset + size;
    if (align > layout->align) {
        layout->align = align;
    }
    return offset;
}

/** Adds the padding at the end and returns the size of the whole struct. */
static inline uint64_t lm_layout_end(lm_layout *layout)
{
    layout->size = lm_align_up(layout->size, layout->align);
    return layout->size;
}

#if LM_GUEST

/* ---- Guests: exports and imports ----------------------------------------------------------------------- */

/** Exports the function that follows under `name`. */
#define LM_EXPORT(name) __attribute__((export_name(name)))

/** Imports the function that follows as `name` from the module LM_IMPORT_MODULE. */
#define LM_IMPORT(name) LM_IMPORT_FROM(LM_IMPORT_MODULE, name)

/** Imports the function that follows as `name` from `module`. */
#define LM_IMPORT_FROM(module, name) __attribute__((import_module(module), import_name(name)))

/** Prefix of the names alloc, free and realloc; empty unless defined beforehand. */
#ifndef LM_PREFIX
#define LM_PREFIX ""
#endif

#if defined(LM_ALLOC_ELSEWHERE)
#define LM_ALLOCATOR_(name, prototype) prototype __asm__(LM_PREFIX name)
#else
#define LM_ALLOCATOR_(name, prototype) LM_EXPORT(LM_PREFIX name) prototype
#endif

/**
 * Allocates `size` uninitialised bytes aligned to `align`; the guest defines it.
 *
 * Returns NULL when lm_is_layout(size, align) is false or memory is out. Size 0 returns `align` as a pointer
 * that nobody dereferences. Never traps.
 */
LM_ALLOCATOR_("alloc", void *lm_alloc(uint32_t size, uint32_t align));

/**
 * Frees a block with exactly the size and align it was allocated with; the guest defines it.
 *
 * Does nothing for ptr NULL, for size 0, and where lm_is_layout(size, align) is false.
 */
LM_ALLOCATOR_("free", void lm_free(void *ptr, uint32_t size, uint32_t align));

/**
 * Resizes a block, keeping the first min(old_size, new_size) bytes; the guest defines it.
 *
 * Returns NULL on failure, and then the old block is valid and untouched. ptr NULL or old_size 0 is
 * lm_alloc(new_size, align); otherwise new_size 0 frees the block and returns `align` as a pointer. Never
 * traps.
 */
LM_ALLOCATOR_("realloc", void *lm_realloc(void *ptr, uint32_t old_size, uint32_t align, uint32_t new_size));

#undef LM_ALLOCATOR_

#else /* !LM_GUEST */

/* ---- Hosts: checks ------------------------------------------------------------------------------------- */

/** Checks that `size` bytes at `addr` lie in linear memory. Reports LM_E_OUT_OF_BOUNDS. */
static inline lm_status lm_check_range(uint64_t memory_size, uint32_t addr, uint64_t size)
{
    return size <= memory_size && addr <= memory_size - size ? LM_OK : LM_E_OUT_OF_BOUNDS;
}

/**
 * Checks `len` elements of (size, align) at `addr` before they are read or written.
 *
 * `align` is a power of two. Reports LM_E_NULL, LM_E_MISALIGNED, LM_E_TOO_LONG or LM_E_OUT_OF_BOUNDS. `len` 0
 * is always good: `addr` is not looked at.
 */
static inline lm_status lm_check_slice(uint64_t memory_size, uint32_t addr, uint32_t len, uint32_t size,
                                       uint32_t align)
{
    const uint64_t bytes = (uint64_t)len * size;
    if (len == 0) {
        return LM_OK;
    }
    if (addr == 0) {
        return LM_E_NULL;
    }
    if ((addr & (align - 1)) != 0) {
        return LM_E_MISALIGNED;
    }
    if (bytes > LM_SIZE_MAX) {
        return LM_E_TOO_LONG;
    }
    return lm_check_range(memory_size, addr, bytes);
}

/**
 * Checks the block of a buffer, all `cap` elements of it.
 *
 * Reports what lm_check_slice does, and then LM_E_TOO_LONG for a `len` above `cap`.
 */
static inline lm_status lm_check_buffer(uint64_t memory_size, uint32_t addr, uint32_t len, uint32_t cap,
                                        uint32_t size, uint32_t align)
{
    const lm_status status = lm_check_slice(memory_size, addr, cap, size, align);
    return status == LM_OK && len > cap ? LM_E_TOO_LONG : status;
}

/**
 * Measures the cstr at `addr`: the bytes before its NUL go to `*len`.
 *
 * Reports LM_E_NULL; LM_E_OUT_OF_BOUNDS where memory ends before a NUL; LM_E_TOO_LONG where the string with
 * its NUL passes LM_SIZE_MAX bytes. `*len` is written on LM_OK only.
 */
static inline lm_status lm_cstr_len(const uint8_t *memory, uint64_t memory_size, uint32_t addr, uint32_t *len)
{
    const uint64_t room = addr < memory_size ? memory_size - addr : 0;
    const uint64_t limit = room < LM_SIZE_MAX ? room : LM_SIZE_MAX;
    if (addr == 0) {
        return LM_E_NULL;
    }
    for (uint64_t offset = 0; offset < limit; offset++) {
        if (memory[addr + offset] == 0) {
            *len = (uint32_t)offset;
            return LM_OK;
        }
    }
    return room > LM_SIZE_MAX ? LM_E_TOO_LONG : LM_E_OUT_OF_BOUNDS;
}

/**
 * Checks that `size` bytes are UTF-8: no overlong form, no surrogate, nothing above U+10FFFF. Reports
 * LM_E_NOT_UTF8.
 */
static inline lm_status lm_check_utf8(const uint8_t *bytes, uint64_t size)
{
    uint64_t offset = 0;
    while (offset < size) {
        const uint8_t lead = bytes[offset++];
        /* Bounds of the second byte: they rule out overlong forms, surrogates and what passes U+10FFFF. */
        const uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        const uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        uint64_t more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        if (lead >= 0x80 && (lead < 0xC2 || lead > 0xF4)) {
            return LM_E_NOT_UTF8;
        }
        if (more > size - offset) {
            return LM_E_NOT_UTF8;
        }
        if (more > 0 && (bytes[offset] < low || bytes[offset] > high)) {
            return LM_E_NOT_UTF8;
        }
        while (more > 0) {
            if ((bytes[offset] & 0xC0) != 0x80) {
                return LM_E_NOT_UTF8;
            }
            offset++;
            more--;
        }
    }
    return LM_OK;
}

/* ---- Hosts: reads and writes --------------------------------------------------------------------------- */

/*
 * All take (memory, memory_size) and an address, and return false, with nothing read or written, when the
 * bytes do not lie in memory. They do not ask for alignment: lm_check_slice does, once for a whole run.
 * int8_t and int16_t are the unsigned read with a cast.
 */

/** Copies `size` bytes out of linear memory. */
static inline bool lm_read_bytes(const uint8_t *memory, uint64_t memory_size, uint32_t addr, uint32_t size,
                                 void *out)
{
    if (lm_check_range(memory_size, addr, size) != LM_OK) {
        return false;
    }
    if (size != 0) {
        memcpy(out, memory + addr, size);
    }
    return true;
}

/** Copies `size` bytes into linear memory. */
static inline bool lm_write_bytes(uint8_t *memory, uint64_t memory_size, uint32_t addr, uint32_t size,
                                  const void *from)
{
    if (lm_check_range(memory_size, addr, size) != LM_OK) {
        return false;
    }
    if (size != 0) {
        memcpy(memory + addr, from, size);
    }
    return true;
}

/** Reads `size` bytes, at most 8, as one little-endian number. */
static inline bool lm_read_le(const uint8_t *memory, uint64_t memory_size, uint32_t addr, uint32_t size,
                              uint64_t *out)
{
    uint64_t value = 0;
    if (lm_check_range(memory_size, addr, size) != LM_OK) {
        return false;
    }
    for (uint32_t offset = 0; offset < size; offset++) {
        value |= (uint64_t)memory[(uint64_t)addr + offset] << (8 * offset);
    }
    *out = value;
    return true;
}

/** Writes the low `size` bytes of `value`, at most 8, in little-endian order. */
static inline bool lm_write_le(uint8_t *memory, uint64_t memory_size, uint32_t addr, uint32_t size,
                               uint64_t value)
{
    if (lm_check_range(memory_size, addr, size) != LM_OK) {
        return false;
    }
    for (uint32_t offset = 0; offset < size; offset++) {
        memory[(uint64_t)addr + offset] = (uint8_t)(value >> (8 * offset));
    }
    return true;
}

/** Reads a uint8_t. */
static inline bool lm_read_u8(const uint8_t *memory, uint64_t memory_size, uint32_t addr, uint8_t *out)
{
    return lm_read_bytes(memory, memory_size, addr, 1, out);
}

/** Reads a bool: every value but 0 is true. */
static inline bool lm_read_bool(const uint8_t *memory, uint64_t memory_size, uint32_t addr, bool *out)
{
    uint8_t value;
    if (!lm_read_u8(memory, memory_size, addr, &value)) {
        return false;
    }
    *out = value != 0;
    return true;
}

/** Reads a uint16_t. */
static inline bool lm_read_u16(const uint8_t *memory, uint64_t memory_size, uint32_t addr, uint16_t *out)
{
    uint64_t value;
    if (!lm_read_le(memory, memory_size, addr, 2, &value)) {
        return false;
    }
    *out = (uint16_t)value;
    return true;
}

/** Reads a uint32_t; also a pointer, a char, a usize and a function index. */
static inline bool lm_read_u32(const uint8_t *memory, uint64_t memory_size, uint32_t addr, uint32_t *out)
{
    uint64_t value;
    if (!lm_read_le(memory, memory_size, addr, 4, &value)) {
        return false;
    }
    *out = (uint32_t)value;
    return true;
}

/** Reads a uint64_t. */
static inline bool lm_read_u64(const uint8_t *memory, uint64_t memory_size, uint32_t addr, uint64_t *out)
{
    return lm_read_le(memory, memory_size, addr, 8, out);
}

/** Reads an int32_t. */
static inline bool lm_read_i32(const uint8_t *memory, uint64_t memory_size, uint32_t addr, int32_t *out)
{
    uint32_t bits;
    if (!lm_read_u32(memory, memory_size, addr, &bits)) {
        return false;
    }
    memcpy(out, &bits, sizeof bits);
    return true;
}

/** Reads an int64_t. */
static inline bool lm_read_i64(const uint8_t *memory, uint64_t memory_size, uint32_t addr, int64_t *out)
{
    uint64_t bits;
    if (!lm_read_u64(memory, memory_size, addr, &bits)) {
        return false;
    }
    memcpy(out, &bits, sizeof bits);
    return true;
}

/** Reads a float. */
static inline bool lm_read_f32(const uint8_t *memory, uint64_t memory_size, uint32_t addr, float *out)
{
    uint32_t bits;
    if (!lm_read_u32(memory, memory_size, addr, &bits)) {
        return false;
    }
    memcpy(out, &bits, sizeof bits);
    return true;
}

/** Reads a double. */
static inline bool lm_read_f64(const uint8_t *memory, uint64_t memory_size, uint32_t addr, double *out)
{
    uint64_t bits;
    if (!lm_read_u64(memory, memory_size, addr, &bits)) {
        return false;
    }
    memcpy(out, &bits, sizeof bits);
    return true;
}

/** Reads the descriptor of a slice or a str; its elements are still to be checked. */
static inline bool lm_read_slice(const uint8_t *memory, uint64_t memory_size, uint32_t addr, lm_slice *out)
{
    uint64_t value;
    if (!lm_read_le(memory, memory_size, addr, 8, &value)) {
        return false;
    }
    out->ptr = (uint32_t)value;
    out->len = (uint32_t)(value >> 32);
    return true;
}

/** Reads the descriptor of a buffer; its elements are still to be checked. */
static inline bool lm_read_buffer(const uint8_t *memory, uint64_t memory_size, uint32_t addr, lm_buffer *out)
{
    lm_slice head;
    uint32_t cap;
    if (lm_check_range(memory_size, addr, 12) != LM_OK || !lm_read_slice(memory, memory_size, addr, &head) ||
        !lm_read_u32(memory, memory_size, addr + 8, &cap)) {
        return false;
    }
    out->ptr = head.ptr;
    out->len = head.len;
    out->cap = cap;
    return true;
}

/** Writes a uint8_t. */
static inline bool lm_write_u8(uint8_t *memory, uint64_t memory_size, uint32_t addr, uint8_t value)
{
    return lm_write_le(memory, memory_size, addr, 1, value);
}

/** Writes a bool as 0 or 1. */
static inline bool lm_write_bool(uint8_t *memory, uint64_t memory_size, uint32_t addr, bool value)
{
    return lm_write_le(memory, memory_size, addr, 1, value ? 1 : 0);
}

/** Writes a uint16_t. */
static inline bool lm_write_u16(uint8_t *memory, uint64_t memory_size, uint32_t addr, uint16_t value)
{
    return lm_write_le(memory, memory_size, addr, 2, value);
}

/** Writes a uint32_t; also a pointer, a char, a usize and a function index. */
static inline bool lm_write_u32(uint8_t *memory, uint64_t memory_size, uint32_t addr, uint32_t value)
{
    return lm_write_le(memory, memory_size, addr, 4, value);
}

/** Writes a uint64_t. */
static inline bool lm_write_u64(uint8_t *memory, uint64_t memory_size, uint32_t addr, uint64_t value)
{
    return lm_write_le(memory, memory_size, addr, 8, value);
}

/** Writes an int32_t. */
static inline bool lm_write_i32(uint8_t *memory, uint64_t memory_size, uint32_t addr, int32_t value)
{
    return lm_write_u32(memory, memory_size, addr, (uint32_t)value);
}

/** Writes an int64_t. */
static inline bool lm_write_i64(uint8_t *memory, uint64_t memory_size, uint32_t addr, int64_t value)
{
    return lm_write_u64(memory, memory_size, addr, (uint64_t)value);
}

/** Writes a float. */
static inline bool lm_write_f32(uint8_t *memory, uint64_t memory_size, uint32_t addr, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return lm_write_u32(memory, memory_size, addr, bits);
}

/** Writes a double. */
static inline bool lm_write_f64(uint8_t *memory, uint64_t memory_size, uint32_t addr, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return lm_write_u64(memory, memory_size, addr, bits);
}

/** Writes the descriptor of a slice or a str. */
static inline bool lm_write_slice(uint8_t *memory, uint64_t memory_size, uint32_t addr, lm_slice value)
{
    return lm_write_le(memory, memory_size, addr, 8, (uint64_t)value.len << 32 | value.ptr);
}

#endif /* LM_GUEST */

#if defined(__cplusplus)
} /* extern "C" */
#endif

#endif /* LINMEM_H */
