//! What a checked module knows of its blocks, read as data of a hostile module: SPEC, "Checked modules".

use crate::guest::{Callee, Guest};
use crate::memory::check;
use crate::{Cause, Fault, Instance};

/// What marks the header of a live block, and that of one that waits; each exclusive or the header's address.
const MARKS: [(&str, u32, u32); 2] = [("live", 20, 0x4556_494C), ("freed", 24, 0x4545_5246)];
/// Size of the report, as far as hosts know it, and of the header in front of a block.
const REPORT: u32 = 48;
const HEADER: u32 = 32;
/// Longer text is no report.
const TEXT: u32 = 4096;

/// A block that the module's allocator handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Block {
    /// Its address.
    pub addr: u32,
    /// Its size in bytes, as it was asked for.
    pub size: u32,
    /// Its align.
    pub align: u32,
    /// The tag that was set when it was allocated.
    pub tag: u32,
    /// How many blocks had been handed out, itself included.
    pub number: u32,
}

/// Why a checked module trapped.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What was found.
    pub text: String,
    /// The block or pointer that it is about.
    pub addr: u32,
}

/// What is allocated. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Live blocks.
    pub blocks: u32,
    /// Bytes in them, as they were asked for.
    pub size: u32,
    /// The most bytes that were live at a time.
    pub peak: u32,
    /// Pages of linear memory.
    pub pages: u32,
    /// Blocks that were ever handed out.
    pub count: u32,
}

/// What a checked module knows of its blocks: [`Instance::checks`](crate::Instance::checks). It reads memory and calls
/// nothing, and so works after a trap, too.
///
/// Where there is no engine with a feature here, any memory and the value of the exported global `linmem_checks` make one.
///
/// # Errors
///
/// Everything here fails where the report leads out of memory, has a list without an end, or text that is not UTF-8: a
/// [`Fault`] with the place, such as `linmem_checks.live`.
///
/// ```
/// use linmem_host::Checks;
///
/// let mut memory = vec![0; 65536];
/// memory[64..68].copy_from_slice(&256_u32.to_le_bytes());
/// let mut checks = Checks::new(&mut memory[..], 64);
/// assert_eq!((checks.found()?, checks.live()?), (None, vec![]));
/// checks.set_refuse(3)?;
/// assert_eq!(checks.refuse()?, 3);
/// # Ok::<(), linmem_host::Fault>(())
/// ```
#[derive(Debug)]
pub struct Checks<M> {
    memory: M,
    symbol: u32,
}

impl<M: AsRef<[u8]>> Checks<M> {
    /// Reads memory by the address that the exported global `linmem_checks` is.
    pub fn new(memory: M, symbol: u32) -> Self {
        Self { memory, symbol }
    }

    /// What was found, after a trap.
    ///
    /// # Errors
    ///
    /// See [`Checks`].
    pub fn found(&self) -> Result<Option<Finding>, Fault> {
        let [ptr, len, addr] = self.report(0, "text")?;
        if len == 0 {
            return Ok(None);
        }
        let read = || {
            let bytes = if len > TEXT { Err(Cause::TooLong) } else { self.bytes(ptr, len, 1) };
            String::from_utf8(bytes?.to_vec()).map_err(|_| Cause::NotUtf8)
        };
        read().map(|text| Some(Finding { text, addr })).map_err(|cause| place(cause, "text"))
    }

    /// The live blocks, the newest first.
    ///
    /// # Errors
    ///
    /// See [`Checks`].
    pub fn live(&self) -> Result<Vec<Block>, Fault> {
        self.list(0, self.statistics()?.blocks)
    }

    /// The blocks that were freed and wait to be used again, in the order in which they were freed.
    ///
    /// # Errors
    ///
    /// See [`Checks`].
    pub fn freed(&self) -> Result<Vec<Block>, Fault> {
        self.list(1, u32::MAX)
    }

    /// What is allocated.
    ///
    /// # Errors
    ///
    /// See [`Checks`].
    pub fn statistics(&self) -> Result<Statistics, Fault> {
        let [blocks, size, peak, pages, count] = self.report(28, "blocks")?;
        Ok(Statistics { blocks, size, peak, pages, count })
    }

    /// What new blocks are marked with.
    ///
    /// # Errors
    ///
    /// See [`Checks`].
    pub fn tag(&self) -> Result<u32, Fault> {
        self.report(12, "tag").map(|[tag]| tag)
    }

    /// Which allocation from now on fails, once, counted from 1; 0 for none. It is 0 again when one has failed.
    ///
    /// # Errors
    ///
    /// See [`Checks`].
    pub fn refuse(&self) -> Result<u32, Fault> {
        self.report(16, "refuse").map(|[count]| count)
    }

    fn bytes(&self, addr: u32, size: u32, align: u32) -> Result<&[u8], Cause> {
        let memory = self.memory.as_ref();
        let range = check(memory.len(), addr, 1, size, align)?;
        memory.get(range).ok_or(Cause::OutOfBounds)
    }

