/*
 * abi/c/linmem_checks.h on memory without an engine. Prints the offsets of the report's and the header's fields, as
 * `report FIELD OFFSET`, and fails by an assertion.
 */
#include "linmem_checks.h"
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#define PAGE 65536

/* In a block of its own, so that a sanitizer sees who leaves it. */
static uint8_t *memory;

static uint8_t *memory_of(void *engine, uint64_t *size)
{
    (void)engine;
    *size = PAGE;
    return memory;
}

static lm_status no_call(void *engine, uint32_t function, lm_value *values)
{
    (void)engine, (void)function, (void)values;
    abort();
}

static void expect(int right, int line)
{
    if (!right) {
        fprintf(stderr, "checks.c:%d\n", line);
        exit(1);
    }
}
#define EXPECT(right) expect(right, __LINE__)

static void put(uint32_t at, uint32_t word)
{
    memcpy(memory + at, &word, sizeof word);
}

/* A report at 256, of two live blocks and a freed one. */
static void lay_out(void)
{
    const uint32_t report[12] = {512, 4, 1056, 7, 0, 1024, 2048, 2, 30, 99, 1, 3};
    const uint32_t newest[8] = {1536, 0, 10, 2, 7, 3, 0x4556494C ^ 1024, 0xFBFBFBFB};
    const uint32_t oldest[8] = {0, 1024, 20, 4, 0, 1, 0x4556494C ^ 1536, 0xFBFBFBFB};
    const uint32_t freed[8] = {0, 0, 5, 1, 0, 2, 0x45455246 ^ 2048, 0xFBFBFBFB};
    memset(memory, 0, PAGE);
    put(64, 256);
    memcpy(memory + 256, report, sizeof report);
    memcpy(memory + 512, "text", 4);
    memcpy(memory + 1024, newest, sizeof newest);
    memcpy(memory + 1536, oldest, sizeof oldest);
    memcpy(memory + 2048, freed, sizeof freed);
}

enum what { FOUND, LIVE, FREED };

int main(void)
{
    lm_guest guest;
    lm_checked blocks[2];
    lm_report report;
    lm_text text;
    uint32_t count = 0;
    memset(&guest, 0, sizeof guest);
    guest.memory = memory_of;
    guest.call = no_call;
    memory = (uint8_t *)malloc(PAGE);

    lay_out();
    /* After a trap as well as before. */
    guest.trapped = true;
    EXPECT(lm_checks_found(&guest, 64, &text) == LM_OK && text.len == 4 && memcmp(text.ptr, "text", 4) == 0);
    EXPECT(lm_checks_report(&guest, 64, &report) == LM_OK && report.addr == 1056 && report.peak == 99 && report.count == 3);
    EXPECT(lm_checks_live(&guest, 64, 0, blocks, 2, &count) == LM_OK && count == 2);
    EXPECT(blocks[0].addr == 1056 && blocks[0].size == 10 && blocks[0].align == 2 && blocks[0].tag == 7);
    EXPECT(blocks[1].addr == 1568 && blocks[1].number == 1);
    EXPECT(lm_checks_live(&guest, 64, 1, blocks, 0, &count) == LM_OK && count == 1);
    EXPECT(lm_checks_live(&guest, 64, 3, NULL, 0, &count) == LM_OK && count == 0);
    EXPECT(lm_checks_freed(&guest, 64, blocks, 2, &count) == LM_OK && count == 1 && blocks[0].addr == 2080);
    EXPECT(lm_checks_set_tag(&guest, 64, 0xFFFFFFFF) == LM_OK && lm_checks_set_refuse(&guest, 64, 5) == LM_OK);
    EXPECT(lm_checks_report(&guest, 64, &report) == LM_OK && report.tag == 0xFFFFFFFF && report.refuse == 5);
    EXPECT(report.addr == 1056 && report.live == 1024);
    put(260, 0);
    EXPECT(lm_checks_found(&guest, 64, &text) == LM_OK && text.len == 0);

    const struct {
        uint32_t at, value;
        enum what what;
        lm_status status;
    } lies[] = {
        {64, 65532, LIVE, LM_E_OUT_OF_BOUNDS},    {64, 65536 - 44, FOUND, LM_E_OUT_OF_BOUNDS},
        {64, 0xFFFFFFFC, FREED, LM_E_OUT_OF_BOUNDS}, {64, 0, LIVE, LM_E_NULL},
        {64, 258, FOUND, LM_E_MISALIGNED},        {256, 65534, FOUND, LM_E_OUT_OF_BOUNDS},
        {256, 0xFFFFFFFF, FOUND, LM_E_OUT_OF_BOUNDS}, {256, 0, FOUND, LM_E_NULL},
        {260, 0xFFFFFFFF, FOUND, LM_E_TOO_LONG},  {512, 0xFFFFFFFF, FOUND, LM_E_NOT_UTF8},
        {276, 65512, LIVE, LM_E_OUT_OF_BOUNDS},   {276, 0xFFFFFFFC, LIVE, LM_E_OUT_OF_BOUNDS},
        {276, 1026, LIVE, LM_E_MISALIGNED},       {276, 2048, LIVE, LM_E_INVALID},
        {280, 1024, FREED, LM_E_INVALID},         {2048, 2048, FREED, LM_E_TOO_LONG},
        {284, 1, LIVE, LM_E_TOO_LONG},            {1024, 1028, LIVE, LM_E_INVALID},
        {1536, 1024, LIVE, LM_E_TOO_LONG},
    };
    for (size_t index = 0; index < sizeof lies / sizeof *lies; index++) {
        lm_status status = LM_OK;
        lay_out();
        put(lies[index].at, lies[index].value);
        if (lies[index].at == 1536) {
            /* A ring that claims to be as long as it likes. */
            put(284, 0xFFFFFFFF);
        }
        status = lies[index].what == FOUND  ? lm_checks_found(&guest, 64, &text)
                 : lies[index].what == LIVE ? lm_checks_live(&guest, 64, 0, blocks, 2, &count)
                                            : lm_checks_freed(&guest, 64, blocks, 2, &count);
        if (status != lies[index].status || (lies[index].what == FOUND ? text.len : count) != 0) {
            fprintf(stderr, "lie %zu: status %d\n", index, (int)status);
            return 1;
        }
    }
    const uint32_t symbols[] = {0, 2, 65536, 0xFFFFFFFC};
    for (size_t index = 0; index < sizeof symbols / sizeof *symbols; index++) {
        EXPECT(lm_checks_set_tag(&guest, symbols[index], 1) != LM_OK);
        EXPECT(lm_checks_set_refuse(&guest, symbols[index], 1) != LM_OK);
        EXPECT(lm_checks_report(&guest, symbols[index], &report) != LM_OK && report.blocks == 0);
    }
    free(memory);

#define REPORT(field) printf("report " #field " %zu\n", offsetof(lm_report, field))
#define HEADER(field) printf("header " #field " %zu\n", offsetof(lm_header, field))
    REPORT(text), REPORT(addr), REPORT(tag), REPORT(refuse), REPORT(live), REPORT(freed), REPORT(blocks);
    REPORT(size), REPORT(peak), REPORT(pages), REPORT(count);
    HEADER(next), HEADER(prev), HEADER(size), HEADER(align), HEADER(tag), HEADER(number), HEADER(mark), HEADER(guard);
    return 0;
}
