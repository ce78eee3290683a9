//! Sizes of modules: three of them on each allocator, against a budget, and against the same modules written by hand.
//!
//! The guests are in `tests/guests/sizes`: `null` exports a function that returns a block; `abi` adds the allocator's
//! exports; `tour` is the tour's guest. `abi_mapped` is `abi_heap` with the map of its heap. They are measured as rustc makes them (raw) and after wasm-opt (optimised). The
//! budget, `tests/sizes/budget.txt`, holds for the versions that its first line names: with these no byte may be more or
//! less; with later ones a module may be up to 3 % larger; with an older rustc nothing is compared.
//! `BLESS=1 cargo test --test sizes` writes the budget, and README's table, from what is measured.
//!
//! `cargo test --test sizes -- --nocapture` prints the tables.

#[path = "../examples/hosts/rust/guest.rs"]
#[allow(dead_code, reason = "each user takes what it needs")]
mod guest;
#[path = "sizes/module.rs"]
mod module;
#[path = "common/tools.rs"]
mod tools;

use guest::TARGET;
use linmem::PAGE;
use module::{SECTIONS, Sizes};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs, thread};
use wasmi::{
    Engine, Instance, Linker, Memory, Module, Store, StoreLimits, StoreLimitsBuilder, WasmParams, WasmResults,
};

const KINDS: [&str; 3] = ["null", "abi", "tour"];
/// The types, and how the guests' names say them.
const ALLOCATORS: [(&str, &str); 5] =
    [("Bump", "bump"), ("Heap", "heap"), ("Dlmalloc", "dlmalloc"), ("WeeAlloc", "wee_alloc"), ("Checked", "checked")];

/// The guest that tells hosts where its heap is.
const MAPPED: &str = "abi_mapped";

/// What no module may be larger than, optimised, whatever the budget says.
const MUSTS: [(&str, i64); 2] = [("null_bump", 280), ("abi_bump", 600)];

/// wasm-opt has to be told what rustc's default features are, because stripping removes the section that says so.
const FLAGS: [&str; 10] = [
    "-Oz",
    "--strip-debug",
    "--strip-producers",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

const BUDGET: &str = "tests/sizes/budget.txt";
const MARKER: &str = "<!-- sizes -->";
/// Percent that a module may be over its budget with other versions than the budget's.
const TOLERANCE: i64 = 3;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn blessing() -> bool {
    env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// The guests' names, in the budget's order.
fn names() -> impl Iterator<Item = String> {
    let of = |kind| ALLOCATORS.iter().map(move |(_, allocator)| format!("{kind}_{allocator}"));
    KINDS.iter().flat_map(of).chain([MAPPED.to_owned()])
}

/// The programs that make the modules, and their versions.
#[derive(Clone, PartialEq, Eq)]
struct Tools {
    rustc: Vec<u32>,
    wasm_opt: u32,
}

impl Tools {
    /// Reads the first line of a budget.
    fn parse(line: &str) -> Self {
        let (rustc, wasm_opt) = line
            .strip_prefix("rustc ")
            .and_then(|line| line.strip_suffix(&format!(" {}", FLAGS.join(" "))))
            .and_then(|line| line.split_once(", wasm-opt "))
            .unwrap_or_else(|| panic!("{BUDGET} is for other flags than {FLAGS:?}; bless it again"));
        Self { rustc: release(rustc), wasm_opt: wasm_opt.parse().expect("wasm-opt's version is a number") }
    }
}

impl std::fmt::Display for Tools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rustc: Vec<String> = self.rustc.iter().map(u32::to_string).collect();
        write!(f, "rustc {}, wasm-opt {} {}", rustc.join("."), self.wasm_opt, FLAGS.join(" "))
    }
}

/// The numbers of a release such as 1.95.0; of a nightly too.
fn release(text: &str) -> Vec<u32> {
    let text = text.split('-').next().unwrap();
    text.split('.').map(|number| number.parse().unwrap_or_else(|_| panic!("{text} is no release"))).collect()
}

/// Whether rustc is not a release but a nightly or beta of it.
fn is_prerelease() -> bool {
    rustc_version().contains('-')
}

fn rustc_version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let said = tools::run(Command::new(rustc).arg("--version").current_dir(root()));
        said.split(' ').nth(1).expect("rustc says its version").to_owned()
    })
}

