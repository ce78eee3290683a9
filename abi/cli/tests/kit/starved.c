/*
 * Memory that runs out in a case, of a guest that is checked: an allocation is refused, or memory is full from a step on.
 *
 * That is said by OutOfMemory, by a status or by null, which ends the case. By then no block that was there has changed,
 * and once the host has freed what it named, nothing is left.
 */

/* What is lacking. */
static struct {
    uint32_t refuse; /* the number of the allocation that is refused, from 1 on; 0 for none */
    uint32_t full;   /* the number of the step from which memory is full, from 1 on; 0 for none */
    uint32_t steps;  /* steps that have begun, but for those of host functions */
    uint32_t symbol; /* where the guest has the address of its report */
} lack;

/* The bytes of a block that was live. */
typedef struct seen {
    struct seen *next;
    uint32_t number, size;
    uint8_t bytes[];
} seen;

/* A block that memory is filled with. */
typedef struct filler {
    struct filler *next;
    uint32_t ptr, size;
} filler;
static filler *fillers;

static lm_checked found[4096];

static uint32_t live_now(void)
{
    uint32_t count = 0;
    if (lm_checks_live(g, lack.symbol, 0, found, COUNT(found), &count) != LM_OK || count > COUNT(found)) {
        differs("no list of the live blocks", "one");
        return 0;
    }
    return count;
}

static const seen *see(void)
{
    seen *all = NULL;
    const uint32_t count = live_now();
    for (uint32_t index = 0; index < count; index++) {
        uint8_t *view = NULL;
        seen *const one = allocate(sizeof *one + found[index].size);
        *one = (seen){all, found[index].number, found[index].size};
        if (lm_guest_view(g, found[index].addr, one->size, 1, 1, &view) == LM_OK && one->size != 0) {
            memcpy(one->bytes, view, one->size);
        }
        all = one;
    }
    return all;
}

/* Whether all that was live before a step, and is, has the bytes that it had. */
static bool is_as_before(const step *at)
{
    const uint32_t count = live_now();
    for (const seen *one = at->before; one != NULL; one = one->next) {
        for (uint32_t index = 0; index < count; index++) {
            uint8_t *view = NULL;
            if (found[index].number == one->number && one->size != 0 &&
                (lm_guest_view(g, found[index].addr, one->size, 1, 1, &view) != LM_OK ||
                 found[index].size != one->size || memcmp(view, one->bytes, one->size) != 0)) {
                differs("a block has changed", "only what the step changes");
            }
        }
    }
    return !failed;
}

static bool is_lacking(void)
{
    lm_report report;
    return lack.full != 0 ||
           (lack.refuse != 0 && lm_checks_report(g, lack.symbol, &report) == LM_OK && report.refuse == 0);
}

/* Whether memory ran out in a step. */
static bool lacked(const step *at)
{
    return at->may && is_lacking();
}

/* What a call returned that returns null, or no, where there is no memory. */
static lm_status something(bool is)
{
    return is || !is_lacking() ? LM_OK : LM_E_OUT_OF_MEMORY;
}

/* Allocates all that there is. */
static void fill(void)
{
    for (uint32_t size = LM_PAGE_SIZE; size != 0;) {
        lm_value values[2] = {{.i32 = size}, {.i32 = 1}};
        if (guest_engine_call(&engine, LM_FN_ALLOC, values) == LM_OK && values[0].i32 != 0) {
            filler *const one = allocate(sizeof *one);
            *one = (filler){fillers, values[0].i32, size};
            fillers = one;
        } else {
            size /= 2;
        }
    }
}

static step begin_step(const char *where, bool mute)
{
    step at = {NULL, false, mute};
    place = where;
    if (lack.refuse != 0 || lack.full != 0) {
        if (depth == 0 && ++lack.steps == lack.full) {
            fill();
        }
        at.may = lack.full != 0 || !is_lacking();
        at.before = see();
    }
    return at;
}

#ifdef KIT_CHECKED

typedef enum end_of { ENOUGH, MANAGED, SAID, TRAPPED, FAILED } end_of;

/* Runs a case without what is lacking, and looks at what it left. */
static end_of starve_case(const kit_case *of)
{
    uint32_t before[3];
    begin_case(of, before);
    lack.steps = 0;
    lack.symbol = *GUEST_W2C(Z_guestZ_linmem_checks, w2c_guest_linmem_checks)(&engine.instance);
    fillers = NULL;
    if (lack.full != 0) {
        wasm_rt_memory_t *const memory = GUEST_W2C(Z_guestZ_memory, w2c_guest_memory)(&engine.instance);
        memory->max_pages = memory->pages;
    }
    if (lm_checks_set_refuse(g, lack.symbol, lack.refuse) != LM_OK) {
        differs("no report", "one");
    }
    const lm_status status = of->run();
    /* Memory that is not full may be too small all the same. */
    const bool ran_out = lack.full != 0 ? lack.steps >= lack.full : is_lacking();
    const end_of ended = starved ? (g->trapped ? TRAPPED : SAID) : MANAGED;
    if (status != LM_OK && !starved) {
        wrong_status("ends", status, "a word that there is no memory");
    }
    if (!g->trapped && !failed) {
        for (lm_ref *const *named = of->named; ended == SAID && *named != NULL; named++) {
            if (free_ours(**named) != LM_OK) {
                differs("what is named is not freed", "that it can be");
            }
        }
        for (; fillers != NULL; fillers = fillers->next) {
            (void)lm_guest_free(g, fillers->ptr, fillers->size, 1);
        }
        (void)lm_checks_set_refuse(g, lack.symbol, 0);
        GUEST_W2C(Z_guestZ_linmem_check, w2c_guest_linmem_check)(&engine.instance);
        expect_as_many(before);
    }
    end_case();
    return failed ? FAILED : ran_out ? ended : ENOUGH;
}

/* Runs a case with more and more of a number, until there is enough. */
static void starve(const kit_case *of, uint32_t *number, uint32_t counts[])
{
    for (*number = 1;; ++*number) {
        const end_of ended = starve_case(of);
        if (ended == FAILED) {
            printf("%s\twith %" PRIu32 "\n", of->name, *number);
        }
        if (ended == ENOUGH || ended == FAILED) {
            break;
        }
        if (ended == TRAPPED) {
            printf("%s traps\n", of->name);
        }
        counts[ended]++;
    }
    *number = 0;
}

/*
 * Refuses each allocation in all cases, and then fills memory before each of their steps, but for the cases of these names.
 * Prints which cases trap, and counts how they ended.
 */
static void starve_cases(const kit_case *cases, int count, int argc, char **argv)
{
    for (int way = 0; way < 2; way++) {
        uint32_t counts[TRAPPED + 1] = {0};
        for (int index = 0; index < count; index++) {
            bool wanted = !cases[index].needs;
            for (int arg = 1; arg < argc && way == 1; arg++) {
                wanted = wanted && strcmp(argv[arg], cases[index].name) != 0;
            }
            if (wanted) {
                starve(&cases[index], way == 0 ? &lack.refuse : &lack.full, counts);
            }
        }
        printf("%s: %" PRIu32 " said, %" PRIu32 " managed, %" PRIu32 " trapped\n", way == 0 ? "refused" : "full",
               counts[SAID], counts[MANAGED], counts[TRAPPED]);
    }
}

#endif