    fn words<const N: usize>(&self, addr: u32) -> Result<[u32; N], Cause> {
        let bytes = self.bytes(addr, 4 * N as u32, 4)?;
        let mut words = bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]));
        Ok([(); N].map(|()| words.next().unwrap_or_default()))
    }

    /// Where the report is.
    fn start(&self) -> Result<u32, Cause> {
        let [report] = self.words(self.symbol)?;
        self.bytes(report, REPORT, 4)?;
        Ok(report)
    }

    fn report<const N: usize>(&self, offset: u32, name: &str) -> Result<[u32; N], Fault> {
        self.start().and_then(|report| self.words(report + offset)).map_err(|cause| place(cause, name))
    }

    fn list(&self, list: usize, most: u32) -> Result<Vec<Block>, Fault> {
        let (name, offset, mark) = MARKS[list];
        let [mut header] = self.report(offset, name)?;
        // Headers do not overlap, so no list is longer than memory.
        let most = (most as usize).min(self.memory.as_ref().len() / HEADER as usize);
        let mut blocks = Vec::new();
        while header != 0 {
            let read = self.words::<8>(header).map_err(|cause| place(cause, name))?;
            let [next, _, size, align, tag, number, marked, _] = read;
            match () {
                () if blocks.len() == most => return Err(place(Cause::TooLong, name)),
                () if marked ^ mark != header => return Err(place(Cause::Invalid, name)),
                () => blocks.push(Block { addr: header + HEADER, size, align, tag, number }),
            }
            header = next;
        }
        Ok(blocks)
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Checks<M> {
    /// Has new blocks marked.
    ///
    /// # Errors
    ///
    /// See [`Checks`].
    pub fn set_tag(&mut self, tag: u32) -> Result<(), Fault> {
        self.write(12, "tag", tag)
    }

    /// Has the `count`-th allocation from now on refused; with 0, none. A block that is resized counts.
    ///
    /// # Errors
    ///
    /// See [`Checks`].
    pub fn set_refuse(&mut self, count: u32) -> Result<(), Fault> {
        self.write(16, "refuse", count)
    }

    fn write(&mut self, offset: u32, name: &str, value: u32) -> Result<(), Fault> {
        let at = (self.start().map_err(|cause| place(cause, name))? + offset) as usize;
        let place = self.memory.as_mut().get_mut(at..at + 4).ok_or(Cause::OutOfBounds)?;
        place.copy_from_slice(&value.to_le_bytes());
        Ok(())
    }
}

impl<G: Guest> Instance<G> {
    /// What a module knows of its blocks whose allocator is checked; none of another one.
    pub fn checks(&self) -> Option<Checks<&[u8]>> {
        self.guest().checks().map(|symbol| Checks::new(self.memory(), symbol))
    }

    /// The same, to set the tag of new blocks, or to have an allocation refused.
    pub fn checks_mut(&mut self) -> Option<Checks<&mut [u8]>> {
        let symbol = self.guest().checks()?;
        Some(Checks::new(self.guest_mut().memory_mut(), symbol))
    }

    /// Has a checked module compare the guards of all blocks, and the bytes of freed ones.
    ///
    /// # Errors
    ///
    /// [`Cause::Trap`] with what is wrong; [`Cause::Missing`] where the module exports no `linmem_check`.
    pub fn check(&mut self) -> Result<(), Fault> {
        let check = |guest: &mut dyn Guest| guest.call(Callee::Export("linmem_check"), &[], None);
        self.run(check).map(drop).map_err(|fault| fault.within("linmem_check"))
    }

    /// Calls `body`, and returns the blocks that were allocated meanwhile and are live, the newest first.
    ///
    /// # Errors
    ///
    /// [`Cause::Missing`] where the module is not checked; those of `body`, and of [`Checks`].
    ///
    /// ```no_run
    /// # use linmem_host::{Fault, Guest, Instance};
    /// # fn test(guest: &mut Instance<impl Guest>) -> Result<(), Fault> {
    /// let left = guest.left(|guest| guest.take("create_point", &mut [1.into(), 2.into(), "hi".into()]).map(drop))?;
    /// assert_eq!(left, []);
    /// # Ok(())
    /// # }
    /// ```
    pub fn left(&mut self, body: impl FnOnce(&mut Self) -> Result<(), Fault>) -> Result<Vec<Block>, Fault> {
        let missing = || Fault::missing("no linmem_checks is exported");
        let before = self.checks().ok_or_else(missing)?.statistics()?.count;
        body(self)?;
        let mut live = self.checks().ok_or_else(missing)?.live()?;
        live.retain(|block| block.number > before);
        Ok(live)
    }
}

fn place(cause: Cause, name: &str) -> Fault {
    Fault::new(cause).within(format!("linmem_checks.{name}"))
}
