/* Uses what `linmem bind --lang c` wrote for the guest `records`, over wasm2c; prints what it got. */
#include "records.h"
#include "wasm-rt-impl.h"
#define RECORDS_WASM2C
#include "records_linmem.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define OK(call) ok(call, #call)

/* What a host function was lent. */
static lm_ref lent;

static void ok(lm_status status, const char *call)
{
    if (status != LM_OK) {
        fprintf(stderr, "%s: status %" PRId32 "\n", call, status);
        exit(1);
    }
}

static lm_status log_nr(void *user, lm_guest *guest, uint32_t nr)
{
    (void)guest;
    *(uint32_t *)user += nr;
    return LM_OK;
}

static lm_status on_point(void *user, lm_guest *guest, uint32_t user_data, lm_ref point)
{
    int32_t x, y;
    lm_text name;
    /* A call within a call. */
    lm_ref block;
    (void)user;
    OK(records_new_run_i32(guest, (const int32_t[]){1, 2}, 2, &block));
    OK(lm_free(guest, block));
    OK(records_Point_x(guest, point, &x));
    OK(records_Point_y(guest, point, &y));
    OK(records_Point_name(guest, point, &name));
    printf("on_point %" PRIu32 ": %d %d %.*s\n", user_data, x, y, (int)name.len, name.ptr);
    lent = point;
    return LM_OK;
}

static lm_status now(void *user, lm_guest *guest, double *result)
{
    (void)user;
    (void)guest;
    *result = 1.5;
    return LM_OK;
}

static lm_status title(void *user, lm_guest *guest, lm_text text, lm_ref pixels, bool *result)
{
    uint32_t len;
    (void)user;
    OK(lm_len(guest, pixels, &len));
    printf("title %.*s, %" PRIu32 " pixels\n", (int)text.len, text.ptr, len);
    *result = true;
    return LM_OK;
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

    lm_ref array;
    void *numbers;
    uint32_t len;
    OK(records_simple_arr(g, &array));
    OK(lm_view(g, array, LM_T_I32, &numbers, &len));
    printf("simple_arr");
    for (uint32_t index = 0; index < len; index++) {
        printf(" %d", ((const int32_t *)numbers)[index]);
    }
    OK(lm_free(g, array));
    printf(", freed again: status %" PRId32 "\n", lm_free(g, array));

    lm_ref point;
    lm_text name;
    int32_t x;
    OK(records_create_point(g, 3, -4, lm_text_of("hello"), &point));
    OK(records_Point_set_x(g, point, 5));
    OK(records_Point_set_name(g, point, lm_text_of("hello, you")));
    OK(records_Point_x(g, point, &x));
    OK(records_Point_name(g, point, &name));
    printf("create_point %d %.*s\n", x, (int)name.len, name.ptr);
    printf("not UTF-8: status %" PRId32 "\n", records_Point_set_name(g, point, lm_text_of("\xff")));
    OK(records_drop_point(g, point));
    printf("dropped: status %" PRId32 "\n", records_Point_x(g, point, &x));

    double mean;
    OK(records_average(g, (const int32_t[]){1, 2, 6}, 3, &mean));
    printf("average %g", mean);
    printf(", of nothing: %s\n", records_average(g, NULL, 0, &mean) == records_Fail_Empty ? "Empty" : "?");

    uint8_t pixels[3] = {0, 1, 255};
    lm_ref image;
    void *seen;
    OK(records_inverse_img(g, pixels, 3));
    printf("inverse_img %d %d %d", pixels[0], pixels[1], pixels[2]);
    OK(records_new_run_u8(g, pixels, 3, &image));
    OK(records_inverse_img_at(g, image));
    OK(lm_view(g, image, LM_T_U8, &seen, &len));
    printf(", in the guest %d %d %d\n", ((uint8_t *)seen)[0], ((uint8_t *)seen)[1], ((uint8_t *)seen)[2]);
    OK(lm_free(g, image));

    records_Sign sign;
    OK(records_mixed(g, true, -1, 200, -300, 60000, 1, 2, 3, 4, 0.5F, 0.25, 0x1F600, records_Color_Blue, &sign));
    printf("mixed %" PRId64, sign);
    printf(", no colour: status %" PRId32 "\n",
           records_mixed(g, true, -1, 200, -300, 60000, 1, 2, 3, 4, 0.5F, 0.25, 0x1F600, 3, &sign));

    lm_ref points, third;
    OK(records_points_new(g, &points));
    OK(records_points_push(g, points, 1, 2, lm_text_of("Ada")));
    OK(records_points_push(g, points, 3, 4, lm_text_of("Zo\xc3\xab")));
    printf("interior NUL: status %" PRId32 "\n", records_points_push(g, points, 3, 4, (lm_text){"a\0b", 3}));
    double time;
    OK(records_visit(g, points, 7, &time));
    printf("lent to a call that is over: status %" PRId32 "\n", records_Point_x(g, lent, &x));
    OK(records_points_get(g, points, 2, &third));
    printf("visit %g, points_get(2) is %s\n", time, lm_is_none(third) ? "none" : "a point");
    OK(records_points_get(g, points, 1, &third));
    printf("borrowed: status %" PRId32, records_Point_set_x(g, third, 1));
    printf(", of another type: status %" PRId32 "\n", records_drop_points(g, third));
    OK(records_drop_points(g, points));

    lm_ref longest;
    lm_text text;
    OK(records_longest(g, (const lm_text[]){lm_text_of("a"), lm_text_of("bb")}, 2, lm_text_of("given"), &longest));
    OK(lm_get_text(g, longest, &text));
    printf("longest %.*s\n", (int)text.len, text.ptr);
    OK(lm_free(g, longest));

    records_Op op;
    records_Done done;
    int32_t squared;
    OK(records_square_fn(g, &op));
    OK(records_Op_call(g, op, 3, 0.5, &squared));
    printf("Op %d", squared);
    done.index = op.index;
    printf(", of another type: status %" PRId32, records_Done_call(g, done));
    op.index = 1000;
    printf(", past the end: status %" PRId32 "\n", records_Op_call(g, op, 3, 0.5, &squared));

    lm_ref db;
    int32_t value;
    OK(records_open(g, &db));
    OK(records_db_set(g, db, 5, -6));
    OK(records_db_get(g, db, 5, &value));
    printf("db %d", value);
    printf(", missing: status %" PRId32 "\n", records_db_get(g, db, 6, &value));
    OK(records_drop_db(g, db));

    OK(records_log_loop(g, 5));
    printf("log_loop %" PRIu32 ", constants %u %g %s\n", logged, records_MAX, records_HALF, records_VERSION);
    printf("owners %" PRIu32 "\n", g->owners);
    return 0;
}
