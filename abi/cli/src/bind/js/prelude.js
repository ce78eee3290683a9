// Pieces of the module that `bind --lang js` writes: one for each constant, class or function, parted by empty lines. A piece is
// written if its name is used; between `/*?word*/` and `/*;*/` (with `/*:*/` for what is to be there if not) if the module
// needs what the word says:
//
// - `ops`: that several things are allocated or taken for one operation, and given back if it fails. Such an operation `k` has
//   two chains: `undo` is all that it made so far, `lent` what to free after the call, or with the owner that points at it.
//   Without `lent` nothing may be lent. `back` copies lent elements back.
//   Also that views may lie in others, and end with those: a view is an address $p and a root $r. What lies in an owner has that
//   as its root, what a host function was lent the call, what the guest keeps `guest`.
// - `mixed`: that elements of lists are more than numbers. `buffers`: that lists change their length in the guest.
// - `runs`: that addresses of nothing are received. `deep`: that types are owned which nothing frees.
// - `sigs`: that functions are called by their index.
// - `floats`, and `typed`: numbers that are no integers of at most 32 bits. `status`: functions that tell what failed by a number.
//
// $w: it may be written to; $e: the codec of a struct, or of a list's elements; $n: their number, -1 for a buffer; $t: what frees
// an owner; $i: its place in `live`; $k: what it keeps alive. No name in a record has a `$`.
//
// Memory never shrinks, so an address is checked once, when a view of it is made.

const codes = 'Ok Null Misaligned TooLong OutOfBounds NotUtf8 InteriorNul OutOfMemory Invalid'.split(' ')

const fail = (what, status = 8, code = codes[status]/*?status*/ ?? 'Unknown'/*;*/) => {
  throw Object.assign(Error(`${`${what}`.slice(0, 99)}: ${code}`), { code, status })
}

const live = []

const guest = { $p: 1 }

// `busy` is 1 within a call of the guest. A trap, or an exception out of a host function, leaves it so: then no call may follow.
const alive = () => {
  if (busy) throw Error('trapped before')
}

const found = (name, count/*?sigs*/, callee = raw[name]/*;*/) => {/*?sigs*//*:*/
  const callee = raw[name]/*;*/
  if (callee?.length !== count) fail(`export ${name}`)
  return (ARGS) => {
    alive()
    busy++
    a = callee(ARGS)
    busy--
    return a
  }
}

const hosted = (group, name, shim) => {
  const f = group[name]
  if (typeof f === 'function') group[name] = shim(f)
}

// Numbers are read and written through an array on all memory. Growth detaches its buffer; it has no elements then.
const number = (array, s, shift/*?floats*/, float/*;*/) => {
  const cell = new array(1)
  let all = new array()
  let last = all
  const heap = () => all.length ? all : all = new array(memory.buffer)
  const lower = value => {
    /*?typed*/if (typeof value !== typeof cell[0]) fail(`${array.name}, ${String(value)}`)
    /*;*/cell[0] = value
    return /*?floats*/(float ? isFinite(value) === isFinite(cell[0]) : cell[0] === value)/*:*/cell[0] === value/*;*/ ? value : fail(`${array.name}, ${String(value)}`)
  }
  return {
    array, s, /*?ops*/a: s, /*;*/heap, lower,
    get: p => heap()[p >>> shift],
    put: (p, value) => heap()[p >>> shift] = lower(value),
    // The last array is kept for who asks again.
    span: (p, n) => /*?runs*/!n ? new array() : /*;*/last.byteOffset === p && last.length === n ? last : last = new array(heap().buffer, p, n),
    free: (p, n) => $free(p, n * s, s),
  }
}

const plain = (base, lift, lower) => ({ ...base, array: 0, span: 0, lift, lower, get: p => lift(base.get(p)), put: (p, value) => base.put(p, lower(value)) })

