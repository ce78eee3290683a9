//! What a checked module knows of its blocks: through each engine, and from memory whose report lies.

#[cfg(all(feature = "wasmi", feature = "wasmtime"))]
#[path = "common/guests.rs"]
mod guests;

use linmem_host::{Cause, Checks, Fault};

/// A memory of a page with a report at 256, of two live blocks and a freed one.
fn memory() -> Vec<u8> {
    let mut memory = vec![0; 65536];
    let mut put = |addr: usize, words: &[u32]| {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        memory[addr..][..bytes.len()].copy_from_slice(&bytes);
    };
    put(64, &[256]);
    put(256, &[512, 4, 1056, 7, 0, 1024, 2048, 2, 30, 99, 1, 3]);
    put(512, &[u32::from_le_bytes(*b"text")]);
    put(1024, &[1536, 0, 10, 2, 7, 3, 0x4556_494C ^ 1024, 0xFBFB_FBFB]);
    put(1536, &[0, 1024, 20, 4, 0, 1, 0x4556_494C ^ 1536, 0xFBFB_FBFB]);
    put(2048, &[0, 0, 5, 1, 0, 2, 0x4545_5246 ^ 2048, 0xFBFB_FBFB]);
    memory
}

#[test]
fn report_is_read_as_spec_lays_it_out() {
    let mut memory = memory();
    let mut checks = Checks::new(&mut memory[..], 64);
    let found = checks.found().unwrap().unwrap();
    assert_eq!((found.text.as_str(), found.addr), ("text", 1056));
    let shown = |block: &linmem_host::Block| [block.addr, block.size, block.align, block.tag, block.number];
    let live: Vec<_> = checks.live().unwrap().iter().map(shown).collect();
    assert_eq!(live, [[1056, 10, 2, 7, 3], [1568, 20, 4, 0, 1]]);
    assert_eq!(checks.freed().unwrap().iter().map(shown).collect::<Vec<_>>(), [[2080, 5, 1, 0, 2]]);
    let of = checks.statistics().unwrap();
    assert_eq!([of.blocks, of.size, of.peak, of.pages, of.count], [2, 30, 99, 1, 3]);
    checks.set_tag(u32::MAX).unwrap();
    checks.set_refuse(5).unwrap();
    assert_eq!((checks.tag().unwrap(), checks.refuse().unwrap()), (u32::MAX, 5));
    assert_eq!((&memory[268..276], &memory[276..280]), (&[255, 255, 255, 255, 5, 0, 0, 0][..], &[0, 4, 0, 0][..]));
}

#[test]
fn report_that_lies_is_an_error_and_nothing_is_written() {
    type Read = fn(&Checks<&mut [u8]>) -> Result<(), Fault>;
    let (text, live, freed): (Read, Read, Read) =
        (|of| of.found().map(drop), |of| of.live().map(drop), |of| of.freed().map(drop));
    let cases: [(u32, u32, Read, Cause); 20] = [
        (64, 65532, live, Cause::OutOfBounds),
        (64, 65536 - 44, text, Cause::OutOfBounds),
        (64, u32::MAX - 3, freed, Cause::OutOfBounds),
        (64, 0, live, Cause::Null),
        (64, 258, text, Cause::Misaligned),
        (256, 65534, text, Cause::OutOfBounds),
        (256, u32::MAX, text, Cause::OutOfBounds),
        (256, 0, text, Cause::Null),
        (260, u32::MAX, text, Cause::TooLong),
        (512, 0xFFFF_FFFF, text, Cause::NotUtf8),
        (276, 65512, live, Cause::OutOfBounds),
        (276, u32::MAX - 3, live, Cause::OutOfBounds),
        (276, 1026, live, Cause::Misaligned),
        (276, 2048, live, Cause::Invalid),
        (280, 1024, freed, Cause::Invalid),
        // Rings, of which one claims to be as long as it likes.
        (1536, 1024, live, Cause::TooLong),
        (2048, 2048, freed, Cause::TooLong),
        (284, 1, live, Cause::TooLong),
        (1024, 1028, live, Cause::Invalid),
        (1024, 65535, live, Cause::Misaligned),
    ];
    for (addr, value, read, cause) in cases {
        let mut memory = memory();
        memory[addr as usize..][..4].copy_from_slice(&value.to_le_bytes());
        if addr == 1536 {
            memory[284..288].fill(0xFF);
        }
        let fault = read(&Checks::new(&mut memory[..], 64)).unwrap_err();
        assert_eq!(fault.cause, cause, "{value} at {addr}: {fault}");
        assert!(fault.to_string().starts_with("linmem_checks."), "{fault}");
    }
    for symbol in [0, 2, 65536, u32::MAX - 3] {
        let mut memory = memory();
        let before = memory.clone();
        let mut checks = Checks::new(&mut memory[..], symbol);
        assert!(checks.set_tag(1).is_err() && checks.set_refuse(1).is_err() && checks.live().is_err());
        assert_eq!(memory, before);
    }
}