/// wasm-opt and its version: `WASM_OPT`, or the one in `PATH`. None if there is none as new as the budget's.
fn wasm_opt(at_least: u32) -> Option<(PathBuf, u32)> {
    let program = PathBuf::from(env::var_os("WASM_OPT").unwrap_or_else(|| "wasm-opt".into()));
    let output = Command::new(&program).arg("--version").output().ok().filter(|output| output.status.success());
    let Some(output) = output else {
        tools::skip(&format!("{} does not run: only raw sizes are compared", program.display()));
        return None;
    };
    // "wasm-opt version 132 (version_132)"
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = said.split_whitespace().find_map(|word| word.parse().ok());
    let version: u32 = version.unwrap_or_else(|| panic!("{} is version {said:?}", program.display()));
    if version < at_least {
        tools::skip(&format!("wasm-opt {version} is older than {at_least}: only raw sizes are compared"));
        return None;
    }
    Some((program, version))
}

/// A guest in its two forms.
struct Guest {
    name: String,
    raw: Vec<u8>,
    /// None without wasm-opt.
    optimised: Option<Vec<u8>>,
}

impl Guest {
    /// Optimises the module, or takes the result of an earlier run that had the same module, flags and version.
    fn optimise(&mut self, wasm_opt: &Path, version: u32) {
        let file = |form| Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.{form}", self.name));
        let (raw, optimised, key) = (file("raw.wasm"), file("optimised.wasm"), file("optimised.key"));
        let made_of = [format!("{version} {}\n", FLAGS.join(" ")).as_bytes(), &self.raw].concat();
        if !fs::read(&key).is_ok_and(|key| key == made_of) {
            // If this fails, nothing vouches for the older result.
            let _ = fs::remove_file(&key);
            fs::write(&raw, &self.raw).unwrap();
            tools::run(Command::new(wasm_opt).args(FLAGS).arg(raw).arg("-o").arg(&optimised));
            fs::write(key, made_of).unwrap();
        }
        self.optimised = Some(fs::read(optimised).unwrap());
    }
}

struct Measured {
    tools: Tools,
    guests: Vec<Guest>,
}

impl Measured {
    fn guest(&self, name: &str) -> &Guest {
        self.guests.iter().find(|guest| guest.name == name).expect("a guest's name")
    }
}

/// Builds the guests once for all tests.
fn measured() -> &'static Measured {
    static MEASURED: OnceLock<Measured> = OnceLock::new();
    MEASURED.get_or_init(|| {
        let build = |args: &[&str]| guest::build("sizes", args).unwrap_or_else(|error| panic!("{error}"));
        let mut examples = PathBuf::new();
        build(&["--example", MAPPED]);
        for (_, allocator) in ALLOCATORS {
            // One by one, because a feature that one of them needs would be on for all.
            let feature = if ["dlmalloc", "wee_alloc"].contains(&allocator) { allocator } else { "" };
            let example = |kind| format!("{kind}_{allocator}");
            build(&["--features", feature, "--example", &example("null"), "--example", &example("abi")]);
            examples =
                build(&["--features", &format!("tour,{feature}"), "--example", &example("tour")]).join("examples");
        }
        // To bless is to take what is there.
        let wasm_opt = wasm_opt(if blessing() { 0 } else { budget().tools.wasm_opt });
        let read = |name| {
            let raw = examples.join(format!("{name}.wasm"));
            Guest {
                raw: fs::read(&raw).unwrap_or_else(|error| panic!("{}: {error}", raw.display())),
                name,
                optimised: None,
            }
        };
        let mut guests: Vec<Guest> = names().map(read).collect();
        if let Some((program, version)) = &wasm_opt {
            // It takes a second for each: npm's is JavaScript.
            for batch in guests.chunks_mut(thread::available_parallelism().map_or(1, usize::from)) {
                thread::scope(|scope| {
                    for guest in batch {
                        scope.spawn(|| guest.optimise(program, *version));
                    }
                });
            }
        }
        let wasm_opt = wasm_opt.map_or(0, |(_, version)| version);
        Measured { tools: Tools { rustc: release(rustc_version()), wasm_opt }, guests }
    })
}

/// The bytes that a module may have.
#[derive(Clone)]
struct Line {
    name: String,
    raw: i64,
    optimised: Sizes,
}

struct Budget {
    tools: Tools,
    lines: Vec<Line>,
}

