/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linmem_host.h - what the headers of `linmem bind --lang c` are built on, for C11 and C++11, and any engine.
 *
 * An engine is three function pointers in an `lm_guest`. A generated header fills them in for wasm2c; for another
 * engine write them by hand: a call by number, with the names of the exports in the header's table.
 *
 * Each generated function makes an `lm_call`: arguments are pushed, data for the guest is copied into blocks of its
 * memory, the export is called, values are taken out, and the blocks that were only lent are freed. The first error
 * stays in `status`; every later step does nothing but free; results are zero then. After a trap no call is made, free included.
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

/** The instance trapped, in this call or before. Of the host alone: no guest returns it. */
#define LM_TRAPPED (-1)

/** A bool as it lies in memory. */
typedef uint8_t lm_bool;

/** Text of the host's, or a view of the guest's, which lasts until the next call. UTF-8, without a NUL at its end. */
typedef struct lm_text {
    const char *ptr;
    size_t len;
} lm_text;

/** An argument or result. */
typedef union lm_value {
    uint32_t i32;
    uint64_t i64;
    float f32;
    double f64;
} lm_value;

/** Numbers of the allocator's exports; the module's own follow. */
enum { LM_FN_ALLOC, LM_FN_FREE, LM_FN_OWN_FIRST };

/** An instance in some engine. */
typedef struct lm_guest {
    void *engine;
    /** Where linear memory is at this moment, and its size in bytes. */
    uint8_t *(*memory)(void *engine, uint64_t *size);
    /**
     * Calls a function: arguments in `values`, the result in the first of them. A number past the exports is that of a
     * signature: the function's index in the table is the value behind the arguments. LM_E_INVALID if there is no such
     * function of that signature, LM_TRAPPED if it trapped.
     */
    lm_status (*call)(void *engine, uint32_t function, lm_value *values);
    bool trapped;
} lm_guest;

/* ---- Memory -------------------------------------------------------------------------------------------- */

static inline lm_status lm_guest_call(lm_guest *guest, uint32_t function, lm_value *values)
{
    const lm_status status = guest->trapped ? LM_TRAPPED : guest->call(guest->engine, function, values);
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
        memcpy(out, view, size);
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
        memcpy(view, from, size);
    }
    return status;
}

/** Allocates a block that the host frees with lm_guest_free, or hands over. */
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

/* ---- Text ---------------------------------------------------------------------------------------------- */

/** The text of a C string. */
static inline lm_text lm_text_of(const char *text)
{
    lm_text of;
    of.ptr = text;
    of.len = strlen(text);
    return of;
}

/** A view of a str. */
static inline lm_status lm_guest_str(lm_guest *guest, lm_str str, lm_text *text)
{
    uint8_t *view = NULL;
    const lm_status status = lm_guest_view(guest, str.ptr, str.len, 1, 1, &view);
    text->ptr = (const char *)view;
    text->len = status == LM_OK ? str.len : 0;
    return status == LM_OK ? lm_check_utf8(view, str.len) : status;
}

/** A view of a cstr. Null is LM_E_NULL. */
static inline lm_status lm_guest_cstr(lm_guest *guest, lm_cstr cstr, lm_text *text)
{
    uint64_t size = 0;
    uint32_t len = 0;
    const uint8_t *const memory = guest->memory(guest->engine, &size);
    const lm_status status = lm_cstr_len(memory, size, cstr, &len);
    text->ptr = NULL;
    text->len = 0;
    if (status != LM_OK) {
        return status;
    }
    text->ptr = (const char *)(memory + cstr);
    text->len = len;
    return lm_check_utf8(memory + cstr, len);
}

/** Frees an owned str. */
static inline lm_status lm_guest_free_str(lm_guest *guest, lm_str str)
{
    return lm_guest_free(guest, str.ptr, str.len, 1);
}

/** Frees an owned cstr. */
static inline lm_status lm_guest_free_cstr(lm_guest *guest, lm_cstr cstr)
{
    lm_text text;
    const lm_status status = cstr == 0 ? LM_OK : lm_guest_cstr(guest, cstr, &text);
    return status == LM_OK && cstr != 0 ? lm_guest_free(guest, cstr, (uint32_t)text.len + 1, 1) : status;
}

/* ---- Calls --------------------------------------------------------------------------------------------- */

/** What becomes of a block after the call. */
typedef enum lm_lend {
    LM_LEND, /**< it is freed */
    LM_BACK, /**< it is copied back, if the call did not fail, and freed */
    LM_GIVE  /**< it is the guest's, from the call on */
} lm_lend;

typedef struct lm_block {
    uint32_t ptr, size, align;
    lm_lend lend;
    void *back;
} lm_block;

/** A call while it is made. The arrays are as long as the function needs. */
typedef struct lm_call {
    lm_guest *guest;
    lm_value *values;
    lm_block *blocks;
    uint32_t value_count, block_count;
    bool made;
    lm_status status;
} lm_call;

static inline void lm_call_init(lm_call *call, lm_guest *guest, lm_value *values, lm_block *blocks)
{
    memset(call, 0, sizeof *call);
    call->guest = guest;
    call->values = values;
    call->blocks = blocks;
}

/** Records an error, unless there was one. */
static inline void lm_call_fail(lm_call *call, lm_status status)
{
    if (call->status == LM_OK) {
        call->status = status;
    }
}

static inline void lm_arg_i32(lm_call *call, uint32_t value)
{
    call->values[call->value_count++].i32 = value;
}

static inline void lm_arg_i64(lm_call *call, uint64_t value)
{
    call->values[call->value_count++].i64 = value;
}

static inline void lm_arg_f32(lm_call *call, float value)
{
    call->values[call->value_count++].f32 = value;
}

