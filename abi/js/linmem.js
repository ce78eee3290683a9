// SPDX-License-Identifier: MIT OR Apache-2.0
// Typed access to a WebAssembly module that describes itself: `const m = await load(source, imports)`. See README.md.
//
// 1. `load` reads the module's records (SPEC.md, "Records") and refuses what R1 to R9 of SPEC refuse.
// 2. Each type becomes one codec, made once and found by the type's text: `get` and `put` at an address, `lift` and `lower`
//    in a call, its size and align. `n` is the number of wasm values that it travels as; 0 if it does not.
// 3. Structs become classes whose accessors are closures over a codec and an offset; functions and imports become
//    closures over the codecs of their parameters. Nothing is compiled from text, and no name from a record is used as a
//    key of an object that has a prototype.
//
// A view is an address $p and a root $r. It lives as long as its root: an owner is its own root, what lies in an owner has
// that as its root, and what a host function was lent has the call. What the guest keeps has `guest`. Memory never
// shrinks, so an address is checked once, when a view of it is made. $w: it may be written to; $e: codec of a list's
// elements; $n: their number, -1 for a buffer; $t: the type of an owner; $i: its place in `live`; $k: frees what it was lent.
// No name in a record has a `$`.
//
// An operation `k` has two chains: `undo` is all that it allocated and the owners it took, for if it fails; `lent` is what to
// free after the call, or with the owner that points at it. `back` copies lent elements back. Without `lent` nothing may be lent.

const codes = 'Ok Null Misaligned TooLong OutOfBounds NotUtf8 InteriorNul OutOfMemory Invalid'.split(' ')
const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose')
const encoder = new TextEncoder()
const { isView } = ArrayBuffer
const section = 'linmem.abi'
/** The most bytes of a block. */
const most = 2147483647

const fail = (what, status = 8, code = codes[status] ?? 'Unknown') => {
  throw Object.assign(Error(`${`${what}`.slice(0, 99)}: ${code}`), { code, status })
}

/** Refuses a value that is none of a type. */
const refuse = (type, value) => fail(`no ${type}: ${Object(value) === value ? typeof value : String(value)}`)
/** Says where in a value an error of ours lies. */
const within = (place, error) => {
  if (error?.status) error.message = `${String(place).slice(0, 99)}, ${error.message}`
  throw error
}

/** The bytes behind what a user may name. */
const read = async source => {
  source = await source
  if (source instanceof URL) source = await fetch(source)
  if (source?.ok === false) throw Error(`${source.url}: ${source.status}`)
  return source?.arrayBuffer ? source.arrayBuffer() : source
}

