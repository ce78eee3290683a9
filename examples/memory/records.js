// What a module declares, and how its types lie in memory: SPEC.md, "Records".
//
// The library has read the same records before and refused what is out of order, so a line is taken at its word here. A type
// is an object: `kind`, `text` as records write it, `size`, `align`, and by kind `to`, `elem`, `count`, `fields`, `cases`.

const little = true
const scalars = {
  __proto__: null,
  bool: [1, 'getUint8', 'setUint8'], u8: [1, 'getUint8', 'setUint8'], i8: [1, 'getInt8', 'setInt8'],
  u16: [2, 'getUint16', 'setUint16'], i16: [2, 'getInt16', 'setInt16'],
  u32: [4, 'getUint32', 'setUint32'], i32: [4, 'getInt32', 'setInt32'], char: [4, 'getUint32', 'setUint32'],
  usize: [4, 'getUint32', 'setUint32'], isize: [4, 'getInt32', 'setInt32'],
  u64: [8, 'getBigUint64', 'setBigUint64'], i64: [8, 'getBigInt64', 'setBigInt64'],
  f32: [4, 'getFloat32', 'setFloat32'], f64: [8, 'getFloat64', 'setFloat64'],
}
/** The least and the greatest value of an integer type. */
export const range = name => {
  const bits = BigInt(8 * scalars[name][0])
  return name[0] === 'u' ? [0n, (1n << bits) - 1n] : [-(1n << bits - 1n), (1n << bits - 1n) - 1n]
}

export const hex = number => '0x' + number.toString(16).padStart(8, '0')

/** Reads the records of a section: functions, host functions, types, constants and texts about them. */
export function declarations(text) {
  const lines = [...new Set(text.split('\n'))].map(line => line.replace(/^!/, '')).filter(line => line)
  const known = new Map()
  const types = new Map()
  const docs = new Map()
  const drops = new Map()
  const found = { functions: [], imports: [], types, docs, drops, roles: new Map(), type }

  for (const [name, [size, get, set]] of Object.entries(scalars)) known.set(name, { kind: 'scalar', text: name, size, align: size, get, set })
  known.set('status', { kind: 'status', text: 'status', size: 4, align: 4 })
  const pairs = words => words.map(word => word.split(':'))
  const layouts = {
    __proto__: null,
    struct: (name, size, align, ...words) => ({ size: +size, align: +align, words }),
    union: (name, size, align, ...words) => ({ size: +size, align: +align, words }),
    tagged: (name, size, align, tag, ...words) => ({ size: +size, align: +align, tag: type(tag), words }),
    enum: (name, of, ...words) => {
      const cases = words.map(word => word.split('='))
      const base = of === 'status' ? known.get('i32') : type(of)
      return { size: base.size, align: base.align, base, status: of === 'status', cases: new Map(cases.map(([name, value]) => [BigInt(value), name])) }
    },
    sig: (name, ...words) => ({ size: 4, align: 4, words }),
    opaque: () => ({ size: 0, align: 1 }),
  }
  // Names first, since types may name what a later line declares.
  for (const line of lines) {
    const [kind, name, ...words] = line.split(' ')
    if (kind in layouts) {
      const made = { kind, text: name, ...layouts[kind](name, ...words) }
      known.set(name, made)
      types.set(name, made)
    } else if (kind === 'doc') docs.set(name, line.split(' ').slice(2).join(' ').replace(/\\(.)/g, (_, c) => c === 'n' ? '\n' : c))
    else if (kind === 'role') found.roles.set(name, words[0])
  }
  for (const made of types.values()) {
    if (made.kind === 'sig') Object.assign(made, signature(made.words))
    else if (made.tag) {
      made.cases = new Map(made.words.map(word => {
        const [, name, value, offset, text] = /^(\w+)=(-?\d+)(?::(\d+):(.*))?$/.exec(word)
        return [BigInt(value), text ? { name, offset: +offset, type: type(text) } : { name }]
      }))
    } else if (made.words) made.fields = pairs(made.words).map(([name, offset, text]) => ({ name, offset: +offset, type: type(text) }))
  }
  for (const line of lines) {
    const [kind, name, ...words] = line.split(' ')
    if (kind === 'fn') found.functions.push({ name, ...signature(words), text: line.slice(3) })
    else if (kind === 'drop') {
      drops.set(words[0], name)
      found.functions.push({ name, params: [{ name: 'value', type: type(words[0]) }], drop: true, text: `${name} value:${words[0]}` })
    } else if (kind === 'import') found.imports.push({ module: name, name: words[0], ...signature(words.slice(1)), text: line.slice(7) })
  }
  return found

  function signature(words) {
    const arrow = words.indexOf('->')
    const params = (arrow < 0 ? words : words.slice(0, arrow)).map(word => {
      const [name, text] = word.split(':')
      return { name, out: text[0] === '>', type: type(text.replace('>', '')) }
    })
    return { params, result: arrow < 0 ? undefined : type(words[arrow + 1]) }
  }

  /** The type of a text: first looked up, then read from its left end. */
  function type(text) {
    let made = known.get(text)
    if (made) return made
    const maybe = text[0] === '?'
    const rest = maybe ? text.slice(1) : text
    const mark = /^[\^~]/.test(rest) ? rest[0] : ''
    const plain = mark ? rest.slice(1) : rest
    const [, count, elem] = /^\[(\d+)\](.*)$/.exec(plain) ?? []
    const common = { text, maybe, mark, size: 4, align: 4 }
    if (plain === 'cstr') made = { ...common, kind: 'cstr' }
    else if (plain === 'str') made = { ...common, kind: 'str', size: 8 }
    else if (plain[0] === '*') made = { ...common, kind: 'pointer', to: type(plain.slice(1)) }
    else if (plain.startsWith('[]')) made = { ...common, kind: 'slice', elem: type(plain.slice(2)), size: 8 }
    else if (plain.startsWith('[+]')) made = { ...common, kind: 'buffer', elem: type(plain.slice(3)), size: 12 }
    else if (count) {
      const of = type(elem)
      made = { ...common, kind: 'array', count: +count, elem: of, size: count * of.size, align: of.align }
    } else if (maybe && known.has(plain)) made = { ...known.get(plain), text, maybe }
    else throw Error(`there is no type ${text}`)
    known.set(text, made)
    return made
  }
}

