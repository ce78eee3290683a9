// The host abi/js on records and modules that lie.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { load } from '../../abi/js/linmem.js'
import { echo } from './wasm.mjs'

const module = await WebAssembly.compile(echo())
const abi = (...lines) => ['abi 1 wasm32', ...lines.flat(), ''].join('\n')
const read = (...lines) => load(module, {}, { sidecar: abi(lines.flat()) })

/** What must not change, whatever is loaded. */
const prototypes = [Object, Array, Function, Map, Set, String, Number, BigInt, Symbol, Promise, Error, DataView, Uint8Array, Object.getPrototypeOf(Uint8Array)].flatMap(each => [each, each.prototype])
const snapshot = () => prototypes.map(each => JSON.stringify(Reflect.ownKeys(each).map(String)))
const before = snapshot()
test.afterEach(() => assert.deepEqual(snapshot(), before))

const refused = {
  'R3 R7': [],
  'a version': ['abi 2 wasm32'], 'an address size': ['abi 1 wasm64'],
  'two names': ['const A u8 1', 'const A u8 2'], 'two kinds': ['const A u8 1', 'opaque A'], 'two roles': ['role x a', 'role x b'],
  'two imports': ['import env a', 'import env a x:u8'], 'two drops': ['drop free_a ^*i32', 'drop free_b ^*i32'],
  'two fields': ['struct A 2 1 x:0:u8 x:1:u8'], 'two parameters': ['sig A x:u8 x:u8'], 'two cases': ['enum A u8 X=0 X=1'],
  'a scalar as name': ['opaque u8'], 'str as name': ['opaque str'], 'status as name': ['enum status u8 A=1'], 'cstr as name': ['struct cstr 1 1 x:0:u8'],
  'must understand': ['!other'], 'must understand a list': ['!then x'],
  'no type': ['sig A x:B'], 'no type behind a pointer': ['sig A x:*B'], 'no type of a field': ['struct A 4 4 x:0:B'],
  'opaque by value': ['opaque B', 'struct A 4 4 x:0:B'], 'opaque in a slice': ['opaque B', 'sig A x:[]B'], 'opaque parameter': ['opaque B', 'sig A x:B'],
  'status field': ['struct A 4 4 x:0:status'], 'status parameter': ['sig A x:status'], 'status enum field': ['enum E status A=16', 'struct A 4 4 x:0:E'],
  'marks': ['sig A x:^u8'], 'marks on a name': ['opaque B', 'sig A x:^B'], 'two marks': ['sig A x:^~*u8'], 'order of marks': ['sig A x:^?*u8'], 'option of a slice': ['sig A x:?[]u8'],
  'option of a scalar': ['sig A x:?u8'], 'option of a str': ['sig A x:?str'], 'writable str': ['sig A x:~str'], 'owned array': ['sig A x:*^[2]u8'],
  'array of none': ['sig A x:*[0]u8'], 'array with a zero': ['sig A x:*[01]u8'], 'array too long': ['sig A x:*[2147483648]u8'], 'array of many digits': [`sig A x:*[${'9'.repeat(400)}]u8`],
  'array of arrays too long': ['sig A x:*[65536][65536]u8'], 'no type at all': ['sig A x:'], 'an operator alone': ['sig A x:*'], 'no colon': ['sig A x'],
  'aggregate parameter': ['struct B 1 1 x:0:u8', 'sig A x:B'], 'buffer parameter': ['sig A x:[+]u8'], 'array parameter': ['sig A x:[2]u8'],
  'slice result': ['sig A -> []u8'], 'str result': ['sig A -> str'], 'struct result': ['struct B 1 1 x:0:u8', 'sig A -> B'], 'result without a type': ['sig A ->'], 'two results': ['sig A -> u8 u8'],
  'out in a result': ['sig A -> >u8'], 'out of an opaque': ['opaque B', 'sig A x:>B'], 'many operators': [`sig A x:${'*'.repeat(64)}u8`],
  'align 3': ['struct A 3 3 x:0:u8'], 'align 16': ['struct A 16 16 x:0:u8'], 'align 0': ['struct A 1 0 x:0:u8'], 'size 0': ['struct A 0 1 x:0:u8'], 'size off': ['struct A 6 4 x:0:u32'],
  'size over': ['struct A 2147483648 1 x:0:u8'], 'many digits': [`struct A ${'1'.repeat(300)} 1 x:0:u8`], 'leading zero': ['struct A 01 1 x:0:u8'], 'offset with a zero': ['struct A 2 1 x:00:u8'],
  'field behind': ['struct A 4 4 x:4:u32'], 'field half behind': ['struct A 4 4 x:2:u32'], 'field misaligned': ['struct A 8 4 x:2:u32'], 'fields overlap': ['struct A 8 4 x:0:u32 y:3:u8'],
  'weak align': ['struct A 8 4 x:0:f64'], 'no fields': ['struct A 4 4'], 'field without offset': ['struct A 4 4 x:u32'], 'field with a value': ['struct A 4 4 x=1:0:u32'], 'out field': ['struct A 4 4 x:0:>u32'],
  'union offset': ['union A 8 4 x:4:u32'], 'union owning': ['union A 4 4 x:0:^cstr'], 'union owning deep': ['struct B 4 4 x:0:^cstr', 'union A 4 4 x:0:[1]B'], 'union with a buffer': ['union A 12 4 x:0:[+]u8'],
  'contains itself': ['struct A 4 4 x:0:A'], 'contain each other': ['struct A 4 4 x:0:B', 'struct B 4 4 x:0:[1]A'],
  'payload on the tag': ['tagged A 4 4 u32 X=0:0:u32'], 'tag of no integer': ['tagged A 4 4 f32 X=0'], 'tag value': ['tagged A 1 1 u8 X=256'], 'tag twice': ['tagged A 1 1 u8 X=0 Y=0'], 'tag larger': ['tagged A 4 4 u64 X=0'],
  'case without value': ['tagged A 1 1 u8 X'], 'case without type': ['tagged A 4 1 u8 X=0:1'], 'no cases': ['tagged A 4 4 u8'],
  'enum value': ['enum A u8 X=256'], 'enum negative': ['enum A u8 X=-1'], 'enum low': ['enum A i8 X=-129'], 'enum twice': ['enum A u8 X=1 Y=1'], 'enum of bool': ['enum A bool X=1'], 'enum of f64': ['enum A f64 X=1'],
  'enum 64': ['enum A u64 X=18446744073709551616'], 'enum i64': ['enum A i64 X=9223372036854775808'], 'enum digits': [`enum A i64 X=${'9'.repeat(60000)}`], 'enum empty': ['enum A u8'], 'enum plus': ['enum A u8 X=+1'],
  'enum payload': ['enum A u8 X=1:4:u8'], 'enum of an enum': ['enum B u8 X=1', 'enum A B X=1'],
  'const value': ['const A u8 256'], 'const bool': ['const A bool 2'], 'const char': ['const A char 55296'], 'const char high': ['const A char 1114112'], 'const float': ['const A f32 1.5'], 'const bits': ['const A f32 0x100000000'],
  'const bits 64': ['const A f64 0x10000000000000000'], 'const bits capital': ['const A f64 0xFF'], 'const escape': ['const A str a\\tb'], 'const escape at the end': ['const A str a\\'], 'const without text': ['const A str'], 'const NUL': ['const A str a\0'],
  'const struct': ['struct B 1 1 x:0:u8', 'const A B 1'], 'const without value': ['const A u8'], 'const two values': ['const A u8 1 2'], 'const pointer': ['const A *u8 1'],
  'name with a dash': ['const A-B u8 1'], 'name with a digit': ['const 1A u8 1'], 'no name': ['opaque'], 'empty name': ['opaque '], 'two spaces': ['opaque  A'], 'space at the end': ['opaque A '], 'tab': ['opaque\tA', '!opaque\tA'], 'CR': ['opaque A\r'],
  'opaque with more': ['opaque A B'], 'role without export': ['role alloc'], 'role with more': ['role alloc a b'], 'drop of borrowed': ['drop free *u8'], 'drop of an option': ['drop free ?^*u8'], 'drop of nothing': ['drop free'], 'drop with more': ['drop free ^*u8 x'],
  'drop of a scalar': ['drop echo u8'], 'drop of a buffer': ['drop echo [+]u8'],
  'no export': ['fn nowhere'], 'export of another arity': ['fn echo'], 'export that is a memory': ['fn memory'], 'export __proto__': ['fn __proto__'], 'drop without export': ['drop nowhere ^*u8'], 'no alloc': ['role alloc nowhere'], 'alloc of another arity': ['role alloc free'],
  'import without a name': ['import env'], 'import name': ['import env a-b'], 'parameter with a value': ['sig A x=1:u8'], 'parameter with an offset': ['sig A x:0:u8'],
  'a long line': [`doc A ${'x'.repeat(65536)}`], 'a long name': [`opaque ${'A'.repeat(1 << 20)}`],
}
delete refused['R3 R7']

