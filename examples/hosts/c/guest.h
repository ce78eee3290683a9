/*
 * Checked access to the guest's memory, and what the tour prints of it.
 *
 * Every address and length comes from the module, so linmem.h checks each before it is used; `what` names in an error
 * where it came from. The first error ends the program. No pointer into memory outlives a call, which may move it.
 */
#ifndef GUEST_H
#define GUEST_H

#include "linmem.h"
#include "names.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static instance_t tour;

/* The guest's struct; on the host `name` is an address. It is read field by field, which suits every host. */
struct point {
    int32_t x, y;
    lm_cstr name;
};
LM_ASSERT_LAYOUT(struct point, 12, 4);
LM_ASSERT_FIELD(struct point, name, 8);

static _Noreturn void fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fflush(stdout);
    fputs("error: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    exit(1);
}

static uint8_t *memory(void)
{
    return EXPORT(memory)(&tour)->data;
}

static const char *status_name(lm_status status)
{
    static const char *const names[] = {
        "Ok", "Null", "Misaligned", "TooLong", "OutOfBounds", "NotUtf8", "InteriorNul", "OutOfMemory", "Invalid",
    };
    return names[status];
}

/* Bytes of `len` elements of (`size`, `align`) at `ptr`. They may move in the next call. */
static uint8_t *slice(const char *what, uint32_t ptr, uint32_t len, uint32_t size, uint32_t align)
{
    const lm_status status = lm_check_slice(memory_size(&tour), ptr, len, size, align);
    if (status != LM_OK) {
        fail("%s: %s (%" PRIu64 " bytes at 0x%" PRIx32 ")", what, status_name(status), (uint64_t)len * size, ptr);
    }
    return memory() + ptr;
}

static struct point read_point(const char *what, uint32_t ptr)
{
    const uint64_t size = memory_size(&tour);
    struct point point;
    slice(what, ptr, 1, sizeof point, 4);
    lm_read_i32(memory(), size, ptr, &point.x);
    lm_read_i32(memory(), size, ptr + 4, &point.y);
    lm_read_u32(memory(), size, ptr + 8, &point.name);
    return point;
}

static uint32_t name_len(const char *what, struct point point)
{
    uint32_t len;
    const lm_status status = lm_cstr_len(memory(), memory_size(&tour), point.name, &len);
    if (status == LM_E_OUT_OF_BOUNDS) {
        fail("%s: the name: OutOfBounds (no NUL from 0x%" PRIx32 ")", what, point.name);
    } else if (status != LM_OK) {
        fail("%s: the name: %s", what, status_name(status));
    }
    return len;
}

static void print_point(const char *what, uint32_t ptr)
{
    const struct point point = read_point(what, ptr);
    const uint32_t len = name_len(what, point);
    if (lm_check_utf8(memory() + point.name, len) != LM_OK) {
        fail("%s: the name: NotUtf8", what);
    }
    printf("x = %" PRId32 ", y = %" PRId32 ", name = \"%.*s\"\n", point.x, point.y, (int)len, memory() + point.name);
}

static void print_i32s(const char *what, uint32_t ptr, uint32_t len)
{
    slice(what, ptr, len, 4, 4);
    for (uint32_t index = 0; index < len; index++) {
        int32_t number = 0;
        lm_read_i32(memory(), memory_size(&tour), ptr + 4 * index, &number);
        printf("%s%" PRId32, index == 0 ? "    " : ", ", number);
    }
    printf("\n");
}

struct picture {
    uint32_t width, height, size;
    const uint8_t *pixels;
};

/* Reads a BMP file: 24 bits per pixel, rows without padding, the lowest row first. */
static struct picture read_bmp(const char *path)
{
    static uint8_t bytes[1 << 20];
    FILE *const file = fopen(path, "rb");
    if (file == NULL) {
        fail("%s cannot be opened", path);
    }
    const uint64_t count = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    /* A file is read like memory: in bounds, and little-endian on every host. */
    struct picture picture;
    uint16_t magic, bits;
    uint32_t offset, compression;
    const bool read = lm_read_u16(bytes, count, 0, &magic) && lm_read_u32(bytes, count, 10, &offset) &&
                      lm_read_u32(bytes, count, 18, &picture.width) && lm_read_u32(bytes, count, 22, &picture.height) &&
                      lm_read_u16(bytes, count, 28, &bits) && lm_read_u32(bytes, count, 30, &compression);
    if (!read || magic != 0x4D42 || bits != 24 || compression != 0 || picture.width % 4 != 0 ||
        picture.width > 4096 || picture.height > 4096 ||
        lm_check_range(count, offset, 3ull * picture.width * picture.height) != LM_OK) {
        fail("%s is not a BMP file with 24 bits per pixel and a width in fours", path);
    }
    picture.size = 3 * picture.width * picture.height;
    picture.pixels = bytes + offset;
    return picture;
}

/* Prints the first pixel as a colour, since BMP stores blue, green, red; and the checksum FNV-1a with 32 bits. */
static void print_pixels(const uint8_t *pixels, uint32_t size)
{
    uint32_t hash = 0x811C9DC5;
    for (uint32_t index = 0; index < size; index++) {
        hash = (hash ^ pixels[index]) * 0x01000193;
    }
    printf("first pixel #%02x%02x%02x, checksum %08" PRIx32 "\n", pixels[2], pixels[1], pixels[0], hash);
}

#endif