#[cfg(all(feature = "wasmi", feature = "wasmtime"))]
mod engines {
    use super::guests;
    use linmem_host::{Cause, Fault, Guest, Imports, Instance, Module, Value};

    fn imports() -> Imports {
        let imports = Imports::new().with("env", "log_nr", |_| Ok(vec![]));
        // Does the same again while the guest waits.
        imports.with_guest("env", "on_point", |mut guest, args| match args[0] {
            Value::Int(9) => guest.call("overrun", &mut []).map(|_| vec![]),
            _ => Ok(vec![]),
        })
    }

    /// Runs a test with the guest `checked` in each engine.
    macro_rules! engines {
        ($($test:ident)*) => {$(
            #[test]
            fn $test() {
                let (wasm, module) = (guests::built("checked"), || Module::read(guests::built("checked")).unwrap());
                let store = wasmi::Store::new(&wasmi::Engine::default(), linmem_host::wasmi::State::default());
                on::$test(linmem_host::wasmi::instantiate(store, wasm, module(), imports()).unwrap());
                let store = wasmtime::Store::new(&wasmtime::Engine::default(), linmem_host::wasmtime::State::default());
                on::$test(linmem_host::wasmtime::instantiate(store, wasm, module(), imports()).unwrap());
            }
        )*};
    }

    engines! {
        blocks_are_listed_tagged_and_counted
        what_a_call_leaves_is_told
        every_allocation_is_refused_in_turn
        trap_tells_what_was_found
        trap_of_a_call_in_a_host_function_tells_what_was_found
        trap_is_told_in_the_words_of_the_engine_where_the_report_lies
    }

    mod on {
        use super::*;

        pub fn blocks_are_listed_tagged_and_counted(mut guest: Instance<impl Guest>) {
            let array = guest.call("simple_arr", &mut []).unwrap().remove(0).into_pointer().unwrap();
            guest.checks_mut().unwrap().set_tag(5).unwrap();
            let point = guest.call("get_point", &mut []).unwrap().remove(0).into_pointer().unwrap();
            let checks = guest.checks().unwrap();
            let live = checks.live().unwrap();
            assert_eq!(live.iter().map(|of| (of.size, of.align, of.tag)).max(), Some((16, 4, 0)));
            assert_eq!(live.last().map(|of| (of.addr, of.number)), Some((array.addr(), 1)));
            assert_eq!((live.len(), checks.tag().unwrap(), checks.found().unwrap()), (3, 5, None));
            guest.release(&point).unwrap();
            guest.check().unwrap();
            let checks = guest.checks().unwrap();
            assert!(checks.freed().unwrap().iter().any(|of| (of.size, of.tag) == (12, 5)));
            let of = checks.statistics().unwrap();
            assert_eq!((of.blocks, of.size, of.peak, of.count), (1, 16, 34, 3));
            assert_eq!(of.pages as usize, guest.memory().len() / 65536);
        }

