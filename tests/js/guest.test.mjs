// The host abi/js on the guest tests/guests/records, whose module is named by the environment variable GUEST; or, if that is
// set, the module BOUND, which `linmem bind --lang js` wrote.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

const { BOUND } = process.env
const { load } = await import(BOUND ? pathToFileURL(BOUND) : '../../abi/js/linmem.js')
/** Tests of what reads records, and of errors in as many words as that has. */
const reader = { skip: !!BOUND }

const bytes = await readFile(process.env.GUEST)
const imports = {
  env: { log_nr() {}, on_point() {} },
  'clock:v1': { now: () => 1.5, title: () => false },
}
const guest = (more = {}) => load(bytes, { ...imports, ...more })

test('load_takes_bytes_promises_responses_urls_and_modules', async () => {
  const module = await WebAssembly.compile(bytes)
  const response = () => new Response(bytes, { headers: { 'content-type': 'application/wasm' } })
  const url = new URL(`data:application/wasm;base64,${bytes.toString('base64')}`)
  for (const source of [bytes, bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), Promise.resolve(bytes), response(), Promise.resolve(response()), url, module]) {
    const m = await load(source, imports)
    assert.deepEqual([...m.simple_arr()], [100, 200, 300, 400])
  }
  await assert.rejects(load(new Response('no', { status: 404 }), imports), /404/)
  assert.equal(pathToFileURL('/x').protocol, 'file:')
})

test('sidecar_stands_in_for_the_section', reader, async () => {
  const module = await WebAssembly.compile(bytes)
  const [section] = WebAssembly.Module.customSections(module, 'linmem.abi')
  for (const sidecar of [section, new Uint8Array(section), new TextDecoder().decode(section), new Response(section)]) {
    const m = await load(module, imports, { sidecar })
    assert.equal(m.MAX, 16)
  }
  await assert.rejects(load(module, imports, { sidecar: '' }), /abi/)
})

test('array_is_an_owner_with_a_view', async () => {
  const m = await guest()
  const array = m.simple_arr()
  assert.deepEqual([...array], [100, 200, 300, 400])
  assert.equal(array.length, 4)
  assert.deepEqual(array.view, Int32Array.of(100, 200, 300, 400))
  assert.equal(array.view.buffer, m.raw.memory.buffer)
  assert.equal(array.at(-1), 400)
  assert.equal(array.at(4), undefined)
  assert.equal(array.at(-5), undefined)
  assert.equal(array.at(0.5), undefined)
  array.set(1, -5)
  assert.equal(array.view[1], -5)
  for (const index of [4, -1, 0.5, NaN, '1']) assert.throws(() => array.set(index, 1), { code: 'OutOfBounds' })
  for (const value of [1.5, 2 ** 31, NaN, '1', 1n, undefined, null]) assert.throws(() => array.set(0, value), { code: 'Invalid' })
  const copy = array.copy()
  assert.notEqual(copy.buffer, m.raw.memory.buffer)
  assert.deepEqual(m.live(), [array])
  array.free()
  array.free()
  assert.deepEqual(m.live(), [])
  assert.deepEqual(copy, Int32Array.of(100, -5, 300, 400))
  for (const use of [() => array.at(0), () => array.view, () => array.length, () => [...array], () => array.set(0, 1)]) {
    assert.throws(use, /freed/)
  }
})

test('views_derive_themselves_again_after_growth', async () => {
  const m = await guest()
  const array = m.simple_arr()
  const point = new m.Point({ x: 1, y: 2, name: 'hi' })
  const old = array.view
  m.raw.memory.grow(1)
  assert.equal(old.length, 0)
  assert.equal(array.view[2], 300)
  assert.equal(array.at(2), 300)
  m.raw.memory.grow(1)
  assert.equal(point.x, 1)
  m.raw.memory.grow(1)
  point.x = 7
  m.raw.memory.grow(1)
  assert.equal(point.name, 'hi')
  assert.equal(point.x, 7)
})

