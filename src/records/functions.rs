//! The macros that make exports and imports out of functions as they are declared: their results, then their parameters.

/// The values of a result, one after the other, and then the function: what is made of it, its parameters, and
/// `{[the kind] [(name value type) of each out value] [names for those that have none]}`. Each `value` is a name of its own.
#[doc(hidden)]
#[macro_export]
macro_rules! __result {
    ($of:tt $params:tt {$kind:tt [$($out:tt)*] [$_none:ident $($names:ident)*]} $name:ident: $type:ty $(, $($rest:tt)*)?) => {
        $crate::__result! { $of $params {$kind [$($out)* ($name value $type)] [$($names)*]} $($($rest)*)? }
    };
    ($of:tt $params:tt {[nothing] [] [out0 $($names:ident)*]} $type:ty $(, $($rest:tt)*)?) => {
        $crate::__result! { $of $params {[value $type] [] [$($names)*]} $($($rest)*)? }
    };
    ($of:tt $params:tt {$kind:tt [$($out:tt)*] [$name:ident $($names:ident)*]} $type:ty $(, $($rest:tt)*)?) => {
        $crate::__result! { $of $params {$kind [$($out)* ($name value $type)] [$($names)*]} $($($rest)*)? }
    };
    // In Rust, as wasm has it, how an export ends, which takes apart and returns these, the out values, how an import
    // ends, in the record.
    ($of:tt $params:tt {[nothing] [] $names:tt}) => {
        $crate::__result! { @ $of $params {[] [] nothing () () [] [result { result }] []} }
    };
    ($of:tt $params:tt {[nothing] [$(($out:ident $value:ident $type:ty))+] $names:tt}) => {
        $crate::__result! { @ $of $params {
            [-> ($($type),+)] [] nothing ($($value),+) () [$(($out $value $type))+] [result {
                let () = result;
                ($(
                    // SAFETY: the host has written it, which is its duty.
                    unsafe { $value.assume_init() }
                ),+)
            }] []
        } }
    };
    ($of:tt $params:tt {[value $result:ty] [$(($out:ident $value:ident $type:ty))*] $names:tt}) => {
        $crate::__result! { @ $of $params {
            [-> ($result $(, $type)*)] [-> <$result as $crate::__private::Value>::Wire]
            value (result $(, $value)*) result [$(($out $value $type))*]
            [result {
                // SAFETY: as for the call.
                let result = $crate::__private::finish::lifted(unsafe { <$result as $crate::__private::Value>::lift(result) });
                (result $(,
                    // SAFETY: the host has written it, which is its duty.
                    unsafe { $value.assume_init() }
                )*)
            }]
            [text(" -> "), result::<$result>(),]
        } }
    };
    ($of:tt $params:tt {[status $error:ty] [$(($out:ident $value:ident $type:ty))*] $names:tt}) => {
        $crate::__result! { @ $of $params {
            [-> ::core::result::Result<($($type),*), $error>] [-> i32]
            status ($($value),*) () [$(($out $value $type))*]
            [result {
                $crate::__private::finish::told(result).map(|()| ($(
                    // SAFETY: the host has written it, which is its duty where it returns 0.
                    unsafe { $value.assume_init() }
                ),*))
            }]
            [text(" -> "), status::<$error>(),]
        } }
    };
    (@ $of:tt ($($params:tt)*) $result:tt) => {
        $crate::__params! { {{$of $result} [] [] [] [] [] [] []} $($params)* }
    };
    ($($other:tt)*) => {
        ::core::compile_error!("a result in `abi!` is a type, `Result<T, E>`, or up to eight values as in `Result<(sum: f64, len: u32), E>`");
    };
}

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
        {{[] [$($attr:tt)*] [$vis:vis $name:ident] $body:block} {
            [$($result:tt)*] [$($wire_result:tt)*] $finish:ident $values:tt $returned:tt [$(($out:ident $value:ident $type:ty))*] $told:tt
            [$($result_part:tt)*]
        }}
        [$($wire:tt)*] [$($plain:tt)*] [$($lift:tt)*] $lower:tt [$($arg:tt)*] $sent:tt [$($part:tt)*]
    }) => {
        $(#$attr)*
        #[allow(clippy::boxed_local, clippy::needless_pass_by_value)]
        $vis fn $name($($plain)*) $($result)* $body
        $crate::__record! {
            name("fn ", ::core::stringify!($name)), $($part)* $(out::<$type>(::core::stringify!($out)),)*
            $($result_part)* text("\n"),
            $crate::__private::Part::Subject("", ::core::stringify!($name)), $($crate::__doc!($attr),)*
        }
        #[cfg(target_family = "wasm")]
        const _: () = {
            // A name that no parameter has.
            use $name as __linmem_function;
            const _: () = {
                #[unsafe(no_mangle)]
                unsafe extern "C" fn $name($($wire)* $($out: *mut $type),*) $($wire_result)* {
                    let call = move || {
                        $($lift)*
                        $($crate::Slice::from_raw_parts($out, 1).check()?;)*
                        ::core::result::Result::Ok(__linmem_function($($arg)*))
                    };
                    $crate::__private::finish::$finish(call(), |$values| {
                        $(
                            // SAFETY: it was checked; the host gives the memory to write there.
                            unsafe { $out.write($value) };
                        )*
                        $returned
                    })
                }
            };
        };
    };
    ({{drop $name:ident [$($doc:expr)*]} [$($wire:tt)*] $plain:tt [$($lift:tt)*] $lower:tt $arg:tt $sent:tt [$($part:tt)*]}) => {
        $crate::__record! {
            name("drop ", ::core::stringify!($name)), text(" "), owned($($part)*), text("\n"),
            $crate::__private::Part::Subject("", ::core::stringify!($name)), $($crate::__doc!([doc = $doc]),)*
        }
        #[cfg(target_family = "wasm")]
        const _: () = {
            #[unsafe(no_mangle)]
            unsafe extern "C" fn $name($($wire)*) {
                let call = move || {
                    $($lift)*
                    ::core::result::Result::Ok(())
                };
                $crate::__private::finish::nothing(call(), |()| ())
            }
        };
    };
    ({
        {{[$module:literal] [$($attr:tt)*] [$vis:vis $name:ident] ;} {
            [$($result:tt)*] [$($wire_result:tt)*] $finish:ident $values:tt $returned:tt [$(($out:ident $value:ident $type:ty))*]
            [$told:ident $back:block] [$($result_part:tt)*]
        }}
        [$($wire:tt)*] [$($plain:tt)*] $lift:tt [$($lower:tt)*] [$($arg:tt)*] [$($sent:tt)*] [$($part:tt)*]
    }) => {
        $(#$attr)*
        $vis fn $name($($plain)*) $($result)* {
            #[cfg(target_family = "wasm")]
            {
                // A name that no parameter has.
                const __LINMEM_IMPORT: unsafe extern "C" fn($($wire)* $($out: *mut $type),*) $($wire_result)* = {
                    #[link(wasm_import_module = $module)]
                    unsafe extern "C" {
                        fn $name($($wire)* $($out: *mut $type),*) $($wire_result)*;
                    }
                    $name
                };
                $($lower)*
                $(let mut $value = ::core::mem::MaybeUninit::<$type>::uninit();)*
                // SAFETY: what a host function may do is the host's duty, as SPEC has it.
                let $told = unsafe { __LINMEM_IMPORT($($sent)* $($value.as_mut_ptr()),*) };
                $back
            }
            #[cfg(not(target_family = "wasm"))]
            {
                let _ = ($($arg)*);
                ::core::panic!(::core::concat!("off wasm there is no host function `", ::core::stringify!($name), "`"))
            }
        }
        $crate::__record! {
            name(::core::concat!("import ", $module, " "), ::core::stringify!($name)), $($part)*
            $(out::<$type>(::core::stringify!($out)),)* $($result_part)* text("\n"),
            $crate::__private::Part::Subject(::core::concat!($module, "/"), ::core::stringify!($name)),
            $($crate::__doc!($attr),)*
        }
    };
    ({$($state:tt)*}) => {
        ::core::compile_error!("a function in `abi!` has a body, and one in `extern \"C\"` has none");
    };
    ({$($state:tt)*} $($other:tt)+) => {
        ::core::compile_error!(::core::concat!(
            "a parameter in `abi!` is `name: type`, not: ", ::core::stringify!($($other)+),
        ));
    };
}
