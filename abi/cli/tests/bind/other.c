/*
 * What `linmem bind --lang c` wrote, over an engine that has no module: a memory, an allocator that knows what is live,
 * and functions that do what a test wants. So a guest can do what no guest that is written in Rust does.
 */
#include "other_linmem.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "line %d: %s\n", __LINE__, #condition);                                          \
            exit(1);                                                                                         \
        }                                                                                                    \
    } while (0)

/* ---- The engine ---- */

typedef struct block {
    uint32_t ptr, size, align;
} block;

static _Alignas(16) uint8_t memory[1 << 20];
static block live[64];
static uint32_t live_count, next_ptr = 1024;
/* The number of the allocation that is refused; 0 for none. */
static uint32_t refuse_at;
/* What the next function of the guest does with its values. */
static void (*act)(lm_value *values);

static uint32_t allocate(uint32_t size, uint32_t align)
{
    if (refuse_at != 0 && --refuse_at == 0) {
        return 0;
    }
    next_ptr = (next_ptr + align - 1) / align * align;
    CHECK(live_count < 64 && next_ptr + size <= sizeof memory);
    live[live_count++] = (block){next_ptr, size, align};
    memset(memory + next_ptr, 0xAA, size);
    next_ptr += size;
    return next_ptr - size;
}

/* A block is freed once, with the layout that it was allocated with. */
static void release(uint32_t ptr, uint32_t size, uint32_t align)
{
    for (uint32_t index = 0; index < live_count; index++) {
        if (live[index].ptr == ptr) {
            CHECK(live[index].size == size && live[index].align == align);
            live[index] = live[--live_count];
            /* Memory is used again, so that much work does not run out of it. */
            next_ptr = live_count == 0 ? 1024 : next_ptr;
            return;
        }
    }
    CHECK(!"a block that is live");
}

static uint8_t *engine_memory(void *engine, uint64_t *size)
{
    (void)engine;
    *size = sizeof memory;
    return memory;
}

static lm_status engine_call(void *engine, uint32_t function, lm_value *values)
{
    (void)engine;
    const char *const name = other_export_name(function);
    if (name == NULL) {
        return LM_E_INVALID;
    }
    if (strcmp(name, "alloc") == 0) {
        values[0].i32 = allocate(values[0].i32, values[1].i32);
    } else if (strcmp(name, "free") == 0) {
        release(values[0].i32, values[1].i32, values[2].i32);
    } else {
        act(values);
    }
    return LM_OK;
}

static lm_hold holds[32];
static lm_guest guest;
static lm_guest *const g = &guest;

/* All that was made is freed. */
static void check_whole(void)
{
    CHECK(live_count == 0 && guest.owners == 0 && !guest.trapped);
}

static void put(uint32_t ptr, uint32_t word)
{
    memcpy(memory + ptr, &word, 4);
}

static uint32_t get(uint32_t ptr)
{
    uint32_t word;
    memcpy(&word, memory + ptr, 4);
    return word;
}

static lm_ref new_cell(int32_t value)
{
    lm_ref cell;
    CHECK(other_Cell_new(g, &(const other_Cell){value}, &cell) == LM_OK);
    return cell;
}

/* ---- Results ---- */

static void write_text_and_a_misaligned_slice(lm_value *values)
{
    const uint32_t text = allocate(3, 1);
    memcpy(memory + text, "abc", 3);
    put(values[0].i32, text);
    put(values[0].i32 + 4, 3);
    put(values[1].i32, 1025);
    put(values[1].i32 + 4, 1);
    values[0].i32 = 0;
}

static void returns_a_cell_and_writes_no_letter(lm_value *values)
{
    put(values[0].i32 + 4, 0xD800);
    values[0].i32 = allocate(4, 4);
}

static void owned_results_before_an_error_are_freed(void)
{
    lm_ref first, second, cell;
    lm_char letters[2] = {'a', 'b'};
    act = write_text_and_a_misaligned_slice;
    CHECK(other_two(g, &first, &second) == LM_E_MISALIGNED);
    CHECK(lm_is_none(first) && lm_is_none(second));
    check_whole();
    act = returns_a_cell_and_writes_no_letter;
    CHECK(other_change(g, letters, 2, &cell) == LM_E_INVALID);
    CHECK(lm_is_none(cell));
    check_whole();
}

/* ---- Arguments ---- */

static void sees_small_numbers_extended(lm_value *values)
{
    CHECK(values[0].i32 == 0xFFFFFFFF && values[1].i32 == 0xFFFFFFFE && values[2].i32 == 200 && values[3].i32 == 1);
}

static void small_numbers_are_extended(void)
{
    act = sees_small_numbers_extended;
    CHECK(other_small(g, -1, -2, 200, 2) == LM_OK);
}

