// Owners of abi/js in blocks with `using`. GUEST names the module, USING using.mts or what it was compiled to.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { load } from '../../abi/js/linmem.js'

const bytes = await readFile(process.env.GUEST)
const { inBlock, order, freedBefore, borrowed } = await import(pathToFileURL(process.env.USING))
const guest = (on_point = () => {}) => load(bytes, { env: { log_nr() {}, on_point }, 'clock:v1': { now: () => 1.5, title: () => false } })

test('owners_end_with_their_block', async () => {
  const m = await guest()
  assert.equal(inBlock(m, () => {}), 6)
  assert.deepEqual(m.live(), [])
})

test('owners_end_where_a_block_throws', async () => {
  const m = await guest()
  const own = Error('own')
  assert.throws(() => inBlock(m, () => { throw own }), error => error === own)
  assert.deepEqual(m.live(), [])
})

test('owners_end_in_reverse_order', async () => {
  const m = await guest()
  assert.deepEqual(order(m), ['first turn of 3', 'second turn of 3', 'second of 2', 'outer of 1'])
  assert.deepEqual(m.live(), [])
})

test('owners_that_were_freed_or_handed_over_do_not_end_twice', async () => {
  const m = await guest()
  assert.equal(freedBefore(m), 1)
  const [points] = m.live()
  points.free()
  assert.deepEqual(m.live(), [])
})

test('borrowed_view_does_not_end_with_a_block', async () => {
  const m = await guest()
  assert.throws(() => borrowed(m), /owns nothing/)
  assert.deepEqual(m.live(), [])
})

test('what_poisoned_the_instance_in_a_block_is_what_it_throws', async () => {
  const own = Error('own')
  const m = await guest(() => { throw own })
  const points = m.points_new()
  m.points_push(points, 1, 2, 'seen')
  assert.throws(() => inBlock(m, () => m.visit(points, 1)), error => error === own)
  assert.throws(() => m.simple_arr(), /trapped before/)
})

test('blocks_do_not_grow_memory', async () => {
  const m = await guest()
  const size = m.raw.memory.buffer.byteLength
  for (let i = 0; i < 20000; i++) inBlock(m, () => {})
  assert.equal(m.raw.memory.buffer.byteLength, size)
})
