/*
 * The tour in C: wasm2c translates the module to C, and `linmem bind --lang c` wrote tour_linmem.h from its records.
 *
 *     examples/hosts/c/build.sh MODULE OUT_DIR && OUT_DIR/tour examples/hosts/picture.bmp
 *
 * Every address is checked where it is used. The first error ends the program, and so does a trap.
 */
#include "tour.h" /* written by wasm2c */
#include "wasm-rt-impl.h"
#define TOUR_WASM2C
#include "tour_linmem.h"
#include "linmem_checks.h"
#include "picture.h"

static tour_engine engine;
static lm_guest *const guest = &engine.guest;

static const char *status_name(lm_status status)
{
    static const char *const names[] = {
        "Ok", "Null", "Misaligned", "TooLong", "OutOfBounds", "NotUtf8", "InteriorNul", "OutOfMemory", "Invalid",
    };
    if (status == LM_TRAPPED && guest->cause > LM_OK) {
        status = guest->cause; /* what a host function was given is wrong */
    }
    return status == LM_TRAPPED        ? "the module trapped"
           : status == tour_Fail_Empty ? "Empty"
           : status > LM_E_INVALID     ? "an unknown status"
                                       : names[status];
}

/* A status other than 0 is an error. */
static void ok(const char *what, lm_status status)
{
    if (status != LM_OK) {
        fail("%s: %s", what, status_name(status));
    }
}

#define OK(call) ok(#call, call)

static void print_point(lm_ref point)
{
    int32_t x, y;
    lm_text name;
    if (lm_is_none(point)) {
        printf("null\n");
        return;
    }
    OK(tour_Point_x(guest, point, &x));
    OK(tour_Point_y(guest, point, &y));
    OK(tour_Point_name(guest, point, &name));
    printf("x = %" PRId32 ", y = %" PRId32 ", name = \"%.*s\"\n", x, y, (int)name.len, name.ptr);
}

static void print_i32s(lm_ref array)
{
    void *view;
    uint32_t len;
    OK(lm_view(guest, array, LM_T_I32, &view, &len));
    const int32_t *const numbers = view;
    printf("    %" PRId32 ", %" PRId32 ", %" PRId32 ", %" PRId32 "\n", numbers[0], numbers[1], numbers[2], numbers[3]);
}

/* The imports. */
static lm_status log_nr(void *user, lm_guest *of, uint32_t nr)
{
    (void)user, (void)of;
    printf("    log_nr %" PRIu32 "\n", nr);
    return LM_OK;
}

static lm_status on_point(void *user, lm_guest *of, uint32_t user_data, lm_ref point)
{
    (void)user, (void)of;
    printf("    user data %" PRIu32 ": ", user_data);
    print_point(point);
    return LM_OK;
}

static lm_status push(lm_ref points, int32_t x, int32_t y, const char *name, size_t len)
{
    return tour_points_push(guest, points, x, y, (lm_text){name, len});
}

/* With TOUR_LEAKS set, and a checked module, tells what is alive: nothing but what a later step uses. */
static void look(void)
{
    if (getenv("TOUR_LEAKS") == NULL) {
        return;
    }
#ifdef TOUR_CHECKED
    lm_checked blocks[64];
    uint32_t count;
    const uint32_t symbol = *TOUR_W2C(Z_tourZ_linmem_checks, w2c_tour_linmem_checks)(&engine.instance);
    OK(lm_checks_live(guest, symbol, 0, blocks, 64, &count));
    for (uint32_t index = 0; index < count && index < 64; index++) {
        printf("    alive: %" PRIu32 " bytes, align %" PRIu32 "\n", blocks[index].size, blocks[index].align);
    }
#else
    fail("TOUR_LEAKS is for checked modules");
#endif
}

static void step(const char *title)
{
    look();
    printf("%s\n", title);
}

