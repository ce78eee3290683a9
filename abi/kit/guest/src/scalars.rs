//! Every scalar and enumeration as parameter, result, element, out value; and between guest and host.

use linmem::AbiError;

macro_rules! scalars {
    ($($same:ident $last:ident $ask:ident $answer:ident $type:ident;)+) => {$(
        linmem::abi! {
            pub fn $same(value: $type) -> $type {
                value
            }

            /// The last element; `Null` if there is none.
            pub fn $last(values: [$type]) -> Result<$type, AbiError> {
                values.last().copied().ok_or(AbiError::Null)
            }

            #[link(wasm_import_module = "kit")]
            extern "C" {
                fn $answer(value: $type) -> $type;
            }

            /// What the host says to it.
            pub fn $ask(value: $type) -> $type {
                $answer(value)
            }
        }
    )+};
}

scalars! {
    same_bool last_bool ask_bool answer_bool bool;
    same_i8 last_i8 ask_i8 answer_i8 i8;
    same_u8 last_u8 ask_u8 answer_u8 u8;
    same_i16 last_i16 ask_i16 answer_i16 i16;
    same_u16 last_u16 ask_u16 answer_u16 u16;
    same_i32 last_i32 ask_i32 answer_i32 i32;
    same_u32 last_u32 ask_u32 answer_u32 u32;
    same_i64 last_i64 ask_i64 answer_i64 i64;
    same_u64 last_u64 ask_u64 answer_u64 u64;
    same_f32 last_f32 ask_f32 answer_f32 f32;
    same_f64 last_f64 ask_f64 answer_f64 f64;
    same_char last_char ask_char answer_char char;
    same_usize last_usize ask_usize answer_usize usize;
    same_isize last_isize ask_isize answer_isize isize;
    same_of_i8 last_of_i8 ask_of_i8 answer_of_i8 OfI8;
    same_of_u8 last_of_u8 ask_of_u8 answer_of_u8 OfU8;
    same_of_i16 last_of_i16 ask_of_i16 answer_of_i16 OfI16;
    same_of_u16 last_of_u16 ask_of_u16 answer_of_u16 OfU16;
    same_of_i32 last_of_i32 ask_of_i32 answer_of_i32 OfI32;
    same_of_u32 last_of_u32 ask_of_u32 answer_of_u32 OfU32;
    same_of_i64 last_of_i64 ask_of_i64 answer_of_i64 OfI64;
    same_of_u64 last_of_u64 ask_of_u64 answer_of_u64 OfU64;
}

macro_rules! enums {
    ($($name:ident $int:ident;)+) => {$(
        linmem::abi! {
            #[derive(Clone, Copy)]
            pub enum $name: $int { Least = $int::MIN, Most = $int::MAX }
        }
    )+};
}

enums! { OfI8 i8; OfU8 u8; OfI16 i16; OfU16 u16; OfI32 i32; OfU32 u32; OfI64 i64; OfU64 u64; }
