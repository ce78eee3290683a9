//! The macro that makes exports and imports out of functions as they are declared.

/// The parameters of a function, one after the other, and then the function.
#[doc(hidden)]
#[macro_export]
macro_rules! __params {
    ($state:tt $name:ident: $(&)? str $(, $($rest:tt)*)?) => {
        $crate::__params! { @run $state $name (&str) $($($rest)*)? }
    };
    ($state:tt $name:ident: &mut [$type:ty] $(, $($rest:tt)*)?) => {
        $crate::__params! { @run $state $name (&mut [$type]) $($($rest)*)? }
    };
    ($state:tt $name:ident: [mut $type:ty] $(, $($rest:tt)*)?) => {
        $crate::__params! { @run $state $name (&mut [$type]) $($($rest)*)? }
    };
    ($state:tt $name:ident: $(&)? [$type:ty] $(, $($rest:tt)*)?) => {
        $crate::__params! { @run $state $name (&[$type]) $($($rest)*)? }
    };
    ($state:tt $name:ident: Box<str> $(, $($rest:tt)*)?) => {
        $crate::__params! { @run $state $name (Box<str>) $($($rest)*)? }
    };
    ($state:tt $name:ident: Box<[$type:ty]> $(, $($rest:tt)*)?) => {
        $crate::__params! { @run $state $name (Box<[$type]>) $($($rest)*)? }
    };
    ($state:tt $name:ident: $type:ty $(, $($rest:tt)*)?) => {
        $crate::__params! { @one $state $name ($type) $($($rest)*)? }
    };
    (@run $state:tt $name:ident ($type:ty) $($rest:tt)*) => {
        $crate::__params! { @next $state $name $type, Run,
            [$name: *mut <$type as $crate::__private::Run>::Item, len: usize,] [$name, len] [$name.0, $name.1,]
            [run::<$type>(::core::stringify!($name)),] $($rest)*
        }
    };
    (@one $state:tt $name:ident ($type:ty) $($rest:tt)*) => {
        $crate::__params! { @next $state $name $type, Value,
            [$name: <$type as $crate::__private::Value>::Wire,] [$name] [$name,]
            [value::<$type>(::core::stringify!($name)),] $($rest)*
        }
    };
    (
        @next {$then:tt [$($wire:tt)*] [$($plain:tt)*] [$($lift:tt)*] [$($lower:tt)*] [$($arg:tt)*] [$($sent:tt)*]
            [$($part:tt)*]}
        $name:ident $type:ty, $trait:ident,
        [$($new_wire:tt)*] [$($taken:tt)*] [$($new_sent:tt)*] [$($new_part:tt)*] $($rest:tt)*
    ) => {
        $crate::__params! { {
            $then
            [$($wire)* $($new_wire)*]
            [$($plain)* $name: $type,]
            [$($lift)*
                // SAFETY: the host's duty, as SPEC has it.
                let $name = unsafe { <$type as $crate::__private::$trait>::lift($($taken)*) }?;]
            [$($lower)* let $name = $crate::__private::$trait::lower($name);]
            [$($arg)* $name,]
            [$($sent)* $($new_sent)*]
            [$($part)* $($new_part)*]
        } $($rest)* }
    };
    ({
        {export [$($attr:tt)*] [$vis:vis $name:ident $($result:tt)*] $body:block [$($wire_result:tt)*] [$($out:tt)*]
            [$($check:tt)*] [$finish:path $(, $to:ident)?] [$($result_part:tt)*]}
        [$($wire:tt)*] [$($plain:tt)*] [$($lift:tt)*] $lower:tt [$($arg:tt)*] $sent:tt [$($part:tt)*]
    }) => {
        $(#$attr)*
        #[allow(clippy::boxed_local, clippy::needless_pass_by_value)]
        $vis fn $name($($plain)*) $($result)* $body
        $crate::__record! {
            name("fn ", ::core::stringify!($name)), $($part)* $($result_part)* text("\n"),
            $crate::__private::Part::Subject("", ::core::stringify!($name)), $($crate::__doc!($attr),)*
        }
        #[cfg(target_family = "wasm")]
        const _: () = {
            #[unsafe(export_name = ::core::stringify!($name))]
            unsafe extern "C" fn export($($wire)* $($out)*) $($wire_result)* {
                let call = move || {
                    $($lift)*
                    $($check)*
                    ::core::result::Result::Ok($name($($arg)*))
                };
                $finish($($to,)? call())
            }
        };
    };
    ({{drop $name:ident [$($doc:expr)*]} [$($wire:tt)*] $plain:tt [$($lift:tt)*] $lower:tt $arg:tt $sent:tt [$($part:tt)*]}) => {
        $crate::__record! {
            name("drop ", ::core::stringify!($name)), text(" "), owned($($part)*), text("\n"),
            $crate::__private::Part::Subject("", ::core::stringify!($name)), $($crate::__doc!([doc = $doc]),)*
        }
        #[cfg(target_family = "wasm")]
        const _: () = {
            #[unsafe(export_name = ::core::stringify!($name))]
            unsafe extern "C" fn export($($wire)*) {
                let call = move || {
                    $($lift)*
                    ::core::result::Result::Ok(())
                };
                $crate::__private::finish::nothing(call())
            }
        };
    };
    ({
        {import $module:literal [$($attr:tt)*] [$vis:vis $name:ident] [$($type:ty)?]}
        [$($wire:tt)*] [$($plain:tt)*] $lift:tt [$($lower:tt)*] [$($arg:tt)*] [$($sent:tt)*] [$($part:tt)*]
    }) => {
        $(#$attr)*
        $vis fn $name($($plain)*) $(-> $type)? {
            #[cfg(target_family = "wasm")]
            {
                #[link(wasm_import_module = $module)]
                unsafe extern "C" {
                    fn $name($($wire)*) $(-> <$type as $crate::__private::Value>::Wire)?;
                }
                $($lower)*
                // SAFETY: what a host function may do is the host's duty, as SPEC has it.
                let result = unsafe { $name($($sent)*) };
                $(
                    // SAFETY: as for the call.
                    let result = $crate::__private::finish::lifted(unsafe {
                        <$type as $crate::__private::Value>::lift(result)
                    });
                )?
                result
            }
            #[cfg(not(target_family = "wasm"))]
            {
                let _ = ($($arg)*);
                ::core::panic!(::core::concat!("off wasm there is no host function `", ::core::stringify!($name), "`"))
            }
        }
        $crate::__record! {
            name(::core::concat!("import ", $module, " "), ::core::stringify!($name)), $($part)*
            $(text(" -> "), result::<$type>(),)? text("\n"),
            $crate::__private::Part::Subject(::core::concat!($module, "/"), ::core::stringify!($name)),
            $($crate::__doc!($attr),)*
        }
    };
    ({$($state:tt)*} $($other:tt)+) => {
        ::core::compile_error!(::core::concat!(
            "a parameter in `abi!` is `name: type`, not: ", ::core::stringify!($($other)+),
        ));
    };
}