test('addr_is_where_a_value_lies', async () => {
  const m = await guest()
  const word = addr => new DataView(m.raw.memory.buffer).getInt32(addr, true)
  const array = m.simple_arr()
  const numbers = m.array('i32', [5, 6])
  const points = m.points_new()
  m.points_push(points, 1, 2, '')
  m.points_push(points, 3, 4, '')
  const point = points.at(1)
  assert.deepEqual([m.addr(array), m.addr(numbers)], [array.view.byteOffset, numbers.view.byteOffset])
  m.raw.memory.grow(1)
  assert.deepEqual([word(m.addr(array) + 4), word(m.addr(numbers) + 4), word(m.addr(point) + 4)], [200, 6, 4])
  assert.deepEqual([word(m.addr(points)), word(m.addr(points) + 4)], [m.addr(points.at(0)), 2])
  assert.equal(m.addr(point) - m.addr(points.at(0)), 12)
  for (const owner of [array, numbers, points]) owner.free()
  for (const view of [array, numbers, points, point]) assert.throws(() => m.addr(view), { message: 'freed: Invalid', code: 'Invalid' })
})

test('point_is_made_read_written_and_freed', async () => {
  const m = await guest()
  const point = new m.Point({ x: 1, y: 2, name: 'hi' })
  point.x = 10
  point.name = 'Zoë \u{1f600} '.repeat(20)
  assert.deepEqual([point.x, point.y, point.name], [10, 2, 'Zoë \u{1f600} '.repeat(20)])
  assert.throws(() => { point.name = 'a\0b' }, { code: 'InteriorNul' })
  assert.throws(() => { point.name = '\ud800' }, { code: 'NotUtf8' })
  assert.throws(() => { point.name = null }, { code: 'Invalid' })
  assert.throws(() => { point.x = 2 ** 31 }, { code: 'Invalid' })
  assert.equal(point.x, 10)
  assert.deepEqual(m.live(), [point])
  point.free()
  assert.throws(() => point.x, /freed/)
  assert.throws(() => { point.x = 1 }, /freed/)
  assert.deepEqual(m.live(), [])
  for (const wrong of [undefined, null, 5, 'x', {}, { x: 1, y: 2 }, { x: 1, y: 2, name: 5 }, { x: 1, y: 1n, name: '' }]) {
    assert.throws(() => new m.Point(wrong), { code: 'Invalid' })
  }
  assert.deepEqual(m.live(), [])
})

test('memory_does_not_grow_under_repeated_work', async () => {
  const m = await guest()
  const pages = () => m.raw.memory.buffer.byteLength / 65536
  const work = () => {
    for (let i = 0; i < 3000; i++) {
      const point = new m.Point({ x: i, y: 2, name: 'x'.repeat(200) })
      point.name = 'y'.repeat(150)
      point.free()
      m.drop_point(m.create_point(1, 2, 'z'.repeat(100)))
      m.simple_arr().free()
      assert.equal(m.longest(['a', 'bb'.repeat(50)], 'ccc'.repeat(50)), 'ccc'.repeat(50))
      m.inverse_img(new Uint8Array(300))
      m.average([1, 2, 3])
      assert.throws(() => m.average([]))
      assert.throws(() => m.origin())
      assert.throws(() => new m.Point({ x: 1, y: 2, name: 'a\0' }))
      assert.throws(() => m.longest(['a'.repeat(100), 5], 'x'))
      const array = m.array('^str', ['a', 'b'.repeat(90)])
      array.set(0, 'c'.repeat(80))
      array.free()
    }
  }
  work()
  const before = pages()
  work()
  assert.equal(pages(), before)
  assert.deepEqual(m.live(), [])
})

test('owner_is_freed_by_its_drop_or_handed_over_once', async () => {
  const m = await guest()
  const point = m.create_point(5, 6, 'zoë')
  assert.equal(point.name, 'zoë')
  m.drop_point(point)
  assert.deepEqual(m.live(), [])
  assert.throws(() => point.x, /freed/)
  assert.throws(() => m.drop_point(point))
  assert.throws(() => m.drop_point({ x: 1, y: 2, name: '' }))
  assert.throws(() => m.drop_point(null))
  const texts = m.array('^str', ['a', 'bb'])
  assert.equal(m.longest(texts, 'c'), 'c')
  assert.throws(() => texts.length, /freed/)
  const scope = m.create_point(1, 1, '')
  scope[Symbol.dispose]()
  assert.deepEqual(m.live(), [])
})

