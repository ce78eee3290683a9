//! Linear memory as a native test has it: pages in one allocation, with a limit, and with others that grow pages too.
//!
//! ```text
//! 0              first * PAGE - slack    first          size()                    limit
//! | static data | slack                 | grown pages  | pages that nobody grew  |
//! ```
//!
//! As in linear memory, a page's number is its address divided by PAGE. What is counted in pages here, the limit too,
//! begins at the first page of the arena.
//!
//! What no allocator may touch holds a pattern: the static data and the pages of others 0xF5, pages that nobody has
//! grown zeros. The arena asserts it whenever it is asked, of pages that are grown, and at the end.

use linmem::{PAGE, Pages, Unclaimed};
use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::cell::{Cell, RefCell};
use std::ops::Range;

static OTHERS: [u8; PAGE] = [0xF5; PAGE];
static NOBODYS: [u8; PAGE] = [0; PAGE];

/// A source of pages with a limit.
pub struct Arena {
    allocation: *mut u8,
    /// The first multiple of PAGE in the allocation.
    base: *mut u8,
    /// Bytes before the end of the first pages that are free from the start.
    slack: usize,
    /// Number of pages at the start.
    first: usize,
    size: Cell<usize>,
    limit: usize,
    /// Whether no more pages are to be had, though the limit is not reached.
    full: Cell<bool>,
    /// The pages that others grew, a few runs.
    others: RefCell<Vec<Range<usize>>>,
    unclaimed: Unclaimed,
}

impl Arena {
    /// Makes an arena of one page and more, as many as the slack needs, that can grow up to `limit` pages.
    ///
    /// # Panics
    ///
    /// If `slack` is no multiple of 16, or if `limit` is less than the pages at the start.
    pub fn new(slack: usize, limit: usize) -> Self {
        let first = slack / PAGE + 1;
        assert!(slack % 16 == 0 && first <= limit, "slack {slack}, limit {limit}");
        let layout = Self::layout(limit);
        // SAFETY: the size is not 0.
        let allocation = unsafe { alloc_zeroed(layout) };
        if allocation.is_null() {
            handle_alloc_error(layout);
        }
        let base = allocation.map_addr(|addr| addr.next_multiple_of(PAGE));
        let arena = Self {
            allocation,
            base,
            slack,
            first,
            size: Cell::new(first),
            limit,
            full: Cell::new(false),
            others: RefCell::new(Vec::with_capacity(limit)),
            unclaimed: Unclaimed::new(),
        };
        // SAFETY: the static data lies at the start of the allocation.
        unsafe { base.write_bytes(OTHERS[0], first * PAGE - slack) }
        arena
    }

    /// With room to begin at a multiple of PAGE: memory that is asked for with a large alignment is not zeroed for free.
    fn layout(limit: usize) -> Layout {
        Layout::from_size_align((limit + 1) * PAGE, 16).expect("an arena fits into memory")
    }

    /// Grows `count` pages as somebody else would, who fills them. False if there is no room.
    pub fn foreign(&self, count: usize) -> bool {
        let page = self.take(count);
        if page == usize::MAX {
            return false;
        }
        // SAFETY: these pages lie inside the allocation, and nothing else uses them.
        unsafe { self.base.wrapping_add(page * PAGE).write_bytes(OTHERS[0], count * PAGE) }
        self.others.borrow_mut().push(page..page + count);
        true
    }

    /// How many runs of pages others had grown when those were `size` bytes in all. None if they never were.
    pub fn foreign_runs(&self, size: usize) -> Option<usize> {
        let others = self.others.borrow();
        let sum = |runs: usize| others[..runs].iter().map(|others| others.len() * PAGE).sum::<usize>();
        (0..=others.len()).find(|&runs| sum(runs) == size)
    }

    /// Refuses all growth from here on, or no longer.
    pub fn set_full(&self, full: bool) {
        self.full.set(full);
    }

