//! What a checked allocator knows of its blocks, and how it says what is wrong with them.

use crate::memory;
use core::alloc::Layout;
use core::{ptr, slice};

/// The first part of a mark: of a block that is live, and of one that waits.
pub(super) const LIVE: usize = 0x4556_494C;
pub(super) const FREED: usize = 0x4545_5246;
/// What bytes are: of a guard, new, and freed.
pub(super) const GUARD: u8 = 0xFB;
pub(super) const NEW: u8 = 0xA5;
pub(super) const GONE: u8 = 0xDD;
/// Size of the guard behind a block.
pub(super) const BACK: usize = 8;

/// SPEC has this layout, for hosts.
#[repr(C)]
pub(super) struct Header {
    pub(super) next: *mut Header,
    /// Of a live block: the one before it in its list.
    pub(super) prev: *mut Header,
    pub(super) size: usize,
    pub(super) align: usize,
    pub(super) tag: usize,
    pub(super) number: usize,
    /// LIVE or FREED, and the header's address.
    pub(super) mark: usize,
    pub(super) guard: [u8; size_of::<usize>()],
}

/// SPEC has this layout up to `count`, for hosts.
#[repr(C)]
pub(super) struct State {
    /// What was found; of length 0 if nothing was.
    pub(super) text: *const u8,
    pub(super) text_len: usize,
    /// The block or pointer that it is about.
    pub(super) addr: usize,
    /// What new blocks are marked with. Hosts may write to it.
    pub(super) tag: usize,
    /// How many allocations from now on one is refused, once; 0 for none. Hosts may write to it.
    pub(super) refuse: usize,
    pub(super) live: *mut Header,
    /// The blocks that wait, from the oldest on.
    pub(super) freed: *mut Header,
    pub(super) blocks: usize,
    pub(super) size: usize,
    pub(super) peak: usize,
    pub(super) pages: usize,
    pub(super) count: usize,
    pub(super) last_freed: *mut Header,
    /// Bytes of the blocks that wait.
    pub(super) kept: usize,
    pub(super) buffer: [u8; 160],
}

// SAFETY: the pointers lead to memory that the state alone hands out; no thread owns it.
unsafe impl Send for State {}

/// Something was found, and stands in the state.
pub(super) struct Found;

pub(super) type Result<T> = core::result::Result<T, Found>;

impl State {
    pub(super) const fn new() -> Self {
        let none = ptr::null_mut();
        Self {
            text: ptr::null(),
            text_len: 0,
            addr: 0,
            tag: 0,
            refuse: 0,
            live: none,
            freed: none,
            blocks: 0,
            size: 0,
            peak: 0,
            pages: 0,
            count: 0,
            last_freed: none,
            kept: 0,
            buffer: [0; 160],
        }
    }

    /// The header of a live block of this layout, whose guards are as they were.
    pub(super) fn find(&mut self, ptr: *mut u8, layout: Layout, by: &str) -> Result<*mut Header> {
        let header = header(ptr);
        match mark(header) {
            LIVE => {}
            FREED => return Err(self.found(header, by, ": it was freed before", [0; 2])),
            _ => return self.search(ptr, by),
        }
        self.intact(header, LIVE)?;
        // SAFETY: what has a mark is a header.
        let Header { size, align, .. } = unsafe { header.read() };
        if (size, align) != (layout.size(), layout.align()) {
            return Err(self.found(header, by, " with size # and align #", [layout.size(), layout.align()]));
        }
        Ok(header)
    }

    /// Says what a pointer is, in front of which there is no mark.
    #[cold]
    fn search(&mut self, ptr: *mut u8, by: &str) -> Result<*mut Header> {
        self.check()?;
        for mut header in [self.live, self.freed] {
            while !header.is_null() {
                // SAFETY: the lists were just checked.
                let Header { next, size, .. } = unsafe { header.read() };
                let offset = ptr.addr().wrapping_sub(bytes(header).addr());
                if (1..size).contains(&offset) {
                    let place = [ptr.addr(), offset];
                    return Err(self.found(header, by, " of @, which lies inside, at byte #", place));
                }
                header = next;
            }
        }
        self.addr = ptr.addr();
        self.say(by, &[]);
        self.say(" of @, where no block is", &[self.addr]);
        Err(Found)
    }

    /// Says that a header in one of the lists has lost its mark: then no more is known of the block than where it is.
    #[cold]
    fn unmarked(&mut self, header: *mut Header) -> Found {
        self.addr = bytes(header).addr();
        self.say("written in front of the block at @", &[self.addr]);
        Found
    }