test('buffer_is_seen_as_it_is_now', async () => {
  const m = await guest()
  const points = m.points_new()
  assert.equal(points.length, 0)
  for (let i = 0; i < 100; i++) m.points_push(points, i, -i, `point ${i}`)
  assert.equal(points.length, 100)
  assert.equal(points.at(-1).name, 'point 99')
  assert.deepEqual(Array.from(points, ({ x }) => x), Array.from({ length: 100 }, (_, i) => i))
  const borrowed = m.points_get(points, 7)
  assert.equal(borrowed.name, 'point 7')
  assert.equal(m.points_get(points, 100), null)
  assert.throws(() => { borrowed.x = 1 }, /read only/)
  assert.throws(() => borrowed.free(), /owns nothing/)
  assert.throws(() => m.drop_point(borrowed), { code: 'Invalid' })
  const inner = points.at(3)
  inner.x = 33
  assert.equal(m.points_get(points, 3).x, 33)
  points.free()
  assert.throws(() => inner.x, /freed/)
})

test('status_becomes_an_error_with_the_case_s_name', async () => {
  const m = await guest()
  assert.equal(m.average([1, 2, 4.0]), 7 / 3)
  assert.throws(() => m.average([]), { code: 'Empty', status: 16, message: /average: Empty/ })
  assert.throws(() => m.average(new Int32Array(100)), { code: 'TooMany', status: 17 })
  assert.throws(() => m.origin(), { code: 'Null', status: 1 })
  assert.deepEqual({ ...m.Fail }, { 16: 'Empty', 17: 'TooMany', Empty: 16, TooMany: 17 })
})

test('slices_are_lent_and_copied_back', async () => {
  const m = await guest()
  for (const pixels of [Uint8Array.of(1, 2, 3), Uint8ClampedArray.of(1, 2, 3), Buffer.of(1, 2, 3), [1, 2, 3]]) {
    m.inverse_img(pixels)
    assert.deepEqual([...pixels], [254, 253, 252])
  }
  m.inverse_img([])
  for (const wrong of [[256], [-1], [1.5], ['a'], 'abc', 5, null, {}, new Int8Array([-1])]) {
    assert.throws(() => m.inverse_img(wrong), { code: 'Invalid' })
  }
  const [to, all] = [[0], [0, 0]]
  m.count('abc', ['x', 'y'], to, all)
  assert.deepEqual([to, all], [[5], [5, 5]])
  m.count('abc', new Set(['x']), to, all)
  assert.deepEqual([to, all], [[4], [4, 4]])
  assert.throws(() => m.count('abc', [], [1, 2], all), { code: 'Invalid' })
})

test('guest_memory_is_passed_without_a_copy', async () => {
  const m = await guest()
  const image = m.array('u8', 4)
  m.inverse_img(image)
  assert.deepEqual([...image], [255, 255, 255, 255])
  m.inverse_img(image.view.subarray(1, 3))
  assert.deepEqual([...image], [255, 0, 0, 255])
  for (const kind of [Uint8ClampedArray, Buffer]) {
    const bytes = kind.from([0])
    const view = kind === Buffer ? Buffer.from(image.view.buffer, image.view.byteOffset, 1) : new kind(image.view.buffer, image.view.byteOffset, 1)
    m.inverse_img(view)
    assert.deepEqual(view, bytes)
    m.inverse_img(view)
  }
  assert.throws(() => m.inverse_img(new DataView(image.view.buffer)), { code: 'Invalid' })
  assert.throws(() => m.average(image), { code: 'Invalid' })
  const one = m.array('usize', [0])
  m.count('four', [], one, [])
  assert.deepEqual([...one], [4])
  const array = m.simple_arr()
  assert.equal(m.average(array), 250)
  assert.equal(m.average(array.view.subarray(2)), 350)
  assert.deepEqual(m.live(), [image, one, array])
  // A list that is lent to be read only is not lent on to be written to.
  for (const owner of m.live()) owner.free()
})

