//! The ABI types natively: from Rust's types and back, and what is refused. Runs under Miri too.
//!
//! That a range past the end of memory is refused shows only in a module: `tests/exports.rs` has that.

use linmem::{AbiError, Buffer, CStr, Failure, Owned, Slice, Str, status, try_box};
use std::ffi::CString;
use std::ptr;
use std::rc::Rc;

#[test]
fn slice_views_the_elements_that_it_was_made_of() {
    let numbers = [1u64, 2, 3];
    let slice = Slice::from(&numbers);
    assert_eq!((slice.as_ptr().cast_const(), slice.len()), (numbers.as_ptr(), 3));
    assert!(!slice.is_empty() && Slice::<u64>::EMPTY.is_empty());
    for slice in [slice, Clone::clone(&slice)] {
        // SAFETY: `numbers` lives longer than the view.
        assert_eq!(unsafe { slice.view() }, Ok(&numbers[..]));
    }
}

#[test]
fn slice_writes_through_a_mutable_view() {
    let mut numbers = [1u16, 2, 3];
    let slice = Slice::from(&mut numbers[..]);
    // SAFETY: nobody else uses `numbers` while the view lives.
    unsafe { slice.view_mut() }.unwrap()[1] = 7;
    assert_eq!(numbers, [1, 7, 3]);
}

#[test]
fn empty_slice_is_written_with_the_align_and_read_with_any_pointer() {
    assert_eq!(Slice::<u64>::EMPTY.as_ptr().addr(), align_of::<u64>());
    assert_eq!(Slice::<u64>::from(&[][..]).as_ptr().addr(), align_of::<u64>());
    assert_eq!(Str::from("").bytes().as_ptr().addr(), 1);
    for addr in [0, 1, usize::MAX] {
        let slice = Slice::<u64>::from_raw_parts(ptr::without_provenance_mut(addr), 0);
        // SAFETY: there are no elements.
        assert_eq!(unsafe { slice.view() }, Ok(&[][..]));
        // SAFETY: there are no elements.
        assert_eq!(unsafe { slice.view_mut() }, Ok(&mut [][..]));
    }
}

#[test]
fn slice_refuses_what_cannot_be_there() {
    let at = |addr, len| Slice::<u32>::from_raw_parts(ptr::without_provenance_mut(addr), len);
    let most = isize::MAX as usize / 4;
    for (slice, error) in [
        (at(0, 1), AbiError::Null),
        (at(0, usize::MAX), AbiError::Null),
        (at(2, 1), AbiError::Misaligned),
        (at(6, usize::MAX), AbiError::Misaligned),
        (at(8, most + 1), AbiError::TooLong),
        (at(8, usize::MAX), AbiError::TooLong),
        (at(usize::MAX - 3, 2), AbiError::OutOfBounds),
        (at(usize::MAX - 3, most), AbiError::OutOfBounds),
    ] {
        assert_eq!(slice.check(), Err(error), "{slice:?}");
        // SAFETY: the check does not pass.
        assert_eq!(unsafe { slice.view() }, Err(error), "{slice:?}");
        // SAFETY: the check does not pass.
        assert_eq!(unsafe { slice.view_mut() }, Err(error), "{slice:?}");
    }
    assert_eq!(at(8, most).check(), Ok(()));
}

#[test]
fn str_views_text_and_refuses_bytes_that_are_not_utf8() {
    let text = "Zoë ✓";
    // SAFETY: the literal lives for ever.
    assert_eq!(unsafe { Str::from(text).view() }, Ok(text));
    for bytes in [&b"\xff"[..], b"\xc3", b"\xed\xa0\x80", b"\xc0\x80"] {
        let text = Str::from_raw_parts(bytes.as_ptr(), bytes.len());
        // SAFETY: the bytes live for ever.
        assert_eq!(unsafe { text.view() }, Err(AbiError::NotUtf8), "{bytes:x?}");
    }
    // SAFETY: the check does not pass.
    assert_eq!(unsafe { Str::from_raw_parts(ptr::null(), 1).view() }, Err(AbiError::Null));
}

