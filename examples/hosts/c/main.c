/*
 * The tour in C: wasm2c translates the module to C, and linmem.h checks what comes out of it.
 *
 *     examples/hosts/c/build.sh MODULE OUT_DIR && OUT_DIR/tour examples/hosts/picture.bmp
 *
 * A host by hand: it knows the guest's functions and structs. The first error ends the program, and so does a trap, so
 * that no call follows one.
 */
#include "guest.h"

/* The imports: wasm2c looks for functions of these names. */
void IMPORT(log_nr)(env_t *env, uint32_t nr)
{
    (void)env;
    printf("    log_nr %" PRIu32 "\n", nr);
}

void IMPORT(on_point)(env_t *env, uint32_t user_data, uint32_t point)
{
    (void)env;
    printf("    user data %" PRIu32 ": ", user_data);
    print_point("on_point", point);
}

static uint32_t alloc(uint32_t size, uint32_t align)
{
    const uint32_t ptr = EXPORT(alloc)(&tour, size, align);
    if (ptr == 0) {
        fail("alloc: OutOfMemory (%" PRIu32 " bytes)", size);
    }
    slice("alloc", ptr, 1, size, align);
    return ptr;
}

/* Copies bytes into a block of align 1, to be lent to calls and freed by the host. */
static uint32_t put(const void *bytes, uint32_t len)
{
    const uint32_t ptr = alloc(len, 1);
    memcpy(memory() + ptr, bytes, len);
    return ptr;
}

static uint32_t create_point(int32_t x, int32_t y, const char *bytes, uint32_t len)
{
    const uint32_t name = put(bytes, len);
    const uint32_t point = EXPORT(create_point)(&tour, (uint32_t)x, (uint32_t)y, name, len);
    EXPORT(free)(&tour, name, len, 1);
    return point;
}

static lm_status push(uint32_t points, int32_t x, int32_t y, const char *bytes, uint32_t len)
{
    const uint32_t name = put(bytes, len);
    const lm_status status = (lm_status)EXPORT(points_push)(&tour, points, (uint32_t)x, (uint32_t)y, name, len);
    EXPORT(free)(&tour, name, len, 1);
    return status;
}

/* A status other than 0 is an error. */
static void ok(const char *name, uint32_t status)
{
    if (status != LM_OK) {
        fail("%s: status %" PRId32, name, (lm_status)status);
    }
}