test('scalars_keep_their_values_and_refuse_others', async () => {
  const m = await guest()
  const values = { a: true, b: -128, c: 255, d: -32768, e: 65535, f: -(2 ** 31), g: 2 ** 32 - 1, h: -(2n ** 63n), i: 2n ** 64n - 1n, j: 0.5, k: 0.1, l: '\u{1f600}', m: 2 ** 32 - 1, n: -1 }
  const scalars = new m.Scalars(values)
  for (const [name, value] of Object.entries(values)) assert.equal(scalars[name], value)
  const wrong = { a: [0, 1, 2, 'x', null], b: [128, -129], c: [256, -1], d: [32768], e: [65536], f: [2 ** 31], g: [-1, 2 ** 32], h: [1, 2n ** 63n], i: [-1n, 2n ** 64n], j: ['1', 1n], k: [undefined], l: ['', 'ab', '\ud800', 65], m: [-1], n: [2 ** 31] }
  for (const [name, list] of Object.entries(wrong)) {
    for (const value of list) assert.throws(() => { scalars[name] = value }, { code: 'Invalid' }, `${name} ${String(value)}`)
  }
  for (const [name, value] of Object.entries(values)) assert.equal(scalars[name], value)
  const other = new m.Scalars(scalars)
  assert.equal(other.i, values.i)
  assert.equal(m.mixed(true, -1, 2, -3, 4, -5, 6, -7n, 8n, 0.5, 1.5, 'ß', m.Color.Blue), -1n)
  assert.throws(() => m.mixed(true, -1, 300, -3, 4, -5, 6, -7n, 8n, 0.5, 1.5, 'ß', m.Color.Blue), { code: 'Invalid' })
  assert.throws(() => m.mixed(true, -1, 2, -3, 4, -5, 6, -7n, 8n, 0.5, 1.5, 'ß', 3), { code: 'Invalid' })
  assert.throws(() => m.mixed(true), { code: 'Invalid' })
  scalars.free()
  other.free()
})

test('enums_name_values_and_constants_have_them', async () => {
  const m = await guest()
  assert.deepEqual({ ...m.Color }, { 0: 'Red', 4: 'Green', 5: 'Blue', Red: 0, Green: 4, Blue: 5 })
  assert.equal(m.Sign[m.Sign.Minus], 'Minus')
  assert.equal(m.Sign.Minus, -1n)
  assert.ok(Object.isFrozen(m.Color) && Object.getPrototypeOf(m.Color) === null)
  assert.deepEqual([m.MAX, m.LEAST, m.YES, m.INITIAL, m.HALF, m.MINUS, m.VERSION], [16, -(2n ** 63n), true, 'ß', 0.5, -1.5, '1.0\n\\ beta'])
})

test('structs_nest_as_live_views', async () => {
  const m = await guest()
  const scalars = { a: true, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1n, i: 1n, j: 1, k: 1, l: 'a', m: 1, n: 1 }
  const corner = x => ({ x, y: x, name: `corner ${x}` })
  const nested = new m.Nested({ flag: true, inner: scalars, corners: [corner(1), corner(2)], grid: [[1, 2, 3], [4, 5, 6]], type: m.Color.Green })
  const { inner } = nested
  inner.f = 99
  assert.equal(nested.inner.f, 99)
  nested.inner = { ...scalars, f: 5 }
  assert.equal(inner.f, 5)
  assert.equal(nested.corners.at(1).name, 'corner 2')
  nested.corners.at(1).name = 'other'
  assert.equal(nested.corners.at(1).name, 'other')
  assert.deepEqual(nested.grid.at(1).view, Float32Array.of(4, 5, 6))
  nested.grid.at(0).set(2, 9)
  assert.deepEqual(Array.from(nested.grid, row => [...row]), [[1, 2, 9], [4, 5, 6]])
  nested.grid = [[0, 0, 0], [0, 0, 0]]
  assert.equal(nested.grid.at(1).at(1), 0)
  assert.equal(nested.type, m.Color.Green)
  assert.throws(() => { nested.type = 1 }, { code: 'Invalid' })
  // It owns the names of its corners, and no drop is declared for it.
  assert.throws(() => nested.free(), /no drop/)
  assert.deepEqual(m.live(), [nested])
})

