//! What the host owns, in random programs that make, lend, look at, hand over and free, and free again: nothing is freed
//! twice, nothing is used after it is gone, and nothing is left.

#[path = "common/fake.rs"]
mod fake;
#[path = "common/random.rs"]
mod random;

use fake::Fake;
use linmem_host::{Cause, Instance, Module, Pointer, Type, Value};
use random::Random;

const RECORDS: &str = "abi 1 wasm32\nrole alloc abi_alloc\nrole free abi_free\n\
    struct Part 12 4 x:0:i32 name:4:^cstr next:8:?^*Part\n\
    struct Label 12 4 text:0:str short:8:?cstr\n\
    fn make x:i32 -> ?^*Part\nfn same part:*Part -> *Part\nfn back part:^*Part -> ^*Part\n\
    fn keep part:^*Part -> status\nfn rename part:~*Part\nfn both a:~*Part b:*Part\n\
    fn split out:>^[]^str -> status\nfn fill values:~[]u8\nfn label value:*Label -> u32\nfn take value:^*Label\n";

fn ty(text: &str) -> Type {
    text.parse().unwrap()
}

fn word(fake: &Fake, addr: u32) -> u32 {
    u32::from_le_bytes(fake.memory[addr as usize..][..4].try_into().unwrap())
}

fn new_name(fake: &mut Fake, part: u32) {
    let name = fake.alloc(4, 1);
    fake.put(name, b"new\0");
    fake.put(part + 4, &name.to_le_bytes());
}

/// Frees a part as the guest that owns it does.
fn free(fake: &mut Fake, part: u32) {
    let (name, next) = (word(fake, part + 4), word(fake, part + 8));
    let len = fake.memory[name as usize..].iter().position(|&byte| byte == 0).unwrap() as u32;
    fake.free(name, len + 1, 1).unwrap();
    if next != 0 {
        free(fake, next);
    }
    fake.free(part, 12, 4).unwrap();
}

fn guest() -> Instance<Fake> {
    let fake = Fake::new(1 << 22)
        .with("make", |fake, params| {
            let part = fake.alloc(12, 4);
            fake.put(part, &[params[0] as u32, 0, 0].map(u32::to_le_bytes).concat());
            new_name(fake, part);
            part.into()
        })
        .with("same", |_, params| params[0])
        .with("back", |_, params| params[0])
        .with("keep", |fake, params| {
            let x = word(fake, params[0] as u32);
            free(fake, params[0] as u32);
            // What is owned changes hands whatever the status is.
            (x % 3).into()
        })
        .with("rename", |fake, params| {
            let part = params[0] as u32;
            let name = word(fake, part + 4);
            let len = fake.memory[name as usize..].iter().position(|&byte| byte == 0).unwrap() as u32;
            fake.free(name, len + 1, 1).unwrap();
            new_name(fake, part);
            0
        })
        .with("both", |_, _| 0)
        .with("split", |fake, params| {
            let run = fake.alloc(16, 4);
            let text = fake.alloc(2, 1);
            fake.put(run, &[text, 2, 1, 0].map(u32::to_le_bytes).concat());
            fake.put(text, b"ab");
            fake.put(params[0] as u32, &[run, 2].map(u32::to_le_bytes).concat());
            0
        })
        .with("fill", |fake, params| {
            fake.memory[params[0] as usize..][..params[1] as usize].fill(7);
            0
        })
        .with("label", |fake, params| word(fake, params[0] as u32 + 4).into())
        .with("take", |_, _| panic!("what the host lends to an owner is not handed over"));
    Instance::new(Module::from_section(RECORDS.as_bytes()).unwrap(), fake)
}

fn part(x: i32, next: Value) -> Value {
    Value::fields([("x", x.into()), ("name", "made".into()), ("next", next)])
}

/// What became of an owner.
#[derive(Clone, Debug, PartialEq)]
enum Now {
    Live,
    Gone(Cause),
}

/// The owners that a program made, with what lies in them, and how they are now.
#[derive(Default)]
struct Program {
    owners: Vec<(Pointer, Now)>,
    /// Pointers that were led from an owner, by its place; whether through its own pointers; and whether these may have
    /// changed since.
    led: Vec<(Pointer, usize, bool, bool)>,
}

impl Program {
    fn add(&mut self, owner: Pointer) {
        assert!(owner.is_owner());
        self.owners.push((owner, Now::Live));
    }

    fn expect(&self, place: usize, rest: Option<Cause>) -> Option<Cause> {
        match &self.owners[place].1 {
            Now::Live => rest,
            Now::Gone(cause) => Some(cause.clone()),
        }
    }

