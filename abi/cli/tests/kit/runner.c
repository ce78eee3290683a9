/*
 * What the program of the kit's cases in C is built on: the printed part, which includes this, has a function for each
 * case and one for each import.
 *
 * A function of a case returns LM_OK, or ends at the first thing that is not as the case says, which is printed then.
 * Host functions do the same, and end in a trap.
 */
#include "guest.h" /* written by wasm2c */
#include "wasm-rt-impl.h"
#define GUEST_WASM2C
#include "guest_linmem.h"
#include "linmem_checks.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (uint32_t)(sizeof(array) / sizeof(array)[0])

typedef struct block {
    struct block *next;
} block;

typedef enum outcome { SUCCEEDS, TRAPS, IS_REFUSED, HAS_STATUS } outcome;

static guest_engine engine;
static lm_guest *const g = &engine.guest;
/* The case that runs, and where in it. */
static const char *case_name, *place;
static bool failed;
/* The host functions that are to be called during the step. */
static const int *hosts;
static int host_count;
/* What a function of the guest returned last. */
static uint32_t told;
/* The number of the allocation that is refused; 0 for none. */
static uint32_t refuse_at;
/* Memory of the case. */
static block *blocks;
/* That memory ran out, as was wanted, has just been said. */
static bool starved;
/* How many calls of the guest are under way. */
static uint32_t depth;

static lm_status differs(const char *what, const char *want)
{
    if (!failed) {
        printf("%s\t%s: %s, expected %s\n", case_name, place, what, want);
        failed = true;
    }
    return LM_TRAPPED;
}

static lm_status wrong_status(const char *what, lm_status status, const char *want)
{
    char text[160];
    snprintf(text, sizeof text, "%.100s: status %" PRId32, what, status);
    return differs(text, want);
}

static void *allocate(size_t size)
{
    block *const made = malloc(sizeof *made + size);
    if (made == NULL) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    made->next = blocks;
    blocks = made;
    return made + 1;
}

static lm_text repeated(lm_text turn, size_t times)
{
    char *const bytes = allocate(turn.len * times + 1);
    for (size_t index = 0; index < times; index++) {
        memcpy(bytes + index * turn.len, turn.ptr, turn.len);
    }
    return (lm_text){bytes, turn.len * times};
}

static bool same_text(lm_text got, lm_text want)
{
    return got.ptr != NULL && got.len == want.len && (got.len == 0 || memcmp(got.ptr, want.ptr, got.len) == 0);
}

static bool same_float(double got, double want)
{
    return isnan(want) ? isnan(got) : got == want && signbit(got) == signbit(want);
}

/* Compares bytes with hex digits, of which `..` stand for any. */
static bool same_bytes(const uint8_t *got, uint32_t len, const char *want)
{
    for (uint32_t index = 0; index < len; index++) {
        char digits[3];
        snprintf(digits, sizeof digits, "%02x", got[index]);
        if (want[0] != '.' && strncmp(want, digits, 2) != 0) {
            return false;
        }
        want += want[2] == ' ' ? 3 : 2;
    }
    return *want == '\0';
}

