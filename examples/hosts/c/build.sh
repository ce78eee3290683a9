#!/bin/sh
# Translates a module to C with wasm2c and compiles it with the host: build.sh MODULE OUT_DIR writes OUT_DIR/tour.
#
# wasm2c belongs to wabt (Debian: `apt install wabt`). Its runtime is looked for beside it and, if it is elsewhere, in
# WASM2C_RUNTIME. CC and CFLAGS are used as usual.
set -eu

if [ $# -ne 2 ]; then
    echo "usage: $0 MODULE OUT_DIR" >&2
    exit 2
fi
module=$1
out=$2
here=$(cd "$(dirname "$0")" && pwd)

if ! wasm2c=$(command -v wasm2c); then
    echo "error: wasm2c is missing. It comes with wabt: apt install wabt, or brew install wabt" >&2
    exit 1
fi
runtime=${WASM2C_RUNTIME:-$(dirname "$wasm2c")/../share/wabt/wasm2c}
if [ ! -f "$runtime/wasm-rt-impl.c" ]; then
    echo "error: there is no $runtime/wasm-rt-impl.c. Set WASM2C_RUNTIME to the folder of wasm2c's runtime" >&2
    exit 1
fi

mkdir -p "$out"
wasm2c "$module" -n tour -o "$out/tour.c"
names=
if grep -q Z_tourZ_alloc "$out/tour.h"; then
    names=-DLM_WABT_OLD
fi
if grep -q linmem_checks "$out/tour.h"; then
    names="$names -DTOUR_CHECKED"
fi

compile() {
    # shellcheck disable=SC2086 # CFLAGS are words
    ${CC:-cc} -std=gnu11 ${CFLAGS:--O1} -I "$out" -I "$runtime" -I "$(dirname "$wasm2c")/../include" "$@"
}
# An optimising compiler needs these two to keep to what wasm says about endless recursion and NaNs.
compile -fno-optimize-sibling-calls -frounding-math -c "$out/tour.c" -o "$out/module.o"
# shellcheck disable=SC2086 # names are words
compile -Wall -Wextra $names -I "$here/../../../abi" -I "$here/../../../abi/c" -c "$here/main.c" -o "$out/main.o"
# Later versions of the runtime consist of several files.
set -- "$runtime/wasm-rt-impl.c"
for source in "$runtime/wasm-rt-mem-impl.c" "$runtime/wasm-rt-exceptions-impl.c"; do
    if [ -f "$source" ]; then
        set -- "$@" "$source"
    fi
done
compile "$out/main.o" "$out/module.o" "$@" -lm -o "$out/tour"