/** `count` elements of a type, as they lie behind a slice. */
export const run = (elem, count, text = `[${count}]${elem.text}`) => ({ kind: 'array', text, count, elem, size: count * elem.size, align: elem.align })

const clip = (text, most = 120) => text.length > most ? `${text.slice(0, most)}…` : text
const quote = text => JSON.stringify(text).replace(/[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** What is wrong with an address, or undefined. */
function wrong(view, addr, size, align) {
  if (!addr) return 'null'
  if (addr % align) return `${hex(addr)} is not aligned to ${align}`
  if (addr + size > view.byteLength) return `${hex(addr)} is outside of memory`
}

/** Text in memory, of a long one its beginning; or what is wrong with it. */
function decode(view, addr, size) {
  const most = 4096
  try {
    // The last character may be cut in two.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(new Uint8Array(view.buffer, view.byteOffset + addr, size).slice(0, most), { stream: size > most })
    return size > most ? `${quote(text)}… ${size} bytes in all` : quote(text)
  } catch {
    return 'bytes that are no UTF-8'
  }
}

/**
 * Where a pointer, slice, str, cstr or buffer at an address leads: an address, the type of what is there, and whether it is
 * owned. Undefined if it leads nowhere, and an `error` if it leads where nothing can be.
 */
export function target(type, view, addr) {
  const word = offset => view.getUint32(addr + offset, little)
  const { kind } = type
  if (!['pointer', 'slice', 'str', 'cstr', 'buffer'].includes(kind)) return undefined
  const to = word(0)
  if (!to && (type.maybe || kind === 'cstr')) return undefined
  const owned = type.mark === '^' || kind === 'buffer'
  if (kind === 'pointer') {
    const error = wrong(view, to, type.to.size, type.to.align)
    return error ? { error } : { addr: to, type: type.to, owned }
  }
  if (kind === 'cstr') {
    if (to >= view.byteLength) return { error: `${hex(to)} is outside of memory` }
    const end = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).indexOf(0, to)
    return end < 0 ? { error: 'text without an end' } : { addr: to, type: { ...run(scalar('u8'), end - to + 1), text: 'cstr', kind: 'text', zero: true }, owned }
  }
  const count = word(kind === 'buffer' ? 8 : 4)
  if (!count) return undefined
  const elem = kind === 'str' ? scalar('u8') : type.elem
  const error = count * elem.size > 0x7fffffff ? `${count} elements are too many` : wrong(view, to, count * elem.size, elem.align)
  if (error) return { error }
  if (kind === 'str') return { addr: to, type: { ...run(elem, count), text: 'str', kind: 'text' }, owned }
  const len = word(4)
  if (kind === 'buffer' && len > count) return { error: `len ${len} is over cap ${count}` }
  return { addr: to, type: { ...run(elem, count), len }, owned }
}

const scalar = name => ({ kind: 'scalar', text: name, size: scalars[name][0], align: scalars[name][0], get: scalars[name][1], set: scalars[name][2] })

/**
 * The value of a type at an address, in words: short, and never by an exception. `most` bounds the parts that are looked at, since a
 * hostile type has more than can be counted.
 */
export function show(type, view, addr, depth = 3, most = { left: 1000 }) {
  if (most.left-- <= 0) return '…'
  const bad = wrong(view, addr, type.size, type.align)
  if (bad) return `(${bad})`
  switch (type.kind) {
    case 'scalar': {
      const value = view[type.get](addr, little)
      if (type.text === 'bool') return value > 1 ? `(bool ${value})` : String(!!value)
      if (type.text === 'char') return value < 0xd800 || value > 0xdfff && value < 0x110000 ? `'${quote(String.fromCodePoint(value)).slice(1, -1)}'` : `(char ${hex(value)})`
      return Object.is(value, -0) ? '-0' : String(value)
    }
    case 'enum': {
      const value = BigInt(view[type.base.get](addr, little))
      return type.cases.get(value) ?? `(${type.text} ${value})`
    }
    case 'tagged': {
      const value = BigInt(view[type.tag.get](addr, little))
      const found = type.cases.get(value)
      if (!found) return `(${type.text} ${value})`
      return found.type ? `${found.name}(${show(found.type, view, addr + found.offset, depth, most)})` : found.name
    }
    case 'sig': {
      const value = view.getUint32(addr, little)
      return value || !type.maybe ? `function ${value}` : 'null'
    }
    case 'struct':
    case 'union':
      if (!depth) return '{…}'
      return `{${within(type.fields, most, ({ name, offset, type }) => `${name}: ${show(type, view, addr + offset, depth - 1, most)}`)}}`
    case 'array': {
      if (!depth) return '[…]'
      const count = Math.min(type.len ?? type.count, 16)
      const more = (type.len ?? type.count) > count ? `, … ${type.len ?? type.count} in all` : ''
      return clip(`[${Array.from({ length: count }, (_, i) => show(type.elem, view, addr + i * type.elem.size, depth - 1, most)).join(', ')}${more}]`, 400)
    }
    case 'text':
      return decode(view, addr, type.size - !!type.zero)
    case 'opaque':
      return ''
  }
  const to = target(type, view, addr)
  if (!to) return type.kind === 'pointer' || type.kind === 'cstr' ? 'null' : type.kind === 'str' ? '""' : '[]'
  if (to.error) return `(${to.error})`
  if (type.kind === 'pointer') return `→ ${hex(to.addr)}`
  return depth || to.type.kind === 'text' ? show(to.type, view, to.addr, depth - 1, most) : '…'
}

/** Fields in words, as long as there may be more. */
function within(fields, most, word) {
  const words = []
  for (const field of fields) {
    words.push(most.left > 0 ? word(field) : '…')
    if (most.left <= 0) break
  }
  return words.join(', ')
}

/**
 * The parts of a value, one after the other, padding included: what a struct is laid over its bytes with. Of an array's elements there
 * are some thousands, from the one that the byte `from` belongs to.
 */
export function parts(type, view, addr, from = 0) {
  const u32 = scalar('u32')
  const descriptor = names => names.map((name, i) => ({ name, offset: 4 * i, type: name === 'ptr' ? type : u32, size: 4 }))
  switch (type.kind) {
    case 'struct':
      return padded(type.fields, type.size)
    case 'union':
      return type.fields.map(field => ({ ...field, size: field.type.size }))
    case 'tagged': {
      const found = type.cases.get(BigInt(view[type.tag.get](addr, little)))
      const tag = { name: 'tag', offset: 0, type: type.tag, size: type.tag.size }
      return padded(found?.type ? [tag, found] : [tag], type.size)
    }
    case 'array': {
      const { count, elem } = type
      const first = Math.min(count, Math.floor(from / (elem.size || 1)))
      return Array.from({ length: Math.min(count - first, 4096) }, (_, at) => {
        const i = first + at
        return { name: `[${i}]`, offset: i * elem.size, type: elem, size: elem.size, spare: i >= (type.len ?? count) }
      })
    }
    case 'slice':
    case 'str':
      return descriptor(['ptr', 'len'])
    case 'buffer':
      return descriptor(['ptr', 'len', 'cap'])
  }
  return []
}

/** Fields in their order, with what lies unused between and behind them. */
function padded(fields, size) {
  const found = []
  let end = 0
  const pad = offset => offset > end && found.push({ name: '', offset: end, size: offset - end, padding: true })
  for (const field of fields) {
    pad(field.offset)
    found.push({ ...field, size: field.type.size })
    end = field.offset + field.type.size
  }
  pad(size)
  return found
}

/** Writes a value that was typed as text; throws where the text is no value of the type. */
export function write(type, view, addr, text) {
  const refuse = why => {
    throw Error(`${quote(text)} is no ${type.text}${why ? `: ${why}` : ''}`)
  }
  text = text.trim()
  if (type.kind === 'enum') {
    const value = [...type.cases].find(([value, name]) => name === text || String(value) === text)?.[0]
    if (value === undefined) refuse([...type.cases.values()].join(', '))
    return view[type.base.set](addr, type.base.size === 8 ? value : Number(value), little)
  }
  if (type.kind !== 'scalar') throw Error(`a ${type.text} is not written as a whole: write its parts, or assign it in the console`)
  if (type.text === 'bool') {
    if (text !== 'true' && text !== 'false') refuse('true or false')
    return view.setUint8(addr, +(text === 'true'))
  }
  if (type.text === 'char') {
    const [char, ...more] = /^'.+'$/su.test(text) ? text.slice(1, -1) : text
    const code = char?.codePointAt() ?? -1
    if (more.length || code < 0 || code >= 0xd800 && code < 0xe000) refuse('one character')
    return view.setUint32(addr, code, little)
  }
  if (type.text[0] === 'f') {
    if (!/^-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$|^-?Infinity$|^NaN$/i.test(text)) refuse()
    const value = Number(text)
    if (type.text === 'f32' && Number.isFinite(value) && !Number.isFinite(Math.fround(value))) refuse('it is beyond its range')
    return view[type.set](addr, value, little)
  }
  if (!/^-?(\d+|0x[\da-f]+)$/i.test(text)) refuse()
  const value = text[0] === '-' ? -BigInt(text.slice(1)) : BigInt(text)
  const [least, most] = range(type.text)
  if (value < least || value > most) refuse(`${least} to ${most}`)
  view[type.set](addr, type.size === 8 ? value : Number(value), little)
}

/**
 * Calls `visit` with every block that a value owns, at any depth, as `{ addr, size, type }`. Rings end, and so does what a hostile
 * type has in more parts than can be counted.
 */
export function owned(type, view, addr, visit) {
  const seen = new Set()
  const todo = [[type, addr]]
  for (let most = 1e6; todo.length && most > 0; most--) {
    const [type, addr] = todo.pop()
    if (wrong(view, addr, type.size, type.align)) continue
    const to = target(type, view, addr)
    if (to) {
      if (!to.owned || to.error || seen.has(to.addr)) continue
      seen.add(to.addr)
      if (to.type.size) visit({ addr: to.addr, size: to.type.size, type: to.type })
      todo.push([to.type, to.addr])
    } else if (type.kind === 'array' && !['scalar', 'enum', 'sig'].includes(type.elem.kind)) {
      const { elem } = type
      for (let i = Math.min(type.len ?? type.count, most); i-- > 0;) todo.push([elem, addr + i * elem.size])
    } else if (['struct', 'tagged'].includes(type.kind)) {
      for (const part of parts(type, view, addr)) if (part.type) todo.push([part.type, addr + part.offset])
    }
  }
}