/* Reads all of what is there: fields, elements and payloads, but not through the pointers in them. */
static lm_status read_all(lm_ref at, bool follows)
{
    const lm_type *of = lm_type_of(g, at.type);
    uint64_t value[32];
    lm_status status = LM_OK;
    if (lm_is_none(at) || (at.form != LM_TEXT && of->kind == LM_K_OPAQUE)) {
        return LM_OK;
    }
    if (at.form == LM_TEXT) {
        lm_text text;
        return lm_get_text(g, at, &text);
    }
    if (at.form == LM_RUN || of->kind == LM_K_ARRAY || of->kind == LM_K_BUFFER) {
        uint32_t len = 0;
        status = lm_len(g, at, &len);
        for (uint32_t index = 0; index < len && status == LM_OK; index++) {
            lm_ref element;
            status = lm_element(g, at, index, &element);
            if (status == LM_OK && (follows || element.type != at.type)) {
                status = read_all(element, false);
            }
        }
        return status;
    }
    switch (of->kind) {
    case LM_K_STRUCT:
        for (uint32_t index = 0; index < of->count && status == LM_OK; index++) {
            const lm_kind kind = lm_type_of(g, lm_member_of(g, of, index)->type)->kind;
            lm_ref member;
            status = lm_ref_member(g, at, at.type, index, &member);
            if (status == LM_OK && kind != LM_K_POINTER) {
                status = read_all(member, false);
            }
        }
        return status;
    case LM_K_TAGGED: {
        uint64_t tag = 0;
        status = lm_get_tag(g, at, at.type, &tag);
        for (uint32_t index = 0; index < of->count && status == LM_OK; index++) {
            const lm_member *const member = lm_member_of(g, of, index);
            if (member == lm_case_of(g, of, &tag) && member->type != LM_T_NONE) {
                lm_ref payload;
                status = lm_ref_member(g, at, at.type, index, &payload);
                return status == LM_OK ? read_all(payload, false) : status;
            }
        }
        return status;
    }
    case LM_K_UNION:
        return of->size <= sizeof value ? lm_get(g, at, at.type, value) : LM_OK;
    default:
        return lm_get(g, at, at.type, value);
    }
}

/* A step that has begun. */
typedef struct step {
    const struct seen *before; /* the blocks that are live, if memory is to run out */
    bool may;                  /* memory may run out in it */
    bool mute;                 /* it calls a function, guest's or host's, that cannot say so, and traps */
} step;

/* Frees what was made for a call, if it is still the host's. */
static lm_status free_ours(lm_ref ref)
{
    return lm_ref_check(g, ref, LM_OWN) == LM_OK && !g->trapped ? lm_free(g, ref) : LM_OK;
}

/* Calls the guest, and notes what its functions return; or refuses an allocation. */
static lm_status call_engine(void *of, uint32_t function, lm_value *values)
{
    if (function == LM_FN_ALLOC && refuse_at != 0 && --refuse_at == 0) {
        values[0].i32 = 0;
        return LM_OK;
    }
    depth++;
    const lm_status status = guest_engine_call(of, function, values);
    depth--;
    starved = false;
    if (function >= LM_FN_OWN_FIRST && (function & LM_FN_ASK) == 0 && status == LM_OK) {
        told = values[0].i32;
    }
    return status;
}

/* The next host function that is to be called, or -1. */
static int next_host(void)
{
    if (host_count == 0) {
        differs("a host function is called", "no call");
        return -1;
    }
    host_count--;
    return *hosts++;
}

#define TEXT(literal) ((lm_text){literal, sizeof literal - 1})
#define NO_TEXT ((lm_text){NULL, 0})

/* A part of a step: done unless one before it failed. */
#define DO(call)                                                                                             \
    do {                                                                                                     \
        if (status == LM_OK) {                                                                               \
            status = (call);                                                                                 \
        }                                                                                                    \
    } while (0)

/* What is done in any case. */
#define ALWAYS(call)                                                                                         \
    do {                                                                                                     \
        const lm_status done = (call);                                                                       \
        status = status == LM_OK ? done : status;                                                            \
    } while (0)

/* What has to succeed, so that something can be compared. */
#define READ(call)                                                                                           \
    do {                                                                                                     \
        const lm_status read = (call);                                                                       \
        if (read != LM_OK) {                                                                                 \
            return starved ? read : wrong_status(#call, read, "no error");                                   \
        }                                                                                                    \
    } while (0)

#define CHECK(condition, want)                                                                               \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            return differs(#condition, want);                                                                \
        }                                                                                                    \
    } while (0)

typedef struct kit_case {
    const char *name;
    lm_status (*run)(void);
    lm_ref *const *named; /* what it names, up to NULL */
    bool needs, traps;
} kit_case;

/* The names differ between versions of wabt. */
static void instantiate(void)
{
#ifdef LM_WABT_OLD
    Z_guest_instantiate(&engine.instance, (void *)&engine, (void *)&engine, (void *)&engine);
#else
    wasm2c_guest_instantiate(&engine.instance, (void *)&engine, (void *)&engine, (void *)&engine);
#endif
}

static void end(void)
{
#ifdef LM_WABT_OLD
    Z_guest_free(&engine.instance);
#else
    wasm2c_guest_free(&engine.instance);
#endif
}