        pub fn what_a_call_leaves_is_told(mut guest: Instance<impl Guest>) {
            let create =
                |guest: &mut Instance<_>| guest.take("create_point", &mut [1.into(), 2.into(), "hi".into()]).map(drop);
            assert_eq!(guest.left(create).unwrap(), []);
            let left = guest.left(|guest| guest.call("leak", &mut [300.into()]).map(drop)).unwrap();
            assert_eq!(left.iter().map(|block| block.size).collect::<Vec<_>>(), [300]);
        }

        pub fn every_allocation_is_refused_in_turn(mut guest: Instance<impl Guest>) {
            let mut count = 0;
            while guest.checks().unwrap().refuse().unwrap() == 0 {
                count += 1;
                guest.checks_mut().unwrap().set_refuse(count).unwrap();
                let left =
                    guest.left(|guest| match guest.take("create_point", &mut [1.into(), 2.into(), "hi".into()]) {
                        Ok(_) => Ok(()),
                        Err(Fault { cause: Cause::OutOfMemory, .. }) => Ok(()),
                        Err(fault) => Err(fault),
                    });
                assert_eq!(left.unwrap(), []);
            }
            // The text that is lent, the name and the point; then none is left to refuse.
            assert_eq!(count, 4);
        }

        fn is_overrun(text: &str) -> bool {
            text.contains("trap: written behind it, to byte 5: the block of 5 bytes at 0x")
        }

        pub fn trap_tells_what_was_found(mut guest: Instance<impl Guest>) {
            let fault = guest.call("overrun", &mut []).unwrap_err();
            assert!(fault.is_trap() && is_overrun(&fault.to_string()), "{fault}");
            let found = guest.checks().unwrap().found().unwrap().unwrap();
            assert_eq!(fault.cause, Cause::Trap(found.text));
            assert_eq!(guest.checks().unwrap().live().unwrap()[0].addr, found.addr);
            assert!(guest.check().unwrap_err().is_trap());
        }

        pub fn trap_of_a_call_in_a_host_function_tells_what_was_found(mut guest: Instance<impl Guest>) {
            let points = guest.call("points_new", &mut []).unwrap().remove(0);
            guest.call("points_push", &mut [points.clone(), 1.into(), 2.into(), "a".into()]).unwrap();
            let fault = guest.call("for_each_point", &mut [points, 9.into()]).unwrap_err();
            assert!(fault.is_trap() && is_overrun(&fault.to_string()), "{fault}");
        }

        pub fn trap_is_told_in_the_words_of_the_engine_where_the_report_lies(mut guest: Instance<impl Guest>) {
            let symbol = guest.guest().checks().unwrap() as usize;
            guest.guest_mut().memory_mut()[symbol..symbol + 4].fill(0xFF);
            let fault = guest.call("overrun", &mut []).unwrap_err();
            assert!(fault.to_string().contains("unreachable"), "{fault}");
            let fault = guest.checks().unwrap().found().unwrap_err();
            assert_eq!(fault.to_string(), "linmem_checks.text: Misaligned");
        }
    }

    #[test]
    fn module_without_checks_has_none() {
        let wasm = wat::parse_str(
            "(module (memory (export \"memory\") 1) (global (export \"linmem_checks\") i64 (i64.const 64))
            (func (export \"f\") unreachable) (@custom \"linmem.abi\" \"abi 1 wasm32\\nfn f\\n\"))",
        )
        .unwrap();
        let store = wasmi::Store::new(&wasmi::Engine::default(), linmem_host::wasmi::State::default());
        let module = Module::read(&wasm).unwrap();
        let mut guest = linmem_host::wasmi::instantiate(store, &wasm, module, Imports::new()).unwrap();
        assert!(guest.checks().is_none() && guest.checks_mut().is_none());
        let missing = guest.left(|_| Ok(())).unwrap_err();
        assert_eq!(missing.to_string(), "not as described: no linmem_checks is exported");
        assert!(matches!(guest.check().unwrap_err().cause, Cause::Missing(_)));
        assert!(guest.call("f", &mut []).unwrap_err().to_string().contains("unreachable"));
    }
}