impl Budget {
    fn parse(text: &str) -> Self {
        let mut lines = text.lines();
        let tools = Tools::parse(lines.next().expect("the budget has lines"));
        assert_eq!(
            lines.next().map(|line| line.split_whitespace().collect()),
            Some(Self::columns()),
            "{BUDGET}, line 2"
        );
        let lines = lines.map(|line| {
            let mut words = line.split_whitespace();
            let name = words.next().unwrap_or_else(|| panic!("{BUDGET} has an empty line")).to_owned();
            let numbers: Vec<i64> = words.map(|word| word.parse().expect("a number of bytes")).collect();
            let optimised = Sizes::parse(&numbers[2..]);
            assert_eq!(numbers[1], optimised.total(), "{BUDGET}: the sections of {name} add up to its size");
            Line { name, raw: numbers[0], optimised }
        });
        let lines: Vec<Line> = lines.collect();
        assert!(lines.iter().map(|line| line.name.clone()).eq(names()), "{BUDGET} has each module once, in order");
        Self { tools, lines }
    }

    fn columns() -> Vec<&'static str> {
        ["module", "raw", "optimised"].into_iter().chain(SECTIONS).collect()
    }

    /// The budget that measured modules just meet.
    fn of(measured: &Measured) -> Self {
        let lines = measured.guests.iter().map(|guest| {
            let optimised = guest.optimised.as_ref().expect("to bless, wasm-opt is needed");
            Line { name: guest.name.clone(), raw: guest.raw.len() as i64, optimised: Sizes::of(optimised) }
        });
        Self { tools: measured.tools.clone(), lines: lines.collect() }
    }

    fn text(&self) -> String {
        let mut rows = vec![Self::columns().into_iter().map(str::to_owned).collect()];
        for line in &self.lines {
            let mut row = vec![line.name.clone(), line.raw.to_string(), line.optimised.total().to_string()];
            row.extend(line.optimised.iter().map(|(_, size)| size.to_string()));
            rows.push(row);
        }
        format!("{}\n{}", self.tools, table(&rows))
    }
}

/// Rows of words in aligned columns, the first to the left.
fn table(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().map(|row: &Vec<String>| row[column].len()).max().unwrap();
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    let mut text = String::new();
    for row in rows {
        write!(text, "{:<1$}", row[0], widths[0]).unwrap();
        for (word, width) in row.iter().zip(&widths).skip(1) {
            write!(text, " {word:>width$}").unwrap();
        }
        text.push('\n');
    }
    text
}

/// The budget: from its file, or to be blessed.
fn budget() -> &'static Budget {
    static ONCE: OnceLock<Budget> = OnceLock::new();
    ONCE.get_or_init(|| {
        if blessing() {
            return Budget::of(measured());
        }
        let text = fs::read_to_string(root().join(BUDGET)).unwrap_or_else(|error| panic!("{BUDGET}: {error}"));
        Budget::parse(&text)
    })
}

/// How a module differs from its budget: "code +3, data -1".
fn difference(measured: Sizes, budget: Sizes) -> String {
    let sections = (measured - budget).iter().filter(|(_, more)| *more != 0);
    let sections: Vec<String> = sections.map(|(name, more)| format!("{name} {more:+}")).collect();
    if sections.is_empty() { "as before".to_owned() } else { sections.join(", ") }
}

/// What differs from the budget, a line for each module.
fn changes(measured: &Measured, budget: &Budget) -> String {
    let mut text = String::new();
    for (guest, line) in measured.guests.iter().zip(&budget.lines) {
        let raw = guest.raw.len() as i64;
        let mut said = String::new();
        if raw != line.raw {
            write!(said, " raw {raw} ({:+})", raw - line.raw).unwrap();
        }
        if let Some(optimised) = guest.optimised.as_deref().map(Sizes::of) {
            if optimised != line.optimised {
                let total = optimised.total();
                let more = total - line.optimised.total();
                write!(said, " optimised {total} ({more:+}): {}", difference(optimised, line.optimised)).unwrap();
            }
        }
        if !said.is_empty() {
            writeln!(text, "{:<14}{said}", guest.name).unwrap();
        }
    }
    text
}

/// The modules that are over their budget by more than `TOLERANCE` percent.
fn over_tolerance(measured: &Measured, budget: &Budget) -> Vec<String> {
    let too_large = |size: i64, budget: i64| size * 100 > budget * (100 + TOLERANCE);
    let over = measured.guests.iter().zip(&budget.lines).filter(|(guest, line)| {
        too_large(guest.raw.len() as i64, line.raw)
            || guest.optimised.as_ref().is_some_and(|module| too_large(module.len() as i64, line.optimised.total()))
    });
    over.map(|(guest, _)| guest.name.clone()).collect()
}