const listed = (base, names) => {
  const lift = value => value in names ? value : fail('enum')
  return plain(base, lift, value => lift(base.lower(value)))
}

const bool = plain(u8, x => !!x, value => typeof value === 'boolean' ? +value : fail('bool'))

const char = plain(u32, x => x < 0xd800 || x > 0xdfff && x < 0x110000 ? String.fromCodePoint(x) : fail('char'), value => {
  const x = typeof value === 'string' ? value.codePointAt() : NaN
  return (x < 0xd800 || x > 0xdfff) && String.fromCodePoint(x) === value ? x : fail('char')
})

const check = (p, size, align) => {
  p >>>= 0
  const status = !p ? 1 : p % align ? 2 : size > 2147483647 ? 3 : p + size > u8.heap().length && 4
  return status ? fail('address', status) : p
}

/*?ops*/const block = (size, align, k, owned) => {
  if (k) owned || k.lent !== undefined || fail('nothing keeps what is lent')
  if (size > 2147483647) fail('alloc', 3)
  const p = check($alloc(size, align) || fail('alloc', 7), size, align)
  if (k) {
    k.undo = { p, size, align, owner: 0, next: k.undo }
    if (!owned) k.lent = { p, size, align, owner: 0, next: k.lent }
  }
  return p
}
/*:*/const block = (size, align) => size > 2147483647 ? fail('alloc', 3) : check($alloc(size, align) || fail('alloc', 7), size, align)
/*;*/
const op = (body, lent) => {
  const k = { undo: 0, lent, back: 0 }
  try {
    return body(k)
  } finally {
    undo(k.undo)
  }
}

const undo = chain => {
  for (; chain && !busy; chain = chain.next) {
    const { p, size, align, owner } = chain
    if (owner) {
      owner.$p = p
      owner.$i = live.push(owner) - 1
    } else if (p) $free(p, size, align)
  }
}

const back = k => k.back && k.back.forEach(copy => copy())

const deep = name => Object.assign(() => fail(`${name} has no drop`), { deep: 1 })

const at = view => /*?ops*/view.$r.$p ? view.$p : fail('freed')/*:*/view.$p || fail('freed')/*;*/

const to = view => view.$w ? at(view) : fail('read only')

const forget = owner => {
  const last = live.pop()
  if (last !== owner) live[last.$i = owner.$i] = last
  owner.$p = 0
}

const take = (owner, type) => {
  if (owner?.$t !== type/*?ops*/ || owner.$k/*;*/) fail('owner')
  const p = at(owner)
  forget(owner)
  return p
}

const borrow = (view, type, write) => view instanceof type && (view.$w || !write) ? at(view) : fail('view')

/*?ops*/const make = (view, value) => op(k => {
  const { s, a, put, free } = view.$e
  const p = block(s, a, k, 1)
  put(p, value, k)
  k.undo = 0
  view.$k = k.lent
  view.$t = free
  return p
}, 0)
/*:*/const make = (size, align, put) => {
  const p = block(size, align)
  try {
    put(p)
  } catch (error) {
    if (!busy) $free(p, size, align)
    throw error
  }
  return p
}
/*;*/
class View {
  /*?ops*/constructor(value, p, type, write, root) {
    this.$t = type
    this.$w = p ? write : 1
    this.$r = root ?? this
    this.$k = 0
    this.$p = p || make(this, value)
    if (this.$t) this.$i = live.push(this) - 1
  }
  /*:*/constructor(p, type, write) {
    this.$p = p
    this.$w = write
    this.$t = type
    if (type) this.$i = live.push(this) - 1
  }
  /*;*/free() {
    const { $p, $t, $n/*?ops*/, $k/*;*/ } = this
    if (!$t) fail('owns nothing')
    if (!$p) return
    /*?deep*/if ($t.deep) $t()
    /*;*/forget(this)
    if (!busy) $t($p, $n)
/*?ops*/    undo($k)
/*;*/  }
}
View.prototype[Symbol.dispose ?? Symbol.for('Symbol.dispose')] = View.prototype.free

