/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linmem_checks.h - what a checked module knows of its blocks (SPEC.md, "Checked modules"), for C11 and C++11, beside
 * linmem_host.h.
 *
 * `symbol` is the value of the module's exported global `linmem_checks`. It and all that it leads to is read as data of a
 * hostile module, and nothing is called: so it works after a trap, too. Where the report leads out of memory, has a list
 * without an end or text that is not UTF-8, the status says so, and what is filled in is zeros.
 */
#ifndef LINMEM_CHECKS_H
#define LINMEM_CHECKS_H

#include "linmem_host.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The report as it lies in memory. */
typedef struct lm_report {
    lm_str text;      /**< what was found; read it by lm_checks_found */
    uint32_t addr;    /**< the block or pointer that it is about */
    uint32_t tag;     /**< what new blocks are marked with */
    uint32_t refuse;  /**< which allocation from now on fails, once; 0 for none */
    uint32_t live;    /**< the header of the newest live block */
    uint32_t freed;   /**< the header of the oldest block that waits */
    uint32_t blocks;  /**< live blocks */
    uint32_t size;    /**< bytes in them, as they were asked for */
    uint32_t peak;    /**< the most bytes that were live at a time */
    uint32_t pages;   /**< pages of linear memory */
    uint32_t count;   /**< blocks that were ever handed out */
} lm_report;

/** The header in front of a block. */
typedef struct lm_header {
    uint32_t next, prev;
    uint32_t size, align; /**< as it was asked for */
    uint32_t tag;         /**< the report's when it was handed out */
    uint32_t number;      /**< the report's `count` when it was handed out, itself included */
    uint32_t mark, guard;
} lm_header;

/** A block that the module's allocator handed out. */
typedef struct lm_checked {
    uint32_t addr, size, align, tag, number;
} lm_checked;

/** Longer text is no report. */
#define LM_CHECKS_TEXT 4096

/** Where the report is. */
static inline lm_status lm_checks_at(lm_guest *guest, uint32_t symbol, uint32_t *at)
{
    uint8_t *view = NULL;
    const lm_status status = lm_guest_read(guest, symbol, sizeof *at, 4, at);
    return status == LM_OK ? lm_guest_view(guest, *at, 1, sizeof(lm_report), 4, &view) : status;
}

/** Copies the report. */
static inline lm_status lm_checks_report(lm_guest *guest, uint32_t symbol, lm_report *report)
{
    uint32_t at = 0;
    const lm_status status = lm_checks_at(guest, symbol, &at);
    memset(report, 0, sizeof *report);
    return status == LM_OK ? lm_guest_read(guest, at, sizeof *report, 4, report) : status;
}

/** What was found, as a view of memory, without a NUL at its end; of length 0 if nothing was. */
static inline lm_status lm_checks_found(lm_guest *guest, uint32_t symbol, lm_text *text)
{
    lm_report report;
    uint8_t *view = NULL;
    lm_status status = lm_checks_report(guest, symbol, &report);
    text->ptr = NULL;
    text->len = 0;
    if (status == LM_OK && report.text.len > LM_CHECKS_TEXT) {
        status = LM_E_TOO_LONG;
    }
    if (status == LM_OK) {
        status = lm_guest_view(guest, report.text.ptr, report.text.len, 1, 1, &view);
    }
    if (status == LM_OK) {
        status = lm_check_utf8(view, report.text.len);
    }
    if (status == LM_OK) {
        text->ptr = (const char *)view;
        text->len = report.text.len;
    }
    return status;
}

/** Has new blocks marked. */
static inline lm_status lm_checks_set_tag(lm_guest *guest, uint32_t symbol, uint32_t tag)
{
    uint32_t at = 0;
    const lm_status status = lm_checks_at(guest, symbol, &at);
    return status == LM_OK ? lm_guest_write(guest, at + (uint32_t)offsetof(lm_report, tag), 4, 4, &tag) : status;
}

/** Has the `count`-th allocation from now on refused, once; with 0, none. */
static inline lm_status lm_checks_set_refuse(lm_guest *guest, uint32_t symbol, uint32_t count)
{
    uint32_t at = 0;
    const lm_status status = lm_checks_at(guest, symbol, &at);
    return status == LM_OK ? lm_guest_write(guest, at + (uint32_t)offsetof(lm_report, refuse), 4, 4, &count) : status;
}

/** Writes down the blocks in a list whose number is over `since`, as many as there is room for, and counts all of them. */
static inline lm_status lm_checks_list(lm_guest *guest, uint32_t header, uint32_t mark, uint64_t most, uint32_t since,
                                       lm_checked *blocks, uint32_t room, uint32_t *count)
{
    uint64_t memory_size = 0;
    guest->memory(guest->engine, &memory_size);
    *count = 0;
    /* Headers do not overlap, so no list is longer than memory. */
    if (most > memory_size / sizeof(lm_header)) {
        most = memory_size / sizeof(lm_header);
    }
    while (header != 0) {
        lm_header of;
        lm_status status = lm_guest_read(guest, header, sizeof of, 4, &of);
        if (status == LM_OK && most == 0) {
            status = LM_E_TOO_LONG;
        } else if (status == LM_OK && (of.mark ^ mark) != header) {
            status = LM_E_INVALID;
        }
        if (status != LM_OK) {
            *count = 0;
            return status;
        }
        if (of.number > since) {
            if (*count < room) {
                const lm_checked block = {header + (uint32_t)sizeof of, of.size, of.align, of.tag, of.number};
                blocks[*count] = block;
            }
            ++*count;
        }
        header = of.next;
        most--;
    }
    return LM_OK;
}

/**
 * Lists the live blocks that were allocated since the report's `count` was `since`, the newest first; with 0, all.
 *
 * `blocks` has room for `room`, and `count` is how many there are: what a call left, read after it.
 */
static inline lm_status lm_checks_live(lm_guest *guest, uint32_t symbol, uint32_t since, lm_checked *blocks,
                                       uint32_t room, uint32_t *count)
{
    lm_report report;
    const lm_status status = lm_checks_report(guest, symbol, &report);
    *count = 0;
    return status == LM_OK
               ? lm_checks_list(guest, report.live, 0x4556494C, report.blocks, since, blocks, room, count)
               : status;
}

/** Lists the blocks that were freed and wait to be used again, in the order in which they were freed. */
static inline lm_status lm_checks_freed(lm_guest *guest, uint32_t symbol, lm_checked *blocks, uint32_t room,
                                        uint32_t *count)
{
    lm_report report;
    const lm_status status = lm_checks_report(guest, symbol, &report);
    *count = 0;
    return status == LM_OK
               ? lm_checks_list(guest, report.freed, 0x45455246, UINT32_MAX, 0, blocks, room, count)
               : status;
}

#ifdef __cplusplus
}
#endif

#endif
