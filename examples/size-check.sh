#!/bin/sh
# Fails when a wasm module is larger than its budget. For a CI job; see `size-check.sh --help`.
set -eu

usage='Usage: size-check.sh MODULE.wasm BUDGET

Compares the size of a wasm module with its budget, both in bytes.

Exit status: 0 if the module is within its budget, 1 if it is larger, 2 if it was not checked: wrong
arguments, or a file that cannot be read or is no wasm module.'

fail() {
    printf 'size-check: %s\n' "$1" >&2
    exit 2
}

case ${1-} in -h | --help)
    printf '%s\n' "$usage"
    exit 0
    ;;
esac
[ $# -eq 2 ] || fail "two arguments are needed, not $#
$usage"
module=$1
budget=$2
case $budget in '' | *[!0-9]* | ??????????*)
    fail "the budget is a number of bytes with at most nine digits, not \`$budget\`"
    ;;
esac
# Without leading zeros, with which a shell reads octal.
budget=$(printf '%s' "$budget" | sed 's/^0*\(.\)/\1/')

[ -f "$module" ] && [ -r "$module" ] || fail "cannot read $module"
magic=$(od -An -tx1 -N4 <"$module" | tr -d " ")
[ "$magic" = 0061736d ] || fail "$module is no wasm module"

size=$(($(wc -c <"$module")))
if [ "$size" -gt "$budget" ]; then
    printf 'size-check: %s has %d bytes, %d over its budget of %d\n' "$module" "$size" $((size - budget)) "$budget" >&2
    exit 1
fi
printf '%s has %d bytes, %d below its budget of %d\n' "$module" "$size" $((budget - size)) "$budget"