static void frees_what_it_takes(lm_value *values)
{
    for (uint32_t index = 0; index < values[1].i32; index++) {
        release(get(values[0].i32 + 4 * index), 4, 4);
    }
    release(values[0].i32, 4 * values[1].i32, 4);
    release(values[2].i32, 4, 4);
}

static void owners_are_handed_over_once(void)
{
    int32_t value;
    const lm_ref first = new_cell(1), second = new_cell(2), third = new_cell(3);
    CHECK(other_take(g, (const lm_ref[]){first, second, first}, 3, third) == LM_ENDED);
    CHECK(other_take(g, (const lm_ref[]){first, second}, 2, second) == LM_ENDED);
    CHECK(other_take(g, (const lm_ref[]){first, lm_none()}, 2, third) == LM_E_NULL);
    refuse_at = 1;
    CHECK(other_take(g, (const lm_ref[]){first, second}, 2, third) == LM_E_OUT_OF_MEMORY);
    CHECK(other_Cell_value(g, first, &value) == LM_OK && value == 1 && guest.owners == 3);
    act = frees_what_it_takes;
    CHECK(other_take(g, (const lm_ref[]){first, second}, 2, third) == LM_OK);
    CHECK(other_Cell_value(g, first, &value) == LM_ENDED && lm_free(g, third) == LM_ENDED);
    check_whole();
}

/* ---- Parts ---- */

static void owned_fields_are_freed_when_they_are_set(void)
{
    lm_ref leaf, cell, other;
    int32_t value;
    const lm_ref shared = new_cell(9), first = new_cell(1), second = new_cell(2);
    CHECK(other_Leaf_new(g, &(const other_Leaf){.cell = first, .other = shared}, &leaf) == LM_OK);
    CHECK(lm_free(g, first) == LM_ENDED && guest.owners == 3);
    CHECK(other_Leaf_set_cell(g, leaf, lm_none()) == LM_E_NULL);
    CHECK(other_Leaf_set_cell(g, leaf, second) == LM_OK && live_count == 3);
    /* What it owns may be written to, what it was lent may not. */
    CHECK(other_Leaf_cell(g, leaf, &cell) == LM_OK && other_Cell_set_value(g, cell, 5) == LM_OK);
    CHECK(other_Leaf_other(g, leaf, &other) == LM_OK && other_Cell_set_value(g, other, 5) == LM_NO_RIGHT);
    CHECK(other_Cell_value(g, other, &value) == LM_OK && value == 9 && lm_free(g, cell) == LM_NO_RIGHT);
    CHECK(lm_free(g, leaf) == LM_OK && other_Cell_value(g, cell, &value) == LM_ENDED);
    CHECK(lm_free(g, shared) == LM_OK);
    check_whole();
}

static void texts_that_are_lent_to_an_owner_are_freed_when_they_are_replaced(void)
{
    lm_ref note;
    const lm_text texts[] = {{"one", 3}, {"two", 3}};
    const other_Note from = {.text = {"text", 4}, .texts = {texts, 2}};
    CHECK(other_Note_new(g, &from, &note) == LM_OK && live_count == 5);
    for (int turn = 0; turn < 100; turn++) {
        CHECK(other_Note_set_text(g, note, lm_text_of("another")) == LM_OK && live_count == 5);
        CHECK(other_Note_set_texts(g, note, texts, 2) == LM_OK && live_count == 5);
        CHECK(other_Note_set(g, note, &from) == LM_OK && live_count == 5);
    }
    CHECK(lm_free(g, note) == LM_OK);
    check_whole();
}

static void payload_of_another_case_is_refused(void)
{
    lm_ref answer, cell;
    lm_text word;
    const other_Answer from = {.tag = other_Answer_Word, .as = {.Word = {"w", 1}}};
    CHECK(other_Answer_new(g, &from, &answer) == LM_OK);
    CHECK(other_Answer_as_Place(g, answer, &cell) == LM_MISTYPED && lm_is_none(cell));
    CHECK(other_Answer_as_Word(g, answer, &word) == LM_OK && word.len == 1);
    CHECK(other_Answer_set(g, answer, &(const other_Answer){.tag = other_Answer_Place}) == LM_OK && live_count == 1);
    CHECK(other_Answer_set(g, answer, &(const other_Answer){.tag = 2}) == LM_E_INVALID);
    CHECK(lm_free(g, answer) == LM_OK);
    check_whole();
}

static void returns_a_chain(lm_value *values)
{
    values[0].i32 = allocate(4, 4);
    put(values[0].i32, values[0].i32);
}

static void deep_values_without_a_drop_are_not_freed_in_part(void)
{
    lm_ref chain, next;
    act = returns_a_chain;
    CHECK(other_chain(g, &chain) == LM_OK);
    CHECK(other_Chain_next(g, chain, &next) == LM_OK && !lm_is_none(next));
    CHECK(lm_free(g, chain) == LM_NO_DROP && guest.owners == 1 && live_count == 1);
    CHECK(other_Chain_set_next(g, chain, lm_none()) == LM_NO_DROP);
    guest.owners = 0;
    release(chain.ptr, 4, 4);
    check_whole();
}

