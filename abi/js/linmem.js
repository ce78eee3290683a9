// Typed access to a WebAssembly module that describes itself: `const m = await load(source, imports)`. See README.md.
//
// 1. `load` reads the module's records (SPEC.md, "Records") and refuses what R1 to R9 of SPEC refuse.
// 2. Each type becomes one codec, made once and found by the type's text: `get` and `put` at an address, `lift` and `lower`
//    in a call, its size and align. `n` is the number of wasm values that it travels as; 0 if it does not.
// 3. Structs become classes whose accessors are closures over a codec and an offset; functions and imports become
//    closures over the codecs of their parameters. Nothing is compiled from text, and no name from a record is used as a
//    key of an object that has a prototype.
//
// A view is an address and a root. It lives as long as its root: an owner is its own root, what lies in an owner has that
// as its root, and what a host function was lent has the call. What the guest keeps has `guest`. Memory never
// shrinks, so an address is checked once, when a view of it is made.
//
// `k` lists what an operation allocated, in fours: address, size, align, owned. If it fails all of that is freed; if not,
// what is only lent is freed after the call, or kept with the owner that points at it. In the place of an
// address stands an owner that is handed over, or a function that copies lent elements back. If `k.strict`, nothing may be lent.

const [PTR, ROOT, WRITE, TYPE, INDEX, KEEP, ELEM, LEN] = Array.from({ length: 8 }, Symbol)
const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose')
const codes = 'Ok Null Misaligned TooLong OutOfBounds NotUtf8 InteriorNul OutOfMemory Invalid'.split(' ')
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

const fail = (status, what, code = codes[status] ?? 'Unknown') => {
  throw Object.assign(Error(`${what}: ${code}`), { code, status })
}
const utf8 = (bytes, what) => {
  try {
    return decoder.decode(bytes)
  } catch {
    fail(5, what)
  }
}
const own = (object, key) => object && Object.hasOwn(object, key) ? object[key] : undefined

/** The bytes behind what a user may name. */
const read = async source => {
  source = await source
  if (source instanceof URL) source = await fetch(source)
  if (source?.ok === false) throw Error(`${source.url}: ${source.status}`)
  return source?.arrayBuffer ? source.arrayBuffer() : source
}

