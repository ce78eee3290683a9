// What the host abi/js does to bytes: random types, whose layout is computed here and whose bytes are written and read by a
// DataView; and any bytes at all, which are read or refused.

import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { test } from 'node:test'
import { load } from '../../abi/js/linmem.js'
import { echo } from './wasm.mjs'

const module = await WebAssembly.compile(echo())

/** Random numbers from a seed (splitmix32). */
class Random {
  constructor(seed) {
    this.state = seed
  }
  bits() {
    let x = this.state = this.state + 0x9e3779b9 | 0
    x = Math.imul(x ^ x >>> 16, 0x21f0aaad)
    x = Math.imul(x ^ x >>> 15, 0x735a2d97)
    return (x ^ x >>> 15) >>> 0
  }
  below(end) {
    return this.bits() % end
  }
  of(items) {
    return items[this.below(items.length)]
  }
}

// Types: `name` as records write it, its layout, a random value of it, how a DataView writes that, whether what was read is equal.
// `put` gives each byte that it writes to `mark`, since all others are padding.

const up = (offset, align) => Math.ceil(offset / align) * align
const scalar = (name, size, setter, random, same = Object.is) => ({
  name, size, align: size, random, same,
  put(view, at, value, mark) {
    view[setter](at, value, true)
    mark?.(at, size)
  },
})
const whole = size => random => {
  const high = 2 ** (8 * size)
  return random.of([0, 1, high - 1, high / 2, high / 2 - 1, random.bits() % high])
}
const integer = (name, size) => name[0] === 'u'
  ? scalar(name, size, `setUint${8 * size}`, whole(size))
  : scalar(name, size, `setInt${8 * size}`, random => Number(BigInt.asIntN(8 * size, BigInt(whole(size)(random)))))