#[test]
fn str_views_what_core_takes_for_utf8_and_nothing_else() {
    let same = |bytes: &[u8]| {
        // SAFETY: the bytes live until the end.
        let text = unsafe { Str::from_raw_parts(bytes.as_ptr(), bytes.len()).view() };
        assert_eq!(text, std::str::from_utf8(bytes).map_err(|_| AbiError::NotUtf8), "{bytes:x?}");
    };
    const EDGES: [u8; 12] = [0, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xE1, 0xF0, 0xFF];
    let all: Vec<u8> = if cfg!(miri) { EDGES.into() } else { (0..=255).collect() };
    for &first in &all {
        for &second in &all {
            same(&[first, second]);
            for third in EDGES {
                for fourth in EDGES {
                    same(&[first, second, third, fourth]);
                }
            }
        }
    }
    // Eight bytes that are no ASCII, but have just the bits that ASCII has not.
    same(&[0x80; 8]);
    // Every place in and behind a run of ASCII that is looked at eight bytes at a time.
    for at in 0..20 {
        for change in [&b"\xC3"[..], b"\xC3\xA9", b"\xE2\x9C\x93", b"\xF0\x9F\x98\x80", b"\xF4\x90\x80\x80", b"\x80"] {
            let mut text = [b'a'; 24];
            text[at..at + change.len()].copy_from_slice(change);
            same(&text);
            same(&text[..at + change.len()]);
            same(&text[..at + change.len() - 1]);
        }
    }
}

#[test]
fn buffer_keeps_the_block_of_a_vec() {
    let mut vec = Vec::with_capacity(10);
    vec.extend([Box::new(1), Box::new(2)]);
    let start = vec.as_ptr();
    let mut buffer = Buffer::from(vec);
    assert_eq!((buffer.as_ptr(), buffer.len(), buffer.capacity()), (start, 2, 10));
    assert_eq!(buffer.check(), Ok(()));
    *buffer[1] = 5;
    let vec = buffer.into_vec();
    assert_eq!((vec.as_ptr(), vec.capacity()), (start, 10));
    assert_eq!(vec, [Box::new(1), Box::new(5)]);
}

#[test]
fn buffer_drops_its_elements_once() {
    struct Count<'a>(&'a std::cell::Cell<usize>, #[allow(dead_code, reason = "elements need a size")] u8);
    impl Drop for Count<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    let count = std::cell::Cell::new(0);
    drop(Buffer::from(vec![Count(&count, 0), Count(&count, 1)]));
    assert_eq!(count.get(), 2);
    let vec = Buffer::from(vec![Count(&count, 0)]).into_vec();
    assert_eq!(count.get(), 2);
    drop(vec);
    assert_eq!(count.get(), 3);
}

#[test]
fn buffer_comes_from_boxes_and_text() {
    assert_eq!(*Buffer::from(vec![1, 2].into_boxed_slice()), [1, 2]);
    assert_eq!(*Buffer::from(String::from("hello")), *b"hello");
    assert_eq!(*Buffer::try_copy(&[1, 2, 3]).unwrap(), [1, 2, 3]);
    assert_eq!(Buffer::<u32>::try_copy(&[]).unwrap().capacity(), 0);
}

#[test]
fn buffer_grows_by_pushing() {
    let mut buffer = Buffer::new();
    for number in 0..100 {
        assert_eq!(buffer.try_push(Box::new(number)), Ok(()));
    }
    assert_eq!(buffer.len(), 100);
    assert!(buffer.iter().map(|number| **number).eq(0..100));
}

#[test]
fn buffer_of_zeros_owns_nothing() {
    // SAFETY: a capacity of 0 owns nothing.
    let buffer = unsafe { Buffer::<u64>::from_raw_parts(ptr::null_mut(), 0, 0) }.unwrap();
    assert!(buffer.is_empty());
    assert_eq!(buffer.into_vec(), []);
    assert!(Buffer::<u64>::default().into_vec().is_empty());
}

#[test]
fn buffer_refuses_what_no_allocator_gave() {
    for (addr, len, cap, error) in [
        (0, 0, 1, AbiError::Null),
        (2, 0, 1, AbiError::Misaligned),
        (8, 0, usize::MAX, AbiError::TooLong),
        (8, 2, 1, AbiError::TooLong),
        (8, 1, 0, AbiError::TooLong),
        (usize::MAX - 7, 0, 2, AbiError::OutOfBounds),
    ] {
        // SAFETY: the check does not pass.
        let buffer = unsafe { Buffer::<u64>::from_raw_parts(ptr::without_provenance_mut(addr), len, cap) };
        assert_eq!(buffer.map(drop), Err(error), "{addr} {len} {cap}");
    }
}

#[test]
fn buffer_takes_over_a_block_of_the_allocator() {
    let mut block = std::mem::ManuallyDrop::new(Vec::<u32>::with_capacity(4));
    block.push(9);
    // SAFETY: the block is a `Vec`'s, which gives it up.
    let buffer = unsafe { Buffer::from_raw_parts(block.as_mut_ptr(), 1, block.capacity()) }.unwrap();
    assert_eq!(buffer.into_vec(), [9]);
}