static inline void lm_arg_f64(lm_call *call, double value)
{
    call->values[call->value_count++].f64 = value;
}

/** Makes a block, and pushes its address. */
static inline void lm_arg_block(lm_call *call, uint64_t size, uint32_t align, lm_lend lend)
{
    lm_block *const block = &call->blocks[call->block_count];
    lm_call_fail(call, size > LM_SIZE_MAX ? LM_E_TOO_LONG : LM_OK);
    if (call->status == LM_OK) {
        uint32_t ptr = 0;
        call->status = lm_guest_alloc(call->guest, (uint32_t)size, align, &ptr);
        if (call->status == LM_OK) {
            const lm_block made = {ptr, (uint32_t)size, align, lend, NULL};
            *block = made;
            call->block_count++;
        }
    }
    lm_arg_i32(call, call->status == LM_OK ? block->ptr : 0);
}

/** Copies into the last block. */
static inline void lm_arg_fill(lm_call *call, const void *from)
{
    if (call->status == LM_OK) {
        const lm_block *const block = &call->blocks[call->block_count - 1];
        if (block->size != 0) {
            lm_call_fail(call, lm_guest_write(call->guest, block->ptr, block->size, block->align, from));
        }
    }
}

/** A slice. */
static inline void lm_arg_slice(lm_call *call, const void *from, uint32_t len, uint32_t size, uint32_t align,
                                lm_lend lend)
{
    lm_arg_block(call, (uint64_t)len * size, align, lend);
    lm_arg_fill(call, from);
    lm_arg_i32(call, len);
}

/** A slice that is copied back. */
static inline void lm_arg_slice_back(lm_call *call, void *values, uint32_t len, uint32_t size, uint32_t align)
{
    lm_arg_slice(call, values, len, size, align, LM_BACK);
    if (call->status == LM_OK) {
        call->blocks[call->block_count - 1].back = values;
    }
}

/** A str. */
static inline void lm_arg_str(lm_call *call, lm_text text, lm_lend lend)
{
    if (text.len > LM_SIZE_MAX) {
        lm_call_fail(call, LM_E_TOO_LONG);
    } else {
        lm_call_fail(call, lm_check_utf8((const uint8_t *)text.ptr, text.len));
    }
    lm_arg_slice(call, text.ptr, call->status == LM_OK ? (uint32_t)text.len : 0, 1, 1, lend);
}

/** A cstr. Null is one only where it is `nullable`. */
static inline void lm_arg_cstr(lm_call *call, const char *text, lm_lend lend, bool nullable)
{
    if (text == NULL) {
        if (!nullable) {
            lm_call_fail(call, LM_E_NULL);
        }
        lm_arg_i32(call, 0);
        return;
    }
    const size_t len = strlen(text);
    lm_call_fail(call, lm_check_utf8((const uint8_t *)text, len));
    lm_arg_block(call, (uint64_t)len + 1, 1, lend);
    lm_arg_fill(call, text);
}

/** Whether it is a Unicode scalar value. */
static inline bool lm_is_char(lm_char value)
{
    return value < 0xD800 || (value > 0xDFFF && value < 0x110000);
}

/** A char. */
static inline void lm_arg_char(lm_call *call, lm_char value)
{
    lm_call_fail(call, lm_is_char(value) ? LM_OK : LM_E_INVALID);
    lm_arg_i32(call, value);
}

/** The address of a value, where null is one only if `nullable`. */
static inline void lm_arg_ptr(lm_call *call, uint32_t ptr, bool nullable)
{
    lm_call_fail(call, ptr == 0 && !nullable ? LM_E_NULL : LM_OK);
    lm_arg_i32(call, ptr);
}

/** Calls the export. Its result, if it has one, is in the first value. */
static inline void lm_call_make(lm_call *call, uint32_t function)
{
    if (call->status == LM_OK) {
        call->made = true;
        call->status = lm_guest_call(call->guest, function, call->values);
    }
}

/** Takes the result for a status. */
static inline void lm_call_status(lm_call *call)
{
    lm_call_fail(call, (lm_status)call->values[0].i32);
}

/** Checks the result as an address of a value of (size, align); of size 0, that it is not null. */
static inline uint32_t lm_call_ptr(lm_call *call, bool nullable, uint32_t size, uint32_t align)
{
    const uint32_t ptr = call->status == LM_OK ? call->values[0].i32 : 0;
    if (call->status == LM_OK && !(ptr == 0 && nullable)) {
        uint8_t *view = NULL;
        lm_call_fail(call, ptr == 0 ? (lm_status)LM_E_NULL : lm_guest_view(call->guest, ptr, 1, size, align, &view));
    }
    return ptr;
}

/** Copies what the guest wrote into a block of `size` bytes; zeros, if the call failed. */
static inline void lm_call_take(lm_call *call, uint32_t block, void *out, uint32_t size)
{
    memset(out, 0, size);
    if (call->status == LM_OK) {
        const lm_block *const from = &call->blocks[block];
        lm_call_fail(call, lm_guest_read(call->guest, from->ptr, from->size, from->align, out));
    }
}

/** Copies back, frees what was lent, and tells how it went. */
static inline lm_status lm_call_end(lm_call *call)
{
    for (uint32_t index = 0; index < call->block_count; index++) {
        const lm_block *const block = &call->blocks[index];
        if (block->back != NULL && call->status == LM_OK && block->size != 0) {
            lm_call_fail(call, lm_guest_read(call->guest, block->ptr, block->size, block->align, block->back));
        }
        /* What was to be given is still the host's if the call was not made. */
        if (block->lend != LM_GIVE || !call->made) {
            lm_call_fail(call, lm_guest_free(call->guest, block->ptr, block->size, block->align));
        }
    }
    return call->status;
}

#ifdef __cplusplus
}
#endif

#endif
