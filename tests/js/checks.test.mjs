// abi/js/checks.js on the guest tests/guests/checked, whose module is named by the environment variable CHECKED.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { checks } from '../../abi/js/checks.js'
import { load } from '../../abi/js/linmem.js'

const bytes = await readFile(process.env.CHECKED)
const guest = async () => {
  const m = await load(bytes, { env: { log_nr() {}, on_point() {} } })
  return { m, c: checks(m) }
}

test('live_blocks_are_listed_with_their_tags', async () => {
  const { m, c } = await guest()
  assert.deepEqual(c.live(), [])
  const first = m.simple_arr()
  c.tag = 4294967295
  const point = m.create_point(1, 2, 'hello')
  const [name, struct, array] = c.live().toSorted((a, b) => b.number - a.number)
  assert.deepEqual([name, struct].map(({ size, align, tag }) => [size, align, tag]).sort(), [[12, 4, 4294967295], [6, 1, 4294967295]])
  assert.deepEqual([array.size, array.align, array.tag, array.number], [16, 4, 0, 1])
  assert.equal(array.addr, first.view.byteOffset)
  point.free()
  assert.equal(c.live().length, 1)
  assert.ok(c.freed().some(({ size }) => size === 12))
  assert.deepEqual(c.statistics, { blocks: 1, size: 16, peak: c.statistics.peak, pages: m.raw.memory.buffer.byteLength / 65536, count: 4 })
  assert.ok(c.statistics.peak >= 34)
  assert.throws(() => { c.tag = -1 }, /no tag: -1/)
  c.check()
  assert.equal(c.found, undefined)
})

test('what_a_call_leaves_behind_is_told', async () => {
  const { m, c } = await guest()
  assert.deepEqual(c.left(() => m.create_point(1, 2, 'hi').free()), [])
  assert.deepEqual(c.left(() => m.leak(300)).map(({ size }) => size), [300])
  assert.deepEqual(c.left(() => {}), [])
})

test('an_allocation_is_refused_on_demand', async () => {
  const { m, c } = await guest()
  let refused = 0
  do {
    c.refuse = ++refused
    const left = c.left(() => {
      try {
        m.create_point(1, 2, 'hello')?.free()
      } catch (error) {
        assert.equal(error.code, 'OutOfMemory')
      }
    })
    assert.deepEqual(left, [])
  } while (!c.refuse)
  // The text that is lent, the name and the point; then none is left to refuse.
  assert.equal(refused, 4)
})

test('a_trap_tells_what_was_found', async () => {
  const { m, c } = await guest()
  const want = /^written behind it, to byte 5: the block of 5 bytes at 0x[0-9a-f]{8}, align 1, tag 0, number 1$/
  assert.throws(() => m.overrun(), error => want.test(error.message) && error.cause instanceof WebAssembly.RuntimeError)
  assert.throws(() => m.simple_arr(), error => want.test(error.cause.message))
  assert.match(c.found.text, want)
  assert.equal(c.live()[0].addr, c.found.addr)
  assert.throws(() => c.check(), /trapped before/)
})

test('a_report_that_lies_is_refused', async () => {
  const lies = [
    ['live', 4294967292, /outside of memory/],
    ['live', 6, /outside of memory/],
    ['live', 64, /no live block at 96/],
    ['freed', 1 << 20, /no freed block/],
    ['text', 4294967295, /outside of memory/],
  ]
  for (const [field, value, want] of lies) {
    const { m, c } = await guest()
    m.simple_arr()
    const { memory, linmem_checks } = m.raw
    const words = new Uint32Array(memory.buffer)
    const report = words[linmem_checks.value / 4] / 4
    const place = report + ['text', 'length', 'addr', 'tag', 'refuse', 'live', 'freed'].indexOf(field)
    words[place] = value
    if (field === 'text') words[place + 1] = 5
    assert.throws(() => [c.live(), c.freed(), c.found], want)
  }
  const { m, c } = await guest()
  m.simple_arr()
  const words = new Uint32Array(m.raw.memory.buffer)
  const header = (c.live()[0].addr - 32) / 4
  words[header] = header * 4
  assert.throws(() => c.live(), /without an end/)
  // Nor is the number of blocks to be trusted: a list of so many would not fit into the host.
  const report = words[m.raw.linmem_checks.value / 4] / 4
  words[report + 7] = 0xffffffff
  assert.throws(() => c.live(), /without an end/)
  words[report] = 64
  words[report + 1] = 4097
  assert.throws(() => c.found, /a text of 4097 bytes/)
  assert.equal(checks({}), undefined)
  assert.equal(checks({ linmem_checks: 5, memory: m.raw.memory }), undefined)
})

test('a_check_that_finds_something_ends_the_module', async () => {
  const { m, c } = await guest()
  const list = m.array('u8', [1, 2, 3])
  new Uint8Array(m.raw.memory.buffer)[list.view.byteOffset + 3] = 7
  assert.throws(() => c.check(), error => /^written behind it, to byte 3/.test(error.message) && error.cause instanceof WebAssembly.RuntimeError)
  assert.throws(() => m.sum(1, 2), /trapped before/)
})