for (const [what, lines] of Object.entries(refused)) {
  test(`load_refuses_${what.replaceAll(' ', '_')}`, async () => {
    await assert.rejects(read(...lines), error => error instanceof Error && error.message.length > 3 && error.message.length < 400 || assert.fail(String(error)))
  })
}

test('load_refuses_a_section_without_version', async () => {
  for (const sidecar of ['', '\n', 'opaque A\n', 'doc abi 1\n']) await assert.rejects(load(module, {}, { sidecar }), /abi/)
  await assert.rejects(load(echo()), /abi/)
})

test('load_refuses_a_module_without_memory', async () => {
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
  await assert.rejects(load(empty, {}, { sidecar: abi() }), /memory/)
})

test('load_names_the_record_that_it_refuses', async () => {
  for (const line of ['struct A 4 4 x:0:A', 'enum A u8 X=256', 'fn nowhere', 'opaque u8', 'import env f x:nothing', '!other']) {
    await assert.rejects(read('opaque Z', line, 'const B u8 1'), ({ message }) => message.endsWith(`: ${line}`) || assert.fail(message))
  }
})

test('load_refuses_bytes_that_are_not_utf_8', async () => {
  await assert.rejects(load(module, {}, { sidecar: Uint8Array.of(0xff, 10) }), { code: 'NotUtf8' })
})

