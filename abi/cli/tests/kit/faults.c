/*
 * What is made of many parts, with each allocation refused in turn, and with each size of the table of holds: what was
 * made before the failure is freed, and what was handed over is still the host's.
 */

/* A name that is lent, elements, texts in elements, a buffer of structs: all that can be half made. */
static const guest_Point points[] = {{1, 2, {"first", 5}}, {3, 4, {"second", 6}}, {5, 6, {"", 0}}};
static const lm_text texts[] = {{"one", 3}, {"", 0}, {"three", 5}};
static const int32_t numbers[] = {1, 2, 3};

static guest_Runs runs(void)
{
    return (guest_Runs){
        .text = TEXT("lent"),
        .label = TEXT("lent, too"),
        .numbers = {numbers, COUNT(numbers)},
        .buffer = {points, COUNT(points)},
        .own_text = TEXT("own"),
        .own_label = TEXT("label"),
        .own_texts = {texts, COUNT(texts)},
    };
}

static lm_status make_runs(void)
{
    lm_status status = LM_OK;
    lm_ref made = lm_none();
    const guest_Runs from = runs();
    DO(guest_Runs_new(g, &from, &made));
    ALWAYS(free_ours(made));
    return status;
}

static lm_status change_runs(void)
{
    lm_status status = LM_OK;
    lm_ref made = lm_none();
    const guest_Runs from = runs();
    DO(guest_Runs_new(g, &from, &made));
    DO(guest_Runs_set_text(g, made, TEXT("lent anew")));
    DO(guest_Runs_set_label(g, made, NO_TEXT));
    DO(guest_Runs_set_numbers(g, made, numbers, 2));
    DO(guest_Runs_set_buffer(g, made, points, 2));
    DO(guest_Runs_set_own_texts(g, made, texts, 2));
    for (int turn = 0; turn < 3; turn++) {
        DO(guest_Runs_set(g, made, &from));
    }
    ALWAYS(free_ours(made));
    return status;
}

static lm_status make_nested(void)
{
    lm_status status = LM_OK;
    lm_ref made = lm_none();
    const guest_Nested from = {.inner = {.l = 'x'}, .corners = {points[0], points[1]}};
    DO(guest_Nested_new(g, &from, &made));
    DO(guest_Nested_set_corners(g, made, &(const guest_Point[2]){points[2], points[1]}));
    DO(guest_Nested_set(g, made, &from));
    ALWAYS(free_ours(made));
    return status;
}

static lm_status change_answers(void)
{
    lm_status status = LM_OK;
    lm_ref made = lm_none();
    const guest_Pair pairs[] = {{1, 2.0}, {3, 4.0}};
    const guest_Answer words = {.tag = guest_Answer_Words, .as = {.Words = TEXT("words")}};
    const guest_Answer place_ = {.tag = guest_Answer_Place, .as = {.Place = points[0]}};
    const guest_Answer many = {.tag = guest_Answer_Pairs, .as = {.Pairs = {pairs, COUNT(pairs)}}};
    DO(guest_Answer_new(g, &words, &made));
    DO(guest_Answer_set(g, made, &place_));
    DO(guest_Answer_set(g, made, &many));
    DO(guest_Answer_set(g, made, &words));
    ALWAYS(free_ours(made));
    return status;
}

static lm_status hand_over(void)
{
    lm_status status = LM_OK;
    lm_ref came = lm_none(), first = lm_none(), second = lm_none(), given = lm_none();
    DO(guest_longest(g, texts, COUNT(texts), TEXT("or"), &came));
    DO(guest_make_node(g, lm_none(), 1, &first));
    DO(guest_make_node(g, first, 2, &second));
    DO(guest_new_run_own_str(g, texts, COUNT(texts), &given));
    ALWAYS(free_ours(came));
    came = lm_none();
    DO(guest_longest_at(g, given, TEXT("or"), &came));
    ALWAYS(free_ours(came));
    ALWAYS(free_ours(first));
    ALWAYS(free_ours(second));
    ALWAYS(free_ours(given));
    return status;
}

static lm_status lend(void)
{
    lm_status status = LM_OK;
    uint8_t pixels[] = {1, 2, 3};
    lm_usize all[] = {0, 0};
    lm_ref to = lm_none();
    guest_Scalars scalars;
    DO(guest_new_usize_x1(g, &(const lm_usize[1]){0}, &to));
    DO(guest_count(g, TEXT("text"), texts, COUNT(texts), to, all, COUNT(all)));
    DO(guest_inverse_img(g, pixels, COUNT(pixels)));
    DO(guest_make_scalars(g, &scalars));
    ALWAYS(free_ours(to));
    return status;
}

static lm_status fetch(void *user, lm_guest *guest, uint32_t key, lm_text *out)
{
    (void)user;
    (void)guest;
    *out = key == 0 ? TEXT("") : TEXT("fetched");
    return LM_OK;
}

static lm_status give_pair(void *user, lm_guest *guest, bool yes, lm_ref *result)
{
    lm_status status = LM_OK;
    (void)user;
    if (yes) {
        DO(guest_Pair_new(guest, &(const guest_Pair){1, 2.0}, result));
    }
    /* The guest asks for no status: null says that there is none. */
    return LM_OK;
}

static lm_status be_asked(void)
{
    lm_status status = LM_OK;
    lm_ref came = lm_none();
    double sum = 0;
    DO(guest_ask_fetch(g, 1, &came));
    ALWAYS(free_ours(came));
    DO(guest_ask_give_pair(g, false, &sum));
    return status;
}

typedef struct job {
    const char *name;
    lm_status (*run)(void);
} job;

static const job jobs[] = {
    {"make_runs", make_runs},           {"change_runs", change_runs}, {"make_nested", make_nested},
    {"change_answers", change_answers}, {"hand_over", hand_over},     {"lend", lend},
    {"be_asked", be_asked},
};

static void begin(const guest_host *host, uint32_t holds)
{
    engine.host = *host;
    engine.host.kit_fetch = fetch;
    engine.host.kit_give_pair = give_pair;
    guest_engine_init(&engine);
    engine.guest.call = call_engine;
    engine.guest.hold_count = holds;
    instantiate();
}

/* Refuses the allocation of a number, or gives so many holds, from the least on; tells how many failures it took. */
static uint32_t run_job(const job *of, const guest_host *host, bool by_holds)
{
    for (uint32_t number = 0;; number++) {
        uint32_t before[3], after[3];
        begin(host, by_holds ? number : GUEST_HOLDS);
        live(before);
        refuse_at = by_holds ? 0 : number + 1;
        const lm_status status = of->run();
        const bool whole = by_holds ? status == LM_OK : refuse_at != 0;
        refuse_at = 0;
        live(after);
        end();
        if (status != (whole ? LM_OK : LM_E_OUT_OF_MEMORY)) {
            wrong_status(of->name, status, whole ? "no error" : "OutOfMemory");
        }
        if (memcmp(before, after, sizeof before) != 0) {
            differs("blocks, bytes and owners", "as many as before");
        }
        if (whole || failed || number == 1000) {
            return number;
        }
    }
}

/* Runs all jobs. What fails is printed as a case is. */
static void run_faults(const guest_host *host)
{
    uint32_t refused = 0;
    for (uint32_t index = 0; index < COUNT(jobs); index++) {
        case_name = jobs[index].name;
        failed = false;
        place = "allocations refused";
        refused += run_job(&jobs[index], host, false);
        place = "holds refused";
        refused += run_job(&jobs[index], host, true);
    }
    printf("%" PRIu32 " allocations and holds refused\n", refused);
}
