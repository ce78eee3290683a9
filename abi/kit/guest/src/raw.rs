//! What Rust's types do not allow: functions that return whatever the host wants returned, under records that claim
//! more; records of the kinds that the macro has no form for; and host functions that return a status.

use core::ptr;

/// Exports functions under records written by hand.
macro_rules! raw {
    ($($(#[doc = $doc:literal])* $record:literal $name:ident($($param:ident: $type:ty),*) $(-> $result:ty)? $body:block)+) => {$(
        const _: () = {
            #[unsafe(link_section = "linmem.abi")]
            static _RECORD: [u8; $record.len()] = *$record;
            $(#[doc = $doc])*
            #[unsafe(no_mangle)]
            extern "C" fn $name($($param: $type),*) $(-> $result)? $body
        };
    )+};
}

/// Functions that return their argument, as another type.
macro_rules! claim {
    ($($record:literal $name:ident $type:ty;)+) => {
        raw! { $($record $name(value: $type) -> $type { value })+ }
    };
}

/// Records that stand alone.
macro_rules! record {
    ($($record:literal;)+) => {$(
        const _: () = {
            #[unsafe(link_section = "linmem.abi")]
            static _RECORD: [u8; $record.len()] = *$record;
        };
    )+};
}

record! {
    b"import kit fetch key:u32 out:>^str -> Fail\n";
    b"import kit measure number:>f64 pair:>Pair -> status\n";
    b"import kit divide x:i32 by:i32 rest:>i32 -> i32\n";
    b"import kit try_it code:i32 -> status\n";
}

#[link(wasm_import_module = "kit")]
unsafe extern "C" {
    safe fn fetch(key: u32, out: u32) -> i32;
    safe fn measure(number: u32, pair: u32) -> i32;
    safe fn divide(x: i32, by: i32, rest: u32) -> i32;
    safe fn try_it(code: i32) -> i32;
}

claim! {
    b"fn as_bool value:u32 -> bool\n" as_bool u32;
    b"fn as_i8 value:u32 -> i8\n" as_i8 u32;
    b"fn as_u8 value:u32 -> u8\n" as_u8 u32;
    b"fn as_i16 value:u32 -> i16\n" as_i16 u32;
    b"fn as_u16 value:u32 -> u16\n" as_u16 u32;
    b"fn as_char value:u32 -> char\n" as_char u32;
    b"fn as_color value:u32 -> Color\n" as_color u32;
    b"fn as_sign value:i64 -> Sign\n" as_sign i64;
    b"fn as_status value:i32 -> status\n" as_status i32;
    b"fn as_fail value:i32 -> Fail\n" as_fail i32;
    b"fn as_number addr:u32 -> *i32\n" as_number u32;
    b"fn as_bytes addr:u32 -> ~*[16]u8\n" as_bytes u32;
    b"fn as_array addr:u32 -> ^*[4]i32\n" as_array u32;
    b"fn as_pair addr:u32 -> *Pair\n" as_pair u32;
    b"fn as_maybe_pair addr:u32 -> ?~*Pair\n" as_maybe_pair u32;
    b"fn as_point addr:u32 -> *Point\n" as_point u32;
    b"fn as_scalars addr:u32 -> *Scalars\n" as_scalars u32;
    b"fn as_shape addr:u32 -> *Shape\n" as_shape u32;
    b"fn as_node addr:u32 -> *Node\n" as_node u32;
    b"fn as_own_node addr:u32 -> ^*Node\n" as_own_node u32;
    b"fn as_buffer addr:u32 -> *[+]i32\n" as_buffer u32;
    b"fn as_cstr addr:u32 -> cstr\n" as_cstr u32;
    b"fn as_maybe_cstr addr:u32 -> ?cstr\n" as_maybe_cstr u32;
    b"fn as_own_cstr addr:u32 -> ^cstr\n" as_own_cstr u32;
    b"fn as_op index:u32 -> Op\n" as_op u32;
    b"fn as_maybe_op index:u32 -> ?Op\n" as_maybe_op u32;
    b"fn addr_of_pair value:*Pair -> u32\n" addr_of_pair u32;
    b"fn addr_of_array value:*[4]i32 -> u32\n" addr_of_array u32;
}

/// Writes two words for the host.
fn write(to: u32, words: [u32; 2]) -> i32 {
    // SAFETY: the address is the host's, which gives it for this.
    unsafe { ptr::with_exposed_provenance_mut::<[u32; 2]>(to as usize).write(words) };
    0
}

raw! {
    b"fn as_str ptr:u32 len:u32 out:>str -> status\n" as_str(ptr: u32, len: u32, out: u32) -> i32 { write(out, [ptr, len]) }
    b"fn as_own_str ptr:u32 len:u32 out:>^str -> status\n" as_own_str(ptr: u32, len: u32, out: u32) -> i32 { write(out, [ptr, len]) }
    b"fn as_slice ptr:u32 len:u32 out:>[]i32 -> status\n" as_slice(ptr: u32, len: u32, out: u32) -> i32 { write(out, [ptr, len]) }
    b"fn as_pairs ptr:u32 len:u32 out:>[]Pair -> status\n" as_pairs(ptr: u32, len: u32, out: u32) -> i32 { write(out, [ptr, len]) }

    /// Writes bytes anywhere.
    b"fn poke addr:u32 bytes:[]u8\n" poke(addr: u32, bytes: u32, len: u32) {
        // SAFETY: a host that tests itself takes the consequences.
        unsafe {
            ptr::copy(ptr::with_exposed_provenance(bytes as usize), ptr::with_exposed_provenance_mut::<u8>(addr as usize), len as usize);
        }
    }

    /// The address of 4,096 bytes that nobody uses, a multiple of 16.
    b"fn scratch -> u32\n" scratch() -> u32 {
        #[repr(align(16))]
        struct Scratch(core::cell::UnsafeCell<[u8; 4096]>);
        // SAFETY: a module has one thread.
        unsafe impl Sync for Scratch {}
        static SCRATCH: Scratch = Scratch(core::cell::UnsafeCell::new([0; 4096]));
        SCRATCH.0.get().expose_provenance() as u32
    }

    b"fn after addr:u32 bytes:u32 -> u32\n" after(addr: u32, bytes: u32) -> u32 { addr.wrapping_add(bytes) }

    /// A status and two out values; 16 if there is nothing to divide by.
    b"fn divide_with_rest x:i32 by:i32 quotient:>i32 rest:>i32 -> Fail\n" divide_with_rest(x: i32, by: i32, quotient: u32, rest: u32) -> i32 {
        if by == 0 {
            return 16;
        }
        // SAFETY: as for `write`.
        unsafe { ptr::with_exposed_provenance_mut::<i32>(quotient as usize).write(x.wrapping_div(by)) };
        // SAFETY: as above.
        unsafe { ptr::with_exposed_provenance_mut::<i32>(rest as usize).write(x.wrapping_rem(by)) };
        0
    }

    b"fn bounds values:[]i32 least:>i32 most:>i32 -> u32\n" bounds(values: u32, len: u32, least: u32, most: u32) -> u32 {
        let (mut low, mut high) = (i32::MAX, i32::MIN);
        for index in 0..len {
            // SAFETY: the host lends them.
            let value = unsafe { *ptr::with_exposed_provenance::<i32>((values + 4 * index) as usize) };
            (low, high) = (low.min(value), high.max(value));
        }
        // SAFETY: as for `write`.
        unsafe { ptr::with_exposed_provenance_mut::<i32>(least as usize).write(low) };
        // SAFETY: as for `write`.
        unsafe { ptr::with_exposed_provenance_mut::<i32>(most as usize).write(high) };
        len
    }

    b"fn ask_fetch key:u32 out:>^str -> Fail\n" ask_fetch(key: u32, out: u32) -> i32 { fetch(key, out) }
    b"fn ask_measure number:>f64 pair:>Pair -> status\n" ask_measure(number: u32, pair: u32) -> i32 { measure(number, pair) }
    b"fn ask_divide x:i32 by:i32 rest:>i32 -> i32\n" ask_divide(x: i32, by: i32, rest: u32) -> i32 { divide(x, by, rest) }
    /// The status that the host returned, as a plain number.
    b"fn ask_try_it code:i32 -> i32\n" ask_try_it(code: i32) -> i32 { try_it(code) }
    /// Calls the host with whatever the caller likes: it checks what it is given.
    b"fn ask_with_point addr:u32\n" ask_with_point(addr: u32) {
        #[link(wasm_import_module = "env")]
        unsafe extern "C" {
            #[link_name = "on_point"]
            safe fn raw_on_point(user_data: u32, point: u32);
        }
        raw_on_point(0, addr);
    }
}