test('load_accepts_what_the_rules_allow', async () => {
  const m = await read('', '', 'abi 1 wasm32', '!opaque A', 'other thing', 'doc A text', 'role other thing', 'import env absent x:u8', '!doc A text', '!doc', 'const E str ', 'const T str  a  b\\n\\\\n')
  assert.equal(m.E, '')
  assert.equal(m.T, ' a  b\n\\n')
  const parts = [['linmem.abi', 'abi 1 was'], ['other', 'abi 2'], ['linmem.abi', 'm32\nconst A u8 7']]
  assert.equal((await load(echo(...parts))).A, 7)
})

test('load_takes_the_limits_of_records', async () => {
  const line = `struct A 8 8 ${'x'.repeat(65536 - 20)}:0:f64`
  assert.equal(line.length, 65535)
  await read(line)
  const nested = Array.from({ length: 31 }, (_, i) => `struct A${i + 1} 4 4 x:0:[1][1]A${i}`)
  const chain = ['struct A0 4 4 x:0:u32', ...nested]
  await read(...chain)
  await read(...chain.toReversed())
  for (const order of [chain, chain.toReversed()]) await assert.rejects(read(...order, 'struct B 4 4 x:0:A31', 'struct C 4 4 x:0:B'), /R8/)
  await read(`sig A x:${'*'.repeat(16)}u8`)
  await read(Array.from({ length: 65535 }, (_, i) => `const A${i} u8 1`))
})

test('load_takes_linear_time', async () => {
  const start = performance.now()
  await assert.rejects(read('x\n'.repeat(3e6)), { code: 'TooLong' })
  await read('\n'.repeat(4e6))
  await read(Array.from({ length: 5e4 }, (_, i) => `struct A${i} 4 4 x:0:*A${(i * 7) % 5e4}`))
  await assert.rejects(read(Array.from({ length: 5e4 }, (_, i) => `struct A${i} 4 4 x:0:A${i + 1}`)), /R[78]/)
  await assert.rejects(read(Array.from({ length: 2e4 }, (_, i) => `struct A${i} 8 4 x:0:A${i + 1} y:4:A${i + 1}`)), /R[78]/)
  await assert.rejects(read(`struct A 4 4 ${'x:0:u32 '.repeat(8000)}`))
  await assert.rejects(read(`sig A x:${'[1]'.repeat(20000)}u8`))
  await assert.rejects(read(`const A str ${'\\n'.repeat(30000)}\\`))
  await assert.rejects(read(`const A f64 0x${'0'.repeat(60000)}g`))
  assert.ok(performance.now() - start < 20000, 'no hang')
})