    /// Compares the guards of a block in one of the lists, and its bytes if it waits.
    pub(super) fn intact(&mut self, header: *mut Header, list: usize) -> Result<()> {
        if mark(header) != list {
            return Err(self.unmarked(header));
        }
        // SAFETY: what has a mark is a header.
        let Header { next, prev, size, align, guard, .. } = unsafe { header.read() };
        let whole = size.checked_add(BACK).is_some_and(|all| memory::contains(bytes(header).addr(), all));
        let neighbours = [next, if list == LIVE { prev } else { next }];
        let linked = neighbours.iter().all(|&header| header.is_null() || may_be(header));
        if !linked || !whole || !align.is_power_of_two() || guard != [GUARD; size_of::<usize>()] {
            return Err(self.found(header, "written", " in front of it", [0; 2]));
        }
        // SAFETY: the block is `size` bytes long and has a guard behind it.
        let all = unsafe { slice::from_raw_parts(bytes(header), size + BACK) };
        for (at, &byte) in all.iter().enumerate() {
            if at < size {
                if list == FREED && byte != GONE {
                    return Err(self.found(header, "written", " after it was freed, to byte #", [at; 2]));
                }
            } else if byte != GUARD {
                return Err(self.found(header, "written", " behind it, to byte #", [at; 2]));
            }
        }
        if let Some(&neighbour) = neighbours.iter().find(|header| !header.is_null() && mark(**header) != list) {
            return Err(self.unmarked(neighbour));
        }
        if list == LIVE {
            // SAFETY: what has a mark is a header.
            let behind = unsafe { next.as_ref() }.map_or(header, |next| next.prev);
            // SAFETY: as above.
            let before = unsafe { prev.as_ref() }.map_or(self.live, |prev| prev.next);
            if before != header || behind != header {
                return Err(self.found(header, "written", " in front of it", [0; 2]));
            }
        }
        Ok(())
    }

    /// Compares all that is in a list.
    pub(super) fn check(&mut self) -> Result<()> {
        // No list is longer, nor the live one shorter, unless a link was overwritten.
        for (mut header, list, mut most) in [(self.live, LIVE, self.blocks), (self.freed, FREED, self.count)] {
            let mut last = header;
            while !header.is_null() && most > 0 {
                self.intact(header, list)?;
                most -= 1;
                last = header;
                // SAFETY: what is intact is a header.
                header = unsafe { (*header).next };
            }
            if !header.is_null() || list == LIVE && most > 0 {
                return Err(self.found(last, "written", " in front of it", [0; 2]));
            }
        }
        Ok(())
    }

    /// Writes down what was found about a block.
    #[cold]
    #[inline(never)]
    fn found(&mut self, header: *mut Header, by: &str, what: &str, numbers: [usize; 2]) -> Found {
        self.addr = bytes(header).addr();
        self.say(by, &[]);
        self.say(what, &numbers);
        // SAFETY: every caller has a header.
        let Header { size, align, tag, number, .. } = unsafe { header.read() };
        self.say(": the block of # bytes at @, align #, tag #, number #", &[size, self.addr, align, tag, number]);
        Found
    }

    /// Adds to the text, in which `#` stands for the next number and `@` for the next address. What has no room is left out.
    #[inline(never)]
    fn say(&mut self, text: &str, numbers: &[usize]) {
        let mut numbers = numbers.iter();
        for &byte in text.as_bytes() {
            match byte {
                b'#' => self.digits(numbers.next(), 10, 1),
                b'@' => {
                    self.say("0x", &[]);
                    self.digits(numbers.next(), 16, 8);
                }
                _ => self.push(byte),
            }
        }
    }

    fn digits(&mut self, number: Option<&usize>, base: usize, least: usize) {
        let number = number.copied().unwrap_or_default();
        if number >= base || least > 1 {
            self.digits(Some(&(number / base)), base, least.saturating_sub(1));
        }
        let digit = (number % base) as u8;
        self.push(if digit < 10 { b'0' + digit } else { b'a' - 10 + digit });
    }

    fn push(&mut self, byte: u8) {
        self.text = self.buffer.as_ptr();
        if let Some(place) = self.buffer.get_mut(self.text_len) {
            *place = byte;
            self.text_len += 1;
        }
    }
}

/// The layout of the inner allocator's block, and the offset of the bytes that are handed out.
pub(super) fn outer(size: usize, align: usize) -> Option<(Layout, usize)> {
    let front = align.max(size_of::<Header>());
    let layout = Layout::from_size_align(front.checked_add(size)?.checked_add(BACK)?, align.max(align_of::<Header>()));
    Some((layout.ok()?, front))
}

/// The header in front of what is handed out.
pub(super) fn header(ptr: *mut u8) -> *mut Header {
    ptr.cast::<Header>().wrapping_sub(1)
}

/// What is handed out behind a header.
pub(super) fn bytes(header: *mut Header) -> *mut u8 {
    header.wrapping_add(1).cast()
}

/// Whether there is room for a header at an address.
fn may_be(header: *mut Header) -> bool {
    header.is_aligned() && memory::contains(header.addr(), size_of::<Header>())
}

/// The mark at a place where a header may be: LIVE, FREED, or something else.
fn mark(header: *mut Header) -> usize {
    if header.is_null() || !may_be(header) {
        return 0;
    }
    // SAFETY: in a module these bytes are there, whatever they are. Off wasm nothing tells what is there: a wild pointer that is
    // aligned ends a test by a crash.
    unsafe { (*header).mark ^ header.addr() }
}
