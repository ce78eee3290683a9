//! The macro that declares what crosses the boundary, and writes the records of it.
//!
//! `__abi!` takes one item after the other; `__type!` and `__record!` write records, out of what `describe.rs` makes.

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
/// | `use library::Point;` | the record of a type that another crate declared so |
///
/// Of a parameter, `text: str`, `values: [T]`, `pixels: [mut T]`, `text: Box<str>` and `values: Box<[T]>` travel as
/// address and length; the function gets `&str`, `&[T]`, `&mut [T]`, which may be written as well, and the boxes. `Result<T, E>`, written so, is a
/// status, with the value behind an out pointer; all other results travel themselves.
///
/// | in Rust | in the record |
/// | --- | --- |
/// | `&T`, `&mut T`, `Box<T>` | `*T`, `~*T`, `^*T` |
/// | `Option` of these | `?*T`, `?~*T`, `?^*T` |
/// | `*const T`, `*mut T`, `NonNull<T>` | `?*T`, `?~*T`, `~*T` |
/// | `Str`, `CStr`, `Slice<T>`, `Buffer<T>` | `str`, `?cstr`, `[]T`, `[+]T` |
/// | `Owned<Str>`, `Owned<CStr>`, `Owned<Slice<T>>` | `^str`, `^cstr`, `^[]T` |
///
/// # Bad arguments
///
/// What can be seen is checked before the function runs: null, alignment, the end of memory, UTF-8, the values of a
/// `char` or an enumeration. A function that returns `Result` then returns the status; any other one traps. What lies
/// behind pointers is trusted to be what SPEC asks hosts to write there.
///
/// # Errors
///
/// A type that hosts could not know is an error where it is used: "is no type of the linmem ABI", "does not travel in a
/// call", "has no status". More than 120 items in one `abi!` exceed the compiler's
/// `recursion_limit`; there can be several `abi!`.
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

/// Puts lines into the section: bytes that nothing refers to, so that they are no data of the module.
#[doc(hidden)]
#[macro_export]
macro_rules! __record {
    ($($parts:tt)*) => {
        const _: () = {
            #[allow(unused_imports)]
            use $crate::__private::describe::*;
            const PARTS: &[$crate::__private::Part] = &[$($parts)*];
            #[cfg(target_family = "wasm")]
            const LINES: $crate::__private::Lines = $crate::__private::lines(PARTS);
            #[cfg(target_family = "wasm")]
            #[unsafe(link_section = "linmem.abi")]
            static RECORD: [u8; LINES.len] = $crate::__private::bytes(&LINES);
        };
    };
}

/// A line of docs, if an attribute is one.
#[doc(hidden)]
#[macro_export]
macro_rules! __doc {
    ([doc = $text:expr]) => {
        $crate::__private::Part::Doc(::core::option::Option::Some($text))
    };
    ($other:tt) => {
        $crate::__private::Part::Doc(::core::option::Option::None)
    };
}