test('refused_values_are_named_with_their_place', reader, async () => {
  const m = await guest()
  const says = message => error => error.message.startsWith(message) || assert.fail(error.message)
  assert.throws(() => m.average([1, 'x']), says('average, values, 1, no i32: x'))
  assert.throws(() => m.average(), says('average takes 1, not 0'))
  assert.throws(() => m.simple_arr(1), says('simple_arr takes 0, not 1'))
  assert.throws(() => new m.Point({ x: 1 }), says('y, no i32: undefined'))
  assert.throws(() => new m.Point({ x: 1, y: Symbol('s') }), says('y, no i32: Symbol(s)'))
  assert.throws(() => new m.Point({ x: { toString() { throw 5 } } }), says('x, no i32: object'))
  assert.throws(() => new m.Bits({}), says('no Bits: 0 fields'))
  assert.throws(() => new m.Bits({ int: 1, float: 1 }), says('no Bits: 2 fields'))
  const scalars = new m.Scalars({ a: true, b: 0, c: 0, d: 0, e: 0, f: 0, g: 0, h: 0n, i: 0n, j: 0, k: 0, l: 'l', m: 0, n: 0 })
  assert.throws(() => { scalars.c = 256 }, says('c, no u8: 256'))
  assert.throws(() => { scalars.j = 1e300 }, says('j, no f32: 1e+300'))
  scalars.j = Infinity
  assert.throws(() => { m.array('i32', 5).set(5, 0) }, { code: 'OutOfBounds' })
})

test('tagged_and_unions_have_one_value', async () => {
  const m = await guest()
  const shape = new m.Shape({ tag: 'Circle', value: 2 })
  assert.deepEqual([shape.tag, shape.value], ['Circle', 2])
  shape.assign({ tag: 'Tinted', value: m.Color.Green })
  assert.deepEqual([shape.tag, shape.value], ['Tinted', 4])
  shape.assign({ tag: 'Scaled', value: { float: 1 } })
  assert.deepEqual([shape.tag, shape.value.int, [...shape.value.bytes]], ['Scaled', 0x3f800000, [0, 0, 0x80, 0x3f]])
  shape.assign({ tag: 'Nothing' })
  assert.deepEqual([shape.tag, shape.value], ['Nothing', undefined])
  for (const wrong of [{ tag: 'None' }, { tag: 0 }, {}, { tag: '__proto__' }, null, { tag: 'Circle' }]) {
    assert.throws(() => shape.assign(wrong), { code: 'Invalid' })
  }
  const bits = new m.Bits({ float: 1 })
  assert.equal(bits.int, 0x3f800000)
  bits.bytes = [1, 0, 0, 0]
  assert.equal(bits.int, 1)
  bits.free()
  shape.free()
})

test('borrowed_fields_keep_what_they_lend_with_their_owner', async () => {
  const m = await guest()
  const runs = new m.Runs({ text: 'text', label: null, numbers: [1, 2, 3], buffer: [{ x: 1, y: 2, name: 'a' }], own_text: 'own', own_label: 'label', own_texts: ['a', 'b'] })
  for (let i = 0; i < 100; i++) m.create_point(1, 2, 'overwrite')
  assert.deepEqual([runs.text, runs.label, [...runs.numbers], runs.own_text, runs.own_label, [...runs.own_texts]], ['text', null, [1, 2, 3], 'own', 'label', ['a', 'b']])
  assert.equal(runs.buffer.at(0).name, 'a')
  runs.text = 'other'
  runs.own_text = 'other'
  runs.own_label = null
  runs.own_label = 'x'
  assert.deepEqual([runs.text, runs.own_text, runs.own_label], ['other', 'other', 'x'])
  runs.own_texts = ['c']
  assert.deepEqual([...runs.own_texts], ['c'])
  assert.throws(() => { runs.numbers.set(0, 1) }, /read only/)
})

test('pointers_lead_to_views_and_owned_ones_move', async () => {
  const m = await guest()
  const value = m.array('i32', [5])
  const op = m.square_fn()
  const empty = { next: null, up: null, down: null, value, place: null, apply: op, done: null }
  const last = new m.Node(empty)
  const node = new m.Node({ ...empty, next: last, up: null })
  assert.throws(() => last.value, /freed/)
  assert.deepEqual(m.live().length, 2)
  assert.equal(node.next.value.at(0), 5)
  node.down = node.next
  node.down.value = value
  assert.equal(node.next.up, null)
  node.next.up = node
  assert.equal(node.next.up.up, null)
  assert.throws(() => { node.next.up.place = null }, /read only/)
  assert.equal(node.apply(3, 0.5), 4)
  assert.equal(node.done, null)
  assert.throws(() => { node.value = null }, { code: 'Invalid' })
  assert.throws(() => { node.next = node.next }, { code: 'Invalid' })
})

