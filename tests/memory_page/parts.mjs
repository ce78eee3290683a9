// Tests the page's parts without a browser: `node parts.mjs FOLDER KIT`, where FOLDER is the page's, as `cargo run --example memory` makes
// it, and KIT the module of the conformance kit, which has every construct of the records.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { modules } from './modules.mjs'

const [folder, kitPath] = process.argv.slice(2)
const page = modules(folder)
const { open } = await page('session.js')
const { App } = await page('app.js')
const { sample } = await page('values.js')
const { declarations, owned, parts, run, show } = await page('records.js')
const kit = await readFile(kitPath)
const guest = name => readFile(join(folder, `modules/${name}.wasm`))
const texts = ({ lines }) => lines.map(({ text }) => text)

/** An app with a module open. */
async function opened(name) {
  const app = new App()
  assert.equal(await app.open(() => guest(name), { name }), true)
  return app
}

const tests = {
  async 'every form begins with a value that the library takes'() {
    let session = await open(kit, {})
    const { functions, types } = session.declared
    const calls = functions.map(({ name, params }) => [name, `${name}(${params.filter(({ out }) => !out).map(({ type }) => sample(type) || 'null').join(', ')})`])
    for (const type of types.values()) if (['struct', 'union', 'tagged'].includes(type.kind)) calls.push([type.text, `new ${type.text}(${sample(type)})`])
    assert.ok(calls.length > 200)
    const refused = []
    for (const [name, line] of calls) {
      const [text] = texts(await session.run(line)).slice(-1)
      if (/: Invalid$/.test(text) && !text.startsWith(`error: R9`)) refused.push(name)
      session = await open(kit, {})
    }
    // Opaque values, buffers and functions are made by the module only; what has been lent texts is not handed over.
    assert.deepEqual(refused.sort(), ['Node', 'apply', 'ask_read_points', 'ask_use_db', 'ask_use_op', 'db_get', 'db_set', 'drop_db', 'drop_node', 'drop_numbers', 'drop_points',
      'drop_runs', 'link', 'points_get', 'points_push', 'push_number', 'room_of', 'show_buffer', 'visit'])
  },

  async 'a function called then is called'() {
    const session = await open(kit, {})
    assert.doesNotMatch(texts(await session.run('then()'))[0], /error/)
  },

  async 'numbers become what 64 bits take, behind a pointer and in a case'() {
    const { fit } = await page('values.js')
    const { type } = declarations('tagged T 16 8 u8 A=0:8:i64\n')
    assert.deepEqual(fit(type('*i64'), [5]), [5n])
    assert.deepEqual(fit(type('T'), { tag: 'A', value: 5 }), { tag: 'A', value: 5n })
  },

  async 'a host function answers with what the library takes'() {
    const { blank } = await page('values.js')
    const { m, declared: { type, types } } = await open(kit, {})
    assert.deepEqual([blank(type('*i64'), m), blank(type('^*[2]bool'), m)], [[0n], [false, false]])
    let made = 0
    for (const { kind, text } of types.values()) {
      // A node has a function, which only the module makes.
      if (!['struct', 'union', 'tagged'].includes(kind) || text === 'Node') continue
      assert.ok(m.addr(blank(type(`^*${text}`), m)) > 0, text)
      made++
    }
    assert.ok(made > 5)
    assert.throws(() => blank(type('*[2000000]u8'), m), /no \*\[2000000\]u8 to answer with/)
  },

  async 'a module that an exception has ended is told as that'() {
    const session = await open(kit, {})
    await session.run('ask_with_point(0)')
    assert.deepEqual(texts(await session.run('log_loop(1)')), ['trap: the module has ended before: Point: Null'])
    assert.match(texts(await session.run('log_loop(1)'))[0], /^error: the module has trapped/)
  },

  async 'a host function may have any name, and be of any type'() {
    const text = text => [text.length, ...Buffer.from(text)]
    const section = (id, ...bytes) => [id, bytes.length, ...bytes]
    // Imports `__proto__ valueOf` and `toString a.b`, which return an i64, and calls both.
    const bytes = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
      ...section(1, 4, 0x60, 0, 1, 0x7e, 0x60, 0, 0, 0x60, 2, 0x7f, 0x7f, 1, 0x7f, 0x60, 3, 0x7f, 0x7f, 0x7f, 0),
      ...section(2, 2, ...text('__proto__'), ...text('valueOf'), 0, 0, ...text('toString'), ...text('a.b'), 0, 0),
      ...section(3, 3, 1, 2, 3), ...section(5, 1, 0, 1),
      ...section(7, 4, ...text('memory'), 2, 0, ...text('f'), 0, 2, ...text('alloc'), 0, 3, ...text('free'), 0, 4),
      ...section(10, 3, 8, 0, 0x10, 0, 0x1a, 0x10, 1, 0x1a, 0x0b, 4, 0, 0x41, 0, 0x0b, 2, 0, 0x0b)])
    const { valueOf } = Object.prototype
    const session = await open(bytes, {})
    assert.deepEqual(texts(await session.run('f()')), ['valueOf()', 'a.b()', 'done'])
    assert.equal(Object.prototype.valueOf, valueOf)
  },

  async 'a host function that is called very often is written down a few times'() {
    const { session } = await opened('lessons')
    const lines = texts(await session.run('log_loop(300000)'))
    assert.deepEqual([lines.length, ...lines.slice(199)], [202, 'log_nr(199)', '… 299800 more calls of host functions', 'done'])
    assert.equal(texts(await session.run('log_loop(2)')).length, 3)
  },

  async 'a long text is cut between characters'() {
    const bytes = new TextEncoder().encode(`a${'ü'.repeat(4000)}`)
    const { type } = declarations('')
    const view = new DataView(new ArrayBuffer(16384))
    new Uint8Array(view.buffer).set(bytes, 16)
    view.setUint32(8, 16, true)
    view.setUint32(12, bytes.length, true)
    assert.match(show(type('str'), view, 8), /^"aü+"… 8001 bytes in all$/)
  },

  async 'all elements of a large array are held'() {
    const { type } = declarations('')
    const view = new DataView(new ArrayBuffer(1 << 20))
    const count = 10000
    for (let i = 0; i < count; i++) {
      view.setUint32(16 + 8 * i, 100000 + i, true)
      view.setUint32(20 + 8 * i, 1, true)
    }
    let found = 0
    owned(run(type('^str'), count), view, 16, () => found++)
    assert.equal(found, count)
  },

  async 'a type of more parts than can be counted is shown at once'() {
    const fields = (of, size) => Array.from({ length: 100 }, (_, i) => `f${i}:${i * size}:${of}`).join(' ')
    const { type } = declarations(`struct A 400 4 ${fields('i32', 4)}\nstruct B 40000 4 ${fields('A', 400)}\nstruct C 4000000 4 ${fields('B', 40000)}\n`)
    const view = new DataView(new ArrayBuffer(4000016))
    assert.ok(show(type('C'), view, 16).length < 100000)
    assert.ok(sample(type('C')).length < 100000)
  },

  async 'padding of a tagged enumeration is a part of it'() {
    const { type } = declarations('tagged T 24 8 u8 A=0:8:i64\n')
    const rows = parts(type('T'), new DataView(new ArrayBuffer(24)), 0).map(({ name, offset, size }) => [name, offset, size])
    assert.deepEqual(rows, [['tag', 0, 1], ['', 1, 7], ['A', 8, 8], ['', 16, 8]])
  },

  async 'of two modules that are opened at once the later one stays'() {
    const app = new App()
    let go
    const slow = app.open(() => new Promise(resolve => go = () => resolve(guest('tour'))), { name: 'slow' })
    assert.equal(await app.open(() => guest('lessons'), { name: 'quick' }), true)
    go()
    assert.equal(await slow, false)
    assert.equal(app.session.name, 'quick')
    await assert.rejects(app.open(async () => new Uint8Array(8), {}))
    assert.equal(app.session.name, 'quick')
    assert.deepEqual(texts(await app.run('sum(1, 2)')), ['3'])
  },

  async 'a statement of a module that was replaced is no step of the next one'() {
    const app = new App()
    let go
    const picture = () => new Promise(resolve => go = () => resolve(new Uint8Array(3)))
    await app.open(() => guest('lessons'), { picture })
    const statements = ['picture()', 'sum(3, 4)'].map(line => app.run(line))
    await new Promise(resolve => setTimeout(resolve))
    assert.throws(() => app.edit('', () => {}), /still runs/)
    await app.open(() => guest('tour'), {})
    go()
    assert.deepEqual(await Promise.all(statements), [undefined, undefined])
    assert.equal(app.history.steps.length, 1)
  },

  async 'a mistake that was found takes the selection once'() {
    const app = await opened('lessons')
    for (const line of ['b = array("u8", [1, 2, 3, 4])', 'p = create_point(1, 2, "Ada")', 'fill_too_far(b, 7)']) await app.run(line)
    const { addr } = app.selection
    assert.ok((await app.run('check()')).found)
    assert.notEqual(app.selection.addr, addr)
    const { found, places } = await app.run('p')
    assert.equal(found, undefined)
    assert.equal(app.selection.addr, places[0].addr)
  },

  async 'what is selected is looked at anew at each step'() {
    const app = await opened('lessons')
    await app.run('p = create_point(1, 2, "Ada")')
    assert.equal(app.selection.block.kind, 'used')
    await app.run('p.free()')
    assert.notEqual(app.selection.block?.kind, 'used')
    app.go(1)
    assert.equal(app.selection.block.kind, 'used')
    app.go(0)
    assert.notEqual(app.selection.block?.kind, 'used')
  },

  async 'a block that stays is one object in all steps'() {
    const app = await opened('lessons')
    await app.run('serve_and_leak(3)')
    await app.run('sum(1, 2)')
    const [before, after] = app.history.steps.slice(1).map(({ blocks }) => blocks.filter(({ kind }) => kind === 'used'))
    assert.equal(before.length, 3)
    before.forEach((block, i) => assert.equal(block, after[i]))
  },

  async 'bytes of the past are there until memory is too large, also where it grew'() {
    const app = await opened('lessons')
    await app.run('a = array("i32", [1, 2, 3])')
    const { addr } = app.selection
    const first = () => app.view.getInt32(addr, true)
    await app.run('grow(3)')
    await app.run('a[0] = 7')
    const seen = [1, 3, 2, 1, 3].map(index => {
      app.go(index)
      return [first(), app.view.byteLength / 65536]
    })
    assert.deepEqual(seen, [[1, 17], [7, 20], [1, 20], [1, 17], [7, 20]])
    await app.run('grow(4096)')
    assert.equal(first(), 7)
    app.go(1)
    assert.equal(app.view, undefined)
    await app.run('a[0] = 8')
    assert.equal(first(), 8)
  },
}

let failed = 0
for (const [name, test] of Object.entries(tests)) {
  try {
    await test()
    console.log(`ok   ${name}`)
  } catch (error) {
    failed++
    console.log(`FAIL ${name}\n${error.stack}`)
  }
}
process.exitCode = failed ? 1 : 0
