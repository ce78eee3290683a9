// Lets every allocation fail in turn, by what `linmem bind --lang js` wrote: `node starved.mjs WRITTEN MODULE`.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'

const [, , written, wasm] = process.argv
const { load } = await import(pathToFileURL(written))
const m = await load(await readFile(wasm))
const long = 'é'.repeat(40)

const operations = {
  one: () => new m.One({ x: 1, name: 'name' }),
  one_long: () => new m.One({ x: 1, name: long }),
  size: () => assert.equal(m.size('text'), 4),
  size_long: () => assert.equal(m.size(long), 80),
  size_empty: () => assert.equal(m.size(''), 0),
  sum: () => assert.equal(m.sum([1, 2, 3]), 3),
  array: () => m.array('i32', [1, 2]),
  set_name: () => {
    const one = new m.One({ x: 1, name: 'old' })
    try {
      one.name = 'new'
      assert.equal(one.name, 'new')
    } catch (error) {
      assert.equal(one.name, 'old')
      throw error
    } finally {
      one.free()
    }
  },
}
if (m.Two) {
  operations.two = () => new m.Two({ name: 'name', other: long })
  operations.join = () => assert.equal(m.join('a', long), 81)
}
for (const [name, operation] of Object.entries(operations)) {
  let failures = 0
  for (let n = 1; ; n++) {
    m.fail_at(n)
    try {
      operation()?.free()
      break
    } catch (error) {
      assert.equal(error.code, 'OutOfMemory', error.message)
      failures++
    } finally {
      m.fail_at(0)
      assert.equal(m.live_blocks(), 0, `${name}, allocation ${n}`)
      assert.equal(m.live().length, 0)
    }
  }
  assert.ok(failures > 0, name)
}

// A value that is refused leaves nothing either, wherever it stands.
const refused = [
  () => new m.One({ x: 'x', name: 'name' }), () => new m.One({ x: 1 }), () => new m.One({ x: 1, name: 'a\0' }), () => new m.One(), () => new m.One(5),
  () => m.size('\ud800'), () => m.size(), () => m.size('a', 'b'), () => m.sum([1, 2.5]), () => m.sum([1, '2']), () => m.sum(5), () => m.array('u8', 3),
  ...m.Two ? [() => new m.Two({ name: 'a' }), () => new m.Two({ other: 'a' }), () => new m.Two({ name: 'a', other: 'b\0' }), () => m.join('a', 5)] : [],
]
for (const operation of refused) {
  assert.throws(operation, error => ['Invalid', 'InteriorNul', 'NotUtf8'].includes(error.code) || assert.fail(error))
  assert.equal(m.live_blocks(), 0, `${operation}`)
}

// What is owned is freed once, and is not used after.
const one = new m.One({ x: 3, name: 'n' })
assert.throws(() => { one.x = 2 ** 31 }, { code: 'Invalid' })
m.raw.memory.grow(1)
assert.equal(one.x, 3)
m.drop_one(one)
for (const use of [() => one.x, () => { one.x = 1 }, () => one.name, () => m.drop_one(one), () => m.drop_one({ x: 3, name: 'n' }), () => m.drop_one(null)]) assert.throws(use)
one.free()
assert.equal(m.live_blocks(), 0)
