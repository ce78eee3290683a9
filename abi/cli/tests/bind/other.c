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

#define MEMORY_SIZE ((size_t)1 << 20)

/* It moves with each call of the allocator, as if every allocation had it grow. */
static uint8_t *memory;
static block live[64];
static uint32_t live_count, next_ptr = 1024;
/* The number of the allocation that is refused; 0 for none. */
static uint32_t refuse_at;
/* What the next function of the guest does with its values. */
static void (*act)(lm_value *values);
/* What the allocator and drops do before anything else, once: calls of the host's own. */
static void (*reenter)(void);
/* Whether calls trap, and whether blocks stay when they are freed. */
static bool traps, ignores_frees;

static void move(void)
{
    uint8_t *const moved = malloc(MEMORY_SIZE);
    CHECK(moved != NULL);
    memcpy(moved, memory, MEMORY_SIZE);
    free(memory);
    memory = moved;
}

static void call_the_host(void)
{
    void (*const now)(void) = reenter;
    reenter = NULL;
    if (now != NULL) {
        now();
    }
}

static uint32_t allocate(uint32_t size, uint32_t align)
{
    if (refuse_at != 0 && --refuse_at == 0) {
        return 0;
    }
    next_ptr = (next_ptr + align - 1) / align * align;
    CHECK(live_count < 64 && next_ptr + size <= MEMORY_SIZE);
    live[live_count++] = (block){next_ptr, size, align};
    memset(memory + next_ptr, 0xAA, size);
    next_ptr += size;
    return next_ptr - size;
}

/* A block is freed once, with the layout that it was allocated with. */
static void release(uint32_t ptr, uint32_t size, uint32_t align)
{
    if (ignores_frees) {
        return;
    }
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
    *size = MEMORY_SIZE;
    return memory;
}

