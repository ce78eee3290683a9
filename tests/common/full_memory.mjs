// Fills the memory of a module to its last page, 65,536 in all, and asserts what must hold there. Each block is touched
// at both ends only, so that most of the four gigabytes stay without real memory.
//
// node full_memory.mjs MODULE

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const PAGES = 65536;
const END = 2 ** 32;
const MAX = 2 ** 31 - 1;
/** What a heap keeps for its bits. */
const KEPT = process.argv[2].includes("heap") ? END / 64 : 0;
const module = new WebAssembly.Module(readFileSync(process.argv[2]));

/** Instantiates the module and makes its pointers unsigned. */
function start() {
  const { memory, alloc, free, realloc } = new WebAssembly.Instance(module, {}).exports;
  return {
    alloc: (size, align) => alloc(size, align) >>> 0,
    free,
    realloc: (ptr, oldSize, align, newSize) => realloc(ptr, oldSize, align, newSize) >>> 0,
    pages: () => memory.buffer.byteLength / 65536,
    // The buffer of full memory is as long as any; a view of all of it still finds every byte.
    byte: (addr) => new Uint8Array(memory.buffer, addr, 1),
  };
}

/** Marks both ends of a block. */
function mark(guest, { ptr, size, tag }) {
  guest.byte(ptr)[0] = tag;
  guest.byte(ptr + size - 1)[0] = tag;
}

function check(guest, { ptr, size, tag }) {
  assert.equal(guest.byte(ptr)[0], tag, `first byte of ${ptr} + ${size}`);
  assert.equal(guest.byte(ptr + size - 1)[0], tag, `last byte of ${ptr} + ${size}`);
}

/** Allocates blocks of a size until there is no memory. */
function fill(guest, blocks, size, align) {
  for (;;) {
    const ptr = guest.alloc(size, align);
    if (ptr === 0) return;
    assert.equal(ptr % align, 0);
    assert.ok(ptr + size <= END - 1, `${ptr} + ${size} holds the last byte`);
    const block = { ptr, size, align, tag: 1 + (blocks.length % 255) };
    blocks.push(block);
    mark(guest, block);
  }
}

function checkAll(guest, blocks) {
  for (const block of blocks) check(guest, block);
  const sorted = [...blocks].sort((a, b) => a.ptr - b.ptr);
  for (let i = 1; i < sorted.length; i++) {
    assert.ok(sorted[i - 1].ptr + sorted[i - 1].size <= sorted[i].ptr, "blocks overlap");
  }
}

// To the end, in blocks from large to small. One alignment each, because `Bump` forgets the gap between blocks of two.
for (const [one, sizes] of [
  [8, [2 ** 26, 2 ** 20, 2 ** 16, 2 ** 10, 24, 8, 1]],
  [1, [MAX, 2 ** 30, 2 ** 28 + 12345, 2 ** 24 - 1, 2 ** 18 + 1, 999, 7, 1]],
]) {
  const guest = start();
  const blocks = [];
  for (const size of sizes) fill(guest, blocks, size, one);
  assert.equal(guest.pages(), PAGES);
  checkAll(guest, blocks);
  const last = blocks.reduce((a, b) => (a.ptr > b.ptr ? a : b));
  assert.ok(last.ptr > 2 ** 31, "no pointer above two gigabytes");
  assert.ok(END - (last.ptr + last.size) <= KEPT + 64, `${END - (last.ptr + last.size)} bytes at the end are not used`);

  // Nothing more, and nothing breaks.
  for (const [size, align] of [[1, one], [8, 8], [65536, 1], [MAX, 1], [MAX - 65535, 65536], [1, 2 ** 31]]) {
    assert.equal(guest.alloc(size, align), 0, `alloc(${size}, ${align})`);
  }
  for (const { ptr, size, align } of [blocks[0], last, blocks[blocks.length - 1]]) {
    for (const larger of [size + 4096, MAX - (align - 1)]) {
      if (larger > size && larger <= MAX - (align - 1)) {
        assert.equal(guest.realloc(ptr, size, align, larger), 0, `realloc(${ptr}, ${size}, ${align}, ${larger})`);
      }
    }
  }
  assert.equal(guest.pages(), PAGES);
  checkAll(guest, blocks);

  // Freed newest first, as every allocator takes them back, the same blocks are found in the same places.
  const newest = blocks.splice(-20);
  for (const { ptr, size, align } of [...newest].reverse()) guest.free(ptr, size, align);
  for (const { ptr, size, align, tag } of newest) {
    const block = { ptr: guest.alloc(size, align), size, align, tag };
    assert.notEqual(block.ptr, 0, `${size} bytes that were freed at ${ptr} are not found again`);
    assert.ok(block.ptr + size <= END - 1);
    mark(guest, block);
    blocks.push(block);
  }
  checkAll(guest, blocks);
  for (const { ptr, size, align } of blocks.reverse()) guest.free(ptr, size, align);
  const again = guest.alloc(MAX, 1);
  assert.notEqual(again, 0, "all is freed, but the largest block is not found");
}