const wide = name => {
  const clamp = name === 'u64' ? BigInt.asUintN : BigInt.asIntN
  return scalar(name, 8, name === 'u64' ? 'setBigUint64' : 'setBigInt64', random => clamp(64, random.of([0n, 1n, -1n, 2n ** 63n, BigInt(random.bits()) << 32n | BigInt(random.bits())])))
}
const character = random => {
  const code = random.of([0, 65, 0xd7ff, 0xe000, 0x10ffff, random.below(0xd800), 0x10000 + random.below(0x100000)])
  return String.fromCodePoint(code)
}
const integers = [['i8', 1], ['u8', 1], ['i16', 2], ['u16', 2], ['i32', 4], ['u32', 4], ['usize', 4], ['isize', 4]].map(each => integer(...each))
const scalars = [
  ...integers, wide('i64'), wide('u64'),
  scalar('f32', 4, 'setFloat32', random => Math.fround(random.of([0, -0, 1.5, -Infinity, 3.4028234663852886e38, random.bits() / 7]))),
  scalar('f64', 8, 'setFloat64', random => random.of([0, -0, 0.1, Infinity, -1.7976931348623157e308, 5e-324, random.bits() / 7])),
  { ...scalar('bool', 1, 'setUint8', random => random.below(2) === 1), put(view, at, value, mark) {
    view.setUint8(at, +value)
    mark?.(at, 1)
  } },
  { ...scalar('char', 4, 'setUint32', character), put(view, at, value, mark) {
    view.setUint32(at, value.codePointAt(), true)
    mark?.(at, 4)
  } },
]
const list = (of, length) => ({
  name: `[${length}]${of.name}`, size: length * of.size, align: of.align,
  random: random => Array.from({ length }, () => of.random(random)),
  put: (view, at, values, mark) => values.forEach((value, i) => of.put(view, at + i * of.size, value, mark)),
  same: (got, want) => got.length === length && want.every((value, i) => of.same(got.at(i), value)),
})
const enumeration = (name, base, random) => {
  const values = [...new Set(Array.from({ length: 4 }, () => base.random(random)))]
  return { ...base, name, record: `enum ${name} ${base.name} ${values.map((value, i) => `C${i}=${value}`).join(' ')}`, random: random => random.of(values) }
}
const struct = (name, parts) => {
  let end = 0
  const align = Math.max(...parts.map(part => part.align))
  const fields = parts.map((type, i) => {
    const offset = up(end, type.align)
    end = offset + type.size
    return { name: `f${i}`, offset, type }
  })
  const size = up(end, align)
  return {
    name, size, align, fields,
    record: `struct ${name} ${size} ${align} ${fields.map(({ name, offset, type }) => `${name}:${offset}:${type.name}`).join(' ')}`,
    random: random => Object.fromEntries(fields.map(({ name, type }) => [name, type.random(random)])),
    put: (view, at, value, mark) => fields.forEach(({ name, offset, type }) => type.put(view, at + offset, value[name], mark)),
    same: (got, want) => fields.every(({ name, type }) => type.same(got[name], want[name])),
  }
}
const union = (name, parts) => {
  const align = Math.max(...parts.map(part => part.align))
  const size = up(Math.max(...parts.map(part => part.size)), align)
  return {
    name, size, align,
    record: `union ${name} ${size} ${align} ${parts.map((type, i) => `f${i}:0:${type.name}`).join(' ')}`,
    random(random) {
      const i = random.below(parts.length)
      return { [`f${i}`]: parts[i].random(random) }
    },
    put(view, at, value, mark) {
      const [[name, held]] = Object.entries(value)
      parts[name.slice(1)].put(view, at, held, mark)
    },
    same(got, want) {
      const [[name, held]] = Object.entries(want)
      return parts[name.slice(1)].same(got[name], held)
    },
  }
}
const tagged = (name, base, parts, random) => {
  const align = Math.max(base.align, ...parts.map(part => part.align))
  const offset = up(base.size, Math.max(...parts.map(part => part.align)))
  const size = up(offset + Math.max(...parts.map(part => part.size)), align)
  const tags = [...new Set(Array.from({ length: parts.length + 1 }, () => base.random(random)))]
  const cases = tags.map((tag, i) => ({ name: `C${i}`, tag, type: parts[i] }))
  return {
    name, size, align,
    record: `tagged ${name} ${size} ${align} ${base.name} ${cases.map(({ name, tag, type }) => `${name}=${tag}${type ? `:${offset}:${type.name}` : ''}`).join(' ')}`,
    random(random) {
      const { name, type } = random.of(cases)
      return type ? { tag: name, value: type.random(random) } : { tag: name }
    },
    put(view, at, { tag, value }, mark) {
      const { tag: number, type } = cases.find(({ name }) => name === tag)
      base.put(view, at, number, mark)
      type?.put(view, at + offset, value, mark)
    },
    same: (got, { tag, value }) => got.tag === tag && (cases.find(({ name }) => name === tag).type?.same(got.value, value) ?? got.value === undefined),
  }
}

/** Declarations that may be made of those before them; the last one is a struct. */
const declarations = random => {
  const declared = []
  const part = () => {
    const type = random.of(declared.length && random.below(3) ? declared : scalars)
    return random.below(4) ? type : list(type, 1 + random.below(3))
  }
  const several = () => Array.from({ length: 1 + random.below(5) }, part)
  for (let i = 0; i < 6; i++) {
    const kind = random.below(5)
    const name = `T${i}`
    if (kind === 0) declared.push(enumeration(name, random.of([...integers.slice(0, 6), wide('i64'), wide('u64')]), random))
    else if (kind === 1) declared.push(union(name, several()))
    else if (kind === 2) declared.push(tagged(name, random.of(integers.slice(0, 6)), several(), random))
    else declared.push(struct(name, several()))
  }
  declared.push(struct('S', [...several(), ...declared.slice(-3)]))
  return declared
}

