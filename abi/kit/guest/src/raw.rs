//! What a module never should: functions that return whatever the host wants returned, under records that claim more.
//! Where Rust's types do not allow that, the record is written by hand.

use crate::Fail;
use crate::values::Pair;
use core::ptr;
use linmem::{AbiError, CStr, Failure, Slice, Str};

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

claim! {
    b"fn as_bool value:u32 -> bool\n" as_bool u32;
    b"fn as_i8 value:u32 -> i8\n" as_i8 u32;
    b"fn as_u8 value:u32 -> u8\n" as_u8 u32;
    b"fn as_i16 value:u32 -> i16\n" as_i16 u32;
    b"fn as_u16 value:u32 -> u16\n" as_u16 u32;
    b"fn as_char value:u32 -> char\n" as_char u32;
    b"fn as_color value:u32 -> Color\n" as_color u32;
    b"fn as_sign value:i64 -> Sign\n" as_sign i64;
    b"fn as_number addr:u32 -> *i32\n" as_number u32;
    b"fn as_bytes addr:u32 -> ~*[16]u8\n" as_bytes u32;
    b"fn as_array addr:u32 -> ^*[4]i32\n" as_array u32;
    b"fn as_pair addr:u32 -> *Pair\n" as_pair u32;
    b"fn as_point addr:u32 -> *Point\n" as_point u32;
    b"fn as_scalars addr:u32 -> *Scalars\n" as_scalars u32;
    b"fn as_shape addr:u32 -> *Shape\n" as_shape u32;
    b"fn as_node addr:u32 -> *Node\n" as_node u32;
    b"fn as_own_node addr:u32 -> ^*Node\n" as_own_node u32;
    b"fn as_buffer addr:u32 -> *[+]i32\n" as_buffer u32;
    b"fn as_cstr addr:u32 -> cstr\n" as_cstr u32;
    b"fn as_own_cstr addr:u32 -> ^cstr\n" as_own_cstr u32;
    b"fn as_op index:u32 -> Op\n" as_op u32;
    b"fn as_maybe_op index:u32 -> ?Op\n" as_maybe_op u32;
}

raw! {
    b"fn as_own_str ptr:u32 len:u32 out:>^str -> status\n" as_own_str(ptr: u32, len: u32, out: u32) -> i32 {
        // SAFETY: the address is the host's, which gives it for this.
        unsafe { ptr::with_exposed_provenance_mut::<[u32; 2]>(out as usize).write([ptr, len]) };
        0
    }

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

/// A slice that may be anywhere.
fn slice<T>(addr: u32, len: u32) -> Slice<T> {
    Slice::from_raw_parts(ptr::with_exposed_provenance_mut(addr as usize), len as usize)
}

linmem::abi! {
    pub fn as_status(value: i32) -> Result<(), Failure<AbiError>> {
        Failure::check(value)
    }

    pub fn as_fail(value: i32) -> Result<(), Failure<Fail>> {
        Failure::check(value)
    }

    pub fn as_maybe_pair(addr: u32) -> *mut Pair {
        ptr::with_exposed_provenance_mut(addr as usize)
    }

    pub fn as_maybe_cstr(addr: u32) -> CStr {
        CStr::from_raw(ptr::with_exposed_provenance(addr as usize))
    }

    pub fn as_str(ptr: u32, len: u32) -> Result<Str, AbiError> {
        Ok(Str::from_raw_parts(slice(ptr, len).as_ptr(), len as usize))
    }

    pub fn as_slice(ptr: u32, len: u32) -> Result<Slice<i32>, AbiError> {
        Ok(slice(ptr, len))
    }

    pub fn as_pairs(ptr: u32, len: u32) -> Result<Slice<Pair>, AbiError> {
        Ok(slice(ptr, len))
    }

    pub fn addr_of_pair(value: &Pair) -> u32 {
        ptr::from_ref(value).expose_provenance() as u32
    }

    pub fn addr_of_array(value: &[i32; 4]) -> u32 {
        ptr::from_ref(value).expose_provenance() as u32
    }

    // Writes bytes anywhere.
    pub fn poke(addr: u32, bytes: [u8]) {
        // SAFETY: a host that tests itself takes the consequences.
        unsafe { ptr::copy(bytes.as_ptr(), ptr::with_exposed_provenance_mut(addr as usize), bytes.len()) };
    }

    // The address of 4,096 bytes that nobody uses, a multiple of 16.
    pub fn scratch() -> u32 {
        #[repr(align(16))]
        struct Scratch(core::cell::UnsafeCell<[u8; 4096]>);
        // SAFETY: a module has one thread.
        unsafe impl Sync for Scratch {}
        static SCRATCH: Scratch = Scratch(core::cell::UnsafeCell::new([0; 4096]));
        SCRATCH.0.get().expose_provenance() as u32
    }

    pub fn after(addr: u32, bytes: u32) -> u32 {
        addr.wrapping_add(bytes)
    }
}