/// Names a type, and records it with its docs and those of its members.
#[doc(hidden)]
#[macro_export]
macro_rules! __type {
    ([$($attr:tt)*] $kind:ident $name:ident [$($member:ident [$($doc:tt $($more:tt)*)?])*] $($part:tt)*) => {
        // SAFETY: the record says what it is.
        unsafe impl $crate::Named for $name {
            const NAME: &'static [$crate::__private::Part] =
                &[$crate::__private::Part::Name("", ::core::stringify!($name))];
        }
        const _: () = {
            #[allow(unused_imports)]
            use $crate::__private::describe::*;
            impl $crate::__private::Record for $name {
                const RECORD: &'static [$crate::__private::Part] = &[
                    name(::core::concat!(::core::stringify!($kind), " "), ::core::stringify!($name)),
                    $($part)*
                    text("\n"),
                    $crate::__private::Part::Subject("", ::core::stringify!($name)),
                    $($crate::__doc!($attr),)*
                    $($(
                        $crate::__private::Part::Subject(
                            ::core::concat!(::core::stringify!($name), "."), ::core::stringify!($member),
                        ),
                        $crate::__doc!($doc), $($crate::__doc!($more),)*
                    )?)*
                ];
            }
        };
        $crate::__record! { $crate::__private::Part::Parts(<$name as $crate::__private::Record>::RECORD) }
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
        const _: () = ::core::assert!(
            $crate::__private::describe::laid_out_as_in_c(
                ::core::stringify!($kind),
                &[$((::core::mem::offset_of!($name, $field), size_of::<$type>(), align_of::<$type>())),+],
                (size_of::<$name>(), align_of::<$name>()),
            ),
            "it is not laid out as in C",
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
        }
        $crate::__abi! { $($rest)* }
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
            text(::core::concat!(" ", ::core::stringify!($int))),
            $(case(::core::stringify!($case), $name::$case as i128),)+
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
            enum Tag {
                $($case $(= $value)?),+
            }
            const LAYOUT: (usize, usize, usize) = $crate::__private::describe::tagged(
                (size_of::<$int>(), align_of::<$int>()),
                &[$($((size_of::<$type>(), align_of::<$type>()),)?)+],
            );
            ::core::assert!(
                LAYOUT.1 == size_of::<$name>() && LAYOUT.2 == align_of::<$name>(),
                "it is not laid out as in C",
            );
            // SAFETY: by `repr(C)`, of an integer and payloads that are all of the ABI.
            unsafe impl $crate::Abi for $name {}
            $crate::__type! { [$($attr)*] tagged $name [$($case [$($doc)*])+]
                layout::<$name>(), text(::core::concat!(" ", ::core::stringify!($int))),
                $(case(::core::stringify!($case), Tag::$case as i128), $(field::<$type>("", LAYOUT.0),)?)+
            }
        };
        $crate::__abi! { $($rest)* }
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
        $crate::__record! {
            name("const ", ::core::stringify!($name)), text(" "), constant::<$type>(), text(" "),
            $crate::__private::Const::<$type>($name).part(), text("\n"),
            $crate::__private::Part::Subject("", ::core::stringify!($name)), $($crate::__doc!($attr),)*
        }
        $crate::__abi! { $($rest)* }
    };
    ($(#$attr:tt)* $vis:vis use $path:path; $($rest:tt)*) => {
        $(#$attr)*
        $vis use $path;
        $crate::__record! { $crate::__private::Part::Parts(<$path as $crate::__private::Record>::RECORD) }
        $crate::__abi! { $($rest)* }
    };
    ($(#[doc = $doc:expr])* drop fn $name:ident($($type:tt)*); $($rest:tt)*) => {
        $crate::__params! { {{drop $name [$($doc)*]} [] [] [] [] [] [] []} _value: $($type)* }
        $crate::__abi! { $($rest)* }
    };
    ($(#$attr:tt)* $vis:vis fn $name:ident $params:tt -> Result<(), $error:ty> $body:block $($rest:tt)*) => {
        $crate::__abi! { @fn [$($attr)*] [$vis $name -> Result<(), $error>] $params $body
            [-> i32] [] [] [$crate::__private::finish::status] [text(" -> "), status::<$error>(),]
        }
        $crate::__abi! { $($rest)* }
    };
    ($(#$attr:tt)* $vis:vis fn $name:ident $params:tt -> Result<$type:ty, $error:ty> $body:block $($rest:tt)*) => {
        $crate::__abi! { @fn [$($attr)*] [$vis $name -> Result<$type, $error>] $params $body
            [-> i32] [out: *mut $type] [$crate::Slice::from_raw_parts(out, 1).check()?;]
            [$crate::__private::finish::out, out] [text(" out:>"), memory::<$type>(), text(" -> "), status::<$error>(),]
        }
        $crate::__abi! { $($rest)* }
    };
    ($(#$attr:tt)* $vis:vis fn $name:ident $params:tt -> $type:ty $body:block $($rest:tt)*) => {
        $crate::__abi! { @fn [$($attr)*] [$vis $name -> $type] $params $body
            [-> <$type as $crate::__private::Value>::Wire] [] [] [$crate::__private::finish::value] [text(" -> "), result::<$type>(),]
        }
        $crate::__abi! { $($rest)* }
    };
    ($(#$attr:tt)* $vis:vis fn $name:ident $params:tt $body:block $($rest:tt)*) => {
        $crate::__abi! { @fn [$($attr)*] [$vis $name] $params $body [] [] [] [$crate::__private::finish::nothing] [] }
        $crate::__abi! { $($rest)* }
    };
    (@fn $attrs:tt $head:tt ($($params:tt)*) $body:block $wire:tt $out:tt $check:tt $finish:tt $result:tt) => {
        $crate::__params! {
            {{export $attrs $head $body $wire $out $check $finish $result} [] [] [] [] [] [] []} $($params)*
        }
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
    (@import $module:literal $(#$attr:tt)* $vis:vis fn $name:ident($($params:tt)*) $(-> $type:ty)?; $($items:tt)*) => {
        $crate::__params! {
            {{import $module [$($attr)*] [$vis $name] [$($type)?]} [] [] [] [] [] [] []} $($params)*
        }
        $crate::__abi! { @import $module $($items)* }
    };
    (@ $($other:tt)*) => {
        ::core::compile_error!("`abi!` does not take this function");
    };
    ($(#$attr:tt)* $vis:vis enum $name:ident { $($cases:tt)* } $($rest:tt)*) => {
        ::core::compile_error!(::core::concat!(
            "say the integer type of the enum: `enum ", ::core::stringify!($name), ": u8 { .. }`",
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