test('random_types_have_the_bytes_of_their_layout', async () => {
  for (let seed = 1; seed <= 150; seed++) {
    const random = new Random(seed)
    const declared = declarations(random)
    const S = declared.at(-1)
    const records = ['abi 1 wasm32', ...declared.map(({ record }) => record), 'fn echo value:*S -> u32', ''].join('\n')
    const m = await load(module, {}, { sidecar: records })
    m.raw.memory.grow(up(S.size, 65536) / 65536)
    const values = Array.from({ length: 4 }, () => S.random(random))
    const s = new m.S(values[0])
    const at = m.echo(s)
    const bytes = () => new Uint8Array(m.raw.memory.buffer)
    /** All of memory has the bytes of a value at the struct, and is else as it was. */
    const expect = (before, value) => {
      const wanted = before.slice()
      const given = new Uint8Array(wanted.length)
      S.put(new DataView(wanted.buffer), at, value, (start, size) => given.fill(1, start, start + size))
      const after = bytes()
      for (let i = 0; i < wanted.length; i++) {
        const padding = i >= at && i < at + S.size && !given[i]
        if (wanted[i] !== after[i] && !padding) assert.fail(`seed ${seed}, byte ${i - at} of ${S.size}: ${after[i]}, not ${wanted[i]}\n${records}`)
      }
      assert.ok(S.same(s, value), `seed ${seed}: what was written is read`)
    }
    expect(bytes().slice(), values[0])
    // Bytes that somebody else wrote, in a memory that has grown.
    m.raw.memory.grow(1)
    S.put(new DataView(m.raw.memory.buffer), at, values[1])
    assert.ok(S.same(s, values[1]), `seed ${seed}: ${records}`)
    let before = bytes().slice()
    for (const { name } of S.fields) s[name] = values[2][name]
    expect(before, values[2])
    before = bytes().slice()
    s.assign(values[3])
    expect(before, values[3])
    const frees = m.raw.frees.value
    s.free()
    assert.equal(m.raw.frees.value, frees + 1)
    assert.deepEqual(m.live(), [])
  }
})

test('random_texts_and_runs_have_the_bytes_of_their_descriptors', async () => {
  const fields = ['a:0:^str', 'b:8:^cstr', 'c:12:?^cstr', 'd:16:^[]u16', 'e:24:[+]i64', 'f:36:^[]^str', 'g:44:[+][2]f32']
  const m = await load(module, {}, { sidecar: `abi 1 wasm32\nstruct S 56 4 ${fields.join(' ')}\nfn echo value:*S -> u32\n` })
  m.raw.memory.grow(64)
  const [, , , u16] = integers
  const text = (random, from = 0) => Array.from({ length: random.of([0, 1, 5, 40, 200]) }, () => String.fromCodePoint(Math.max(from, character(random).codePointAt()))).join('')
  for (let seed = 1; seed <= 200; seed++) {
    const random = new Random(seed)
    const length = () => random.of([0, 1, 2, 33])
    const value = {
      a: text(random), b: text(random, 1), c: random.below(2) ? text(random, 1) : null,
      d: list(u16, length()).random(random), e: list(wide('i64'), length()).random(random),
      f: Array.from({ length: length() }, () => text(random)), g: list(list(scalars[10], 2), length()).random(random),
    }
    const s = new m.S(value)
    const at = m.echo(s)
    const view = new DataView(m.raw.memory.buffer)
    const word = offset => view.getUint32(at + offset, true)
    const bytes = (start, size) => new Uint8Array(m.raw.memory.buffer).slice(start, start + size)
    const encoded = text => new TextEncoder().encode(text)
    /** The bytes of elements, of which there are as many as a descriptor says. */
    const expect = (offset, of, values, cap) => {
      const type = list(of, values.length)
      const wanted = new Uint8Array(type.size)
      type.put(new DataView(wanted.buffer), 0, values)
      assert.equal(word(offset + 4), values.length)
      if (cap) assert.equal(word(offset + 8), values.length)
      if (values.length) assert.equal(word(offset) % of.align, 0)
      assert.deepEqual(bytes(word(offset), type.size), wanted, `seed ${seed}`)
    }
    assert.deepEqual(bytes(word(0), word(4)), encoded(value.a))
    assert.deepEqual(bytes(word(8), encoded(value.b).length + 1), encoded(`${value.b}\0`))
    if (value.c === null) assert.equal(word(12), 0)
    else assert.deepEqual(bytes(word(12), encoded(value.c).length + 1), encoded(`${value.c}\0`))
    expect(16, u16, value.d)
    expect(24, wide('i64'), value.e, true)
    expect(44, list(scalars[10], 2), value.g, true)
    assert.equal(word(40), value.f.length)
    value.f.forEach((text, i) => {
      const [ptr, length] = [view.getUint32(word(36) + 8 * i, true), view.getUint32(word(36) + 8 * i + 4, true)]
      assert.deepEqual(bytes(ptr, length), encoded(text))
    })
    assert.deepEqual([s.a, s.b, s.c, [...s.d], [...s.e], [...s.f]], [value.a, value.b, value.c, value.d, value.e, value.f])
    assert.deepEqual([...s.g].map(pair => [...pair]), value.g)
  }
})