    fn changed(&mut self, place: usize) {
        for led in self.led.iter_mut().filter(|led| led.1 == place && led.2) {
            led.3 = true;
        }
    }
}

fn is_part(pointer: &Pointer) -> bool {
    pointer.ty().to_string() == "^*Part"
}

/// Takes a random step, and checks that it ends as it must.
fn step(guest: &mut Instance<Fake>, program: &mut Program, random: &mut Random) {
    let place = random.below(program.owners.len().max(1));
    let Some((owner, _)) = program.owners.get(place).cloned() else {
        return program.add(guest.make(&ty("^*Part"), &part(1, Value::None)).unwrap());
    };
    let wrong = |fits: bool| (!fits).then(|| Cause::Mismatch(String::new()));
    let (done, expected) = match random.below(15) {
        0 => {
            let made = guest.call("make", &mut [(random.below(9) as i32).into()]).unwrap().remove(0);
            return program.add(made.into_pointer().unwrap());
        }
        1 => return program.add(guest.call("split", &mut []).unwrap().remove(0).into_pointer().unwrap()),
        2 => {
            let label = Value::fields([("text", "kept".into()), ("short", "by the host".into())]);
            return program.add(guest.make(&ty("^*Label"), &label).unwrap());
        }
        3 => {
            // One that takes another along.
            let expected = program.expect(place, wrong(is_part(&owner)));
            let made = guest.make(&ty("^*Part"), &part(3, (&owner).into()));
            if let Ok(made) = &made {
                program.add(made.clone());
                program.owners[place].1 = Now::Gone(Cause::Moved);
            }
            (made.map(drop), expected)
        }
        4 | 5 => {
            let (done, expected) = (guest.release(&owner), program.expect(place, None));
            if done.is_ok() {
                program.owners[place].1 = Now::Gone(Cause::Freed);
            }
            (done, expected)
        }
        6 => {
            let expected = program.expect(place, wrong(is_part(&owner)));
            let back = guest.call("back", &mut [(&owner).into()]);
            if let Ok(values) = &back {
                program.owners[place].1 = Now::Gone(Cause::Moved);
                program.add(values[0].pointer().unwrap().clone());
            }
            (back.map(drop), expected)
        }
        7 => {
            let expected = program.expect(place, wrong(is_part(&owner)));
            let kept = guest.call("keep", &mut [(&owner).into()]);
            let kept = match kept {
                Err(fault) if matches!(fault.cause, Cause::Status { .. }) => Ok(vec![]),
                kept => kept,
            };
            if kept.is_ok() {
                program.owners[place].1 = Now::Gone(Cause::Moved);
            }
            (kept.map(drop), expected)
        }
        8 => {
            let expected = program.expect(place, wrong(is_part(&owner)));
            let done = guest.call("rename", &mut [(&owner).into()]).map(drop);
            if done.is_ok() {
                program.changed(place);
            }
            (done, expected)
        }
        9 => {
            let expected = program.expect(place, wrong(is_part(&owner)));
            let done = guest.call("both", &mut [(&owner).into(), (&owner).into()]).map(drop);
            // Lent twice, and written to.
            (done, expected.or(wrong(false)))
        }
        10 => {
            let expected = program.expect(place, wrong(is_part(&owner)));
            let same = guest.call("same", &mut [(&owner).into()]);
            if let Ok(values) = &same {
                let borrowed = values[0].pointer().unwrap();
                assert_eq!(guest.release(borrowed).unwrap_err().cause, Cause::NotOwned);
                assert_eq!(guest.set(borrowed, "x", &1.into()).unwrap_err().cause, Cause::ReadOnly);
                assert_eq!(guest.call("keep", &mut [borrowed.into()]).unwrap_err().cause, Cause::NotOwned);
            }
            (same.map(drop), expected)
        }
        11 => {
            let expected = program.expect(place, wrong(is_part(&owner)));
            let led = guest.field(&owner, "next").and_then(|field| {
                program.led.push((field.clone(), place, false, false));
                if guest.read(&field)? != Value::None {
                    program.led.push((guest.target(&field)?, place, true, false));
                }
                Ok(())
            });
            (led, expected)
        }
        12 => {
            let expected = program.expect(place, wrong(is_part(&owner)));
            let next = [Value::None, part(5, Value::None)][random.below(2)].clone();
            let done = guest.set(&owner, "next", &next);
            if done.is_ok() {
                program.changed(place);
            }
            (done, expected)
        }
        13 => {
            let is_label = owner.ty().to_string() == "^*Label";
            let expected = program.expect(place, wrong(is_label));
            let done = guest.set(&owner, "text", &"changed".repeat(random.below(3)).into());
            if done.is_ok() {
                let length = guest.call("label", &mut [(&owner).into()]).unwrap();
                assert!(matches!(length[..], [Value::Int(0 | 7 | 14)]));
                let handed = guest.call("take", &mut [(&owner).into()]).unwrap_err();
                assert!(matches!(handed.cause, Cause::Mismatch(_)), "{handed}");
            }
            (done, expected)
        }
        _ => {
            let Some((led, place, _, changed)) = program.led.get(random.below(program.led.len().max(1))) else {
                return;
            };
            let rest = changed.then_some(Cause::Replaced);
            (guest.read(led).map(drop), program.expect(*place, rest))
        }
    };
    match (done, expected) {
        (Ok(()), None) => {}
        (Err(fault), Some(Cause::Mismatch(_))) if matches!(fault.cause, Cause::Mismatch(_)) => {}
        (Err(fault), Some(cause)) if fault.cause == cause => {}
        (done, expected) => panic!("{owner:?}: {done:?}, not {expected:?}"),
    }
}