export const load = async (source, imports, { sidecar } = {}) => {
  const types = new Map([['status', { names: codes }]])
  const seen = new Set()
  const roles = new Map()
  const shims = new Map()
  const host = { __proto__: null }
  const m = Object.create(host)
  const live = []
  const guest = { $p: 1 }
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let dead, second, raw, memory, table, alloc, dealloc
  // All memory in bytes and in words. Growth detaches the buffer of an array; it has no elements then.
  let bytes = new Uint8Array()
  let words = new Uint32Array()
  const heap8 = () => bytes.length ? bytes : bytes = new Uint8Array(memory.buffer)
  const heap32 = () => words.length ? words : words = new Uint32Array(memory.buffer)
  const word = ptr => heap32()[ptr >>> 2]
  const store = (ptr, value) => heap32()[ptr >>> 2] = value

  const utf8 = (bytes, what, more) => {
    try {
      return decoder.decode(bytes, more)
    } catch {
      fail(what, 5)
    }
  }

  // Calls and blocks.

  const check = (ptr, len, { size, align, name }) => {
    const status = !ptr ? 1 : ptr % align ? 2 : len * size > most ? 3 : ptr + len * size > heap8().length && 4
    if (status) fail(name, status)
  }
  /** Makes the instance unusable. A checked module has left in words what it found. */
  const die = error => {
    try {
      const report = word(raw.linmem_checks.value)
      const text = word(report)
      const found = utf8(heap8().slice(text, text + Math.min(word(report + 4), 999)))
      if (found) error = Error(found, { cause: error })
    } catch {}
    throw dead ??= error
  }
  // What leaves the guest by an exception leaves it unusable. To spread arguments takes longer than all else, and a place that
  // calls one function only is faster.
  const alive = () => {
    if (dead) throw Error('trapped before', { cause: dead })
  }
  const call = (f, a, b, c, d, args) => {
    alive()
    try {
      return args ? f(...args) : f(a, b, c, d)
    } catch (error) {
      die(error)
    }
  }
  const give = (ptr, size, align) => {
    alive()
    try {
      dealloc(ptr, size, align)
    } catch (error) {
      die(error)
    }
  }
  const block = (size, align, k, owned) => {
    owned || k.lent !== undefined || fail('nothing keeps what is lent')
    if (size > most) fail('alloc', 3)
    alive()
    let ptr
    try {
      ptr = alloc(size, align) >>> 0
    } catch (error) {
      die(error)
    }
    if (!ptr) fail('alloc', 7)
    if (ptr % align || ptr + size > heap8().length) fail('alloc', ptr % align ? 2 : 4)
    k.undo = { ptr, size, align, owner: 0, next: k.undo }
    if (!owned) k.lent = { ptr, size, align, owner: 0, next: k.lent }
    return ptr
  }
  /** Frees blocks, and gives back owners. */
  const undo = chain => {
    for (; chain && !dead; chain = chain.next) {
      const { ptr, size, align, owner } = chain
      if (owner) {
        owner.$p = ptr
        adopt(owner.$t, owner)
      } else if (ptr) give(ptr, size, align)
    }
  }
  const attempt = (k, body) => {
    try {
      return body()
    } catch (error) {
      undo(k.undo)
      throw error
    }
  }

  // Views and owners.

  const at = view => view.$r.$p ? view.$p : fail('freed')
  /** The address of a list's first element; its length goes to `second`. That of a buffer may have changed. */
  const first = list => {
    const ptr = at(list)
    second = list.$n
    if (second >= 0) return ptr
    const start = word(ptr)
    const cap = word(ptr + 8)
    second = word(ptr + 4)
    if (cap) check(start, cap, list.$e)
    if (second > cap) fail('a buffer', 3)
    return start
  }
  const adopt = (type, view, k) => {
    view.$t = type
    view.$i = live.push(view) - 1
    if (k) view.$k = k.lent
    return view
  }
  const forget = owner => {
    const last = live.pop()
    if (last !== owner) live[last.$i = owner.$i] = last
    owner.$p = 0
  }
  /** Frees an owned value, or tells whether that can be done, if there is no address. */
  const release = (type, ptr, len, owner) => {
    const { drop, elem, n, text } = type
    type.free ||= drop || elem.size && !elem.owns || fail(`${type.name} has no drop`)
    if (owner) forget(owner)
    if (!ptr) return
    if (drop) call(drop, ptr, len)
    else give(ptr, (n > 1 ? len : text ? strlen(ptr) + 1 : 1) * elem.size, elem.align)
  }
  /** Writes over a value in a view, and frees that if it was owned. */
  const assign = (view, type, ptr, value) => {
    if (!view.$w) fail('read only')
    if (type.plain) return type.put(ptr, value)
    if (type.owns && !type.n) fail(type.name)
    const root = view.$r
    const k = { undo: 0, lent: root.$t && (root.$k ?? 0), back: 0 }
    const old = type.owns && word(ptr)
    const len = old && word(ptr + 4)
    if (old) release(type)
    // A write that is refused changes nothing.
    const before = type.n ? undefined : heap8().slice(ptr, ptr + type.size)
    try {
      attempt(k, () => type.put(ptr, value, k))
    } catch (error) {
      if (before) heap8().set(before, ptr)
      throw error
    }
    if (k.lent) root.$k = k.lent
    if (old) release(type, old, len)
  }

  class View {
    constructor(ptr, root, write, elem, len) {
      this.$p = ptr
      this.$r = root ?? this
      this.$w = write
      this.$e = elem
      this.$n = len
      this.$t = this.$i = this.$k = undefined
    }
    free() {
      const { $t, $p, $n, $k } = this
      if (!$t) fail('owns nothing')
      if (!$p) return
      if (dead) forget(this)
      else release($t, $p, $n, this)
      undo($k)
    }
  }
  View.prototype[dispose] = View.prototype.free
  class List extends View {
    get length() {
      first(this)
      return second
    }
    get view() {
      const ptr = first(this)
      return this.$e.span?.(ptr, second)
    }
    at(index) {
      const { get, size } = this.$e
      const ptr = first(this)
      if (index < 0) index += second
      return index >>> 0 === index && index < second ? get(ptr + index * size, this.$r, this.$w) : undefined
    }
    set(index, value) {
      const ptr = first(this)
      if (index >>> 0 !== index || index >= second) fail(index, 4)
      assign(this, this.$e, ptr + index * this.$e.size, value)
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
  // Numbers are written and read through an array on all memory. Growth detaches its buffer; it has no elements then.
  'i8 u8 i16 u16 i32 u32 i64 u64 f32 f64'.split(' ').forEach((name, i) => {
    const array = [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array, Float32Array, Float64Array][i]
    const size = array.BYTES_PER_ELEMENT
    const shift = 31 - Math.clz32(size)
    const cell = new array(1)
    let all = new array()
    let last = all
    const heap = () => all.length ? all : all = new array(memory.buffer)
    // The array on some elements, kept for who asks again.
    const span = (ptr, len) => len && last.byteOffset === ptr && last.length === len ? last : last = len ? new array(heap().buffer, ptr, len) : new array()
    const bits = 32 - 8 * size
    const big = bits < 0 && i < 8
    const lift = x => {
      if (i > 7) return x
      if (!big) return i % 2 ? x << bits >>> bits : x << bits >> bits
      cell[0] = x
      return cell[0]
    }
    const lower = value => (big ? typeof value === 'bigint' : typeof value === 'number') && (i > 8 || (i > 7 ? isFinite(Math.fround(value)) === isFinite(value) : lift(value) === value)) ? value : refuse(name, value)
    types.set(array, add(name, {
      size, align: size, n: 1, plain: 1, array, heap, span, lift, lower,
      get: ptr => heap()[ptr >>> shift],
      put: (ptr, value) => heap()[ptr >>> shift] = lower(value),
    }))
  })
  const [u8, u32] = [types.get('u8'), types.get('u32')]
  types.set(Uint8ClampedArray, u8).set('usize', u32).set('isize', types.get('i32'))
  /** A type whose values are those of another, translated both ways; or an address and a length. */
  const derive = (name, base, lift, lower, n = 1, more) => add(name, {
    size: n * base.size,
    align: base.align,
    n,
    plain: more === 1,
    elem: more?.elem,
    owns: more?.owns,
    text: more?.text,
    drop: undefined,
    free: undefined,
    name,
    lift,
    lower,
    get: (ptr, root, write, take) => lift(base.get(ptr), n > 1 && word(ptr + 4), root, write, take),
    put(ptr, value, k) {
      base.put(ptr, lower(value, k))
      if (n > 1) store(ptr + 4, second)
    },
  })
  derive('bool', u8, x => !!x, value => typeof value === 'boolean' ? +value : refuse('bool', value), 1, 1)
  derive('char', u32, x => (x >>>= 0) < 0xd800 || x > 0xdfff && x < 0x110000 ? String.fromCodePoint(x) : fail('char'), value => {
    const x = typeof value === 'string' ? value.codePointAt() : NaN
    return (x < 0xd800 || x > 0xdfff) && String.fromCodePoint(x) === value ? x : refuse('char', value)
  }, 1, 1)

  const strlen = ptr => {
    check(ptr, 1, u8)
    const end = heap8().indexOf(0, ptr)
    return end < 0 ? fail('cstr', 4) : end - ptr
  }
  for (const name of ['str', '^str', 'cstr', '^cstr', '?cstr', '?^cstr']) {
    const maybe = name[0] === '?'
    const owns = name.includes('^')
    const zero = +name.includes('c')
    const codec = derive(name, u32, (ptr, len, root, write, take) => {
      if (!ptr && maybe) return null
      ptr >>>= 0
      len >>>= 0
      if (zero) len = strlen(ptr)
      else if (len) check(ptr, len, u8)
      // TextDecoder and TextEncoder take longer for short ASCII than all else.
      const bytes = heap8()
      let text = ''
      let i = 0
      while (len < 33 && i < len && bytes[ptr + i] < 128) text += String.fromCharCode(bytes[ptr + i++])
      const rest = i < len && bytes.slice(ptr, ptr + len)
      if (take && owns) release(codec, ptr, len)
      return rest ? utf8(rest, name) : text
    }, (value, k) => {
      if (value == null && maybe) return 0
      if (typeof value !== 'string') refuse(name, value)
      let len = value.length
      let i = 0
      // From 1 to 127.
      while (len < 33 && i < len && (value.charCodeAt(i) - 1 >>> 0) < 127) i++
      const codes = i < len && encoder.encode(zero && value.includes('\0') ? fail(name, 6) : /\p{Cs}/u.test(value) ? fail(name, 5) : value)
      if (codes) len = codes.length
      const ptr = len + zero ? block(len + zero, 1, k, owns) : 1
      const bytes = heap8()
      if (codes) bytes.set(codes, ptr)
      else while (i--) bytes[ptr + i] = value.charCodeAt(i)
      if (zero) bytes[ptr + len] = 0
      second = len
      return ptr
    }, 2 - zero, { elem: u8, text: 1, owns })
  }

  const fill = (elem, ptr, values, k) => {
    const { array, span, size, put } = elem
    if (array && (values instanceof array || types.get(values.constructor) === elem)) span(ptr, values.length).set(values)
    else {
      let i = 0
      try {
        for (; i < values.length; i++) put(ptr + i * size, values[i], k)
      } catch (error) {
        within(i, error)
      }
    }
  }
  const items = (values, what) => isView(values) || Array.isArray(values) ? values : values?.[Symbol.iterator] ? [...values] : refuse(what, values)
  /** Gives (`^`) or lends elements, and copies back what the guest may write to (`~`). */
  const lend = (elem, values, k, mark, what) => {
    const { span, size, align, n, owns, get } = elem
    const { length } = values
    const gives = mark === '^'
    if (!gives && owns || mark === '~' && !n) fail(what)
    const ptr = length ? block(length * size, align, k, gives) : align
    const { lent } = k
    if (gives) k.lent = undefined
    fill(elem, ptr, values, k)
    if (gives) k.lent = lent
    if (mark === '~') (k.back ||= []).push(() => {
      if (span && isView(values)) values.set(span(ptr, length))
      else for (let i = 0; i < length; i++) values[i] = get(ptr + i * size, guest)
    })
    second = length
    return ptr
  }

  /** The type of a text. First looked up, then read from its left end. */
  const type = (name, depth = 0) => types.get(name) ?? operator(name, depth)
  const operator = (name, depth) => {
    const { 1: maybe, 2: mark, 3: op, 4: count, 5: rest } = /^(\??)([~^]?)(\*|\[(\+|[1-9]\d*|)\])(.+)$/.exec(name) ?? fail('R7')
    const wide = op !== '*'
    if (depth > 16 || wide && maybe || count && mark) fail('R7')
    const elem = type(rest, depth + 1)
    if (elem.names || wide && !elem.size) fail('R7')
    if (count) {
      const len = count === '+' ? -1 : +count
      const buffer = len < 0
      const size = buffer ? 12 : len * elem.size
      return add(name, {
        size: size > most ? fail('R8') : size,
        align: buffer ? 4 : elem.align,
        elem,
        len,
        get owns() {
          return buffer || elem.owns
        },
        nest: depth => buffer ? 0 : elem.nest?.(depth),
        get: (ptr, root, write) => new List(ptr, root, write, elem, len),
        put(ptr, values, k) {
          values = items(values, name)
          if (buffer) {
            store(ptr, lend(elem, values, k, '^'))
            store(ptr + 4, second)
            store(ptr + 8, second)
          } else if (values.length === len) fill(elem, ptr, values, k)
          else refuse(name, `${values.length} elements`)
        },
      })
    }
    // What is no struct, list or opaque is seen as a list of one.
    const target = wide || !elem.n ? elem : type('[1]' + rest, depth)
    const part = !wide && target.elem || elem
    const owns = mark === '^'
    const made = derive(name, u32, (ptr, len, root, write, take) => {
      if (!ptr && maybe) return null
      ptr >>>= 0
      len = wide ? len >>> 0 : 1
      if (len) check(ptr, len, target)
      else ptr = elem.align
      if (!owns) {
        root = root.$t ? guest : root
        write = mark
      } else if (take) {
        root = undefined
        write = 1
      }
      const view = wide ? new List(ptr, root, write, elem, len) : target.get(ptr, root, write)
      return root ? view : adopt(made, view)
    }, (value, k) => {
      if (value == null && maybe) return 0
      if (value instanceof (wide ? List : View)) {
        const ptr = wide ? first(value) : at(value)
        if (owns) {
          const { $t } = value
          if ($t?.elem !== target || $t.n !== made.n || value.$k) fail(name)
          forget(value)
          k.undo = { ptr, size: 0, align: 0, owner: value, next: k.undo }
        } else if (value.$e !== part || !wide && value.$n !== target.len || mark && !value.$w) fail(name)
        return ptr
      }
      if (!wide && !(target.len > 0)) refuse(name, value)
      value = items(value, name)
      return wide || value.length === target.len ? lend(part, value, k, mark, name) : refuse(name, `${value.length} elements`)
    }, 1 + wide, { elem: target, owns })
    return made
  }

  /** A struct, union, tagged or opaque type. The class of its views is made when there is one. */
  const aggregate = (name, size, align, put, properties) => {
    let owned, Class
    const view = (ptr, root, write) => new (Class ??= build())(ptr, root, write, made)
    const build = () => {
      class Class extends View {
        assign(value) {
          assign(this, made, at(this), value)
        }
      }
      const prototype = Made.prototype = Class.prototype
      prototype.constructor = Made
      properties?.((name, get, set) => Object.defineProperty(prototype, name, { get, set }))
      return Class
    }
    const made = add(name, {
      size,
      align,
      owns: undefined,
      get: view,
      put(ptr, value, k) {
        if (!value || typeof value !== 'object') refuse(name, value)
        if (value.$e === made && !made.owns) {
          const from = at(value)
          heap8().copyWithin(ptr, from, from + size)
        } else put(ptr, value, k)
      },
    })
    /** What users know as the class. */
    const Made = m[name] = { [name]: function (value) {
      const k = { undo: 0, lent: 0, back: 0 }
      const ptr = block(size || fail(name), align, k, 1)
      try {
        made.put(ptr, value, k)
      } catch (error) {
        undo(k.undo)
        throw error
      }
      return adopt(owned ??= type('^*' + name), view(ptr, undefined, 1), k)
    } }[name]
    return made
  }

  // Records.

  const once = key => seen.has(key) ? fail('R3') : seen.add(key)
  const declare = name => types.has(name) ? fail('R5') : once(name)
  const integer = (text, { size, lower }) => lower(text.length > 20 ? fail('R8') : size > 4 ? BigInt(text) : +text)
  /** Calls `each` with the parts of each member: name, type, offset, value of a case, whether it is an out pointer. */
  const members = (words, each) => {
    const names = new Set()
    for (const word of words) {
      const parts = word.split(':')
      const of = parts[2] ?? parts[1]
      const out = of?.[0] === '>'
      let name = parts[0]
      let value
      if (name.includes('=')) [name, value] = name.split('=')
      if (names.has(name)) fail('R4')
      names.add(name)
      each(name, of && type(out ? of.slice(1) : of), +parts[1], value, out)
    }
  }
  const signature = words => {
    const params = []
    let result
    let count = 0
    let ins = 0
    if (words.at(-2) === '->') {
      result = type(words.at(-1))
      words = words.slice(0, -2)
      if (!result.names && result.n !== 1) fail('R7')
    }
    members(words, (name, of, offset, value, out) => {
      const { n } = of
      if (!(out ? of.size : n)) fail('R7')
      if (out && !n) type('^*' + of.name)
      count += out ? 1 : n
      if (!out) ins++
      params.push({ name, type: of, out })
    })
    return { params, result, count, ins }
  }

  /** The function of JavaScript that calls `f`. */
  const bind = (name, f, { params, result, count, ins }) => {
    if (typeof f !== 'function' || f.length !== count) fail(`R9, ${name}`)
    const names = result?.names
    const lift = names ? undefined : result?.lift
    const takes = values => values.length === ins || fail(`${name} takes ${ins}, not ${values.length}`)
    if (!count && lift) return (...values) => takes(values) && lift(call(f), 0, guest, 0, 1)
    return (...values) => {
      const k = { undo: 0, lent: 0, back: 0 }
      const args = [0, 0, 0, 0]
      let i = 0
      let j = 0
      let outs
      let param
      takes(values)
      // A typed array on the guest's memory is lent as it is. First of all, since growth would detach it.
      for (; i < ins; i++) {
        const value = values[i]
        if (typeof value === 'object' && isView(value) && value.buffer === memory.buffer) {
          values[i] = new List(value.byteOffset, guest, 1, value instanceof Uint8Array ? u8 : types.get(value.constructor), value.length)
        }
      }
      try {
        i = 0
        for (param of params) {
          const { type, out } = param
          if (out) {
            args[j++] = block(type.size, type.align, k)
            ;(outs ??= []).push({ type, block: k.lent })
          } else {
            args[j++] = type.lower(values[i++], k)
            if (type.n > 1) args[j++] = second
          }
        }
      } catch (error) {
        undo(k.undo)
        within(`${name}, ${param.name}`, error)
      }
      const value = call(f, args[0], args[1], args[2], args[3], j > 4 && args)
      try {
        if (names && value) fail(name, value, names[value])
        const first = lift?.(value, 0, guest, 0, 1)
        if (k.back) k.back.forEach(copy => copy())
        if (!outs) return first
        const results = outs.map(({ type, block }) => {
          const { ptr } = block
          if (type.n) return type.get(ptr, guest, 0, 1)
          block.ptr = 0
          return adopt(types.get('^*' + type.name), type.get(ptr, undefined, 1))
        })
        if (lift) results.unshift(first)
        return results.length > 1 ? results : results[0]
      } finally {
        undo(k.lent)
      }
    }
  }

  /** The function for the guest that calls `f`. */
  const shim = (f, { params, result }) => {
    const [{ type: one } = {}, { type: two } = {}] = params
    // A number or two, which most host functions take, need no lists.
    if ((!result || result.plain) && params.length < 3 && params.every(({ type, out }) => type.plain && !out)) return (a, b) => {
      try {
        const value = two ? f(one.lift(a), two.lift(b)) : one ? f(one.lift(a)) : f()
        alive()
        return result?.lower(value)
      } catch (error) {
        die(error)
      }
    }
    return (...args) => shimmed(f, params, result, args)
  }
  const shimmed = (f, params, result, args) => {
    const root = { $p: 1 }
    let i = 0
    try {
      const outs = []
      const values = []
      const k = { undo: 0, lent: undefined, back: 0 }
      for (const { type, out } of params) {
        if (out) {
          const ptr = args[i++] >>> 0
          check(ptr, 1, type)
          outs.push({ type, ptr })
        } else {
          values.push(type.lift(args[i], args[i + 1], root, 0, 1))
          i += type.n
        }
      }
      let returned
      let came
      try {
        returned = f(...values)
        // It may have made nothing of a trap in a call of its own.
        alive()
        came = 1
        const { lower } = result ?? {}
        if (outs.length + !!lower < 2) returned = [returned]
        return attempt(k, () => {
          i = 0
          const value = lower ? lower(returned[i++], k) : 0
          for (const { type, ptr } of outs) type.put(ptr, returned[i++], k)
          return value
        })
      } catch (error) {
        // A status is the one way to fail that a guest can take; so is that it has no room for what came.
        const { status } = error ?? {}
        if (!dead && result?.names && (came ? status === 7 : status > 0 && (status | 0) === status)) return status
        throw error
      }
    } catch (error) {
      die(error)
    } finally {
      root.$p = 0
    }
  }

  // Each kind of record: the form of its line, in which # is a number, V a value, N a name, T a type, P a signature, I an integer
  // type, L a layout; and what to do with its words, which returns what is left to do when all records are known, and that in turn
  // what is left when there is an instance.

  const parts = { '#': '(0|[1-9]\\d*)', V: '-?#', N: '[A-Za-z_]\\w*', T: '[^ >:][^ :]*', P: '( N:>?T)*( -> T)?', I: '[iu](8|16|32|64)', L: ' [1-9]\\d{0,9} [1248]' }
  const form = text => text.replace(/[#VNTPIL]/g, letter => form(parts[letter]))
  const layout = (kind, name, size, align, ...words) => {
    const union = kind > 'u'
    const base = kind[0] === 't' && types.get(words.shift())
    const fields = []
    const cases = { __proto__: null }
    let deep = 0
    declare(name)
    size = +size
    align = +align
    if (size % align || size > most || base.size > align) fail('R8')
    const made = aggregate(name, size, align, (ptr, value, k) => {
      if (base) {
        const { number, offset, type } = cases[`${value.tag}`] ?? refuse(name, value.tag)
        if (!type && value.value !== undefined) refuse(name, value.value)
        base.put(ptr, number)
        type?.put(ptr + offset, value.value, k)
        return
      }
      let field
      let count = 0
      let keys = 0
      try {
        for (field of fields) {
          const item = value[field.name]
          if (union && item === undefined) continue
          field.type.put(ptr + field.offset, item, k)
          count++
        }
      } catch (error) {
        within(field.name, error)
      }
      if (union && count !== 1) refuse(name, `${count} fields`)
      // Looked at one by one only if there may be one more than the fields.
      for (const _ in value) keys++
      if (keys !== count) for (const key in value) if (key[0] !== '$' && !fields.some(field => field.name === key)) refuse(name, key)
    }, define => {
      if (base) {
        const active = view => cases[base.get(at(view))] ?? fail(name)
        define('tag', function () {
          return active(this).name
        })
        define('value', function () {
          const { offset, type } = active(this)
          return type?.get(at(this) + offset, this.$r, this.$w)
        })
      } else for (const { name, offset, type } of fields) define(name, function () {
        return type.get(at(this) + offset, this.$r, this.$w)
      }, function (value) {
        try {
          assign(this, type, at(this) + offset, value)
        } catch (error) {
          within(name, error)
        }
      })
    })
    made.nest = depth => {
      if (deep) return deep
      if (depth > 32) fail('R8')
      let end = base ? base.size : 0
      let inner = 0
      members(words, (name, type, offset, number) => {
        const field = { name, offset, type, number }
        if (base) {
          field.number = number = integer(number, base)
          if (number in cases) fail('R8')
          cases[name] = cases[number] = field
        }
        if (!type) return
        fields.push(field)
        if (!type.size || union && offset || offset < end || offset % type.align || type.align > align || offset + type.size > size || base && offset !== fields[0].offset) fail('R8')
        if (!base && !union) end = offset + type.size
        inner = Math.max(inner, type.nest?.(depth + 1) ?? 0)
        made.owns ||= type.owns
      })
      if (inner > 31 || union && made.owns) fail('R8')
      return deep = inner + 1
    }
    return () => void made.nest(0)
  }
  const fn = (kind, name, ...words) => {
    once(name)
    return () => {
      const sig = signature(words)
      return () => {
        m[name] = bind(name, raw[name], sig)
      }
    }
  }
  const kinds = {
    __proto__: null,
    abi: ['1 wasm32', kind => void once(`${kind} `)],
    role: ['N N', (kind, role, name) => {
      once(`role ${role}`)
      roles.set(role, name)
    }],
    struct: ['NL( N:#:T)+', layout],
    union: ['NL( N:#:T)+', layout],
    tagged: ['NL I( N=V(:#:T)?)+', layout],
    enum: ['N (I|status)( N=V)+', (kind, name, of, ...words) => {
      const names = { __proto__: null }
      const base = types.get(of === 'status' ? 'i32' : of)
      declare(name)
      members(words, (name, type, offset, value) => {
        value = integer(value, base)
        if (value in names || of === 'status' && value < 16) fail('R8')
        names[name] = value
        names[value] = name
      })
      m[name] = Object.freeze(names)
      const listed = value => base.lower(value) in names ? value : refuse(name, value)
      if (of === 'status') types.set(name, { names })
      else derive(name, base, x => listed(base.lift(x)), listed, 1, 1)
    }],
    sig: ['NP', (kind, name, ...words) => {
      const sig = {}
      declare(name)
      for (const maybe of ['', '?']) {
        derive(maybe + name, u32, index => !(index >>>= 0) && maybe ? null : Object.assign(bind(name, index < table?.length && table.get(index), sig), { $p: index, $t: sig }),
          f => f == null && maybe ? 0 : f?.$t === sig ? f.$p : refuse(name, f))
      }
      return () => void Object.assign(sig, signature(words))
    }],
    opaque: ['N', (kind, name) => {
      declare(name)
      aggregate(name, 0, 1)
    }],
    const: ['N ((I|bool|char|[iu]size) V|f(32|64) 0x[\\da-f]+|str [^\\0-\\x1f\\x7f]*)', (kind, name, of, ...words) => {
      const { array, size, lift } = types.get(of)
      const text = words.join(' ')
      once(name)
      if (of === 'str') m[name] = text.replace(/\\(.?)/g, (_, letter) => letter === 'n' ? '\n' : letter === '\\' ? letter : fail('R7'))
      else if (of < 'g' && of > 'f') m[name] = BigInt(text) >> BigInt(8 * size) ? fail('R8') : new array(BigUint64Array.of(BigInt(text)).buffer)[0]
      else if (array) m[name] = integer(text, types.get(of))
      else m[name] = of > 'c' || text < 2 && text > -1 ? lift(integer(text, u32)) : fail('R8')
    }],
    fn: ['NP', fn],
    drop: ['N \\^T', (kind, name, of) => {
      once(`drop ${of}`)
      const next = fn(kind, name, `value:${of}`)
      return () => {
        const last = next()
        return () => {
          last()
          type(of).drop = type(of[1] === '*' ? '?' + of : of).drop = raw[name]
        }
      }
    }],
    import: ['[!-~]+ NP', (kind, from, name, ...words) => {
      const sig = {}
      once(`import ${from} ${name}`)
      shims.set(`${from} ${name}`, sig)
      return () => void Object.assign(sig, signature(words))
    }],
  }

  source = await source
  const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(await read(source))
  sidecar = await read(sidecar)
  const sections = sidecar === undefined ? WebAssembly.Module.customSections(module, section) : [sidecar]
  const text = sections.map(part => typeof part === 'string' ? part : utf8(part, section, { stream: true })).join('') + utf8(undefined, section)
  if (text.length > 4194304) fail(section, 3)
  let line
  try {
    const todo = []
    // One step of all records after the other.
    const next = () => {
      for (const record of todo) {
        line = record.line
        record.next = record.next?.()
      }
      line = ''
    }
    for (line of new Set(text.split('\n'))) {
      const words = (line[0] === '!' ? line.slice(1) : line).split(' ')
      const record = kinds[words[0]]
      if (line.length > 65535) fail('line', 3)
      if (record) {
        if (!(record[2] ??= RegExp(`^!?${words[0]} ${form(record[0])}$`)).test(line)) fail('R7')
        todo.push({ line, next: record[1](...words) })
      } else if (line[0] === '!' && words[0] !== 'doc') fail('R6')
    }
    line = ''
    if (!seen.has('abi ')) fail(text ? 'no abi record' : 'no section linmem.abi, nor a sidecar')
    next()

    const linked = { __proto__: null }
    const own = (object, key) => object && Object.hasOwn(object, key) ? object[key] : undefined
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      const f = own(own(imports, from), name)
      const sig = shims.get(line = `${from} ${name}`)
      if (sig && typeof f !== 'function') fail('no import')
      const group = linked[from] ??= { __proto__: null }
      group[name] = sig ? shim(f, sig) : f
    }
    line = ''
    raw = (await WebAssembly.instantiate(module, linked)).exports
    memory = raw.memory
    if (!(memory instanceof WebAssembly.Memory)) fail('R9, memory')
    table = raw.__indirect_function_table
    const role = (name, count) => {
      const f = raw[roles.get(name) ?? name]
      return typeof f === 'function' && f.length === count ? f : fail(`R9, ${name}`)
    }
    alloc = role('alloc', 2)
    dealloc = role('free', 3)
    next()
  } catch (error) {
    // Errors name the record.
    if (line) error.message += `: ${line.slice(0, 99)}`
    throw error
  }
  heap8()
  if (raw._initialize) call(raw._initialize)

  host.raw = raw
  host.live = () => [...live]
  host.addr = at
  if (typeof raw.linmem_check === 'function') host.check = () => call(raw.linmem_check)
  host.array = (elem, values) => {
    const k = { undo: 0, lent: 0, back: 0 }
    const list = type('^[]' + elem)
    return attempt(k, () => list.lift(list.lower(typeof values === 'number' ? new list.elem.array(values) : values, k), second, guest, 0, 1))
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
