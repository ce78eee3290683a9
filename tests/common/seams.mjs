// Blocks at the seams of the address space, in memory that the host has grown up to there: across the line of 2 GiB, where
// addresses turn negative in JavaScript, and up to the last byte. And blocks of a gigabyte, of the largest size, and of none.
//
// node seams.mjs MODULE

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const PAGE = 65536;
const LINE = 2 ** 31;
const END = 2 ** 32;
const MAX = 2 ** 31 - 1;
const module = new WebAssembly.Module(readFileSync(process.argv[2]));

/** Instantiates the module, and grows its memory as a host up to some pages before an address, if there is one. */
function start(end = 0, pages = 0) {
  const { memory, alloc, free, realloc } = new WebAssembly.Instance(module).exports;
  // The allocator has begun by then, and goes on behind the pages of the host.
  assert.notEqual(alloc(100, 8), 0);
  const to = end - pages * PAGE;
  const from = end ? memory.grow((to - memory.buffer.byteLength) / PAGE) * PAGE : to;
  const marks = end ? [from, to - 1] : [];
  for (const at of marks) new Uint8Array(memory.buffer)[at] = 0xf5;
  return {
    raw: alloc,
    alloc(size, align) {
      const ptr = alloc(size, align) >>> 0;
      assert.ok(ptr + size <= from || ptr >= to, `${ptr} + ${size} is in the host's pages`);
      return ptr;
    },
    free,
    realloc: (ptr, oldSize, align, newSize) => realloc(ptr, oldSize, align, newSize) >>> 0,
    bytes: (ptr, size) => new Uint8Array(memory.buffer, ptr, size),
    end: () => memory.buffer.byteLength,
    check: () => marks.forEach((at) => assert.equal(new Uint8Array(memory.buffer)[at], 0xf5, "the host's pages")),
  };
}

// Numbers that no byte repeats at a distance that memory moves by.
const pattern = (size) => Uint8Array.from({ length: size }, (_, i) => (i * 7919) >> 5);
const same = (guest, ptr, bytes) => assert.equal(Buffer.compare(guest.bytes(ptr, bytes.length), bytes), 0, `the bytes at ${ptr}`);

// Across the line: the block begins below it, and ends above.
{
  const guest = start(LINE, 2);
  const bytes = pattern(4 * PAGE);
  const below = [];
  let ptr;
  // What lies between the host's pages and the line is less than the block.
  while ((ptr = guest.alloc(bytes.length, 8)) < LINE - bytes.length) below.push(ptr);
  assert.ok(ptr < LINE && ptr + bytes.length > LINE, `${ptr} is not across the line`);
  guest.bytes(ptr, bytes.length).set(bytes);
  same(guest, ptr, bytes);
  // What is behind it has a negative address, which leads to the same bytes.
  const behind = guest.raw(1000, 8);
  assert.ok(behind < 0);
  guest.bytes(behind >>> 0, 1000).fill(1);
  const grown = guest.realloc(ptr, bytes.length, 8, 8 * PAGE);
  same(guest, grown, bytes);
  assert.ok(guest.bytes(behind >>> 0, 1000).every((byte) => byte === 1));
  const shrunk = guest.realloc(grown, 8 * PAGE, 8, PAGE);
  same(guest, shrunk, bytes.subarray(0, PAGE));
  guest.free(shrunk, PAGE, 8);
  guest.free(behind, 1000, 8);
  for (const block of below) guest.free(block, bytes.length, 8);
  guest.check();
}

// Up to the last page: memory is as large as it can be, and no block holds its last byte. A heap keeps a 64th of memory for its
// bits, and the host leaves little more than that.
for (const align of [1, 8, 4096]) {
  const guest = start(END, 1100);
  const blocks = [];
  for (const size of [2 ** 20, 100000, 5000, 300, 40, 1]) {
    for (;;) {
      const ptr = guest.alloc(size, align);
      if (ptr === 0) break;
      assert.equal(ptr % align, 0);
      assert.ok(ptr + size <= END - 1, `${ptr} + ${size} holds the last byte`);
      blocks.push({ ptr, size, tag: blocks.length % 251 });
      guest.bytes(ptr, size).fill(blocks.at(-1).tag);
    }
  }
  assert.equal(guest.end(), END);
  assert.equal(guest.alloc(0, align), align);
  const last = blocks.at(-1);
  assert.equal(guest.realloc(last.ptr, last.size, align, 2 ** 20), 0);
  for (const { ptr, size, tag } of blocks) same(guest, ptr, new Uint8Array(size).fill(tag));
  // The newest block is one that every allocator takes back.
  guest.free(last.ptr, last.size, align);
  last.ptr = guest.alloc(last.size, align);
  assert.notEqual(last.ptr, 0, "what was freed is not found again");
  for (const { ptr, size } of blocks.reverse()) guest.free(ptr, size, align);
  guest.check();
}

// A gigabyte; then the largest size, which is there or is not, and changes nothing; then none.
{
  const guest = start();
  const ptr = guest.alloc(2 ** 30, 8);
  assert.notEqual(ptr, 0);
  const ends = [ptr, ptr + 2 ** 30 - 1];
  for (const at of ends) guest.bytes(at, 1)[0] = 0x5c;
  const most = guest.alloc(MAX, 1);
  if (most) {
    assert.ok(most >= ptr + 2 ** 30 || most + MAX <= ptr);
    for (const at of [most, most + MAX - 1]) guest.bytes(at, 1)[0] = 1;
    guest.free(most, MAX, 1);
  }
  assert.equal(guest.alloc(MAX, 2), 0, "no layout");
  assert.equal(guest.alloc(MAX + 1, 1), 0, "no layout");
  assert.equal(guest.alloc(0, 8), 8);
  for (const at of ends) assert.equal(guest.bytes(at, 1)[0], 0x5c);
  guest.free(ptr, 2 ** 30, 8);
  assert.notEqual(guest.alloc(2 ** 20, 8), 0);
}