static lm_status engine_call(void *engine, uint32_t function, lm_value *values)
{
    (void)engine;
    const char *const name = other_export_name(function);
    if (name == NULL) {
        return LM_E_INVALID;
    }
    call_the_host();
    if (!ignores_frees) {
        move();
    }
    if (strcmp(name, "alloc") == 0) {
        values[0].i32 = allocate(values[0].i32, values[1].i32);
    } else if (strcmp(name, "free") == 0) {
        release(values[0].i32, values[1].i32, values[2].i32);
    } else if (strcmp(name, "drop_held") == 0 || strcmp(name, "drop_loop") == 0) {
        release(values[0].i32, 4, 4);
    } else {
        act(values);
    }
    return traps ? LM_TRAPPED : LM_OK;
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

static void writes_no_letter_and_two_owners(lm_value *values)
{
    put(values[0].i32, 0xD800);
    put(values[1].i32, allocate(3, 1));
    put(values[1].i32 + 4, 3);
    put(values[2].i32, allocate(4, 4));
}

static void owned_results_after_an_error_are_freed(void)
{
    lm_char first;
    lm_ref second, third;
    act = writes_no_letter_and_two_owners;
    CHECK(other_three(g, &first, &second, &third) == LM_E_INVALID);
    CHECK(first == 0 && lm_is_none(second) && lm_is_none(third));
    check_whole();
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

/* ---- Memory that moves ---- */

static lm_ref note_of(const char *text, const lm_text *texts, uint32_t len)
{
    lm_ref note;
    CHECK(other_Note_new(g, &(const other_Note){.text = lm_text_of(text), .texts = {texts, len}}, &note) == LM_OK);
    return note;
}

static void sees_what_was_in_the_note(lm_value *values)
{
    CHECK(values[1].i32 == 4 && memcmp(memory + values[0].i32, "name", 4) == 0);
    CHECK(strcmp((const char *)memory + values[2].i32, "name") == 0 && values[4].i32 == 2);
    for (uint32_t index = 0; index < 2; index++) {
        const uint32_t text = values[3].i32 + 8 * index;
        CHECK(get(text + 4) == 4 && memcmp(memory + get(text), "name", 4) == 0);
    }
    values[0].i32 = 0;
}

static uint8_t letter;
static uint32_t letter_at;

static void change_a_letter(void)
{
    memory[letter_at] = letter;
}

static void work_on_other_values(void)
{
    CHECK(lm_free(g, new_cell(1)) == LM_OK);
    reenter = work_on_other_values;
}

static void views_are_given_where_memory_moves(void)
{
    lm_text name;
    const lm_ref note = note_of("name", NULL, 0);
    act = sees_what_was_in_the_note;
    CHECK(other_Note_text(g, note, &name) == LM_OK);
    reenter = work_on_other_values;
    CHECK(other_greet(g, name, name, (const lm_text[]){name, name}, 2) == LM_OK);
    reenter = NULL;
    CHECK(other_Note_text(g, note, &name) == LM_OK);
    CHECK(other_greet(g, name, name, (const lm_text[]){name, name}, 2) == LM_OK);
    CHECK(other_Note_text(g, note, &name) == LM_OK);
    CHECK(other_Note_set_text(g, note, name) == LM_OK);
    CHECK(other_Note_text(g, note, &name) == LM_OK && name.len == 4 && memcmp(name.ptr, "name", 4) == 0);
    CHECK(other_Note_set_texts(g, note, (const lm_text[]){name, name}, 2) == LM_OK);
    CHECK(lm_free(g, note) == LM_OK);
    check_whole();
}

/* What was checked is not what is copied, if the guest writes to it in between. */
static void views_are_checked_where_they_are_copied_to(void)
{
    lm_text name;
    const lm_ref note = note_of("name", NULL, 0);
    for (int turn = 0; turn < 2; turn++) {
        letter = turn == 0 ? 0xFF : 0;
        CHECK(other_Note_text(g, note, &name) == LM_OK);
        letter_at = (uint32_t)((const uint8_t *)name.ptr - memory);
        reenter = change_a_letter;
        act = NULL;
        if (turn == 0) {
            CHECK(other_greet(g, name, lm_text_of(""), NULL, 0) == LM_E_NOT_UTF8);
        } else {
            CHECK(other_greet(g, lm_text_of(""), name, NULL, 0) == LM_E_INTERIOR_NUL);
        }
        memory[letter_at] = 'n';
    }
    CHECK(lm_free(g, note) == LM_OK);
    check_whole();
}

static void changes_both(lm_value *values)
{
    CHECK(values[1].i32 == 2 && values[3].i32 == 2 && get(values[2].i32 + 4) == 2);
    put(values[0].i32, 7);
}

static void elements_are_given_and_come_back_where_memory_moves(void)
{
    lm_ref run;
    void *view;
    uint32_t len;
    act = changes_both;
    CHECK(other_new_run_i32(g, (const int32_t[]){1, 2}, 2, &run) == LM_OK);
    CHECK(lm_view(g, run, LM_T_I32, &view, &len) == LM_OK);
    CHECK(other_change_both(g, view, len, view, len) == LM_OK);
    CHECK(lm_view(g, run, LM_T_I32, &view, &len) == LM_OK && ((const int32_t *)view)[0] == 7);
    /* The host's own pointers do not lie where the guest writes. */
    CHECK(other_greet(g, lm_text_of(""), lm_text_of(""), (const lm_text *)(void *)(memory + 512), 1) == LM_E_INVALID);
    CHECK(lm_free(g, run) == LM_OK);
    check_whole();
}

/* ---- A guest that calls the host in the midst ---- */

static lm_ref again;
static lm_status again_status;

static void free_again(void)
{
    again_status = lm_free(g, again);
}

static void returns_held(lm_value *values)
{
    values[0].i32 = allocate(4, 4);
    put(values[0].i32, 0);
}

static void value_is_freed_once_if_its_drop_frees_it(void)
{
    lm_ref held;
    act = returns_held;
    CHECK(other_hold(g, &held) == LM_OK);
    again = held;
    reenter = free_again;
    CHECK(lm_free(g, held) == LM_OK && again_status == LM_ENDED);
    CHECK(lm_free(g, held) == LM_ENDED);
    check_whole();
    /* Each entry is given out once. */
    const lm_ref first = new_cell(1), second = new_cell(2);
    CHECK(first.hold != second.hold && lm_free(g, first) == LM_OK && lm_free(g, second) == LM_OK);
    check_whole();
}

static void owner_is_not_freed_while_it_is_written_to(void)
{
    const lm_ref note = note_of("name", NULL, 0);
    again = note;
    reenter = free_again;
    CHECK(other_Note_set_text(g, note, lm_text_of("other")) == LM_OK && again_status == LM_ENDED);
    CHECK(lm_free(g, note) == LM_OK);
    check_whole();
}

static void owner_is_not_put_into_itself(void)
{
    lm_ref loop;
    act = returns_held;
    CHECK(other_loop(g, &loop) == LM_OK);
    CHECK(other_Loop_set_next(g, loop, loop) == LM_ENDED && get(loop.ptr) == 0);
    CHECK(lm_free(g, loop) == LM_OK);
    check_whole();
}

/* ---- Much work ---- */

/* Each buffer has 16 elements, which all are the next buffer: 16^8 to free. */
static void returns_many_of_the_same(lm_value *values)
{
    uint32_t next = 0;
    for (int depth = 0; depth < 8; depth++) {
        const uint32_t block = allocate(16 * 12, 4);
        for (uint32_t index = 0; index < 16; index++) {
            put(block + 12 * index, next);
            put(block + 12 * index + 4, next == 0 ? 0 : 16);
            put(block + 12 * index + 8, next == 0 ? 0 : 16);
        }
        next = block;
    }
    values[0].i32 = allocate(12, 4);
    put(values[0].i32, next);
    put(values[0].i32 + 4, 16);
    put(values[0].i32 + 8, 16);
}

/* As one that frees another value within does. */
static void begin_to_free(void)
{
    lm_release_begin(g);
    reenter = begin_to_free;
}

static void blocks_that_are_the_same_come_to_an_end(void)
{
    lm_ref deep;
    act = returns_many_of_the_same;
    ignores_frees = true;
    CHECK(other_deep(g, &deep) == LM_OK);
    reenter = begin_to_free;
    CHECK(lm_free(g, deep) == LM_E_TOO_LONG && guest.owners == 0);
    reenter = NULL;
    ignores_frees = false;
    live_count = 0;
    next_ptr = 1024;
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

static lm_status tell(void *user, lm_guest *of, other_Note *note)
{
    (void)user;
    (void)of;
    *note = (other_Note){.text = lm_text_of("text")};
    return LM_OK;
}

static lm_status trade(void *user, lm_guest *of, lm_ref first, lm_ref second)
{
    (void)user;
    CHECK(lm_free(of, first) == LM_OK);
    return lm_free(of, second);
}

static const other_host host = {NULL, keep, lend, pair, tell, trade};

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
    /* The second of two, after one that cannot be freed. */
    lm_value values[4] = {{.i32 = UINT32_MAX}, {.i32 = 2}, {.i32 = allocate(2, 1)}, {.i32 = 2}};
    CHECK(other_host_4(g, &host, values) && (lm_status)values[0].i32 == LM_E_OUT_OF_BOUNDS);
    check_whole();
    const uint32_t next = allocate(2, 1);
    CHECK(call_keep(next, 2, 512) == LM_OK && was_called && get(512) == 7);
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

static void struct_with_lent_text_is_no_result_of_a_host_function(void)
{
    lm_value values[1] = {{.i32 = 512}};
    CHECK(!other_host_3(g, &host, values) && guest.trapped && guest.cause == LM_NO_RIGHT && live_count == 0);
    lm_guest_init(&guest, &other_module, memset(holds, 0, sizeof holds), sizeof holds / sizeof holds[0]);
}

static void trap_while_arguments_are_freed_is_no_status(void)
{
    const uint32_t text = allocate(2, 1);
    lm_value values[3] = {{.i32 = text}, {.i32 = 2}, {.i32 = 0}};
    traps = true;
    CHECK(!other_host_0(g, &host, values) && guest.trapped);
    traps = false;
    lm_guest_init(&guest, &other_module, memset(holds, 0, sizeof holds), sizeof holds / sizeof holds[0]);
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
    memory = calloc(1, MEMORY_SIZE);
    CHECK(memory != NULL);
    guest.memory = engine_memory;
    guest.call = engine_call;
    lm_guest_init(&guest, &other_module, holds, sizeof holds / sizeof holds[0]);
    owned_results_before_an_error_are_freed();
    owned_results_after_an_error_are_freed();
    views_are_given_where_memory_moves();
    views_are_checked_where_they_are_copied_to();
    elements_are_given_and_come_back_where_memory_moves();
    value_is_freed_once_if_its_drop_frees_it();
    owner_is_not_freed_while_it_is_written_to();
    owner_is_not_put_into_itself();
    blocks_that_are_the_same_come_to_an_end();
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
    struct_with_lent_text_is_no_result_of_a_host_function();
    trap_while_arguments_are_freed_is_no_status();
    text_that_is_lent_by_a_host_function_lies_in_the_guest();
    free(memory);
    printf("ok\n");
    return 0;
}
