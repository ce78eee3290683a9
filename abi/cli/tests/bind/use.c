/* Uses what `linmem bind --lang c` wrote for the guest `records`, over wasm2c; prints what it got. */
#include "records.h"
#include "wasm-rt-impl.h"
#define RECORDS_WASM2C
#include "records_linmem.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define OK(call) ok(call, #call)

static void ok(lm_status status, const char *call)
{
    if (status != LM_OK) {
        fprintf(stderr, "%s: status %" PRId32 "\n", call, status);
        exit(1);
    }
}

static void log_nr(void *user, lm_guest *guest, uint32_t nr)
{
    (void)guest;
    *(uint32_t *)user += nr;
}

static void on_point(void *user, lm_guest *guest, uint32_t user_data, uint32_t ptr)
{
    records_Point point;
    lm_text name;
    /* A call within a call. */
    uint32_t block;
    (void)user;
    OK(lm_guest_alloc(guest, 8, 8, &block));
    OK(lm_guest_free(guest, block, 8, 8));
    OK(records_Point_read(guest, ptr, &point));
    OK(lm_guest_cstr(guest, point.name, &name));
    printf("on_point %" PRIu32 ": %d %d %.*s\n", user_data, point.x, point.y, (int)name.len, name.ptr);
}

static double now(void *user, lm_guest *guest)
{
    (void)user;
    (void)guest;
    return 1.5;
}

static bool title(void *user, lm_guest *guest, lm_str text, lm_slice pixels)
{
    lm_text view;
    (void)user;
    OK(lm_guest_str(guest, text, &view));
    printf("title %.*s, %" PRIu32 " pixels\n", (int)view.len, view.ptr, pixels.len);
    return true;
}

/* The names differ between versions of wabt. */
static void instantiate(records_engine *engine)
{
    wasm_rt_init();
#ifdef LM_WABT_OLD
    Z_records_init_module();
    Z_records_instantiate(&engine->instance, (void *)engine, (void *)engine);
#else
    wasm2c_records_instantiate(&engine->instance, (void *)engine, (void *)engine);
#endif
}

int main(void)
{
    static records_engine engine;
    lm_guest *const g = &engine.guest;
    uint32_t logged = 0;
    engine.host.user = &logged;
    engine.host.env_log_nr = log_nr;
    engine.host.env_on_point = on_point;
    engine.host.clock_v1_now = now;
    engine.host.clock_v1_title = title;
    records_engine_init(&engine);
    instantiate(&engine);

    uint32_t array;
    int32_t numbers[4];
    OK(records_simple_arr(g, &array));
    OK(lm_guest_read(g, array, sizeof numbers, 4, numbers));
    OK(lm_guest_free(g, array, 16, 4));
    printf("simple_arr %d %d %d %d\n", numbers[0], numbers[1], numbers[2], numbers[3]);

    uint32_t ptr;
    records_Point point;
    lm_text name;
    OK(records_create_point(g, 3, -4, lm_text_of("hello"), &ptr));
    OK(records_Point_read(g, ptr, &point));
    OK(lm_guest_cstr(g, point.name, &name));
    printf("create_point %d %d %.*s\n", point.x, point.y, (int)name.len, name.ptr);
    OK(records_drop_point(g, ptr));
    printf("not UTF-8: status %" PRId32 "\n", records_create_point(g, 3, -4, lm_text_of("\xff"), &ptr));

    double mean;
    OK(records_average(g, (const int32_t[]){1, 2, 6}, 3, &mean));
    printf("average %g", mean);
    printf(", of nothing: %s\n", records_average(g, NULL, 0, &mean) == records_Fail_Empty ? "Empty" : "?");

    uint8_t pixels[3] = {0, 1, 255};
    OK(records_inverse_img(g, pixels, 3));
    printf("inverse_img %d %d %d\n", pixels[0], pixels[1], pixels[2]);

    records_Sign sign;
    OK(records_mixed(g, true, -1, 200, -300, 60000, 1, 2, 3, 4, 0.5F, 0.25, 0x1F600, records_Color_Blue, &sign));
    printf("mixed %" PRId64, sign);
    printf(", no colour: status %" PRId32 "\n",
           records_mixed(g, true, -1, 200, -300, 60000, 1, 2, 3, 4, 0.5F, 0.25, 0x1F600, 3, &sign));

    uint32_t points;
    OK(records_points_new(g, &points));
    OK(records_points_push(g, points, 1, 2, lm_text_of("Ada")));
    OK(records_points_push(g, points, 3, 4, lm_text_of("Zo\xc3\xab")));
    printf("interior NUL: status %" PRId32 "\n", records_points_push(g, points, 3, 4, (lm_text){"a\0b", 3}));
    double time;
    OK(records_visit(g, points, 7, &time));
    OK(records_points_get(g, points, 2, &ptr));
    printf("visit %g, points_get(2) %" PRIu32 "\n", time, ptr);
    OK(records_drop_points(g, points));

    lm_str longest;
    lm_text text;
    lm_str texts[1] = {{1, 0}};
    OK(records_longest(g, texts, 1, lm_text_of("given"), &longest));
    OK(lm_guest_str(g, longest, &text));
    printf("longest %.*s\n", (int)text.len, text.ptr);
    OK(lm_guest_free_str(g, longest));

    records_Op op;
    int32_t squared;
    OK(records_square_fn(g, &op));
    OK(records_Op_call(g, op, 3, 0.5, &squared));
    printf("Op %d", squared);
    printf(", of another type: status %" PRId32, records_Done_call(g, op));
    printf(", past the end: status %" PRId32 "\n", records_Op_call(g, 1000, 3, 0.5, &squared));

    uint32_t db;
    int32_t value;
    OK(records_open(g, &db));
    OK(records_db_set(g, db, 5, -6));
    OK(records_db_get(g, db, 5, &value));
    printf("db %d", value);
    printf(", missing: status %" PRId32 "\n", records_db_get(g, db, 6, &value));
    OK(records_drop_db(g, db));

    OK(records_log_loop(g, 5));
    printf("log_loop %" PRIu32 ", constants %u %g %s\n", logged, records_MAX, records_HALF, records_VERSION);
    return 0;
}
