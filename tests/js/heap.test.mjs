// abi/js/heap.js on the guests tests/guests/mapped, whose folder is named by the environment variable MAPPED.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { checks } from '../../abi/js/checks.js'
import { heap } from '../../abi/js/heap.js'

const PAGE = 65536

const guest = async name => {
  const { instance } = await WebAssembly.instantiate(await readFile(join(process.env.MAPPED, `mapped_${name}.wasm`)))
  return { ...instance.exports, h: heap(instance.exports) }
}

test('heap_is_untouched_before_the_first_allocation', async () => {
  for (const [name, front] of [['heap', 0], ['bump', 0], ['checked', 32]]) {
    const { h, alloc } = await guest(name)
    assert.deepEqual([h.free(), h.unclaimed], [[], { start: 0, end: 0 }])
    assert.equal(h.base, alloc(8, 8) - front)
  }
})

test('free_blocks_and_unclaimed_memory_are_what_is_left', async () => {
  const { h, alloc, free, memory } = await guest('heap')
  const blocks = Array.from({ length: 3000 }, (_, i) => ({ addr: alloc(8 * (i % 8 + 1), 8), size: 8 * (i % 8 + 1) }))
  const gone = blocks.filter((_, i) => i % 3)
  for (const { addr, size } of gone) free(addr, size, 8)
  const byAddr = (a, b) => a.addr - b.addr
  assert.deepEqual(h.free().sort(byAddr), gone.sort(byAddr))
  const { start, end } = h.unclaimed
  assert.equal(start, h.base + blocks.reduce((sum, { size }) => sum + size, 0))
  assert.equal(end, memory.buffer.byteLength)
  memory.grow(1)
  assert.equal(h.unclaimed.end, end)
  assert.equal(h.free().length, gone.length)
})

test('checked_module_keeps_what_waits', async () => {
  const { h, alloc, free, memory, linmem_checks } = await guest('checked')
  free(alloc(100, 8), 100, 8)
  assert.deepEqual(h.free(), [])
  assert.equal(checks({ memory, linmem_checks }).freed().length, 1)
  for (let i = 0; i < 2; i++) free(alloc(2 * PAGE, 8), 2 * PAGE, 8)
  assert.ok(h.free().some(({ size }) => size === 160), 'the block of 32 + 100 + 8 bytes')
})

test('bump_has_no_lists', async () => {
  const { h, alloc, memory } = await guest('bump')
  const addr = alloc(5, 1)
  assert.deepEqual([h.free(), h.unclaimed], [[], { start: addr + 5, end: memory.buffer.byteLength }])
})

test('a_map_that_lies_is_refused', async () => {
  /** Where the map, the lists and the span are, as indices of words. */
  const opened = async () => {
    const { h, alloc, free, memory, linmem_heap } = await guest('heap')
    const [first, second] = [alloc(16, 8), alloc(16, 8)]
    for (const addr of [first, second]) free(addr, 16, 8)
    assert.deepEqual(h.free(), [{ addr: second, size: 16 }, { addr: first, size: 16 }])
    const words = new Uint32Array(memory.buffer)
    const map = linmem_heap.value / 4
    return { h, words, map, lists: words[map] / 4, span: words[map + 2] / 4, first, second, end: memory.buffer.byteLength }
  }
  const lies = [
    [({ words, map }) => { words[map + 1] = 117 }, /117 lists/],
    [({ words, map }) => { words[map] = 0xffffffff }, /outside of memory, 4294967295/],
    [({ words, map, end }) => { words[map] = end - 4 }, /outside of memory/],
    [({ words, map }) => { words[map + 2] = 2 }, /outside of memory, 2/],
    [({ words, map, end }) => { words[map + 2] = end - 4 }, /outside of memory/],
    [({ words, span, end }) => { words[span + 1] = end / PAGE + 1 }, /unclaimed memory from/],
    [({ words, span }) => { words[span] = 0xffffffff }, /unclaimed memory from 4294967295/],
    [({ words, lists, first }) => { words[lists + 4] = first + 4 }, /no free block of 16 bytes at/],
    [({ words, lists, end }) => { words[lists + 4] = end - 8 }, /no free block of 16 bytes at/],
    [({ words, lists }) => { words[lists] = 0xfffffff8 }, /no free block of 8 bytes at 4294967288/],
    [({ words, lists, first }) => { words[lists + 1] = first }, /no free block of 10 bytes at/],
    [({ words, first }) => { words[first / 4] = first }, /16 bytes without an end/],
    [({ words, first, second }) => { words[first / 4] = second }, /16 bytes without an end/],
    // One block, at 64, of 524,288 and of 655,360 bytes.
    [({ words, lists }) => { words.fill(64, lists + 64, lists + 66) }, /more than all memory/],
  ]
  for (const [lie, want] of lies) {
    const all = await opened()
    lie(all)
    assert.throws(() => [all.h.free(), all.h.unclaimed], want)
  }
})

test('a_module_that_does_not_tell_has_none', async () => {
  const { memory } = await guest('heap')
  assert.equal(heap({}), undefined)
  assert.equal(heap({ linmem_heap: 5, memory }), undefined)
  const at = value => ({ memory, linmem_heap: new WebAssembly.Global({ value: 'i32' }, value) })
  assert.throws(() => heap({ raw: at(-4) }).base, /outside of memory, 4294967304/)
})