static void live(uint32_t counts[3])
{
    if (guest_live_blocks(g, &counts[0]) != LM_OK || guest_live_bytes(g, &counts[1]) != LM_OK) {
        counts[0] = UINT32_MAX;
    }
    counts[2] = g->owners;
}

/* Begins a case on an instance of its own. */
static void begin_case(const kit_case *of, uint32_t before[3])
{
    case_name = of->name;
    place = "start";
    failed = false;
    host_count = 0;
    for (lm_ref *const *named = of->named; *named != NULL; named++) {
        **named = lm_none();
    }
    guest_engine_init(&engine);
    engine.guest.call = call_engine;
    instantiate();
    live(before);
}

static void expect_as_many(const uint32_t before[3])
{
    uint32_t after[3];
    live(after);
    place = "end";
    if (memcmp(before, after, sizeof after) != 0 || before[0] == UINT32_MAX) {
        char got[100];
        snprintf(got, sizeof got, "%" PRIu32 " blocks, %" PRIu32 " bytes, %" PRIu32 " owners more", after[0] - before[0],
                 after[1] - before[1], after[2] - before[2]);
        differs(got, "none");
    }
}

static void end_case(void)
{
    while (blocks != NULL) {
        block *const next = blocks->next;
        free(blocks);
        blocks = next;
    }
    end();
}

static void run_case(const kit_case *of)
{
    uint32_t before[3];
    begin_case(of, before);
    if (of->run() == LM_OK && !of->traps) {
        expect_as_many(before);
    }
    end_case();
}

#include "starved.c"

/* Holds how a step ended against how it has to. */
static lm_status ends(const step *at, lm_status status, outcome wanted, lm_status want)
{
    bool same = false;
    const bool alive = guest_same_bool(g, true, &same) == LM_OK && same;
    const bool expected = alive ? wanted == HAS_STATUS && status == want && host_count == 0 : wanted == TRAPS;
    if (failed) {
        return LM_TRAPPED;
    }
    const bool says_so = alive ? status == LM_E_OUT_OF_MEMORY || status == LM_E_NULL : at->mute;
    if (!expected && says_so && lacked(at)) {
        starved = !alive || is_as_before(at);
        return status;
    }
    if (host_count != 0) {
        return differs("a host function was not called", "that call");
    }
    if (alive == (wanted == TRAPS)) {
        return wrong_status(alive ? "then alive" : "then dead", status, wanted == TRAPS ? "a trap" : "no trap");
    }
    switch (wanted) {
    case SUCCEEDS:
        return status == LM_OK ? LM_OK : wrong_status("fails", status, "no error");
    case TRAPS:
        return status == LM_TRAPPED ? LM_OK : wrong_status("traps", status, "LM_TRAPPED");
    case IS_REFUSED:
        return status != LM_OK ? LM_OK : differs("ends", "a refusal");
    default: {
        char text[32];
        snprintf(text, sizeof text, "status %" PRId32, want);
        return status == want ? LM_OK : wrong_status("ends", status, text);
    }
    }
}

#include "faults.c"

/* Runs the cases of these names, or all and the faults; without those that need much memory if KIT_SMALL is set. */
static int run_cases(const kit_case *cases, int count, const guest_host *host, int argc, char **argv)
{
    int ran = 0, failures = 0;
    wasm_rt_init();
#ifdef LM_WABT_OLD
    Z_guest_init_module();
#endif
    engine.host = *host;
#ifdef KIT_CHECKED
    starve_cases(cases, count, argc, argv);
    wasm_rt_free();
    return 0;
#endif
    for (int index = 0; index < count; index++) {
        bool wanted = argc < 2;
        for (int arg = 1; arg < argc; arg++) {
            wanted = wanted || strcmp(argv[arg], cases[index].name) == 0;
        }
        if (wanted && !(cases[index].needs && getenv("KIT_SMALL") != NULL)) {
            run_case(&cases[index]);
            ran++;
            failures += failed ? 1 : 0;
        }
    }
    if (argc < 2) {
        run_faults(host);
    }
    printf("%d cases, %d failures\n", ran, failures);
    wasm_rt_free();
    return 0;
}