/** What a host says of bytes: a check of SPEC by name. What else is thrown is a slip. */
const checks = ['Null', 'Misaligned', 'TooLong', 'OutOfBounds', 'NotUtf8', 'Invalid']

test('any_bytes_are_read_or_refused', async () => {
  const records = `abi 1 wasm32
enum E i16 Low=-2 High=7
union U 8 8 a:0:i64 b:0:[2]char c:0:bool d:0:f32
tagged T 16 8 u8 Text=0:8:str Number=1:8:f64 Inner=2:8:U Nothing=3 Run=4:8:[]N
struct N 96 8 next:0:?^*N up:4:?~*N value:8:*i32 text:12:str label:20:?cstr run:24:[]u16 buffer:32:[+]N e:44:E t:48:T texts:64:^[]^str rows:72:*[2][2]f64 maybe:76:?^*T number:80:f64 yes:88:bool
fn echo at:u32 -> *N
`
  const m = await load(module, {}, { sidecar: records })
  m.raw.memory.grow(1)
  const size = m.raw.memory.buffer.byteLength
  const fields = /struct N .*/.exec(records)[0].split(' ').slice(4).map(field => /^(\w+):\d+:(\??)/.exec(field))
  let [read, refused] = [0, 0]
  const attempt = body => {
    try {
      const value = body()
      read++
      return value
    } catch (error) {
      assert.ok(error.constructor === Error && checks.includes(error.code), error.stack)
      refused++
    }
  }
  const follow = (value, depth) => {
    if (depth > 3 || value === null || typeof value !== 'object') return
    if ('next' in value) for (const [, name, maybe] of fields) {
      const field = attempt(() => value[name])
      assert.ok(field !== null || maybe, `${name} is null`)
      follow(field, depth + 1)
    }
    else if ('tag' in value) follow(attempt(() => value.tag) && attempt(() => value.value), depth + 1)
    else if ('a' in value) for (const name of 'abcd') follow(attempt(() => value[name]), depth + 1)
    else {
      const length = attempt(() => value.length) ?? 0
      assert.ok(length <= size, `${length} elements`)
      for (let i = 0; i < Math.min(length, 3); i++) follow(attempt(() => value.at(i)), depth + 1)
      if (length) attempt(() => value.at(-1))
      attempt(() => value.view?.length)
    }
  }
  for (let seed = 1; seed <= 1500; seed++) {
    const random = new Random(seed)
    const words = new Uint32Array(m.raw.memory.buffer)
    const word = () => random.of([0, 1, 2, 3, 4, 7, 8, 0xffffffff, 0x80000000, size - 8, size, random.below(size / 8) * 8, random.below(size), random.bits(), 4096 + 96 * random.below(8)])
    for (let at = 1024; at < 1024 + 256; at++) words[at] = word()
    const before = new Uint8Array(m.raw.memory.buffer).slice()
    const at = random.below(8) ? 4096 + 96 * random.below(8) : word()
    follow(attempt(() => m.echo(at)), 0)
    assert.ok(Buffer.compare(before, new Uint8Array(m.raw.memory.buffer)) === 0, `seed ${seed}: to read changes nothing`)
  }
  assert.ok(read > 5000 && refused > 5000, `${read} read, ${refused} refused`)
  assert.deepEqual(m.live(), [])
  assert.equal(m.raw.memory.buffer.byteLength, size)
})