class List extends View {
  constructor(p, n, elem, type, write/*?ops*/, root/*;*/) {
    super(/*?ops*/0, /*;*/p, type, write/*?ops*/, root/*;*/)
    this.$n = n
    this.$e = elem
  }
  get length() {
    first(this)
    return second
  }
  get view() {
    const p = first(this)
    return this.$e.span/*?mixed*/?./*;*/(p, second)
  }
  at(index) {
    const p = first(this)
    if (index < 0) index += second
    return index >>> 0 === index && index < second ? this.$e.get(p + index * this.$e.s/*?mixed*/, this.$r, this.$w/*;*/) : undefined
  }
  set(index, value) {
    const p = first(this)
    if (index >>> 0 !== index || index >= second) fail(index, 4)
    /*?mixed*/assign(this, this.$e, p + index * this.$e.s, value)
    /*:*/to(this)
    this.$e.put(p + index * this.$e.s, value)
/*;*/  }
  copy() {
    return this.view/*?mixed*/?.slice() ?? [...this]/*:*/.slice()/*;*/
  }
  *[Symbol.iterator]() {
    for (let i = 0; i < this.length; i++) yield this.at(i)
  }
}

/*?buffers*/const first = list => {
  const p = at(list)
  second = list.$n
  if (second >= 0) return p
  const start = u32.get(p)
  const cap = u32.get(p + 8)
  second = u32.get(p + 4)
  if (cap) check(start, cap * list.$e.s, list.$e.a)
  if (second > cap) fail('buffer', 3)
  return start
}
/*:*/const first = list => {
  second = list.$n
  return at(list)
}
/*;*/
// A value is an object that has no other names than these. Those of a view begin with `$`.
const only = (value, ...names) => {
  if (Object(value) !== value) fail('struct')
  for (const name in value) if (name[0] !== '$' && !names.includes(name)) fail(`no field ${name}`)
}

// A write that is refused changes nothing.
const whole = (p, size, put) => {
  const before = u8.heap().slice(p, p + size)
  try {
    put()
  } catch (error) {
    u8.heap().set(before, p)
    throw error
  }
}

// Writes over what a view holds, and frees that if it was owned.
const assign = (view, type, p, value) => {
  to(view)
  if (type.owns && !type.free) fail('owner')
  const root = view.$r
  const old = type.owns && u32.get(p)
  const n = old && u32.get(p + 4)
  /*?deep*/if (old && type.free.deep) type.free()
  /*;*/op(k => {
    if (type.nests) whole(p, type.s, () => type.put(p, value, k))
    else type.put(p, value, k)
    k.undo = 0
    if (k.lent) root.$k = k.lent
  }, root.$t && (root.$k ?? 0))
  if (old) type.free(old, n)
}

const strlen = p => {
  const end = u8.heap().indexOf(0, check(p, 1, 1))
  return end < 0 ? fail('cstr', 4) : end - p
}

// TextDecoder and TextEncoder take longer for short ASCII than all else.
const string = (p, len) => {
  /*?texts*/if (len) check(p, len, 1)
  /*;*/const bytes = u8.heap()
  let read = ''
  let i = 0
  while (len < 33 && i < len && bytes[p + i] < 128) read += String.fromCharCode(bytes[p + i++])
  try {
    return i < len ? new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.slice(p, p + len)) : read
  } catch {
    fail('text', 5)
  }
}

const str = p => string(u32.get(p), u32.get(p + 4))

const cstr = p => string(p, strlen(p))

const option = p => p ? cstr(p) : null