#[test]
fn cstr_views_up_to_the_terminator() {
    let text = CStr::from(c"hello");
    // SAFETY: the literal lives for ever.
    assert_eq!(unsafe { text.view() }, Ok(c"hello"));
    // SAFETY: the literal lives for ever.
    assert_eq!(unsafe { text.view_str() }, Ok("hello"));
    // SAFETY: the literal lives for ever.
    assert_eq!(unsafe { CStr::from(c"").view_str() }, Ok(""));
    // SAFETY: the literal lives for ever.
    assert_eq!(unsafe { CStr::from(c"\xff").view_str() }, Err(AbiError::NotUtf8));
    // SAFETY: null is refused.
    assert_eq!(unsafe { CStr::NULL.view() }, Err(AbiError::Null));
}

#[test]
fn owned_cstr_is_freed_by_its_length() {
    for text in ["", "hello", "Zoë ✓"] {
        for owned in [CStr::try_owned(text).unwrap(), CString::new(text).unwrap().into()] {
            // SAFETY: the text is live.
            assert_eq!(unsafe { owned.view_str() }, Ok(text));
            // SAFETY: the text is owned here, and not used again.
            assert_eq!(unsafe { owned.free() }, Ok(()));
        }
    }
    // SAFETY: null is ignored.
    assert_eq!(unsafe { CStr::NULL.free() }, Ok(()));
    assert_eq!(CStr::try_owned("a\0b").err(), Some(AbiError::InteriorNul));
}

#[test]
fn try_box_moves_the_value() {
    assert_eq!(*try_box([1, 2, 3]).unwrap(), [1, 2, 3]);
}

#[test]
fn errors_read_as_sentences() {
    assert_eq!(AbiError::OutOfBounds.to_string(), "range passes the end of memory");
    let error: Box<dyn std::error::Error> = AbiError::Null.into();
    assert_eq!(error.to_string(), "null pointer");
}

#[test]
fn failure_is_the_error_that_its_status_stands_for() {
    use AbiError::{InteriorNul, Invalid, Misaligned, NotUtf8, Null, OutOfBounds, OutOfMemory, TooLong};
    for error in [Null, Misaligned, TooLong, OutOfBounds, NotUtf8, InteriorNul, OutOfMemory, Invalid] {
        let number = status(Err(error));
        for failure in [<Failure<AbiError>>::check(number).unwrap_err(), error.into()] {
            assert_eq!((failure.status(), failure.reason()), (number, Some(error)));
            assert_eq!(format!("{failure:?}"), format!("Failure({number})"));
        }
    }
    for number in [-1, 9, 16] {
        assert_eq!(<Failure<AbiError>>::check(number).unwrap_err().reason::<AbiError>(), None);
    }
    assert!(<Failure<AbiError>>::check(0).is_ok());
}

#[test]
fn house_allocators_stay_on_one_thread_off_wasm() {
    static_assertions::assert_not_impl_any!(linmem::Heap: Sync);
    static_assertions::assert_not_impl_any!(linmem::Unclaimed: Sync);
}

#[test]
fn owned_drops_its_elements_and_frees_its_block_once() {
    let element = Rc::new(());
    let owned: Owned<Slice<Rc<()>>> = vec![element.clone(); 3].into_boxed_slice().into();
    assert_eq!((owned.lend().len(), Rc::strong_count(&element)), (3, 4));
    let raw = owned.into_raw();
    assert_eq!(Rc::strong_count(&element), 4);
    // SAFETY: it was given up just before.
    drop(unsafe { Owned::from_raw(raw) });
    assert_eq!(Rc::strong_count(&element), 1);
    drop(Owned::<Slice<u64>>::from(Box::from([])));
    drop(Owned::<Str>::try_from("").unwrap());
}

#[test]
fn owned_text_keeps_its_bytes_until_it_is_dropped() {
    let texts = [Owned::<Str>::try_from("héllo").unwrap(), Box::<str>::from("héllo").into()];
    for text in &texts {
        // SAFETY: `texts` lives on.
        assert_eq!(unsafe { text.lend().view() }, Ok("héllo"));
    }
    let text = Owned::<CStr>::try_from("héllo").unwrap();
    // SAFETY: `text` lives on.
    assert_eq!(unsafe { text.lend().view_str() }, Ok("héllo"));
    assert_eq!(Owned::<CStr>::try_from("a\0b").err(), Some(AbiError::InteriorNul));
    // SAFETY: null is no text.
    assert!(unsafe { Owned::from_raw(CStr::NULL) }.is_none());
    assert_eq!(size_of::<Option<Owned<CStr>>>(), size_of::<usize>());
}

linmem::abi! {
    extern "C" {
        fn ask(x: i32) -> i32;
    }
}

#[test]
#[should_panic = "off wasm there is no host function `ask`"]
fn host_function_panics_off_wasm() {
    ask(1);
}
