//! The macro that declares what crosses the boundary, and writes the records of it.
//!
//! `__abi!` takes one item after the other. `describe.rs` writes their records, `functions.rs` has what functions need.

/// Declares what crosses the boundary, and describes it in the module's custom section `linmem.abi`.
///
/// Items are written as in Rust, once: a function becomes a plain Rust function, natively as well, and on wasm an export
/// that checks its arguments and calls it. Its record comes from the same tokens.
///
/// | item | gives |
/// | --- | --- |
/// | `struct Point { x: i32, name: Owned<CStr> }` | a `#[repr(C)]` struct |
/// | `union Bits { int: u32, float: f32 }` | a `#[repr(C)]` union |
/// | `enum Color: u8 { Red, Green = 4 }` | an enumeration of this integer type |
/// | `enum Shape: u8 { Circle(f64), Nothing }` | a tagged enumeration, `#[repr(C, u8)]` |
/// | `enum Fail: status { Empty = 16 }` | status values of the guest's own, from 16 on |
/// | `struct Op(extern "C" fn(x: i32) -> i32);` | a pointer to a guest function, for hosts to call |
/// | `extern type Db;` | a type of the guest's own, declared elsewhere, that hosts only point to |
/// | `const MAX: u32 = 16;` | a constant: a number, `bool`, `char` or `&str` |
/// | `fn average(values: [i32]) -> Result<f64, Fail> { .. }` | an exported function |
/// | `drop fn drop_point(Box<Point>);` | an export that drops what hosts own of this type |
/// | `extern "C" { fn log_nr(nr: u32); }` | host functions, of module `env` or `#[link(wasm_import_module = "..")]` |
/// | `use library::Point;` | the record of a type or constant that another crate declared so |
///
/// Of a parameter, `text: str`, `values: [T]`, `pixels: [mut T]`, `text: Box<str>` and `values: Box<[T]>` travel as
/// address and length; the function gets `&str`, `&[T]`, `&mut [T]`, which may be written as well, and the boxes.
///
/// | result, written so | returns | behind out pointers |
/// | --- | --- | --- |
/// | `T` | the value | |
/// | `Result<(), E>` | a status | |
/// | `Result<T, E>` | a status | `out` |
/// | `Result<(sum: f64, len: u32), E>` | a status | `sum`, `len` |
/// | `(i32, rest: i32)` | the first value | `rest` |
/// | `(sum: f64, len: u32)` | nothing | `sum`, `len` |
///
/// In Rust it is that without the names. Values that have none in a list are `out0`, `out1` and so on, by their place.
///
/// | in Rust | in the record |
/// | --- | --- |
/// | `&T`, `&mut T`, `Box<T>` | `*T`, `~*T`, `^*T` |
/// | `Option` of these | `?*T`, `?~*T`, `?^*T` |
/// | `*const T`, `*mut T`, `NonNull<T>` | `?*T`, `?~*T`, `~*T` |
/// | `Str`, `CStr`, `Slice<T>`, `Buffer<T>` | `str`, `?cstr`, `[]T`, `[+]T` |
/// | `Owned<Str>`, `Owned<CStr>`, `Owned<Slice<T>>` | `^str`, `^cstr`, `^[]T` |
///
/// # Libraries
///
/// A library declares types, and the guest functions: what an item names of other crates is recorded with it, and what that
/// names. A function of a library is exported from each guest, but types in other modules of it may then lack a record.
///
/// # Bad arguments
///
/// What can be seen is checked before the function runs: null, alignment, the end of memory, UTF-8, the values of a
/// `char` or an enumeration. A function that returns `Result` then returns the status; any other one traps. What lies
/// behind pointers is trusted to be what SPEC asks hosts to write there.
///
/// What a host function returns is checked in the same way. A status that `E` does not list traps, [`AbiError`](crate::AbiError)'s
/// with an enum as well; [`Failure<E>`](crate::Failure) takes all.
///
/// # Errors
///
/// A type that hosts could not know is an error where it is used: "is no type of the linmem ABI", "does not travel in a
/// call", "has no status". More than 100 items in one `abi!` exceed the compiler's
/// `recursion_limit`; there can be several `abi!`.
///
/// Some of what hosts refuse no macro can see: two records of one name (a struct and a function, a type in each of two
/// modules), and a type without a `drop fn` that is handed over and owns what owns something. `linmem check` finds both.
///
/// # Examples
///
/// ```
/// # extern crate alloc;
/// # use alloc::boxed::Box;
/// use linmem::{AbiError, CStr, Owned};
///
/// linmem::abi! {
///     /// A place with a name.
///     pub struct Point { pub x: i32, pub y: i32, pub name: Owned<CStr> }
///
///     pub fn create_point(x: i32, y: i32, name: str) -> Result<Box<Point>, AbiError> {
///         linmem::try_box(Point { x, y, name: Owned::try_from(name)? })
///     }
///
///     drop fn drop_point(Box<Point>);
/// }
///
/// assert_eq!(create_point(1, 2, "here")?.x, 1);
/// # Ok::<(), AbiError>(())
/// ```
#[macro_export]
macro_rules! abi {
    ($($items:tt)*) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            #[unsafe(link_section = "linmem.abi")]
            static RECORD: [u8; 13] = *if ::core::cfg!(target_arch = "wasm64") { b"abi 1 wasm64\n" } else { b"abi 1 wasm32\n" };
        };
        $crate::__abi! { $($items)* }
    };
}