#[test]
fn owners_of_random_programs_are_freed_once_and_leave_nothing() {
    let mut random = Random::new(4);
    let mut ends = 0;
    for _ in 0..400 {
        let (mut guest, mut program) = (guest(), Program::default());
        for _ in 0..random.below(120) {
            step(&mut guest, &mut program, &mut random);
        }
        let live: Vec<_> = program.owners.iter().filter(|(_, now)| *now == Now::Live).map(|(owner, _)| owner).collect();
        assert_eq!(guest.owners().count(), live.len());
        for owner in live {
            guest.release(owner).unwrap();
        }
        for (owner, _) in &program.owners {
            assert!(guest.release(owner).is_err() && guest.read(owner).is_err());
            ends += 1;
        }
        assert_eq!((guest.owners().count(), &guest.guest_mut().blocks), (0, &Default::default()));
    }
    assert!(ends > 5000, "{ends}");
}

/// A guest that changes its memory as it likes, and hands over what it has handed over. It has no blocks of its own.
#[test]
fn owners_of_hostile_guests_are_not_freed_twice() {
    let mut random = Random::new(5);
    let (mut freed_all, mut refused) = (0, 0);
    for round in 0..2000 {
        let records = "abi 1 wasm32\nrole alloc abi_alloc\nrole free log\n\
                       struct Part 12 4 x:0:i32 name:4:^cstr next:8:?^*Part\nfn lie -> ?^*Part\n\
                       fn lies out:>^[]Part -> status\n";
        let spots: Vec<u32> = (0..6).map(|_| 4 * random.below(64) as u32).collect();
        let (first, second) = (spots[0], spots[1..3].to_vec());
        let fake = Fake::new(512)
            .with("log", |fake, params| {
                // Each is written down, and where it was asked for is not looked at.
                fake.blocks.insert(fake.blocks.len() as u32, (params[0] as u32, params[1] as u32));
                0
            })
            .with("lie", move |_, _| first.into())
            .with("lies", move |fake, params| {
                fake.put(params[0] as u32, &[second[0], second[1] % 8].map(u32::to_le_bytes).concat());
                0
            });
        let mut guest = Instance::new(Module::from_section(records.as_bytes()).unwrap(), fake);
        for word in 0..96 {
            let value = [0, 4 * random.below(96) as u32][random.below(2)];
            guest.guest_mut().put(4 * word, &value.to_le_bytes());
        }
        let mut owners: Vec<Pointer> = Vec::new();
        for _ in 0..4 {
            let name = ["lie", "lies"][random.below(2)];
            if let Ok(values) = guest.call(name, &mut []) {
                owners.extend(values.iter().filter_map(|value| value.pointer().ok().cloned()));
            }
        }
        while !owners.is_empty() {
            let owner = owners.swap_remove(random.below(owners.len()));
            guest.guest_mut().blocks.clear();
            let done = guest.release(&owner);
            assert!(!done.as_ref().is_err_and(|fault| fault.is_trap()), "round {round}");
            let mut freed: Vec<(u32, u32)> = guest.guest_mut().blocks.values().copied().collect();
            freed.sort_unstable();
            assert!(freed.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0), "round {round}: {freed:?}");
            let mut others = owners.iter().filter(|owner| !owner.is_empty());
            assert!(others.all(|other| freed.iter().all(|block| block.0 != other.addr())), "round {round}");
            match done {
                Ok(()) => freed_all += 1,
                Err(fault) => {
                    assert!(freed.is_empty(), "round {round}, {fault}: all or nothing");
                    refused += 1;
                }
            }
            assert!(guest.release(&owner).is_err(), "round {round}: what failed once does so again");
        }
    }
    assert!(freed_all > 100 && refused > 100, "{freed_all} {refused}");
}