#[test]
fn modules_meet_the_budget_to_the_byte() {
    let (measured, budget) = (measured(), budget());
    if blessing() {
        let old = fs::read_to_string(root().join(BUDGET)).unwrap_or_default();
        if old.lines().next() == Some(&budget.tools.to_string()) {
            println!("{}", changes(measured, &Budget::parse(&old)));
        }
        fs::write(root().join(BUDGET), budget.text()).unwrap();
        println!("{}", budget.text());
        return;
    }
    let changes = changes(measured, budget);
    println!("{}{changes}", budget.text());
    let same_rustc = measured.tools.rustc == budget.tools.rustc && !is_prerelease();
    let same_wasm_opt = measured.tools.wasm_opt == budget.tools.wasm_opt || measured.tools.wasm_opt == 0;
    if same_rustc && same_wasm_opt {
        assert!(
            changes.is_empty(),
            "sizes changed:\n{changes}If that is meant: BLESS=1 cargo test --test sizes, and a word in CHANGELOG.md"
        );
    } else if measured.tools.rustc < budget.tools.rustc {
        println!("rustc is older than the budget's: nothing is compared");
    } else {
        println!("{} is not what the budget is for: up to {TOLERANCE} % more are accepted", measured.tools);
        let over = over_tolerance(measured, budget);
        assert!(over.is_empty(), "more than {TOLERANCE} % over the budget: {over:?}\n{changes}");
    }
}

#[test]
fn modules_on_bump_stay_below_what_they_must() {
    let measured = measured();
    if measured.tools.rustc < budget().tools.rustc {
        println!("rustc is older than the budget's: nothing is asserted");
        return;
    }
    for (name, most) in MUSTS {
        let Some(optimised) = &measured.guest(name).optimised else { return };
        assert!(optimised.len() as i64 <= most, "{name} has {} bytes, and may have {most}", optimised.len());
    }
}

/// README's table of the budget's optimised sizes.
fn readme_table(budget: &Budget) -> String {
    let types: Vec<&str> = ALLOCATORS.iter().map(|(name, _)| *name).collect();
    let mut text = format!("| module | {} |\n| --- |{}\n", types.join(" | "), " ---: |".repeat(types.len()));
    for (kind, lines) in KINDS.iter().zip(budget.lines.chunks(types.len())) {
        let sizes: Vec<String> = lines.iter().map(|line| line.optimised.total().to_string()).collect();
        writeln!(text, "| `{kind}` | {} |", sizes.join(" | ")).unwrap();
    }
    text
}

/// README's text before and after the table that directly follows the marker, and that table.
fn split_readme(readme: &str) -> (&str, &str, &str) {
    let marker = format!("{MARKER}\n");
    let start = readme.find(&marker).unwrap_or_else(|| panic!("README.md has no line {MARKER}")) + marker.len();
    let rest = &readme[start..];
    let table: usize = rest.split_inclusive('\n').take_while(|line| line.starts_with('|')).map(str::len).sum();
    (&readme[..start], &rest[..table], &rest[table..])
}

#[test]
fn readme_shows_the_budget() {
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).unwrap_or_else(|error| panic!("README.md: {error}"));
    let (before, table, after) = split_readme(&readme);
    let expected = readme_table(budget());
    if blessing() {
        fs::write(&path, format!("{before}{expected}{after}")).unwrap();
        return;
    }
    assert_eq!(table, expected, "README.md, after {MARKER}: BLESS=1 cargo test --test sizes writes it");
}

#[test]
fn readme_says_what_the_exported_globals_cost() {
    let measured = measured();
    let guest = measured.guest("null_bump");
    let Some(optimised) = guest.optimised.as_ref().filter(|_| measured.tools == budget().tools && !is_prerelease())
    else {
        println!("other versions than the budget's may export other globals");
        return;
    };
    let said = format!("\n{} of these bytes are globals", module::exported_globals_size(optimised));
    assert!(fs::read_to_string(root().join("README.md")).unwrap().contains(&said), "README.md says:{said}");
}

#[test]
fn readme_says_what_the_tour_s_records_cost() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (before, _) = readme.split_once(" bytes are records.").expect("README.md says what the records cost");
    let said = before.rsplit(' ').next().unwrap().replace(',', "");
    let budget = fs::read_to_string(root().join(BUDGET)).unwrap();
    let line = budget.lines().find(|line| line.starts_with("tour_heap")).expect("the tour has a budget");
    assert_eq!(Some(said.as_str()), line.split_whitespace().last(), "the last column is `custom`");
}