test('names_are_data', async () => {
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'then', 'live', 'addr', 'raw', 'array', 'free', 'name', 'length', 'x']
  const m = await read(...names.map((name, i) => `struct S${i} 4 4 ${name}:0:u32`), `struct All ${4 * names.length} 4 ${names.map((name, i) => `${name}:${4 * i}:u32`).join(' ')}`,
    `enum E u8 ${names.map((name, i) => `${name}=${i}`).join(' ')}`, ...names.map((name, i) => `const ${name} u32 ${i}`))
  for (const [i, name] of names.entries()) {
    if (name !== 'then') assert.equal(m[name], i)
    assert.equal(m.E[name], i)
    assert.equal(m.E[i], name)
    const init = Object.fromEntries([[name, 5]])
    assert.equal(new m[`S${i}`](init)[name], 5)
  }
  const all = new m.All(Object.fromEntries(names.map((name, i) => [name, i])))
  for (const [i, name] of names.entries()) assert.equal(all[name], i)
  assert.equal(Object.getPrototypeOf(m).live().length, names.length + 1)
  all[Symbol.dispose]()
  assert.equal(Object.getPrototypeOf(m).live().length, names.length)
  const hostile = await load(echo(), {}, { sidecar: abi('opaque __proto__', 'opaque constructor') })
  assert.equal(typeof Object.getOwnPropertyDescriptor(hostile, '__proto__').value, 'function')
})

test('module_is_no_promise', async () => {
  for (const falsy of ['u8 0', 'str ', 'f64 0x7ff8000000000000', 'bool 0']) assert.ok(!('then' in await read(`const then ${falsy}`)), falsy)
  const m = await read('opaque then', 'const then_ u8 1')
  assert.equal(await m, m)
  assert.equal(m.then, undefined)
  assert.equal(typeof m.then__, 'function')
})

test('inherited_names_are_no_imports', async () => {
  const text = ['__proto__', 'constructor', 'toString'].map(name => [name, 'toString'])
  for (const [from, name] of text) {
    // (import from name (func))
    const encode = word => [word.length, ...new TextEncoder().encode(word)]
    const entry = [1, ...encode(from), ...encode(name), 0, 0]
    const bytes = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, entry.length, ...entry])
    await assert.rejects(load(bytes, {}, { sidecar: abi(`import ${from} ${name}`) }), /no import/)
    await assert.rejects(load(bytes, {}, { sidecar: abi() }), Error)
  }
})

test('pointers_are_checked_before_they_are_read', async () => {
  for (const [of, size, align] of [['*[4]i32', 16, 4], ['^*[4]i32', 16, 4], ['?*i32', 4, 4], ['*S', 24, 8], ['*[+]S', 12, 4], ['*u8', 1, 1]]) {
    const m = await read('struct S 24 8 x:0:u8 y:8:f64 z:16:u8', `fn echo x:u32 -> ${of}`)
    assert.ok(m.echo(64))
    assert.ok(m.echo(65536 - (size + align - 1 & -align)))
    if (of[0] === '?') assert.equal(m.echo(0), null)
    else assert.throws(() => m.echo(0), { code: 'Null' })
    if (align > 1) assert.throws(() => m.echo(65), { code: 'Misaligned' })
    for (const ptr of [65536, 2 ** 31, 2 ** 32 - align]) assert.throws(() => m.echo(ptr), { code: 'OutOfBounds' })
    if (size > align) assert.throws(() => m.echo(65536 - align), { code: 'OutOfBounds' })
  }
})

