// Views at the end of the address space, and allocation in a module that has all of it from the start.
//
// node edges.mjs MODULE

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const END = 2 ** 32;
const OUT_OF_BOUNDS = 4;
const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]));
const { memory, alloc, view_slice, view_str, view_cstr } = instance.exports;
assert.equal(memory.buffer.byteLength, END);

// Blocks are disjoint, though the linker's `__heap_end` reads as 0.
const blocks = [];
for (const size of [16, 16, 1000, 16, 2 ** 30, 16, 2 ** 30, 100000, 16]) {
  const ptr = alloc(size, 8) >>> 0;
  assert.notEqual(ptr, 0, `alloc(${size}, 8)`);
  assert.ok(ptr + size < END);
  for (const other of blocks) assert.ok(ptr + size <= other.ptr || other.ptr + other.size <= ptr, "blocks overlap");
  blocks.push({ ptr, size });
}
assert.equal(alloc(2 ** 31 - 8, 8), 0);
assert.notEqual(alloc(16, 8), 0, "a request that fails changes nothing");

// A range that ends at 2^32 has no end address; a longer one wraps.
for (const [view, size] of [[view_slice, 4], [view_str, 1]]) {
  assert.equal(view(END - 16, 8 / size), 0);
  assert.equal(view(END - 16, 16 / size), OUT_OF_BOUNDS);
  assert.equal(view(END - 16, 64 / size), OUT_OF_BOUNDS);
}

// A string that does not end before the last byte does not go on at address 0.
const last = new Uint8Array(memory.buffer, END - 16, 16);
last.fill(0x61);
assert.equal(view_cstr(END - 16), OUT_OF_BOUNDS);
last[15] = 0;
assert.equal(view_cstr(END - 16), OUT_OF_BOUNDS);
last[14] = 0;
assert.equal(view_cstr(END - 16), 0);
assert.equal(view_cstr(0), 1);