#[test]
fn readme_says_what_the_map_of_a_heap_costs() {
    let size = |name| budget().lines.iter().find(|line| line.name == name).expect("a budget").optimised.total();
    let said = format!("the module is {} bytes larger", size(MAPPED) - size("abi_heap"));
    assert!(fs::read_to_string(root().join("README.md")).unwrap().contains(&said), "README.md says: {said}");
}

/// What is linked where something can panic, or where something is formatted. rustc mangles names, but leaves their
/// words whole.
const MACHINERY: [&str; 9] = [
    "panic",
    "core3fmt",
    "core::fmt",
    "_fail",
    "handle_error",
    "capacity_overflow",
    "unwrap_failed",
    "expect_failed",
    "begin_unwind",
];

/// The machinery in a module that keeps its names, but for functions of these names that do nothing but trap.
fn machinery(module: &[u8], may_trap: &[&str]) -> Vec<String> {
    let functions = module::functions(module).into_iter();
    let mut found: Vec<String> = functions
        .filter(|(name, only_traps)| !(*only_traps && may_trap.iter().any(|word| name.contains(word))))
        .map(|(name, _)| name)
        .filter(|name| MACHINERY.iter().any(|word| name.contains(word)))
        .collect();
    let data = module::data(module);
    for text in ["panicked", ".rs", "/rustc/", "src/"] {
        if data.windows(text.len()).any(|window| window == text.as_bytes()) {
            found.push(format!("{text:?} in the data"));
        }
    }
    found
}

/// Builds guests as `guest::build` does, but for their names, which stay.
fn build_with_names(args: &[&str]) -> PathBuf {
    // This adds the target where it is missing.
    measured();
    let target_dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sizes");
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--quiet", "--target", TARGET, "--package", "sizes", "--profile", "names"]);
    command.args(["--config", "profile.names.inherits='release'", "--config", "profile.names.strip='debuginfo'"]);
    tools::run(command.args(args).arg("--target-dir").arg(&target_dir).current_dir(root()));
    target_dir.join(TARGET).join("names/examples")
}

