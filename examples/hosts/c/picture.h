/*
 * The picture that the tour inverts, and the end of a program that fails.
 */
#ifndef PICTURE_H
#define PICTURE_H

#include "linmem.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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