test('functions_of_the_table_are_called_and_passed', async () => {
  const m = await guest()
  const square = m.square_fn()
  assert.equal(square(3, 0.5), 4)
  assert.equal(m.apply(square, null), 4)
  assert.throws(() => square(3), { code: 'Invalid' })
  for (const wrong of [null, 1, () => 1, {}]) assert.throws(() => m.apply(wrong, null), { code: 'Invalid' })
})

test('opaque_owner_is_used_and_dropped', async () => {
  const m = await guest()
  const db = m.open()
  m.db_set(db, 1, 42)
  assert.equal(m.db_get(db, 1), 42)
  assert.throws(() => m.db_get(db, 2), { code: 'Null' })
  assert.throws(() => new m.Db(), { code: 'Invalid' })
  const other = m.create_point(1, 2, '')
  assert.throws(() => m.db_get(other, 1), { code: 'Invalid' })
  db.free()
  assert.throws(() => m.db_get(db, 1), /freed/)
})

test('instances_do_not_mix', async () => {
  const [a, b] = [await guest(), await guest()]
  const point = a.create_point(1, 2, '')
  assert.throws(() => b.drop_point(point), { code: 'Invalid' })
  assert.throws(() => b.apply(a.square_fn(), null), { code: 'Invalid' })
  // A list of another instance is an iterable like others: its elements are copied.
  assert.equal(b.average(a.simple_arr()), 250)
})

test('imports_get_typed_arguments', async () => {
  const log = []
  let kept
  const m = await guest({
    env: {
      log_nr: nr => log.push(nr),
      on_point(userData, point) {
        log.push(userData, point.name)
        assert.throws(() => { point.x = 1 }, /read only/)
        kept = point
        m.raw.memory.grow(1)
        assert.equal(point.x, 1)
      },
    },
    'clock:v1': {
      now: () => 2.5,
      title(text, pixels) {
        log.push(text, [...pixels])
        pixels.set(0, 7)
        pixels.view[1] = 8
        return log.length > 8
      },
    },
  })
  m.log_loop(2)
  const points = m.points_new()
  m.points_push(points, 1, 2, 'a')
  assert.equal(m.visit(points, 2 ** 32 - 1), 7)
  assert.equal(m.visit(points, 0), 2.5)
  assert.deepEqual(log, [0, 1, 2 ** 32 - 1, 'a', 'now', [0, 0], 0, 'a', 'now', [0, 0]])
  assert.throws(() => kept.x, /freed/)
})

test('import_is_demanded', async () => {
  await assert.rejects(load(bytes, { env: imports.env }), /clock:v1/)
  await assert.rejects(load(bytes, { ...imports, env: Object.create(imports.env) }), /env/)
  await assert.rejects(load(bytes), /import/)
})

test('exception_in_an_import_poisons_the_instance', async () => {
  const m = await guest({ env: { ...imports.env, log_nr() { throw new TypeError('mine') } } })
  const point = m.create_point(1, 2, 'a')
  assert.throws(() => m.log_loop(1), /mine/)
  assert.throws(() => m.simple_arr(), error => /trapped/.test(error.message) && (!!BOUND || error.cause.message === 'mine'))
  assert.throws(() => new m.Point({ x: 1, y: 2, name: '' }), /trapped/)
  // Its memory goes with it: freeing is no error, and no call.
  point.free()
  assert.deepEqual(m.live(), [])
})

test('import_that_returns_nonsense_poisons_the_instance', async () => {
  const m = await guest({ 'clock:v1': { now: () => 'late', title: () => true } })
  const points = m.points_new()
  assert.throws(() => m.visit(points, 1), { code: 'Invalid' })
  assert.throws(() => m.simple_arr(), /trapped/)
})