const text = (value, zero/*?ops*/, k, owned/*;*/) => {
  if (typeof value !== 'string') fail('text')
  let len = value.length
  let i = 0
  // From 1 to 127.
  while (len < 33 && i < len && value.charCodeAt(i) - 1 >>> 0 < 127) i++
  const encoded = i < len && new TextEncoder().encode(zero && value.includes('\0') ? fail('text', 6) : /\p{Cs}/u.test(value) ? fail('text', 5) : value)
  if (encoded) len = encoded.length
  const p = block(len + zero, 1/*?ops*/, k, owned/*;*/)
  const bytes = u8.heap()
  if (encoded) bytes.set(encoded, p)
  else while (i--) bytes[p + i] = value.charCodeAt(i)
  if (zero) bytes[p + len] = 0
  second = len
  return p
}

const retext = (p, value, free) => {
  const old = u32.get(p)
  if (old) strlen(old)
  u32.put(p, text(value, 1))
  if (old) free(old)
}

const filled = ({ array, s, span, lower }, values) => {
  const all = values instanceof array ? values : array.from(values?.[Symbol.iterator] ? values : fail('list'), lower)
  const p = block(all.length * s, s)
  second = all.length
  span(p, second).set(all)
  return p
}

// Calls a function with elements that are lent to it, and copies back what it may write to.
const lending = (f, elem, values, write) => {
  const { s, span, get } = elem
  values = held(values, elem)
  if (values instanceof List) return values.$e === elem && (values.$w || !write) ? f(first(values), second) : fail('list')
  const p = filled(elem, values)
  const n = second
  const result = f(p, n)
  if (write && ArrayBuffer.isView(values)) values.set(span(p, n))
  else for (let i = 0; write && i < values.length; i++) values[i] = get(p + i * s)
  $free(p, n * s, s)
  return result
}

// What travels as an address, or as an address and a length.
const travels = (wide, lift, lower, more) => ({
  s: wide ? 8 : 4,
  a: 4,
  wide,
  ...more,
  lift,
  lower,
  get: (p, root, write, take) => lift(u32.get(p), wide && u32.get(p + 4), root, write, take),
  put(p, value, k) {
    u32.put(p, lower(value, k))
    if (wide) u32.put(p + 4, second)
  },
})

const texts = (zero, maybe, free) => travels(!zero, (p, len, root, write, take) => {
  if (!p && maybe) return null
  if (zero) len = strlen(p)
  else if (len) check(p, len, 1)
  try {
    return string(p, len)
  } finally {
    if (take && free) free(p, len)
  }
}, (value, k) => value == null && maybe ? 0 : text(value, zero, k, free), { free, owns: free })

const fill = (elem, p, values, k) => {
  const { array, span, s, put } = elem
  if (array && values instanceof array) span(p, values.length).set(values)
  else for (let i = 0; i < values.length; i++) put(p + i * s, values[i], k)
}

const items = values => ArrayBuffer.isView(values) || Array.isArray(values) ? values : values?.[Symbol.iterator] ? [...values] : fail('list')

// Gives (`^`) or lends elements, and copies back what the guest may write to (`~`).
const lend = (elem, values, k, mark) => {
  const { span, s, a, wide, owns, get } = elem
  const { length } = values
  const gives = mark === '^'
  if (!gives && owns || mark === '~' && elem.nests) fail('elements')
  const p = length ? block(length * s, a, k, gives) : a
  const { lent } = k
  if (gives) k.lent = undefined
  fill(elem, p, values, k)
  if (gives) k.lent = lent
  if (mark === '~') (k.back ||= []).push(() => {
    if (span && ArrayBuffer.isView(values)) values.set(span(p, length))
    else for (let i = 0; i < length; i++) values[i] = get(p + i * s, guest)
  })
  second = length
  return p
}

// A typed array on the guest's memory is lent as it is.
const held = (values, elem) => {
  if (values instanceof Uint8ClampedArray) values = new Uint8Array(values.buffer, values.byteOffset, values.length)
  return values instanceof elem.array && values.buffer === u8.heap().buffer ? new List(values.byteOffset, values.length, elem, 0, 1/*?ops*/, guest/*;*/) : values
}