static void run(struct picture picture)
{
    printf("1. simple_arr: an array that the guest hands over; the host frees it\n");
    uint32_t array = EXPORT(simple_arr)(&tour);
    print_i32s("simple_arr", array, 4);
    EXPORT(free)(&tour, array, 16, 4);

    printf("2. sum: numbers cross as they are\n");
    printf("    2 + 3 = %" PRId32 "\n", (int32_t)EXPORT(sum)(&tour, 2, 3));
    printf("    2147483647 + 1 = %" PRId32 "\n", (int32_t)EXPORT(sum)(&tour, 2147483647, 1));

    printf("3. static_arr: an array that the guest keeps; nobody frees it\n");
    array = EXPORT(static_arr)(&tour);
    print_i32s("static_arr", array, 4);

    printf("4. get_point: a struct; the host frees it block by block\n");
    uint32_t ptr = EXPORT(get_point)(&tour);
    const struct point point = read_point("get_point", ptr);
    printf("    ");
    print_point("get_point", ptr);
    printf("    the bytes of x and y:");
    for (uint32_t index = 0; index < 8; index++) {
        printf(" %02x", slice("get_point", ptr, 1, 8, 4)[index]);
    }
    printf("\n");
    /* The name first: its address stands in the point. */
    EXPORT(free)(&tour, point.name, name_len("get_point", point) + 1, 1);
    EXPORT(free)(&tour, ptr, 12, 4);

    printf("5. create_point: the host's text goes in, a struct comes out; the guest frees it\n");
    ptr = create_point(-7, 7, "Zoë ✓", strlen("Zoë ✓"));
    printf("    ");
    print_point("create_point", ptr);
    EXPORT(drop_point)(&tour, ptr);
    ptr = create_point(-7, 7, "Zo\xEB", 3);
    printf("    from a name that is not UTF-8: %s\n", ptr == 0 ? "null" : "a point");

    printf("6. points_push, points_get: an array that grows in the guest\n");
    const uint32_t points = EXPORT(points_new)(&tour);
    const char *const names[] = {"Ada", "Grace", "Zoë ✓"};
    for (int32_t index = 0; index < 3; index++) {
        const char *const name = names[index];
        const lm_status status = push(points, 2 * index + 1, 2 * index + 2, name, (uint32_t)strlen(name));
        printf("    push %s: status %" PRId32 "\n", name, status);
    }
    printf("    push a name that is not UTF-8: status %" PRId32 "\n", push(points, 7, 8, "Zo\xEB", 3));
    printf("    push a name with a NUL inside: status %" PRId32 "\n", push(points, 7, 8, "Z\0e", 3));
    printf("    len %" PRIu32 "\n", EXPORT(points_len)(&tour, points));
    for (uint32_t index = 0; index < 4; index++) {
        ptr = EXPORT(points_get)(&tour, points, index);
        printf("    [%" PRIu32 "] ", index);
        if (ptr == 0) {
            printf("null\n");
        } else {
            print_point("points_get", ptr);
        }
    }
    slice("points_new", points, 1, 12, 4);
    lm_buffer buffer = {0, 0, 0};
    lm_read_buffer(memory(), memory_size(&tour), points, &buffer);
    slice("points_new", buffer.ptr, buffer.cap, 12, 4);
    if (buffer.len > buffer.cap) {
        fail("points_new: OutOfBounds (len %" PRIu32 " of cap %" PRIu32 ")", buffer.len, buffer.cap);
    }
    printf("    read from its Buffer: len %" PRIu32 ", [1] ", buffer.len);
    print_point("points_new", buffer.ptr + 12);

    printf("7. for_each_point: the guest calls the host for each point\n");
    EXPORT(for_each_point)(&tour, points, 3000000000);
    EXPORT(points_free)(&tour, points);

    printf("8. inverse_img: a picture is changed in place\n");
    printf("    %" PRIu32 " x %" PRIu32 " pixels, %" PRIu32 " bytes\n", picture.width, picture.height, picture.size);
    printf("    original: ");
    print_pixels(picture.pixels, picture.size);
    ptr = put(picture.pixels, picture.size);
    ok("inverse_img", EXPORT(inverse_img)(&tour, ptr, picture.size));
    printf("    inverted: ");
    print_pixels(slice("inverse_img", ptr, picture.size, 1, 1), picture.size);
    ok("inverse_img", EXPORT(inverse_img)(&tour, ptr, picture.size));
    const uint8_t *const twice = slice("inverse_img", ptr, picture.size, 1, 1);
    const bool same = memcmp(twice, picture.pixels, picture.size) == 0;
    printf("    inverted again: %s\n", same ? "the original" : "not the original");
    EXPORT(free)(&tour, ptr, picture.size, 1);

    printf("9. log_loop: the guest calls an import\n");
    EXPORT(log_loop)(&tour, 5);

    printf("10. average: a status, and a result through an out pointer\n");
    const uint32_t numbers = alloc(16, 4);
    for (uint32_t index = 0; index < 4; index++) {
        lm_write_i32(memory(), memory_size(&tour), numbers + 4 * index, (int32_t)index + 1);
    }
    const uint32_t out = alloc(8, 8);
    ok("average", EXPORT(average)(&tour, numbers, 4, out));
    double average = 0;
    lm_read_f64(memory(), memory_size(&tour), out, &average);
    printf("    of 1, 2, 3, 4: status 0, %g\n", average);
    printf("    of no numbers: status %" PRIu32 "\n", EXPORT(average)(&tour, numbers, 0, out));
    printf("    of a misaligned array: status %" PRIu32 "\n", EXPORT(average)(&tour, numbers + 1, 1, out));
    EXPORT(free)(&tour, out, 8, 8);
    EXPORT(free)(&tour, numbers, 16, 4);

    printf("11. square_fn: the host calls a guest function by its number in the table\n");
    const uint32_t index = EXPORT(square_fn)(&tour);
    const wasm_rt_funcref_table_t *const table = TABLE(&tour);
    if (index >= table->size || !is_i32_to_i32(&table->data[index])) {
        fail("square_fn: the table has no function %" PRIu32, index);
    }
    uint32_t (*const square)(void *, uint32_t) = (uint32_t(*)(void *, uint32_t))table->data[index].func;
    printf("    square(12) = %" PRId32 "\n", (int32_t)square(table->data[index].module_instance, 12));

    printf("12. alloc, realloc, free: what the allocator answers\n");
    printf("    alloc(8, 3) = %" PRIu32 "\n", EXPORT(alloc)(&tour, 8, 3));
    printf("    alloc(4294967295, 1) = %" PRIu32 "\n", EXPORT(alloc)(&tour, 4294967295, 1));
    printf("    alloc(0, 16) = %" PRIu32 "\n", EXPORT(alloc)(&tour, 0, 16));
    const uint32_t old = put((const uint8_t[]){1, 2, 3, 4, 5, 6, 7, 8}, 8);
    const uint32_t grown = EXPORT(realloc)(&tour, old, 8, 1, 64);
    const uint8_t *const kept = slice("realloc", grown, 1, 64, 1);
    printf("    realloc from 8 to 64 bytes keeps %u", kept[0]);
    for (uint32_t offset = 1; offset < 8; offset++) {
        printf(", %u", kept[offset]);
    }
    printf("\n");
    EXPORT(free)(&tour, grown, 64, 1);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fail("usage: %s PICTURE", argv[0]);
    }
    const struct picture picture = read_bmp(argv[1]);
    wasm_rt_init();
    const wasm_rt_trap_t trap = wasm_rt_impl_try(); /* a trap comes back to this line, with its reason */
    if (trap != WASM_RT_TRAP_NONE) {
        fail("the module trapped: %s", wasm_rt_strerror(trap));
    }
    instantiate(&tour);
    run(picture);
    drop_instance(&tour);
    wasm_rt_free();
    return 0;
}