static void run(struct picture picture)
{
    step("1. simple_arr: an array that the guest hands over; the host frees it");
    lm_ref array;
    OK(tour_simple_arr(guest, &array));
    print_i32s(array);
    OK(lm_free(guest, array));

    step("2. sum: numbers cross as they are");
    int32_t sum;
    OK(tour_sum(guest, 2, 3, &sum));
    printf("    2 + 3 = %" PRId32 "\n", sum);
    OK(tour_sum(guest, 2147483647, 1, &sum));
    printf("    2147483647 + 1 = %" PRId32 "\n", sum);

    step("3. static_arr: an array that the guest keeps; nobody frees it");
    OK(tour_static_arr(guest, &array));
    print_i32s(array);

    step("4. get_point: a struct, read and written where it lies");
    lm_ref point;
    OK(tour_get_point(guest, &point));
    printf("    ");
    print_point(point);
    OK(tour_Point_set_x(guest, point, 10));
    OK(tour_Point_set_name(guest, point, lm_text_of("Zoë ✓")));
    printf("    ");
    print_point(point);
    OK(lm_free(guest, point));

    step("5. create_point: the host's text goes in, a struct comes out");
    OK(tour_create_point(guest, -7, 7, lm_text_of("Ada"), &point));
    printf("    ");
    print_point(point);
    OK(lm_free(guest, point));
    OK(tour_create_point(guest, -7, 7, (lm_text){"A\0a", 3}, &point));
    printf("    from a name with a NUL inside: ");
    print_point(point);

    step("6. points_push, points_get: an array that grows in the guest");
    lm_ref points;
    uint32_t len;
    OK(tour_points_new(guest, &points));
    OK(push(points, 1, 2, "Ada", 3));
    OK(push(points, 3, 4, "Grace", 5));
    OK(push(points, 5, 6, "Zoë ✓", strlen("Zoë ✓")));
    printf("    push a name with a NUL inside: %s\n", status_name(push(points, 7, 8, "A\0a", 3)));
    OK(tour_points_len(guest, points, &len));
    printf("    len %" PRIu32 "\n", len);
    for (uint32_t index = 0; index < 4; index++) {
        OK(tour_points_get(guest, points, index, &point));
        printf("    [%" PRIu32 "] ", index);
        print_point(point);
    }
    OK(lm_len(guest, points, &len));
    OK(lm_element(guest, points, 1, &point));
    printf("    read where it lies: len %" PRIu32 ", [1] ", len);
    print_point(point);

    step("7. for_each_point: the guest calls the host for each point");
    OK(tour_for_each_point(guest, points, 3000000000));
    OK(lm_free(guest, points));

    step("8. inverse_img: a picture is changed in place");
    printf("    %" PRIu32 " x %" PRIu32 " pixels, %" PRIu32 " bytes\n", picture.width, picture.height, picture.size);
    printf("    original: ");
    print_pixels(picture.pixels, picture.size);
    uint8_t *const pixels = malloc(picture.size);
    if (pixels == NULL) {
        fail("out of memory");
    }
    memcpy(pixels, picture.pixels, picture.size);
    OK(tour_inverse_img(guest, pixels, picture.size));
    printf("    inverted: ");
    print_pixels(pixels, picture.size);
    OK(tour_inverse_img(guest, pixels, picture.size));
    const bool same = memcmp(pixels, picture.pixels, picture.size) == 0;
    printf("    inverted again: %s\n", same ? "the original" : "not the original");
    free(pixels);

    step("9. log_loop: the guest calls an import");
    OK(tour_log_loop(guest, 5));

    step("10. average: a status, and a result through an out pointer");
    double average;
    OK(tour_average(guest, (const int32_t[]){1, 2, 3, 4}, 4, &average));
    printf("    of 1, 2, 3, 4: %g\n", average);
    printf("    of no numbers: %s\n", status_name(tour_average(guest, NULL, 0, &average)));

    step("11. square_fn: the host calls a function that the guest hands out");
    tour_Op square_fn;
    int32_t square;
    OK(tour_square_fn(guest, &square_fn));
    OK(tour_Op_call(guest, square_fn, 12, &square));
    printf("    square(12) = %" PRId32 "\n", square);

    step("12. alloc, realloc, free: what the allocator answers");
    const uint32_t layouts[][2] = {{8, 3}, {4294967295, 1}, {0, 16}};
    for (uint32_t index = 0; index < 3; index++) {
        lm_value values[2] = {{.i32 = layouts[index][0]}, {.i32 = layouts[index][1]}};
        OK(lm_guest_call(guest, LM_FN_ALLOC, values));
        printf("    alloc(%" PRIu32 ", %" PRIu32 ") = %" PRIu32 "\n", layouts[index][0], layouts[index][1], values[0].i32);
    }
    uint32_t old;
    OK(lm_guest_alloc(guest, 8, 1, &old));
    OK(lm_guest_write(guest, old, 8, 1, (const uint8_t[]){1, 2, 3, 4, 5, 6, 7, 8}));
    const uint32_t grown = TOUR_W2C(Z_tourZ_realloc, w2c_tour_realloc)(&engine.instance, old, 8, 1, 64);
    uint8_t kept[8];
    OK(lm_guest_read(guest, grown, sizeof kept, 1, kept));
    printf("    realloc from 8 to 64 bytes keeps %u", kept[0]);
    for (uint32_t offset = 1; offset < sizeof kept; offset++) {
        printf(", %u", kept[offset]);
    }
    printf("\n");
    OK(lm_guest_free(guest, grown, 64, 1));
    look();
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fail("usage: %s PICTURE", argv[0]);
    }
    const struct picture picture = read_bmp(argv[1]);
    wasm_rt_init();
    engine.host = (tour_host){.env_log_nr = log_nr, .env_on_point = on_point};
    tour_engine_init(&engine);
    /* wasm2c's names differ between versions of wabt: build.sh defines LM_WABT_OLD for those up to 1.0.32. */
#ifdef LM_WABT_OLD
    Z_tour_init_module();
    Z_tour_instantiate(&engine.instance, (void *)&engine);
#else
    wasm2c_tour_instantiate(&engine.instance, (void *)&engine);
#endif
    run(picture);
    TOUR_W2C(Z_tour_free, wasm2c_tour_free)(&engine.instance);
    wasm_rt_free();
    return 0;
}