export const load = async (source, imports, { sidecar } = {}) => {
  const kinds = { __proto__: null }
  const types = new Map()
  const statuses = new Map([['status', { names: codes }]])
  const known = new Set()
  const roles = new Map()
  const shims = new Map()
  const host = { __proto__: null }
  const m = Object.create(host)
  const live = []
  const guest = { [PTR]: 1 }
  let memory, raw, table, alloc, release, dead, second, data
  let bytes = []
  let line = 'linmem.abi'
  let todo = []

  const bad = rule => {
    throw Error(`${rule}: ${line.slice(0, 99)}`)
  }

  // Memory. Growth detaches the buffer, and a detached array has no elements.

  const renew = () => {
    bytes = new Uint8Array(memory.buffer)
    return data = new DataView(memory.buffer)
  }
  const view = () => bytes.length ? data : renew()
  const u32 = ptr => view().getUint32(ptr, true)
  const put32 = (ptr, value) => view().setUint32(ptr, value, true)

  const check = (ptr, len, { size, align, name }) => {
    view()
    const status = !ptr ? 1 : ptr % align ? 2 : len * size > 2147483647 ? 3 : ptr + len * size > bytes.length && 4
    if (status) fail(status, name)
  }
  // What leaves the guest by an exception leaves it unusable.
  const call = (f, ...args) => {
    if (dead) throw Error('trapped before', { cause: dead })
    try {
      return f(...args)
    } catch (error) {
      throw dead = error
    }
  }
  const block = (size, align, k, owned) => {
    if (size > 2147483647) fail(3, 'alloc')
    if (k.strict && !owned) fail(8, 'lent data that nothing keeps')
    const ptr = call(alloc, size, align) >>> 0
    if (!ptr) fail(7, 'alloc')
    if (ptr % align) fail(2, 'alloc')
    view()
    if (ptr + size > bytes.length) fail(4, 'alloc')
    k.push(ptr, size, align, owned)
    return ptr
  }
  /** Frees what is only lent, or all. */
  const settle = (k, all) => {
    for (let i = 0; i < k.length && !dead; i += 4) if (k[i] > 0 && (all || !k[i + 3])) call(release, k[i], k[i + 1], k[i + 2])
  }
  const attempt = (k, body) => {
    try {
      return body()
    } catch (error) {
      settle(k, 1)
      throw error
    }
  }
  const keep = (owner, k) => {
    for (let i = 0; i < k.length; i += 4) {
      if (k[i][TYPE]) forget(k[i])
      else if (!k[i + 3]) (owner[KEEP] ??= []).push(...k.slice(i, i + 4))
    }
  }

  // Views and owners.

  const at = view => view[ROOT][PTR] ? view[PTR] : fail(8, 'a view that was freed')
  /** The address of a list's first element; its length goes to `second`. That of a buffer may have changed. */
  const first = list => {
    const ptr = at(list)
    second = list[LEN]
    if (second >= 0) return ptr
    const start = u32(ptr)
    const cap = u32(ptr + 8)
    second = u32(ptr + 4)
    if (cap) check(start, cap, list[ELEM])
    if (second > cap) fail(3, 'a buffer')
    return start
  }
  const adopt = (type, view) => {
    view[TYPE] = type
    view[INDEX] = live.push(view) - 1
    return view
  }
  const forget = owner => {
    const last = live.pop()
    if (last !== owner) live[last[INDEX] = owner[INDEX]] = last
    owner[PTR] = 0
  }
  /** The size of the block that an owned value is, if it can be freed. */
  const freeing = ({ drop, name, elem, n, text }, ptr, len) => {
    if (drop) return 1
    if (!elem.size || elem.owns) fail(8, `${name} has no drop`)
    return (n > 1 ? len : text ? strlen(ptr) + 1 : 1) * elem.size
  }
  const release_ = ({ drop, elem }, ptr, len, size) => drop ? call(drop, ptr, len) : call(release, ptr, size, elem.align)
  const free = owner => {
    if (!owner[TYPE]) fail(8, 'a view that owns nothing')
    if (!owner[PTR]) return
    const type = owner[TYPE]
    const ptr = owner[PTR]
    const len = owner[LEN]
    const size = dead || type.drop || freeing(type, ptr, len)
    forget(owner)
    if (!dead) release_(type, ptr, len, size)
    if (owner[KEEP]) settle(owner[KEEP])
  }
  /** Writes over a value in a view, and frees that if it was owned. */
  const assign = (view, type, ptr, value) => {
    if (!view[WRITE]) fail(8, 'a view to read only')
    if (type.plain) return type.put(ptr, value)
    if (type.owns && !type.n) fail(8, `${type.name} is assigned by its parts`)
    const root = view[ROOT]
    const k = []
    k.strict = !root[TYPE]
    const old = type.owns && u32(ptr)
    const len = old && u32(ptr + 4)
    const size = old && freeing(type, old, len)
    attempt(type.n ? k : [], () => type.put(ptr, value, k))
    keep(root, k)
    if (old) release_(type, old, len, size)
  }

  class View {
    constructor(ptr, root, write) {
      this[PTR] = ptr
      this[ROOT] = root ?? this
      this[WRITE] = write
      this[TYPE] = this[INDEX] = this[KEEP] = undefined
    }
    free() {
      free(this)
    }
    [dispose]() {
      free(this)
    }
  }
  class List extends View {
    constructor(ptr, root, write, elem, len) {
      super(ptr, root, write)
      this[ELEM] = elem
      this[LEN] = len
    }
    get length() {
      first(this)
      return second
    }
    get view() {
      const { array } = this[ELEM]
      const ptr = first(this)
      return array && (second ? new array(view().buffer, ptr, second) : new array())
    }
    at(index) {
      const elem = this[ELEM]
      const ptr = first(this)
      if (index < 0) index += second
      return index >>> 0 === index && index < second ? elem.get(ptr + index * elem.size, this[ROOT], this[WRITE]) : undefined
    }
    set(index, value) {
      const elem = this[ELEM]
      const ptr = first(this)
      if (index >>> 0 !== index || index >= second) fail(4, index)
      assign(this, elem, ptr + index * elem.size, value)
    }
    copy() {
      return this.view?.slice() ?? [...this]
    }
    *[Symbol.iterator]() {
      for (let i = 0; i < this.length; i++) yield this.at(i)
    }
  }

  // Codecs.

  const add = (name, codec) => {
    codec.name = name
    types.set(name, codec)
    return codec
  }
  const scalar = (name, array, get, put) => {
    const size = array.BYTES_PER_ELEMENT
    const bits = 32 - 8 * size
    const float = name[0] === 'f'
    const signed = name[0] === 'i'
    const js = bits < 0 && !float ? 'bigint' : 'number'
    const lift = float ? x => x
      : bits < 0 ? x => BigInt[signed ? 'asIntN' : 'asUintN'](64, x)
      : signed ? x => x << bits >> bits : x => x << bits >>> bits
    const lower = value => typeof value === js && (float || lift(value) === value) ? value : fail(8, name)
    add(name, { size, align: size, n: 1, plain: 1, array, js, get, put: (ptr, value) => put(ptr, lower(value)), lift, lower })
  }
  /** A type whose values are those of another, translated both ways. */
  const derive = (name, base, lift, lower) => add(name, {
    ...base,
    array: undefined,
    get: ptr => lift(base.get(ptr)),
    put: (ptr, value) => base.put(ptr, lower(value)),
    lift: x => lift(base.lift(x)),
    lower: value => base.lower(lower(value)),
  })
  /** A type that is an address, or an address and a length. */
  const pointer = (name, n, more, lift, lower) => add(name, {
    size: 4 * n,
    align: 4,
    n,
    ...more,
    lift,
    lower,
    get: (ptr, root, write, take) => lift(u32(ptr), n > 1 && u32(ptr + 4), root, write, take),
    put(ptr, value, k) {
      put32(ptr, lower(value, k))
      if (n > 1) put32(ptr + 4, second)
    },
  })
  scalar('i8', Int8Array, a => view().getInt8(a), (a, v) => view().setInt8(a, v))
  scalar('u8', Uint8Array, a => view().getUint8(a), (a, v) => view().setUint8(a, v))
  scalar('i16', Int16Array, a => view().getInt16(a, true), (a, v) => view().setInt16(a, v, true))
  scalar('u16', Uint16Array, a => view().getUint16(a, true), (a, v) => view().setUint16(a, v, true))
  scalar('i32', Int32Array, a => view().getInt32(a, true), (a, v) => view().setInt32(a, v, true))
  scalar('u32', Uint32Array, u32, put32)
  scalar('i64', BigInt64Array, a => view().getBigInt64(a, true), (a, v) => view().setBigInt64(a, v, true))
  scalar('u64', BigUint64Array, a => view().getBigUint64(a, true), (a, v) => view().setBigUint64(a, v, true))
  scalar('f32', Float32Array, a => view().getFloat32(a, true), (a, v) => view().setFloat32(a, v, true))
  scalar('f64', Float64Array, a => view().getFloat64(a, true), (a, v) => view().setFloat64(a, v, true))
  types.set('usize', types.get('u32')).set('isize', types.get('i32'))
  const u8 = types.get('u8')
  derive('bool', u8, x => !!x, v => typeof v === 'boolean' ? +v : fail(8, 'bool')).lift = x => !!x
  derive('char', types.get('u32'), x => x < 0xd800 || x > 0xdfff && x < 0x110000 ? String.fromCodePoint(x) : fail(8, 'char'), v => {
    const x = typeof v === 'string' ? v.codePointAt() : NaN
    return (x < 0xd800 || x > 0xdfff) && String.fromCodePoint(x) === v ? x : fail(8, 'char')
  })

  const strlen = ptr => {
    check(ptr, 1, u8)
    const end = bytes.indexOf(0, ptr)
    if (end < 0) fail(4, 'cstr')
    return end - ptr
  }
  /** The bytes of a text, if it is no short ASCII: for that TextEncoder takes longer than all else. */
  const encode = text => {
    for (let i = 0; i < text.length; i++) {
      if (text.charCodeAt(i) > 127 || i > 31) return encoder.encode(text.isWellFormed?.() === false ? fail(5, 'text') : text)
    }
  }
  const text = (maybe, mark, n) => {
    const name = mark + (n > 1 ? 'str' : 'cstr')
    const codec = pointer(maybe + name, n, { elem: u8, text: 1, owns: mark }, (ptr, len, root, write, take) => {
      if (!ptr && maybe) return null
      ptr >>>= 0
      if (n < 2) len = strlen(ptr)
      else if (len >>>= 0) check(ptr, len, u8)
      view()
      const copy = bytes.slice(ptr, ptr + len)
      if (take && mark) release_(codec, ptr, len, freeing(codec, ptr, len))
      return utf8(copy, name)
    }, (value, k) => {
      if (value == null && maybe) return 0
      if (typeof value !== 'string') fail(8, name)
      const codes = encode(value)
      const len = codes?.length ?? value.length
      if (n < 2 && value.includes('\0')) fail(6, name)
      const ptr = len + 2 - n ? block(len + 2 - n, 1, k, mark) : 1
      view()
      if (codes) bytes.set(codes, ptr)
      else for (let i = 0; i < len; i++) bytes[ptr + i] = value.charCodeAt(i)
      if (n < 2) bytes[ptr + len] = 0
      second = len
      return ptr
    })
  }
  for (const mark of ['', '^']) {
    text('', mark, 2)
    text('', mark, 1)
    text('?', mark, 1)
  }

  const fill = (elem, ptr, values, k) => {
    const { array, size } = elem
    if (array && (values instanceof array || elem === u8 && values instanceof Uint8ClampedArray)) new array(view().buffer, ptr, values.length).set(values)
    else for (let i = 0; i < values.length; i++) elem.put(ptr + i * size, values[i], k)
  }
  const items = (values, what) => ArrayBuffer.isView(values) || Array.isArray(values) ? values : values?.[Symbol.iterator] ? [...values] : fail(8, what)
  /** Gives (`^`) or lends elements, and copies back what the guest may write to (`~`). */
  const lend = (elem, values, k, mark, what) => {
    const { array, size, align, n, owns } = elem
    const { length } = values
    const { strict } = k
    if (mark !== '^' && owns || mark === '~' && !n) fail(8, `${what} takes what lies in memory`)
    const ptr = length ? block(length * size, align, k, mark === '^') : align
    k.strict ||= mark === '^'
    fill(elem, ptr, values, k)
    k.strict = strict
    if (mark === '~') k.push(() => {
      if (array && ArrayBuffer.isView(values)) values.set(new array(view().buffer, ptr, length))
      else for (let i = 0; i < length; i++) values[i] = elem.get(ptr + i * size, guest)
    }, 0, 0, 1)
    second = length
    return ptr
  }
  /** `[len]elem`, or `[+]elem` if `len` is -1. */
  const list = (elem, len) => ({
    size: len < 0 ? 12 : len * elem.size,
    align: len < 0 ? 4 : elem.align,
    elem,
    len,
    get owns() {
      return len < 0 || elem.owns
    },
    is: view => view[ELEM] === elem && (len < 0 ? view[LEN] < 0 : view[LEN] >= 0 && view.length === len),
    get: (ptr, root, write) => new List(ptr, root, write, elem, len),
    put(ptr, values, k) {
      values = items(values, 'a list')
      if (len < 0) {
        put32(ptr, lend(elem, values, k, '^'))
        put32(ptr + 4, second)
        put32(ptr + 8, second)
      } else if (values.length === len) fill(elem, ptr, values, k)
      else fail(8, `not ${len} elements`)
    },
  })

  const type = (name, depth = 0) => types.get(name) ?? operator(name, depth)
  const operator = (name, depth) => {
    const [, maybe, mark, op, count, rest] = /^(\??)([~^]?)(\*|\[(\+|[1-9]\d*|)\])(.+)$/.exec(name) ?? bad('R7, type')
    if (depth > 16 || op !== '*' && maybe || count && mark) bad('R7, type')
    const elem = type(rest, depth + 1)
    const wide = op !== '*'
    if (wide && !elem.size) bad('R7, opaque')
    if (count) {
      const made = add(name, list(elem, count === '+' ? -1 : +count))
      return made.size < 2 ** 31 ? made : bad('R8, size')
    }
    // What is no struct, list or opaque is seen as a list of one.
    const target = wide || !elem.n ? elem : type('[1]' + rest, depth)
    const made = pointer(name, wide ? 2 : 1, { elem: target, owns: mark === '^' }, (ptr, len, root, write, take) => {
      if (!ptr && maybe) return null
      ptr >>>= 0
      len = wide ? len >>> 0 : 1
      if (len) check(ptr, len, target)
      else ptr = elem.align
      if (mark !== '^') {
        root = root[TYPE] ? guest : root
        write = mark
      } else if (take) {
        root = undefined
        write = 1
      }
      const seen = wide ? new List(ptr, root, write, elem, len) : target.get(ptr, root, write)
      return root ? seen : adopt(made, seen)
    }, (value, k) => {
      if (value == null && maybe) return 0
      if (value instanceof View) {
        const ptr = wide ? first(value) : at(value)
        if (mark === '^') {
          if (value[TYPE]?.elem !== target || value[TYPE].n !== made.n || k.includes(value) || value[KEEP]) fail(8, name)
          k.push(value, 0, 0, 1)
        } else if (!(wide ? value[ELEM] === elem : target.is(value)) || mark && !value[WRITE]) fail(8, name)
        return ptr
      }
      if (!wide && !(target.len > 0)) fail(8, name)
      value = items(value, name)
      return wide || value.length === target.len ? lend(target.len ? target.elem : elem, value, k, mark, name) : fail(8, name)
    })
    return made
  }

  /** A struct, union, tagged or opaque type, and the class of its views. */
  const aggregate = (name, size, align, put) => {
    let owned
    const made = add(name, {
      size,
      align,
      fields: [],
      is: view => view instanceof Class,
      get: (ptr, root, write) => new Class(PTR, ptr, root, write),
      put(ptr, value, k) {
        if (Object(value) !== value) fail(8, name)
        if (value instanceof Class && !made.owns) {
          const from = at(value)
          view()
          bytes.copyWithin(ptr, from, from + size)
        } else put(ptr, value, k)
      },
    })
    class Class extends View {
      constructor(value, ptr, root, write) {
        const k = value !== PTR && []
        super(k ? block(size || fail(8, name), align, k, 1) : ptr, root, k || write)
        if (k) {
          attempt(k, () => made.put(this[PTR], value, k))
          keep(adopt(owned ??= type('^*' + name), this), k)
        }
      }
      assign(value) {
        assign(this, made, at(this), value)
      }
    }
    Object.defineProperty(Class, 'name', { value: name })
    m[name] = made.view = Class
    return made
  }

  // Records. `forms` has a pattern for what follows the kind: # is a number, V a value, N a name, T a type, P a signature, I an integer type.

  const int = '[iu](8|16|32|64)'
  const parts = { '#': '(0|[1-9]\\d*)', V: '-?#', N: '[A-Za-z_]\\w*', T: '[^ >]\\S*', P: '( N:>?T)*( -> T)?', I: int }
  const form = text => text.replace(/[#VNTPI]/g, letter => form(parts[letter]))
  const forms = {
    abi: '1 wasm32', role: 'N N', struct: 'N # #( N:#:T)+', union: 'N # #( N:#:T)+', tagged: 'N # # I( N=V(:#:T)?)+', enum: 'N (I|status)( N=V)+',
    sig: 'NP', opaque: 'N', const: 'N ((I|bool|char|[iu]size) V|f(32|64) 0x[\\da-f]+|str [^\\0-\\x1f\\x7f]*)', fn: 'NP', drop: 'N \\^T', import: '[!-~]+ NP',
  }

  const patterns = {}
  const once = key => known.has(key) ? bad('R3') : known.add(key)
  const declare = name => types.has(name) || name === 'status' ? bad('R5') : once(name)
  const integer = (text, { js, lift }) => {
    const value = text.length > 20 ? bad('R8') : js === 'bigint' ? BigInt(text) : +text
    return lift(value) === value ? value : bad('R8')
  }
  /** Calls `each` with the parts of each member: name, value of a case, offset, mark, type. */
  const members = (words, each) => {
    const seen = new Set()
    for (const word of words) {
      const [, name, ...rest] = /^(\w+)(?:=([-\d]+))?(?::(\d+)(?=:))?(?::(>?)(.+))?$/.exec(word)
      if (seen.has(name)) bad('R4')
      seen.add(name)
      each(name, ...rest)
    }
  }
  const signature = words => {
    const params = []
    let result
    let count = 0
    if (words.at(-2) === '->') {
      const name = words.at(-1)
      words = words.slice(0, -2)
      result = statuses.get(name) ?? type(name)
      if (!result.names && result.n !== 1) bad('R7')
    }
    members(words, (name, value, offset, out, of) => {
      const { n, size } = type(of)
      if (offset || !(out ? size : n)) bad('R7')
      if (out && !n) type('^*' + of)
      count += out ? 1 : n
      params.push([type(of), out])
    })
    return { params, result, count }
  }

  /** The function of JavaScript that calls `f`. */
  const bind = (name, f, { params, result, count }) => {
    if (typeof f !== 'function' || f.length !== count) bad(`R9, ${name}`)
    if (!result?.names && params.every(([type, out]) => type.plain && !out)) return (...values) => {
      if (values.length !== count) fail(8, `${name}: ${count} arguments wanted`)
      for (let i = 0; i < count; i++) values[i] = params[i][0].lower(values[i])
      const value = call(f, ...values)
      return result?.lift(value, 0, guest, 0, 1)
    }
    const ins = params.filter(param => !param[1])
    return (...values) => {
      const k = []
      const args = []
      const outs = []
      let i = 0
      if (values.length !== ins.length) fail(8, `${name}: ${ins.length} arguments wanted`)
      // A typed array on the guest's memory is lent as it is. First of all, since growth would detach it.
      ins.forEach(([{ n, owns, elem }], i) => {
        const value = values[i]
        if (n > 1 && !owns && elem.array && value instanceof elem.array && value.buffer === view().buffer) {
          values[i] = new List(value.byteOffset, guest, 1, elem, value.length)
        }
      })
      attempt(k, () => {
        for (const [type, out] of params) {
          if (out) {
            outs.push(type, k.length)
            args.push(block(type.size, type.align, k))
          } else {
            args.push(type.lower(values[i++], k))
            if (type.n > 1) args.push(second)
          }
        }
      })
      for (let i = 0; i < k.length; i += 4) if (k[i][TYPE]) forget(k[i])
      const value = call(f, ...args)
      try {
        if (result?.names && value) fail(value, name, result.names[value])
        const results = result?.lift ? [result.lift(value, 0, guest, 0, 1)] : []
        for (let i = 0; i < outs.length; i += 2) {
          const type = outs[i]
          const j = outs[i + 1]
          if (!type.n) k[j + 3] = 1
          results.push(type.n ? type.get(k[j], guest, 0, 1) : adopt(types.get('^*' + type.name), type.get(k[j], undefined, 1)))
        }
        for (let i = 0; i < k.length; i += 4) k[i].call?.()
        return results.length > 1 ? results : results[0]
      } finally {
        settle(k)
      }
    }
  }

  /** The function for the guest that calls `f`. */
  const shim = (name, f, { params, result }) => (...args) => {
    const root = { [PTR]: 1 }
    const outs = []
    const values = []
    const k = []
    let i = 0
    k.strict = 1
    try {
      for (const [type, out] of params) {
        if (out) {
          check(args[i] >>> 0, 1, type)
          outs.push(type, args[i++] >>> 0)
        } else {
          values.push(type.lift(args[i], args[i + 1], root, 0, 1))
          i += type.n
        }
      }
      let returned
      try {
        returned = f(...values)
      } catch (error) {
        // A status is the one way to fail that a guest can take.
        if (result?.names && error?.status > 0) return error.status
        throw error
      }
      if (outs.length + 2 * !!result?.lift < 3) returned = [returned]
      return attempt(k, () => {
        i = 0
        const value = result?.lift ? result.lower(returned[i++], k) : 0
        for (let j = 0; j < outs.length; j += 2) outs[j].put(outs[j + 1], returned[i++], k)
        keep(root, k)
        return value
      })
    } catch (error) {
      throw dead ??= error
    } finally {
      root[PTR] = 0
    }
  }

  // Each kind of record takes the words of its line, and returns what is left to do when all lines have been read.

  const property = ({ view: { prototype } }, name, get, set) => Object.defineProperty(prototype, name, {
    get() {
      return get(this)
    },
    set: set && function (value) {
      set(this, value)
    },
  })
  /** How deep a type contains others by value. */
  const nest = (type, depth) => {
    if (depth > 32) bad('R8')
    if (type.len > 0) return nest(type.elem, depth)
    let deep = 0
    if (!type.deep) for (const field of type.fields ?? []) {
      deep = Math.max(deep, nest(field.type, depth + 1) + 1)
      type.owns ||= field.type.owns
    }
    return (type.deep ||= deep) > 32 ? bad('R8') : type.deep
  }
  kinds.struct = kinds.union = kinds.tagged = ([kind, name, size, align, ...words]) => {
    const tag = kind > 't' && kind < 'u' && types.get(words.shift())
    const union = kind > 'u'
    const cases = new Map()
    const find = key => cases.get(key) ?? fail(8, name)
    const active = view => find(tag.get(at(view)))
    declare(name)
    const made = aggregate(name, +size, +align, tag ? (ptr, value, k) => {
      const { number, offset, type } = find(`${value.tag}`)
      tag.put(ptr, number)
      type?.put(ptr + offset, value.value, k)
    } : (ptr, value, k) => {
      for (const { name, offset, type } of made.fields) {
        if (!union || value[name] !== undefined) type.put(ptr + offset, value[name], k)
      }
    })
    size = made.size
    align = made.align
    if (![1, 2, 4, 8].includes(align) || !size || size % align || size > 2147483647 || tag.size > align) bad('R8')
    return () => {
      let end = tag ? tag.size : 0
      members(words, (name, value, offset, out, of) => {
        const payload = of && type(of)
        const field = { name, offset: offset = +offset, type: payload, number: value = tag && integer(value, tag) }
        if (tag) {
          if (cases.has(value)) bad('R8')
          cases.set(name, field).set(value, field)
        } else property(made, name, view => payload.get(at(view) + offset, view[ROOT], view[WRITE]), (view, value) => assign(view, payload, at(view) + offset, value))
        if (!of) return
        made.fields.push(field)
        if (!payload.size || union && offset || offset < end || offset % payload.align || payload.align > align || offset + payload.size > size) bad('R8')
        if (!tag && !union) end = offset + payload.size
      })
      if (tag) {
        property(made, 'tag', view => active(view).name)
        property(made, 'value', view => {
          const { offset, type } = active(view)
          return type?.get(at(view) + offset, view[ROOT], view[WRITE])
        })
      }
      return () => {
        nest(made, 0)
        if (union && made.owns) bad('R8')
      }
    }
  }
  kinds.abi = () => {
    known.add('abi ')
  }
  kinds.role = ([, role, name]) => {
    once(`role ${role}`)
    roles.set(role, name)
  }
  kinds.enum = ([, name, of, ...words]) => {
    const names = { __proto__: null }
    const base = types.get(of) ?? types.get('i32')
    declare(name)
    members(words, (name, value) => {
      value = integer(value, base)
      if (value in names) bad('R8')
      names[name] = value
      names[value] = name
    })
    m[name] = Object.freeze(names)
    if (of === 'status') return void statuses.set(name, { names })
    const listed = value => typeof value === base.js && value in names ? value : fail(8, name)
    derive(name, base, listed, listed)
  }
  kinds.sig = ([, name, ...words]) => {
    let sig
    declare(name)
    for (const maybe of ['', '?']) {
      pointer(maybe + name, 1, {}, index => {
        index >>>= 0
        if (!index && maybe) return null
        const f = index < table?.length && table.get(index)
        return Object.assign(bind(name, f, sig), { [PTR]: index, [TYPE]: sig })
      }, f => f == null && maybe ? 0 : f?.[TYPE] === sig ? f[PTR] : fail(8, name))
    }
    return () => {
      sig = signature(words)
    }
  }
  kinds.opaque = ([, name]) => {
    declare(name)
    aggregate(name, 0, 1)
  }
  kinds.const = ([, name, of, ...words]) => {
    const { array, lift } = types.get(of)
    let value = words.join(' ')
    once(name)
    if (of === 'str') value = value.replace(/\\(.?)/g, (_, letter) => letter === 'n' ? '\n' : letter === '\\' ? letter : bad('R7'))
    else if (of[0] === 'f') {
      const bits = BigInt(value)
      value = bits >> BigInt(of.slice(1)) ? bad('R8') : new array(BigUint64Array.of(bits).buffer)[0]
    } else value = of === 'bool' ? value < 2 && value > -1 ? value > 0 : bad('R8') : of === 'char' ? lift(integer(value, types.get('u32'))) : integer(value, types.get(of))
    m[name] = value
  }
  kinds.fn = ([, name, ...words]) => {
    once(name)
    return () => {
      const sig = signature(words)
      return () => () => {
        m[name] = bind(name, raw[name], sig)
      }
    }
  }
  kinds.drop = ([, name, of]) => {
    once(`drop ${of}`)
    const next = kinds.fn([, name, `value:${of}`])
    return () => () => () => {
      next()()()
      type(of).drop = type(of[1] === '*' ? '?' + of : of).drop = raw[name]
    }
  }
  kinds.import = ([, from, name, ...words]) => {
    const key = `${from} ${name}`
    once(`import ${key}`)
    return () => {
      shims.set(key, signature(words))
    }
  }

  source = await source
  const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(await read(source))
  sidecar = await read(sidecar)
  const section = new Blob(sidecar === undefined ? WebAssembly.Module.customSections(module, line) : [sidecar])
  if (section.size > 4194304) fail(3, line)
  for (line of new Set(utf8(await section.arrayBuffer(), line).split('\n'))) {
    const words = line.replace('!', line[0] === '!' ? '' : '!').split(' ')
    const kind = words[0]
    if (line.length > 65535) bad('65,535 bytes')
    if (kind in kinds) {
      if (!(patterns[kind] ??= RegExp(`^!?${kind} ${form(forms[kind])}$`)).test(line)) bad('R7')
      todo.push([line, () => kinds[kind](words)])
    } else if (line[0] === '!') bad('R6')
  }
  const next = () => {
    todo = todo.filter(entry => {
      line = entry[0]
      return entry[1] = entry[1]()
    })
  }
  next()
  line = ''
  if (!known.has('abi ')) bad('no abi record')
  next()
  next()

  const linked = { __proto__: null }
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    const f = own(own(imports, from), name)
    const sig = shims.get(line = `${from} ${name}`)
    if (sig && typeof f !== 'function') bad('no import')
    const group = linked[from] ??= { __proto__: null }
    group[name] = sig ? shim(name, f, sig) : f
  }
  raw = (await WebAssembly.instantiate(module, linked)).exports
  memory = raw.memory
  table = raw.__indirect_function_table
  const role = (name, count) => {
    const f = raw[roles.get(name) ?? name]
    return typeof f === 'function' && f.length === count ? f : bad(`R9, ${name}`)
  }
  alloc = role('alloc', 2)
  release = role('free', 3)
  next()
  line = ''
  view()
  if (raw._initialize) call(raw._initialize)

  host.raw = raw
  host.live = () => [...live]
  host.array = (elem, values) => {
    const k = []
    const list = type('^[]' + elem)
    const ptr = attempt(k, () => list.lower(typeof values === 'number' ? new list.elem.array(values) : values, k))
    const len = second
    keep(guest, k)
    return list.lift(ptr, len, guest, 0, 1)
  }
  Object.freeze(host)
  // An object with a function `then` would be taken for a promise.
  let name = 'then'
  while (name in m) name += '_'
  if ('then' in m) {
    m[name] = m.then
    delete m.then
  }
  return Object.freeze(m)
}