test('cstrs_end_in_memory_and_are_utf_8', async () => {
  for (const of of ['cstr', '^cstr', '?cstr', '?^cstr']) {
    const m = await read(`fn echo x:u32 -> ${of}`)
    const memory = new Uint8Array(m.raw.memory.buffer)
    memory.fill(0x61, 65526)
    assert.throws(() => m.echo(65530), { code: 'OutOfBounds' })
    assert.throws(() => m.echo(2 ** 32 - 1), { code: 'OutOfBounds' })
    memory[65535] = 0
    assert.equal(m.echo(65530), 'aaaaa')
    assert.equal(m.echo(65535), '')
    memory[65531] = 0xff
    assert.throws(() => m.echo(65530), { code: 'NotUtf8' })
    if (of[0] === '?') assert.equal(m.echo(0), null)
    else assert.throws(() => m.echo(0), { code: 'Null' })
    memory.set(new TextEncoder().encode('\ufeffä'), 65527)
    memory[65532] = 0
    assert.equal(m.echo(65527), '\ufeffä')
  }
})

test('descriptors_are_checked_at_each_use', async () => {
  const m = await read('struct S 28 4 text:0:str list:8:[]u32 buffer:16:[+]u32', 'fn echo x:u32 -> *S')
  const words = new Uint32Array(m.raw.memory.buffer)
  const at = m.echo(1024)
  words.fill(0xffffffff, 256, 263)
  for (const name of ['text', 'list']) assert.throws(() => at[name], Error)
  assert.throws(() => at.buffer.length, Error)
  words.set([0, 1, 0, 1, 0, 1, 1], 256)
  assert.throws(() => at.text, { code: 'Null' })
  assert.throws(() => at.list, { code: 'Null' })
  assert.throws(() => at.buffer.view, { code: 'Null' })
  words.set([0, 0, 0, 0, 0, 0, 0], 256)
  assert.equal(at.text, '')
  assert.deepEqual([...at.list], [])
  assert.deepEqual(at.list.view, new Uint32Array())
  assert.deepEqual(at.buffer.copy(), new Uint32Array())
  words.set([65535, 2, 1026, 2, 8, 2, 1], 256)
  assert.throws(() => at.text, { code: 'OutOfBounds' })
  assert.throws(() => at.list, { code: 'Misaligned' })
  assert.throws(() => at.buffer.at(0), { code: 'TooLong' })
  words.set([65535, 1, 1024, 0x20000000, 8, 1, 0x40000000], 256)
  assert.equal(at.text, '\0')
  assert.throws(() => at.list, { code: 'TooLong' })
  assert.throws(() => at.buffer.at(0), { code: 'TooLong' })
})

test('what_is_lent_inside_of_another_value_is_freed', async () => {
  const lent = [['[]str', ['ab', '', 'c'], 3], ['*[2]str', ['a', 'b'], 3], ['*str', ['a'], 2], ['[]cstr', ['', 'a'], 3], ['[]S', [{ text: 'a', list: [['b'], []] }], 5], ['[]*[2]str', [['a', 'b'], ['c', 'd']], 7]]
  for (const [of, value, blocks] of lent) {
    // Of an address and a length, or of an address alone.
    const name = of[0] === '[' ? 'store' : 'echo'
    const m = await read('struct S 16 4 text:0:str list:8:[][]str', `fn ${name} x:${of}`)
    m[name](value)
    assert.equal(m.raw.frees.value, blocks, of)
    m[name](value)
    assert.equal(m.raw.frees.value, 2 * blocks, of)
    assert.throws(() => m[name]([...value, 5]), { code: 'Invalid' })
    assert.deepEqual(m.live(), [])
  }
})

test('runs_of_arrays_are_lent_as_such', async () => {
  const m = await read('struct S 4 4 x:0:u32', 'fn store x:[][2]u32', 'fn recurse', 'role other x')
  const stored = length => {
    const view = new DataView(m.raw.memory.buffer)
    const at = view.getUint32(length, true)
    return Array.from({ length: 2 * length }, (_, i) => view.getUint32(at + 4 * i, true))
  }
  m.store([[1, 2], [3, 4], [5, 6]])
  assert.deepEqual(stored(3), [1, 2, 3, 4, 5, 6])
  const rows = m.array('[2]u32', [[7, 8]])
  m.store(rows)
  assert.deepEqual(stored(1), [7, 8])
  for (const wrong of [[1, 2], [[1, 2, 3]], [[1]], m.array('u32', [1, 2]), m.array('[1]u32', [[1], [2]]), rows.at(0), new m.S({ x: 1 })]) {
    assert.throws(() => m.store(wrong), { code: 'Invalid' })
  }
})