// The largest blocks that there can be.
{
  const guest = start();
  for (let log = 1; log < 32; log++) {
    const align = 2 ** log;
    assert.equal(guest.alloc(2 ** 31 - align + 1, align), 0, `a block of ${2 ** 31 - align + 1} bytes, align ${align}`);
  }
  const half = 7 * 2 ** 28;
  const a = { ptr: guest.alloc(half, 1), size: half, align: 1, tag: 9 };
  assert.notEqual(a.ptr, 0);
  mark(guest, a);
  assert.equal(guest.realloc(a.ptr, half, 1, MAX), a.ptr, "the last block grows in place");
  check(guest, a);
  a.size = MAX;
  mark(guest, a);
  assert.equal(guest.realloc(a.ptr, MAX, 1, MAX + 1), 0, "over the largest size");
  assert.equal(guest.alloc(MAX, 1), 0, "there is no room for two of the largest size");
  const b = { ptr: guest.alloc(2 ** 30, 4096), size: 2 ** 30, align: 4096, tag: 10 };
  assert.ok(b.ptr > 2 ** 31 - 1 && b.ptr % 4096 === 0, `${b.ptr}`);
  mark(guest, b);
  const grown = guest.realloc(b.ptr, b.size, 4096, 2 ** 30 + 2 ** 29);
  assert.equal(grown, b.ptr, "the last block grows in place");
  check(guest, b);
  b.size = 2 ** 30 + 2 ** 29;
  mark(guest, b);
  checkAll(guest, [a, b]);
  assert.equal(guest.realloc(b.ptr, b.size, 4096, 2 ** 31 - 4096), 0, "there is no room for it");
  checkAll(guest, [a, b]);
}

// As much room as a block needs, and a little more or less: a block that ends before the last byte and leaves what is
// kept, or null with all as it was.
const around = [-65536, -4096, -64, -16, -8, 0, 8, 16, 64, 4096, 65536, 2 ** 26];
for (const [less, align] of around.flatMap((less) => [[less, 8], [less, 4096]])) {
  const guest = start();
  const blocks = [];
  const take = (size) => {
    const block = { ptr: guest.alloc(size, 8), size, align: 8, tag: 11 + (blocks.length % 200) };
    assert.notEqual(block.ptr, 0, `${size} bytes`);
    mark(guest, block);
    blocks.push(block);
    return block.ptr + size;
  };
  let top = take(2 ** 30);
  // The bits begin with the page in which the slack does.
  const kept = KEPT - (KEPT && Math.floor((top - 2 ** 30) / 65536) * 1024);
  const left = 2 ** 30 + kept + less;
  for (let size = 2 ** 30; size >= 8; size /= 2) {
    while (END - top - left >= size) top = take(size);
  }
  assert.equal(END - top, left);
  const c = { ptr: guest.alloc(2 ** 30, align), size: 2 ** 30, tag: 13 };
  const gap = -top & (align - 1);
  if (gap < less) {
    assert.equal(c.ptr, top + gap, `${less} bytes more than it needs are left`);
    assert.ok(c.ptr + c.size <= END - 1, `${c.ptr} + ${c.size} holds the last byte`);
    mark(guest, c);
    checkAll(guest, [...blocks, c]);
  } else {
    assert.equal(c.ptr, 0, `${less} bytes more than it needs are left`);
    const d = { ptr: guest.alloc(2 ** 20, 8), size: 2 ** 20, tag: 14 };
    assert.notEqual(d.ptr, 0, "a request that fails uses up memory");
    mark(guest, d);
    checkAll(guest, [...blocks, d]);
  }
}
