// Uses what `linmem bind --lang js` wrote from names.abi: `node names.mjs WRITTEN MODULE`.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'

const [, , written, wasm] = process.argv
const before = [Object, Array, Function, Promise].map(each => Reflect.ownKeys(each.prototype).map(String).join())
const { load } = await import(pathToFileURL(written))
const said = []
const imports = {
  "a'b\\\\c:d/e": { hasOwnProperty: text => said.push(text) > 0 },
  env: { switch(text, user) { said.push(text, user); return [true, false] } },
}
const module = await readFile(wasm)
const m = await load(module, imports)

assert.equal(await m, m)
assert.equal(m.then, undefined)
assert.equal(m.then_(1, 2, [3], 4), true)
assert.deepEqual(said.splice(0), ['abc'])
assert.equal(m.int_read(1, 2, 3), 6)
const int = new m.int({ default: -5, class: 0.5 })
assert.equal(int.default, -5)
assert.equal(m['__proto__'](int, []).default, -5)
assert.equal(typeof Object.getOwnPropertyDescriptor(m, '__proto__').value, 'function')
const color = new m.Color_({ x: 7 })
m.Color_is(color)
assert.deepEqual(said, ['abc', 7])
assert.deepEqual([m.NULL, m.Infinity, m.NAN, m.TEXT], [0, Infinity, NaN, '??/ "quoted" \\ \n*/ #define'])
assert.equal(m.ColorInit.Most, 18446744073709551615n)
assert.equal(m.Least[m.Least.This], 'This')
const array = new m.Array({ tag: 'if', value: 2.5 })
assert.deepEqual([array.tag, array.value], ['if', 2.5])
array.assign({ tag: 'else' })
assert.deepEqual([array.tag, array.value], ['else', undefined])
const list = new m.List({ assign: 9 })
assert.equal(list.assign, 9)
assert.equal(m.live().length, 4)
for (const owner of m.live()) owner[Symbol.dispose ?? Symbol.for('Symbol.dispose')]()
assert.equal(m.live().length, 0)
assert.deepEqual([Object, Array, Function, Promise].map(each => Reflect.ownKeys(each.prototype).map(String).join()), before)

// What is inherited is no host function, and what is missing is named.
for (const wrong of [undefined, {}, { env: imports.env }, { ...imports, "a'b\\\\c:d/e": {} }]) await assert.rejects(load(module, wrong), /import/i)