test('views_are_lent_as_what_they_are', async () => {
  for (const of of ['str', '*u8', '[]u8', 'S', '[1]S']) {
    const m = await read('struct S 12 4 ptr:0:u32 len:4:u32 cap:8:u32', `fn store x:[]${of}`, `fn echo x:*[2]${of}`)
    for (const wrong of [m.array('u8', [1, 2]), new m.S({ ptr: 64, len: 1, cap: 1 }), ...of === 'S' ? [] : [m.array('S', [{ ptr: 64, len: 1, cap: 1 }])]]) {
      assert.throws(() => m.store(wrong), { code: 'Invalid' }, of)
      assert.throws(() => m.echo(wrong), { code: 'Invalid' }, of)
    }
  }
})

test('values_of_enums_chars_and_tags_are_checked', async () => {
  const m = await read('enum E u8 A=1', 'enum L i64 A=-1', 'tagged T 8 4 u8 A=1:4:u32 B=2', 'struct S 16 4 e:0:E c:4:char t:8:T', 'fn echo x:u32 -> *S', 'fn echo64 x:L -> L')
  const at = m.echo(1024)
  const words = new Uint32Array(m.raw.memory.buffer)
  words.set([0xff01, 65, 0xffff01, 7], 256)
  assert.deepEqual([at.e, at.c, at.t.tag, at.t.value], [1, 'A', 'A', 7])
  words.set([2, 0xd800, 3, 7], 256)
  assert.throws(() => at.e, { code: 'Invalid' })
  assert.throws(() => at.c, { code: 'Invalid' })
  assert.throws(() => at.t.tag, { code: 'Invalid' })
  assert.throws(() => at.t.value, { code: 'Invalid' })
  assert.equal(m.echo64(m.L.A), -1n)
  for (const wrong of ['A', 1n, -1]) assert.throws(() => m.echo64(wrong), { code: 'Invalid' })
})

test('small_results_are_narrowed', async () => {
  const results = { u8: 255, i8: -1, u16: 0xfffe - 0xfe + 0xfd + 2, i16: -1, u32: 2 ** 32 - 1, i32: -1, bool: true, usize: 2 ** 32 - 1, isize: -1 }
  for (const [of, result] of Object.entries(results)) assert.equal((await read(`fn echo x:u32 -> ${of}`)).echo(2 ** 32 - 1), result, of)
  assert.equal((await read('fn echo x:u32 -> bool')).echo(256), true)
  assert.equal((await read('fn echo64 x:u64 -> u64')).echo64(2n ** 64n - 1n), 2n ** 64n - 1n)
  assert.equal((await read('fn echo_f64 x:f64 -> f64')).echo_f64(0.1), 0.1)
})

test('wasm_types_that_differ_from_the_record_end_in_an_error', async () => {
  for (const line of ['fn echo64 x:u32 -> u32', 'fn echo x:u64 -> u64', 'fn echo64 x:u64 -> u32', 'fn echo x:u32 -> u64', 'fn echo64 x:u64 -> ^*i32', 'fn echo64 x:u64 -> cstr']) {
    const m = await read(line)
    const name = line.split(' ')[1]
    assert.throws(() => m[name](line.includes('x:u64') ? 1024n : 1024), Error, line)
  }
})

test('trap_poisons_the_instance', async () => {
  for (const name of ['trap', 'recurse']) {
    const m = await read(`fn ${name}`, 'fn echo x:u32 -> ^*i32')
    const owner = m.echo(64)
    const frees = m.raw.frees.value
    assert.throws(() => m[name](), name === 'trap' ? WebAssembly.RuntimeError : RangeError)
    assert.throws(() => m.echo(64), /trapped/)
    assert.throws(() => m.array('u8', 4), /trapped/)
    owner.free()
    assert.equal(m.raw.frees.value, frees)
  }
})

test('trap_in_the_middle_of_an_allocation_is_told_by_every_later_call', async () => {
  const uses = [m => m.array('u8', 4), m => new m.P({ x: 1 }), m => m.echo('text')]
  for (const first of uses) {
    const m = await read('role alloc trap_alloc', 'struct P 4 4 x:0:u32', 'fn echo text:cstr -> u32')
    assert.throws(() => first(m), WebAssembly.RuntimeError)
    for (const later of uses) assert.throws(() => later(m), ({ message, cause }) => /trapped/.test(message) && cause instanceof WebAssembly.RuntimeError)
  }
})