#[test]
fn modules_have_no_panic_or_formatting_machinery() {
    let examples = build_with_names(&["--features", "tour,dlmalloc,wee_alloc", "--examples"]);
    let found = |name: &str| {
        // What `Box::new` calls when there is no memory.
        let mut may_trap = vec!["panic_nounwind_fmt"];
        if name.ends_with("_dlmalloc") {
            // dlmalloc asserts. Its panics bring neither messages nor formatting.
            may_trap.extend(["core9panicking5panic", "core9panicking9panic_fmt"]);
        }
        machinery(&fs::read(examples.join(format!("{name}.wasm"))).unwrap(), &may_trap)
    };
    let mut wrong = String::new();
    for name in names() {
        let found = found(&name);
        if !found.is_empty() {
            writeln!(wrong, "{name}: {found:?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "machinery is linked:\n{wrong}");
    // The check finds what it is for.
    let found = found("indexing");
    assert!(found.iter().any(|name| name.contains("panic_bounds_check")), "{found:?}");
}

/// Assembles a module that is written by hand.
fn by_hand(kind: &str) -> Vec<u8> {
    let path = root().join(format!("tests/sizes/{kind}.wat"));
    let module = wat::parse_file(&path).unwrap_or_else(|error| panic!("{error}"));
    module::without_custom_sections(&module)
}

#[test]
fn modules_by_hand_are_smaller() {
    for kind in ["null", "abi"] {
        let guest = measured().guest(&format!("{kind}_bump"));
        let sizes = Sizes::of(guest.optimised.as_ref().unwrap_or(&guest.raw));
        let hand = Sizes::of(&by_hand(kind));
        let row = |name: &str, sizes: Sizes, total: i64| {
            let numbers = sizes.iter().map(|(_, size)| size).chain([total]);
            [name.to_owned()].into_iter().chain(numbers.map(|number| number.to_string())).collect::<Vec<_>>()
        };
        let distance = sizes - hand;
        let head: Vec<String> = [kind].into_iter().chain(SECTIONS).chain(["total"]).map(str::to_owned).collect();
        let rows = [
            head,
            row("rustc", sizes, sizes.total()),
            row("by hand", hand, hand.total()),
            row("distance", distance, distance.total()),
        ];
        println!("{}", table(&rows));
        assert!(distance.total() >= 0, "rustc's is smaller than the one by hand:\n{}", table(&rows));
    }
}

/// The forms of a module on `Bump`, of which all have to behave alike: by hand, as rustc makes it, optimised.
fn forms(kind: &str) -> Vec<Vec<u8>> {
    let guest = measured().guest(&format!("{kind}_bump"));
    [by_hand(kind), guest.raw.clone()].into_iter().chain(guest.optimised.clone()).collect()
}

#[test]
fn null_by_hand_does_what_rustcs_does() {
    let mut instances: Vec<Running> = forms("null").iter().map(|module| Running::new(module, 5)).collect();
    let mut traps = 0;
    for call in 0..25_000 {
        // Others grow memory while there is room in the span, and where none is left of it: it takes 4,095 blocks.
        let others_grow = [100, 4_095 + 4_096].contains(&call);
        let results = instances.iter_mut().map(|instance| {
            if others_grow {
                assert!(instance.grow(1));
            }
            let block: Option<u32> = instance.call("simple_arr", ()).ok();
            block.map(|block| {
                assert_eq!(instance.bytes(block, 16), [100_u32, 200, 300, 400].map(u32::to_le_bytes).concat());
                instance.offset(block)
            })
        });
        let results: Vec<Option<i64>> = results.collect();
        assert!(results.iter().all(|result| *result == results[0]), "call {call}: {results:?}");
        traps += u32::from(results[0].is_none());
    }
    assert!(traps > 1, "memory ran out");
}

/// A block that a test holds: the same in all instances, but for where their memory begins.
struct Block {
    offset: i64,
    size: u32,
    align: u32,
    fill: u8,
}

/// Instances that are called with the same arguments, and have to return the same.
struct Lockstep {
    instances: Vec<Running>,
    blocks: Vec<Block>,
    fills: u8,
    failures: u32,
}

impl Lockstep {
    fn new(pages: u64) -> Self {
        let instances = forms("abi").iter().map(|module| Running::new(module, pages)).collect();
        Self { instances, blocks: Vec::new(), fills: 0, failures: 0 }
    }

    /// Calls `realloc`, or what it stands for, with an old block at an offset, or at an address.
    ///
    /// Returns what all return: an address for no bytes and for 0, else an offset.
    fn resize(&mut self, what: &str, offset: Option<i64>, addr: u32, old: u32, align: u32, new: u32) -> Option<i64> {
        let results = self.instances.iter_mut().map(|instance| {
            let ptr = offset.map_or(addr, |offset| instance.addr(offset));
            let result: u32 = match what {
                "alloc" => instance.call("alloc", (new, align)).unwrap(),
                "free" => {
                    instance.call::<_, ()>("free", (ptr, old, align)).unwrap();
                    align
                }
                _ => instance.call("realloc", (ptr, old, align, new)).unwrap(),
            };
            if new == 0 || result == 0 { (i64::from(result), false) } else { (instance.offset(result), true) }
        });
        let results: Vec<(i64, bool)> = results.collect();
        let call = format!("{what}({offset:?} or {addr}, {old}, {align}, {new})");
        assert!(results.iter().all(|result| *result == results[0]), "{call}: {results:?}");
        let (result, is_block) = results[0];
        self.failures += u32::from(result == 0 && !is_block);
        is_block.then_some(result)
    }

    /// Holds a block from here on.
    fn hold(&mut self, offset: i64, size: u32, align: u32) {
        self.fills = self.fills.wrapping_add(1);
        for instance in &mut self.instances {
            let addr = instance.addr(offset);
            assert_eq!(addr % align, 0);
            instance.fill(addr, size, self.fills);
        }
        self.blocks.push(Block { offset, size, align, fill: self.fills });
    }

    /// Asserts that the block's first bytes, wherever they are, are those that were written.
    fn assert_holds(&self, offset: i64, size: u32, fill: u8) {
        for instance in &self.instances {
            assert!(instance.bytes(instance.addr(offset), size).iter().all(|byte| *byte == fill));
        }
    }

    fn free(&mut self, index: usize) {
        let block = self.blocks.swap_remove(index);
        self.assert_holds(block.offset, block.size, block.fill);
        self.resize("free", Some(block.offset), 0, block.size, block.align, 0);
    }

    fn alloc(&mut self, size: u32, align: u32) {
        if let Some(offset) = self.resize("alloc", None, 0, 0, align, size) {
            self.hold(offset, size, align);
        }
    }

    fn realloc(&mut self, index: usize, new: u32) {
        let Block { offset, size, align, fill } = self.blocks[index];
        let result = self.resize("realloc", Some(offset), 0, size, align, new);
        if let Some(moved) = result {
            self.blocks.swap_remove(index);
            self.assert_holds(moved, size.min(new), fill);
            self.hold(moved, new, align);
        } else if new == 0 {
            self.blocks.swap_remove(index);
        } else {
            self.assert_holds(offset, size, fill);
        }
    }

    /// Makes the calls that do nothing to a block, and those that are to allocate.
    fn edges(&mut self, index: usize, random: u32) {
        let Block { offset, size, align, .. } = self.blocks[index];
        for bad in [0, 3, 6, 0x8000_0001, u32::MAX] {
            self.resize("free", Some(offset), 0, size, bad, 0);
            self.resize("realloc", Some(offset), 0, size, bad, size / 2);
            self.resize("realloc", Some(offset), 0, size, bad, 0);
            self.resize("alloc", None, 0, 0, bad, size);
            self.resize("alloc", None, 0, 0, bad, 0);
        }
        let too_large = (1 << 31) - align + 1;
        for size_no_block_has in [too_large, u32::MAX] {
            self.resize("free", Some(offset), 0, size_no_block_has, align, 0);
            self.resize("realloc", Some(offset), 0, size_no_block_has, align, 16);
            self.resize("realloc", Some(offset), 0, size_no_block_has, align, 0);
            self.resize("realloc", Some(offset), 0, size, align, size_no_block_has);
            self.resize("alloc", None, 0, 0, align, size_no_block_has);
        }
        self.resize("alloc", None, 0, 0, align, too_large - 1);
        self.resize("alloc", None, 0, 0, 1 << 31, 1);
        self.resize("realloc", Some(offset), 0, size, align, too_large - 1);
        self.resize("free", None, 0, size, align, 0);
        self.resize("free", Some(offset), 0, 0, align, 0);
        self.resize("realloc", None, 0, size, align, 0);
        self.resize("realloc", Some(offset), 0, 0, align, 0);
        self.resize("realloc", None, u32::MAX, 0, align, 0);
        // No old block, whatever the other half says.
        for (addr, old) in [(0, u32::MAX), (0, size), (u32::MAX, 0)] {
            let new = random % 40 + 1;
            if let Some(offset) = self.resize("realloc", None, addr, old, align, new) {
                self.hold(offset, new, align);
            }
        }
        // No block at all, where the next one begins.
        let end = self.blocks.iter().map(|block| block.offset + i64::from(block.size)).max();
        self.resize("realloc", end, 0, 0, 4096, 0);
    }
}

#[test]
fn abi_by_hand_does_what_rustcs_does() {
    let mut seed = 0x9e37_79b9_u32;
    let mut random = move |below: u32| {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed % below
    };
    let mut failures = 0;
    for _ in 0..60 {
        let mut modules = Lockstep::new(40);
        for _ in 0..100 {
            let count = modules.blocks.len() as u32;
            // The last block is the one that can be freed and resized, so it is chosen often.
            let mut choose = || {
                let last = modules.blocks.iter().enumerate().max_by_key(|(_, block)| block.offset).unwrap().0;
                if random(3) == 0 { random(count) as usize } else { last }
            };
            let index = if count == 0 { None } else { Some(choose()) };
            let size = [30, 1_000, 70_000, 300_000][random(4) as usize];
            let size = random(size);
            match (random(12), index) {
                (0..=1, Some(index)) => modules.free(index),
                (2..=5, Some(index)) => modules.realloc(index, size),
                (6, Some(index)) => modules.edges(index, size),
                (7, _) => {
                    let pages = random(3);
                    let grown: Vec<bool> = modules.instances.iter_mut().map(|instance| instance.grow(pages)).collect();
                    assert!(grown.iter().all(|done| *done == grown[0]));
                }
                (8, _) => {
                    let array = modules.instances.iter_mut().map(|instance| {
                        let block: Option<u32> = instance.call("simple_arr", ()).ok();
                        block.map(|block| instance.offset(block))
                    });
                    let array: Vec<Option<i64>> = array.collect();
                    assert!(array.iter().all(|offset| *offset == array[0]), "{array:?}");
                }
                (9, Some(_)) => {
                    // One byte less than what is left of a page, all of it, one byte more.
                    let end = modules.blocks.iter().map(|block| block.offset + i64::from(block.size)).max().unwrap();
                    let left = PAGE as i64 - end.rem_euclid(PAGE as i64);
                    modules.alloc(left as u32 + random(3) - 1, 1);
                }
                _ => modules.alloc(size, 1 << [0, 2, 3, random(13), random(21)][random(5) as usize]),
            }
        }
        while !modules.blocks.is_empty() {
            modules.free(modules.blocks.len() - 1);
        }
        failures += modules.failures;
    }
    assert!(failures > 100, "failing was tried");
}

/// A module in an engine, in memory that has a limit.
struct Running {
    store: Store<StoreLimits>,
    instance: Instance,
    memory: Memory,
    /// The first page after the module's own.
    first: u64,
}

impl Running {
    /// Instantiates a module without imports, whose memory can grow by `pages`.
    fn new(module: &[u8], pages: u64) -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, module).unwrap();
        let mut store = Store::new(&engine, StoreLimits::default());
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
        let memory = instance.get_memory(&store, "memory").unwrap();
        let first = memory.size(&store);
        *store.data_mut() = StoreLimitsBuilder::new().memory_size((first + pages) as usize * PAGE).build();
        store.limiter(|limits| limits);
        Self { store, instance, memory, first }
    }

    fn call<P: WasmParams, R: WasmResults>(&mut self, name: &str, params: P) -> Result<R, wasmi::Error> {
        self.instance.get_typed_func::<P, R>(&self.store, name)?.call(&mut self.store, params)
    }

    /// Grows memory as others would.
    fn grow(&mut self, pages: u32) -> bool {
        self.memory.grow(&mut self.store, pages.into()).is_ok()
    }

    /// An address, from the end of the memory that the module started with: there all forms are the same.
    fn offset(&self, addr: u32) -> i64 {
        i64::from(addr) - (self.first as usize * PAGE) as i64
    }

    fn addr(&self, offset: i64) -> u32 {
        u32::try_from(offset + (self.first as usize * PAGE) as i64).unwrap()
    }

    fn bytes(&self, addr: u32, size: u32) -> &[u8] {
        &self.memory.data(&self.store)[addr as usize..][..size as usize]
    }

    fn fill(&mut self, addr: u32, size: u32, byte: u8) {
        self.memory.data_mut(&mut self.store)[addr as usize..][..size as usize].fill(byte);
    }
}

/// Runs `examples/size-check.sh` and returns its exit status and all that it says.
#[cfg(unix)]
fn size_check(args: &[&str]) -> (Option<i32>, String) {
    let script = root().join("examples/size-check.sh");
    let output = Command::new("sh").arg(script).args(args).current_dir(env!("CARGO_TARGET_TMPDIR")).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[cfg(unix)]
#[test]
fn size_check_fails_above_the_budget() {
    let module = by_hand("null");
    let size = module.len();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("size check");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("guest.wasm"), module).unwrap();
    let guest = "size check/guest.wasm";
    let check = |budget: String| size_check(&[guest, &budget]);
    let within = |room: usize| format!("{guest} has {size} bytes, {room} below its budget of {}\n", size + room);
    assert_eq!(check(size.to_string()), (Some(0), within(0)));
    assert_eq!(check((size + 7).to_string()), (Some(0), within(7)));
    assert_eq!(check(format!("000{size}")), (Some(0), within(0)));
    let over = format!("size-check: {guest} has {size} bytes, 2 over its budget of {}\n", size - 2);
    assert_eq!(check((size - 2).to_string()), (Some(1), over));
    assert_eq!(check("0".to_owned()).0, Some(1));
}

#[cfg(unix)]
#[test]
fn size_check_says_what_it_cannot_check() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs::write(folder.join("module.wasm"), by_hand("null")).unwrap();
    fs::write(folder.join("empty.wasm"), "").unwrap();
    fs::write(folder.join("text.wasm"), "(module)").unwrap();
    for (args, said) in [
        (&[][..], "two arguments are needed, not 0"),
        (&["module.wasm"], "two arguments are needed, not 1"),
        (&["module.wasm", "9", "9"], "two arguments are needed, not 3"),
        (&["module.wasm", ""], "the budget is a number of bytes"),
        (&["module.wasm", "2k"], "the budget is a number of bytes"),
        (&["module.wasm", "-1"], "the budget is a number of bytes"),
        (&["module.wasm", "99999999999999999999"], "the budget is a number of bytes"),
        (&["missing.wasm", "9"], "cannot read missing.wasm"),
        (&[".", "9"], "cannot read ."),
        (&["empty.wasm", "9"], "empty.wasm is no wasm module"),
        (&["text.wasm", "9"], "text.wasm is no wasm module"),
    ] {
        let (status, text) = size_check(args);
        assert_eq!(status, Some(2), "{args:?}: {text}");
        assert!(text.contains(said), "{args:?}: {text}");
    }
    let (status, text) = size_check(&["--help"]);
    assert_eq!(status, Some(0));
    assert!(text.starts_with("Usage: size-check.sh MODULE.wasm BUDGET\n"), "{text}");
}