/// The items of [`abi!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __abi {
    () => {};
    // A struct or a union.
    (
        $(#$attr:tt)* $vis:vis $kind:ident $name:ident {
            $($(#$doc:tt)* $field_vis:vis $field:ident: $type:ty),+ $(,)?
        }
        $($rest:tt)*
    ) => {
        $(#$attr)*
        #[repr(C)]
        $vis $kind $name {
            $($(#$doc)* $field_vis $field: $type),+
        }
        const _: () = $crate::__private::describe::laid_out_as_in_c(
            ::core::stringify!($kind),
            &[$((
                ::core::mem::offset_of!($name, $field), ::core::mem::size_of::<$type>(), ::core::mem::align_of::<$type>(), ::core::mem::needs_drop::<$type>(),
            )),+],
            (::core::mem::size_of::<$name>(), ::core::mem::align_of::<$name>()),
            (
                ::core::concat!("`", ::core::stringify!($name), "` is not laid out as in C: leave out `packed` and `align`"),
                ::core::concat!(
                    "the union `", ::core::stringify!($name), "` holds something owned, and nobody could tell whether to ",
                    "free it: it takes no `Owned`, `Box` or `Buffer`, nor one in `ManuallyDrop`",
                ),
            ),
        );
        // SAFETY: by `repr(C)`, of fields that are all of the ABI.
        unsafe impl $crate::Abi for $name {}
        $crate::__type! { [$($attr)*] $kind $name [$($field [$($doc)*])+]
            layout::<$name>(),
            $(field::<$type>(::core::stringify!($field), ::core::mem::offset_of!($name, $field)),)+
        }
        $crate::__abi! { $($rest)* }
    };
    (
        $(#$attr:tt)* $vis:vis enum $name:ident: status {
            $($(#$doc:tt)* $case:ident = $value:expr),+ $(,)?
        }
        $($rest:tt)*
    ) => {
        $(#$attr)*
        #[repr(i32)]
        $vis enum $name {
            $($(#$doc)* $case = $value),+
        }
        $(const _: () = ::core::assert!($name::$case as i32 >= 16, "a status of a module's own is 16 or more");)+
        $crate::__type! { [$($attr)*] enum $name [$($case [$($doc)*])+]
            text(" status"), $(case(::core::stringify!($case), $name::$case as i128),)+
        }
        impl $crate::__private::Status for $name {
            const NAME: &'static [$crate::__private::Part] = <$name as $crate::Named>::NAME;

            fn status(self) -> i32 {
                self as i32
            }

            fn of(status: i32) -> ::core::option::Option<Self> {
                $(if status == $name::$case as i32 {
                    return ::core::option::Option::Some($name::$case);
                })+
                ::core::option::Option::None
            }
        }
        $crate::__abi! { $($rest)* }
    };
    ($(#$attr:tt)* $vis:vis enum $name:ident: status { $($cases:tt)* } $($rest:tt)*) => {
        ::core::compile_error!(::core::concat!(
            "each case of `", ::core::stringify!($name), "` has a value, from 16 on, and holds nothing: `enum ",
            ::core::stringify!($name), ": status { Empty = 16 }`",
        ));
    };
    (
        $(#$attr:tt)* $vis:vis enum $name:ident: $int:ident {
            $($(#$doc:tt)* $case:ident $(= $value:expr)?),+ $(,)?
        }
        $($rest:tt)*
    ) => {
        $(#$attr)*
        #[repr($int)]
        $vis enum $name {
            $($(#$doc)* $case $(= $value)?),+
        }
        $crate::__type! { [$($attr)*] enum $name [$($case [$($doc)*])+]
            tag::<$int>(), $(case(::core::stringify!($case), $name::$case as i128),)+
        }
        // SAFETY: by `repr`, an integer.
        unsafe impl $crate::Abi for $name {}
        impl $crate::__private::Value for $name {
            type Wire = <$int as $crate::__private::Value>::Wire;

            unsafe fn lift(wire: Self::Wire) -> ::core::result::Result<Self, $crate::AbiError> {
                // SAFETY: every number is an integer.
                let value = unsafe { <$int as $crate::__private::Value>::lift(wire) }?;
                $(if value == $name::$case as $int {
                    return ::core::result::Result::Ok($name::$case);
                })+
                ::core::result::Result::Err($crate::AbiError::Invalid)
            }

            fn lower(self) -> Self::Wire {
                $crate::__private::Value::lower(self as $int)
            }
        }
        $crate::__abi! { $($rest)* }
    };
    (
        $(#$attr:tt)* $vis:vis enum $name:ident: $int:ident {
            $($(#$doc:tt)* $case:ident $(($type:ty))? $(= $value:expr)?),+ $(,)?
        }
        $($rest:tt)*
    ) => {
        $(#$attr)*
        #[repr(C, $int)]
        $vis enum $name {
            $($(#$doc)* $case $(($type))? $(= $value)?),+
        }
        const _: () = {
            #[repr($int)]
            enum __LinmemTag {
                $($case $(= $value)?),+
            }
            const __LINMEM_LAYOUT: (usize, usize, usize) = $crate::__private::describe::tagged(
                (::core::mem::size_of::<$int>(), ::core::mem::align_of::<$int>()),
                &[$($((::core::mem::size_of::<$type>(), ::core::mem::align_of::<$type>()),)?)+],
            );
            ::core::assert!(
                __LINMEM_LAYOUT.1 == ::core::mem::size_of::<$name>() && __LINMEM_LAYOUT.2 == ::core::mem::align_of::<$name>(),
                ::core::concat!("`", ::core::stringify!($name), "` is not laid out as in C: leave out `align`"),
            );
            // SAFETY: by `repr(C)`, of an integer and payloads that are all of the ABI.
            unsafe impl $crate::Abi for $name {}
            $crate::__type! { [$($attr)*] tagged $name [$($case [$($doc)*])+]
                layout::<$name>(), tag::<$int>(),
                $(case(::core::stringify!($case), __LinmemTag::$case as i128), $(field::<$type>("", __LINMEM_LAYOUT.0),)?)+
            }
        };
        $crate::__abi! { $($rest)* }
    };
    ($(#$attr:tt)* $vis:vis enum $name:ident: $int:ident { $($cases:tt)* } $($rest:tt)*) => {
        ::core::compile_error!(::core::concat!(
            "`", ::core::stringify!($name), "` has one case or more, and each is `Case` or `Case(Type)`, with or without ",
            "` = value`: it holds one value at most; declare a struct for several",
        ));
    };
    ($(#$attr:tt)* extern type $name:ident; $($rest:tt)*) => {
        $crate::__type! { [$($attr)*] opaque $name [] }
        $crate::__abi! { $($rest)* }
    };
    (
        $(#$attr:tt)*
        $vis:vis struct $name:ident($field_vis:vis extern "C" fn($($param:ident: $type:ty),* $(,)?) $(-> $result:ty)?);
        $($rest:tt)*
    ) => {
        $(#$attr)*
        #[repr(transparent)]
        #[derive(Clone, Copy)]
        $vis struct $name($field_vis extern "C" fn($($param: $type),*) $(-> $result)?);
        $crate::__type! { [$($attr)*] sig $name []
            $(value::<$type>(::core::stringify!($param)),)* $(text(" -> "), result::<$result>(),)?
        }
        // SAFETY: it is a function pointer.
        unsafe impl $crate::Abi for $name {}
        // SAFETY: Rust guarantees it of function pointers.
        unsafe impl $crate::Nullable for $name {}
        impl $crate::__private::Value for $name {
            type Wire = *mut u8;

            unsafe fn lift(wire: *mut u8) -> ::core::result::Result<Self, $crate::AbiError> {
                if wire.is_null() {
                    return ::core::result::Result::Err($crate::AbiError::Null);
                }
                // SAFETY: not null; wasm checks the index and the type at each call.
                ::core::result::Result::Ok(unsafe { ::core::mem::transmute::<*mut u8, $name>(wire) })
            }

            fn lower(self) -> *mut u8 {
                self.0 as *mut u8
            }
        }
        $crate::__abi! { $($rest)* }
    };
    ($(#$attr:tt)* $vis:vis const $name:ident: $type:ty = $value:expr; $($rest:tt)*) => {
        $(#$attr)*
        $vis const $name: $type = $value;
        // What `use` finds in another crate.
        #[doc(hidden)]
        #[allow(dead_code, non_camel_case_types)]
        $vis enum $name {}
        $crate::__recorded! { $name,
            name("const ", ::core::stringify!($name)), text(" "), constant::<$type>(), text(" "),
            $crate::__private::Const::<$type>($name).part(), text("\n"),
            $crate::__private::Part::Subject("", ::core::stringify!($name)), $($crate::__doc!($attr),)*
        }
        $crate::__abi! { $($rest)* }
    };
    ($(#$attr:tt)* $vis:vis use $($path:ident)::+::{$($name:ident $(as $alias:ident)?),+ $(,)?}; $($rest:tt)*) => {
        $crate::__abi! { @use [$(#$attr)* $vis] [$($path)::+] [$($name [$(as $alias)?])+] }
        $crate::__abi! { $($rest)* }
    };
    ($(#$attr:tt)* $vis:vis use $($path:ident)::+::{$($names:tt)*}; $($rest:tt)*) => {
        ::core::compile_error!("in braces, `use` in `abi!` takes names of types, without `::`");
    };
    ($(#$attr:tt)* $vis:vis use $($path:ident)::+::*; $($rest:tt)*) => {
        ::core::compile_error!("`use` in `abi!` does not see what `*` stands for: name each type that is to be recorded");
    };
    ($(#$attr:tt)* $vis:vis use $path:path $(as $alias:ident)?; $($rest:tt)*) => {
        $(#$attr)*
        $vis use $path $(as $alias)?;
        // What documents a `use` is not of the record, which has the docs of the declaration.
        $(const _: $crate::__private::Part = $crate::__doc!($attr);)*
        $crate::__record! { $crate::__private::Part::Parts(<$path as $crate::__private::Record>::RECORD) }
        $crate::__abi! { $($rest)* }
    };
    (@use $head:tt $path:tt [$($name:ident $alias:tt)+]) => {
        $($crate::__abi! { @use $head $path $name $alias })+
    };
    (@use [$($head:tt)*] [$($path:tt)*] $name:ident [$($alias:tt)*]) => {
        $crate::__abi! { $($head)* use $($path)*::$name $($alias)*; }
    };
    ($(#[doc = $doc:expr])* drop fn $name:ident($param:ident: $($type:tt)*); $($rest:tt)*) => {
        ::core::compile_error!(::core::concat!(
            "`drop fn` names a type, and no parameter: `drop fn ", ::core::stringify!($name), "(",
            ::core::stringify!($($type)*), ");`",
        ));
    };
    ($(#[doc = $doc:expr])* drop fn $name:ident($($type:tt)*); $($rest:tt)*) => {
        $crate::__params! { {{drop $name [$($doc)*]} [] [] [] [] [] [] []} _value: $($type)* }
        $crate::__abi! { $($rest)* }
    };
    // An exported function, or, after `@import`, a host function.
    ($(@import $module:literal)? $(#$attr:tt)* $vis:vis fn $name:ident $params:tt -> Result<($($values:tt)*), $error:ty> $end:tt $($rest:tt)*) => {
        $crate::__result! { {[$($module)?] [$($attr)*] [$vis $name] $end} $params {[status $error] [] [out0 out1 out2 out3 out4 out5 out6 out7]} $($values)* }
        $crate::__abi! { $(@import $module)? $($rest)* }
    };
    ($(@import $module:literal)? $(#$attr:tt)* $vis:vis fn $name:ident $params:tt -> Result<$type:ty, $error:ty> $end:tt $($rest:tt)*) => {
        $crate::__result! { {[$($module)?] [$($attr)*] [$vis $name] $end} $params {[status $error] [] [out]} $type }
        $crate::__abi! { $(@import $module)? $($rest)* }
    };
    ($(@import $module:literal)? $(#$attr:tt)* $vis:vis fn $name:ident $params:tt -> ($($values:tt)*) $end:tt $($rest:tt)*) => {
        $crate::__result! { {[$($module)?] [$($attr)*] [$vis $name] $end} $params {[nothing] [] [out0 out1 out2 out3 out4 out5 out6 out7]} $($values)* }
        $crate::__abi! { $(@import $module)? $($rest)* }
    };
    ($(@import $module:literal)? $(#$attr:tt)* $vis:vis fn $name:ident $params:tt -> $type:ty $body:block $($rest:tt)*) => {
        $crate::__result! { {[$($module)?] [$($attr)*] [$vis $name] $body} $params {[value $type] [] []} }
        $crate::__abi! { $(@import $module)? $($rest)* }
    };
    ($(@import $module:literal)? $(#$attr:tt)* $vis:vis fn $name:ident $params:tt -> $type:ty; $($rest:tt)*) => {
        $crate::__result! { {[$($module)?] [$($attr)*] [$vis $name] ;} $params {[value $type] [] []} }
        $crate::__abi! { $(@import $module)? $($rest)* }
    };
    ($(@import $module:literal)? $(#$attr:tt)* $vis:vis fn $name:ident $params:tt $body:block $($rest:tt)*) => {
        $crate::__result! { {[$($module)?] [$($attr)*] [$vis $name] $body} $params {[nothing] [] []} }
        $crate::__abi! { $(@import $module)? $($rest)* }
    };
    ($(@import $module:literal)? $(#$attr:tt)* $vis:vis fn $name:ident $params:tt; $($rest:tt)*) => {
        $crate::__result! { {[$($module)?] [$($attr)*] [$vis $name] ;} $params {[nothing] [] []} }
        $crate::__abi! { $(@import $module)? $($rest)* }
    };
    (#[link(wasm_import_module = $module:literal)] extern "C" { $($items:tt)* } $($rest:tt)*) => {
        $crate::__abi! { @import $module $($items)* }
        $crate::__abi! { $($rest)* }
    };
    (extern "C" { $($items:tt)* } $($rest:tt)*) => {
        $crate::__abi! { @import "env" $($items)* }
        $crate::__abi! { $($rest)* }
    };
    (@import $module:literal) => {};
    (@ $($other:tt)*) => {
        ::core::compile_error!("`abi!` does not take this function");
    };
    ($(#$attr:tt)* $vis:vis enum $name:ident { $($cases:tt)* } $($rest:tt)*) => {
        ::core::compile_error!(::core::concat!(
            "say the integer type of the enum: `enum ", ::core::stringify!($name), ": u8 { .. }`",
        ));
    };
    ($(#$attr:tt)* $vis:vis struct $name:ident {} $($rest:tt)*) => {
        ::core::compile_error!(::core::concat!(
            "`", ::core::stringify!($name), "` has no fields: a type of size 0 has no place in memory that a host could see",
        ));
    };
    ($(#$attr:tt)* $vis:vis struct $name:ident<$($rest:tt)*) => {
        ::core::compile_error!(::core::concat!(
            "`", ::core::stringify!($name), "` is generic: hosts know types of one layout only",
        ));
    };
    ($($other:tt)+) => {
        ::core::compile_error!(::core::concat!(
            "`abi!` does not take this: ", ::core::stringify!($($other)+), "\nIt takes structs with named fields, unions, ",
            "enums with an integer type, `struct Name(extern \"C\" fn(..));`, `extern type`, constants, functions, ",
            "`drop fn`, `extern \"C\" { .. }` and `use`",
        ));
    };
}