test('out_values_are_read_after_a_check', async () => {
  const m = await read('fn store x:u32 out:>cstr')
  assert.throws(() => m.store(0), { code: 'Null' })
  assert.throws(() => m.store(70000), { code: 'OutOfBounds' })
  const n = await read('fn store x:u32 out:>?^*i32')
  assert.equal(n.store(0), null)
  const owner = n.store(64)
  assert.deepEqual(n.live(), [owner])
  const k = await read('struct S 4 4 x:0:u32', 'fn store x:u32 out:>S')
  const s = k.store(7)
  assert.equal(s.x, 7)
  const frees = k.raw.frees.value
  s.free()
  assert.equal(k.raw.frees.value, frees + 1)
})

test('addresses_above_2_gib_are_right', async () => {
  const m = await read('struct S 8 4 x:0:u32 name:4:cstr', 'fn echo x:u32 -> ~*S', 'fn store x:u32 out:>[2]u32', 'role other x')
  if (m.raw.memory.grow(40000) < 0) return
  // Above the line, and across it: the fields are on either side, or the letters.
  const line = 2 ** 31
  for (const [at, name] of [[line + 64, line + 72], [line - 4, line + 64], [line + 64, line - 1]]) {
    const view = new DataView(m.raw.memory.buffer)
    view.setUint32(at, 7, true)
    view.setUint32(at + 4, name, true)
    new Uint8Array(m.raw.memory.buffer).set([0x68, 0x69, 0], name)
    const s = m.echo(at)
    assert.equal(s.x, 7)
    assert.equal(s.name, 'hi')
    s.x = 4294967295
    assert.equal(view.getUint32(at, true), 4294967295)
    assert.equal(view.getUint32(at + 4, true), name)
  }
  assert.throws(() => m.echo(40001 * 65536 - 4), { code: 'OutOfBounds' })
})

test('random_mutations_are_accepted_or_refused_with_an_error', async () => {
  const guest = await readFile(process.env.GUEST)
  const compiled = await WebAssembly.compile(guest)
  const section = new Uint8Array(WebAssembly.Module.customSections(compiled, 'linmem.abi')[0])
  const imports = { env: { log_nr() {}, on_point() {} }, 'clock:v1': { now: () => 1, title: () => true } }
  const alphabet = new TextEncoder().encode(' \n:=.^~?*[]+-><!0123456789abcxyz_A\\\0\xff')
  let accepted = 0
  for (let seed = 1; seed <= 600; seed++) {
    let state = seed * 2654435761 >>> 0
    const random = below => {
      state = Math.imul(state ^ state >>> 15, 0x2c1b3c6d) + 0x9e3779b9 >>> 0
      return ((state ^ state >>> 13) >>> 0) % below
    }
    let bytes = [...section]
    for (let i = random(4); i >= 0; i--) {
      const at = random(bytes.length)
      const kind = random(5)
      const piece = bytes.slice(at, at + random(40))
      if (kind === 0) bytes[at] = alphabet[random(alphabet.length)]
      else if (kind === 1) bytes.splice(at, random(20))
      else if (kind === 2) bytes.splice(random(bytes.length), 0, ...piece)
      else if (kind === 3) bytes.splice(at, 0, alphabet[random(alphabet.length)])
      else bytes.splice(at, piece.length, ...piece.reverse())
    }
    try {
      const m = await load(compiled, imports, { sidecar: Uint8Array.from(bytes) })
      accepted++
      m.simple_arr?.()
      if (m.Point) new m.Point({ x: 1, y: 2, name: 'a' })
    } catch (error) {
      assert.ok(error instanceof Error && error.message && !(error instanceof ReferenceError), `seed ${seed}: ${error?.stack}`)
      // What is no error of ours is a slip.
      assert.ok(!(error instanceof TypeError) && !(error instanceof RangeError) && !(error instanceof SyntaxError), `seed ${seed}: ${error?.stack}`)
    }
  }
  assert.ok(accepted > 30 && accepted < 570, `${accepted} accepted`)
})