const arrayOf = (elem, n) => ({
  s: n * elem.s,
  a: elem.a,
  n,
  elem,
  nests: 1,
  owns: elem.owns,
  get: (p, root, write) => new List(p, n, elem, 0, write, root),
  put(p, values, k) {
    values = items(values)
    if (values.length !== n) fail('array')
    fill(elem, p, values, k)
  },
})

const bufferOf = elem => ({
  s: 12,
  a: 4,
  n: -1,
  elem,
  nests: 1,
  owns: 1,
  get: (p, root, write) => new List(p, -1, elem, 0, write, root),
  put(p, values, k) {
    u32.put(p, lend(elem, items(values), k, '^'))
    u32.put(p + 4, second)
    u32.put(p + 8, second)
  },
})

// A view of what is at an address, of an owner if that has a type.
const viewOf = (target, p, type, write, root) => {
  if (type) {
    root = undefined
    write = 1
  }
  return target.elem ? new List(p, target.n, target.elem, type, write, root) : new target.of(0, p, type, write, root)
}

const pointerTo = (target, mark, maybe, free) => travels(0, (p, len, root, write, take) => {
  if (!p && maybe) return null
  const { s, a } = target
  if (s) check(p, s, a)
  else if (!p) fail('address', 1)
  if (!free) {
    root = root.$t ? guest : root
    write = mark
  }
  return viewOf(target, p, take && free, write, root)
}, (value, k) => {
  if (value == null && maybe) return 0
  if (value instanceof View) {
    if (free) return give(value, free, k)
    return value.$e === (target.elem ?? target) && value.$n === target.n && (!mark || value.$w) ? at(value) : fail('view')
  }
  if (!(target.n > 0)) fail('view')
  value = items(value)
  return value.length === target.n ? lend(target.elem, value, k, mark) : fail('array')
}, { free, owns: free })

const sliceOf = (elem, mark, free) => travels(1, (p, len, root, write, take) => {
  if (len) check(p, len * elem.s, elem.a)
  else p = elem.a
  if (!free) {
    root = root.$t ? guest : root
    write = mark
  } else if (take) {
    root = undefined
    write = 1
  }
  return new List(p, len, elem, take && free, write, root)
}, (value, k) => {
  if (!(value instanceof List)) return lend(elem, items(value), k, mark)
  if (free) {
    second = value.$n
    return give(value, free, k)
  }
  return value.$e === elem && (!mark || value.$w) ? first(value) : fail('list')
}, { elem, free, owns: free })

const give = (owner, type, k) => {
  const p = take(owner, type)
  k.undo = { p, size: 0, align: 0, owner, next: k.undo }
  return p
}

const cases = list => {
  const all = { __proto__: null }
  for (const [name, number, type] of list) all[name] = all[number] = { name, number, type }
  return all
}

// A function of `m`, from the export behind it.
const method = (name, count, make, as = name) => {
  m[as] = counted(as, make(found(name, count)))
}

const counted = (name, f) => {
  const { length } = f
  return (...values) => values.length === length ? f(...values) : fail(`${name}, ${length} arguments`)
}

const indexed = (index, type, count, wrap) => {
  if (!index) fail('function', 1)
  const f = index < raw.__indirect_function_table?.length ? raw.__indirect_function_table.get(index) : fail('function', 4)
  return Object.assign(counted('function', wrap(found('function', count, f ?? fail('function', 1)))), { $p: index, $t: type })
}

const sig = (maybe, lift) => {
  const one = index => !index && maybe ? null : lift(index)
  return plain(u32, one, f => f == null && maybe ? 0 : f?.$t === lift ? f.$p : fail('function'))
}

// A status is the one way to fail that a guest can take. Of what came, that there is no room for it is the one that it is told.
const failed = (error, came) => {
  const status = error?.status
  if (!busy && (came ? status === 7 : status > 0 && (status | 0) === status)) return status
  throw error
}