    /// Whether the static data and the pages that others grew are as they were.
    pub fn foreign_intact(&self) -> bool {
        self.is_filled(0, self.first * PAGE - self.slack, &OTHERS)
            && self.others.borrow().iter().cloned().flatten().all(|page| self.is_filled(page, PAGE, &OTHERS))
    }

    /// Asserts that nothing was written where no allocator may write.
    pub fn foreign_untouched(&self) {
        assert!(self.foreign_intact(), "an allocator wrote to memory of others");
        // As far as anybody would miss the end by.
        self.assert_empty(self.size.get()..self.limit.min(self.size.get() + 8));
    }

    /// Asserts that nobody wrote to pages that nobody had grown.
    fn assert_empty(&self, mut pages: Range<usize>) {
        assert!(pages.all(|page| self.is_filled(page, PAGE, &NOBODYS)), "an allocator wrote behind the end of memory");
    }

    /// Whether the first `len` bytes of a page, which no allocator may own, are those of `what`.
    fn is_filled(&self, page: usize, len: usize, what: &[u8; PAGE]) -> bool {
        // SAFETY: the range lies inside the allocation, whose bytes are written, and no allocator owns it.
        let bytes = unsafe { std::slice::from_raw_parts(self.base.wrapping_add(page * PAGE), len) };
        bytes == &what[..len]
    }

    /// How many pages there are, whoever grew them.
    pub fn pages(&self) -> usize {
        self.size.get()
    }

    /// How many pages there can be.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The first byte of the slack, or of the first page to be grown if there is no slack.
    pub fn start(&self) -> *mut u8 {
        self.base.wrapping_add(self.first * PAGE - self.slack)
    }

    /// Whether an allocator may hand out the `size` bytes at `block`: they lie in the slack or in grown pages, not in
    /// pages of others.
    pub fn holds(&self, block: *mut u8, size: usize) -> bool {
        let Some(start) = block.addr().checked_sub(self.base.addr()) else { return false };
        let Some(end) = start.checked_add(size) else { return false };
        start >= self.first * PAGE - self.slack
            && end <= self.size.get() * PAGE
            && self.others.borrow().iter().all(|others| end <= others.start * PAGE || start >= others.end * PAGE)
    }

    /// The number of the page at `base`.
    fn first_number(&self) -> usize {
        self.base.addr() / PAGE
    }

    /// Grows `count` pages, and says how many there were.
    fn take(&self, count: usize) -> usize {
        let page = self.size.get();
        if self.full.get() || count > self.limit - page {
            return usize::MAX;
        }
        self.assert_empty(page..page + count);
        self.size.set(page + count);
        page
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.foreign_untouched();
        }
        // SAFETY: `new` allocated this with the same layout.
        unsafe { dealloc(self.allocation, Self::layout(self.limit)) }
    }
}

// SAFETY: `grow` gives each page away once, from one allocation of `limit` pages at a multiple of PAGE, which outlives
// every `&Arena`; the slack, a multiple of 16, is the tail of the first pages. There is one `Unclaimed` to an arena,
// and none of the methods allocates.
unsafe impl Pages for &Arena {
    fn unclaimed(&self) -> &Unclaimed {
        &self.unclaimed
    }

    fn slack(&self) -> (*mut u8, usize) {
        (self.start(), self.first_number() + self.first)
    }

    fn at(&self, page: usize) -> *mut u8 {
        // Before the first use, a heap asks for the first page of the address space.
        let exists = page.wrapping_sub(self.first_number()) <= self.limit;
        assert!(page == 0 || exists, "page {page} does not exist");
        self.base.with_addr(page * PAGE)
    }

    fn size(&self) -> usize {
        self.first_number() + self.size.get()
    }

    fn grow(&self, count: usize) -> usize {
        let page = self.take(count);
        if page == usize::MAX { page } else { self.first_number() + page }
    }
}
