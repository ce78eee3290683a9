//! The allocators that are compared.

/// One allocator under one setup.
pub struct Allocator {
    /// As in options, tables and pictures, and the feature of the guests' package `allocator`.
    pub name: &'static str,
    /// The crate that it comes from, whose version the lock file tells; None for those written here.
    pub package: Option<&'static str>,
    /// Whether memory that is freed is used again: without that, only sizes and short programs make sense.
    pub reuses: bool,
    /// Whether an operation takes time linear in the blocks: then a workload can take a minute.
    pub linear: bool,
    pub note: &'static str,
}

impl Allocator {
    /// Divides the steps of a workload, where an operation takes linear time and all of them would take many minutes.
    pub fn shorten(&self) -> u32 {
        if self.linear { 20 } else { 1 }
    }
}

/// What the others are measured against in time and memory.
pub const BASE: &str = "dlmalloc";
/// What the others are measured against in size.
pub const FLOOR: &str = "bump";
/// The crate's own general-purpose allocator, which the targets are about.
pub const OURS: &str = "linmem";

/// Measured only where it is named: it finds misuse of memory, and is no peer of the others.
pub const CHECKED: &str = "linmem_checked";

pub const ALL: &[Allocator] = &[
    Allocator { name: OURS, package: Some("linmem"), reuses: true, linear: false, note: "`linmem::Heap`" },
    Allocator {
        name: "linmem_bump",
        package: Some("linmem"),
        reuses: false,
        linear: false,
        note: "`linmem::Bump`: frees and grows the last block only",
    },
    Allocator { name: CHECKED, package: None, reuses: true, linear: false, note: "`linmem::Checked<linmem::Heap>`" },
    Allocator { name: FLOOR, package: None, reuses: false, linear: false, note: "never frees; written here" },
    Allocator {
        name: "pow2",
        package: None,
        reuses: true,
        linear: false,
        note: "free lists of powers of two without coalescing, Zig's design; written here",
    },
    Allocator { name: BASE, package: Some("dlmalloc"), reuses: true, linear: false, note: "Rust's own on wasm" },
    Allocator { name: "talc", package: Some("talc"), reuses: true, linear: false, note: "`WasmDynamicTalc`" },
    Allocator {
        name: "talc_small",
        package: Some("talc"),
        reuses: true,
        linear: false,
        note: "`WasmGrowAndClaim`, feature `disable-realloc-in-place`",
    },
    Allocator { name: "rlsf", package: Some("rlsf"), reuses: true, linear: false, note: "`GlobalTlsf`" },
    Allocator { name: "rlsf_small", package: Some("rlsf"), reuses: true, linear: false, note: "`SmallGlobalTlsf`" },
    Allocator {
        name: "picoalloc",
        package: Some("picoalloc"),
        reuses: true,
        linear: false,
        note: "in 1 GiB of addresses",
    },
    Allocator {
        name: "lol_alloc",
        package: Some("lol_alloc"),
        reuses: true,
        linear: true,
        note: "`AssumeSingleThreaded<FreeListAllocator>`",
    },
    Allocator {
        name: "linked_list",
        package: Some("linked_list_allocator"),
        reuses: true,
        linear: true,
        note: "with growth by the missing pages, written here",
    },
    Allocator {
        name: "wee_alloc",
        package: Some("wee_alloc"),
        reuses: true,
        linear: true,
        note: "`WeeAlloc::INIT`; unmaintained, leaks",
    },
];

/// The allocator that the others are measured against in time and memory.
pub fn base() -> &'static Allocator {
    ALL.iter().find(|allocator| allocator.name == BASE).expect("the base is in the list")
}

/// Whether it is the crate's own.
pub fn is_ours(name: &str) -> bool {
    ALL.iter().any(|allocator| allocator.name == name && allocator.package == Some("linmem"))
}