/* ---- Host functions ---- */

static lm_text answers[2];
static bool was_called;
static lm_ref to_lend;

static lm_status keep(void *user, lm_guest *of, lm_ref text, int32_t *to)
{
    (void)user;
    was_called = true;
    *to = 7;
    return lm_free(of, text);
}

static lm_status lend(void *user, lm_guest *of, lm_ref *out)
{
    (void)user;
    (void)of;
    *out = to_lend;
    return LM_OK;
}

static lm_status pair(void *user, lm_guest *of, lm_text *first, lm_text *second)
{
    (void)user;
    (void)of;
    *first = answers[0];
    *second = answers[1];
    return LM_OK;
}

static const other_host host = {NULL, keep, lend, pair};

/* In the order of their names. */
static lm_status call_keep(uint32_t text, uint32_t len, uint32_t to)
{
    lm_value values[3] = {{.i32 = text}, {.i32 = len}, {.i32 = to}};
    CHECK(other_host_0(g, &host, values));
    return (lm_status)values[0].i32;
}

static lm_status call_lend(uint32_t out)
{
    lm_value values[1] = {{.i32 = out}};
    CHECK(other_host_1(g, &host, values));
    return (lm_status)values[0].i32;
}

static lm_status call_pair(uint32_t first, uint32_t second)
{
    lm_value values[2] = {{.i32 = first}, {.i32 = second}};
    CHECK(other_host_2(g, &host, values));
    return (lm_status)values[0].i32;
}

static void owned_argument_that_does_not_arrive_is_freed(void)
{
    const uint32_t text = allocate(2, 1);
    was_called = false;
    CHECK(call_keep(text, 2, 0) == LM_E_NULL && !was_called);
    check_whole();
    const uint32_t again = allocate(2, 1);
    CHECK(call_keep(again, 2, 512) == LM_OK && was_called && get(512) == 7);
    check_whole();
}

static void results_that_a_host_function_gives_come_whole_or_not_at_all(void)
{
    answers[0] = lm_text_of("first");
    answers[1] = lm_text_of("\xff");
    CHECK(call_pair(512, 520) == LM_E_NOT_UTF8);
    check_whole();
    answers[1] = lm_text_of("second");
    refuse_at = 2;
    CHECK(call_pair(512, 520) == LM_E_OUT_OF_MEMORY);
    check_whole();
    CHECK(call_pair(512, 519) == LM_E_MISALIGNED);
    CHECK(call_pair(512, 520) == LM_OK && get(516) == 5 && get(524) == 6 && live_count == 2);
    release(get(512), 5, 1);
    release(get(520), 6, 1);
    check_whole();
}

static void returns_a_note(lm_value *values)
{
    values[0].i32 = allocate(16, 4);
    memset(memory + values[0].i32, 0, 16);
}

static void text_that_is_lent_by_a_host_function_lies_in_the_guest(void)
{
    lm_ref note;
    to_lend = lm_none();
    CHECK(call_lend(512) == LM_E_NULL);
    act = returns_a_note;
    CHECK(other_note(g, &note) == LM_OK);
    CHECK(other_Note_set_text(g, note, lm_text_of("lent")) == LM_OK);
    CHECK(lm_ref_member(g, note, note.type, 0, &to_lend) == LM_OK);
    CHECK(call_lend(512) == LM_OK && get(516) == 4 && memcmp(memory + get(512), "lent", 4) == 0);
    CHECK(lm_free(g, note) == LM_OK);
    check_whole();
    /* An error of the host alone is no status: the guest does not go on. */
    lm_value values[1] = {{.i32 = 512}};
    CHECK(!other_host_1(g, &host, values) && guest.trapped && other_small(g, 0, 0, 0, 0) == LM_TRAPPED);
}

int main(void)
{
    guest.memory = engine_memory;
    guest.call = engine_call;
    lm_guest_init(&guest, &other_module, holds, sizeof holds / sizeof holds[0]);
    owned_results_before_an_error_are_freed();
    small_numbers_are_extended();
    owners_are_handed_over_once();
    owned_fields_are_freed_when_they_are_set();
    texts_that_are_lent_to_an_owner_are_freed_when_they_are_replaced();
    payload_of_another_case_is_refused();
    deep_values_without_a_drop_are_not_freed_in_part();
    /* The chain, which nobody can free, keeps its hold. */
    lm_guest_init(&guest, &other_module, memset(holds, 0, sizeof holds), sizeof holds / sizeof holds[0]);
    owned_argument_that_does_not_arrive_is_freed();
    results_that_a_host_function_gives_come_whole_or_not_at_all();
    text_that_is_lent_by_a_host_function_lies_in_the_guest();
    printf("ok\n");
    return 0;
}
