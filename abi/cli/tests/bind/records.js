// Written by `linmem bind --lang js` from a module's records; not to be edited.

export const load = async (source, imports) => {
  let busy = 0
  let second

  const codes = 'Ok Null Misaligned TooLong OutOfBounds NotUtf8 InteriorNul OutOfMemory Invalid'.split(' ')
  const fail = (what, status = 8, code = codes[status] ?? 'Unknown') => {
    throw Object.assign(Error(`${`${what}`.slice(0, 99)}: ${code}`), { code, status })
  }
  const live = []
  const guest = { $p: 1 }
  // `busy` is 1 within a call of the guest. A trap, or an exception out of a host function, leaves it so: then no call may follow.
  const alive = () => {
    if (busy) throw Error('trapped before')
  }
  const found = (name, count, callee = raw[name]) => {
    if (callee?.length !== count) fail(`export ${name}`)
    return (a, b, c, d, e, f, g, h, i, j, k, l, m) => {
      alive()
      busy++
      a = callee(a, b, c, d, e, f, g, h, i, j, k, l, m)
      busy--
      return a
    }
  }
  const hosted = (group, name, shim) => {
    const f = group[name]
    if (typeof f === 'function') group[name] = shim(f)
  }
  // Numbers are read and written through an array on all memory. Growth detaches its buffer; it has no elements then.
  const number = (array, s, shift, float) => {
    const cell = new array(1)
    let all = new array()
    let last = all
    const heap = () => all.length ? all : all = new array(memory.buffer)
    const lower = value => {
      if (typeof value !== typeof cell[0]) fail(`${array.name}, ${String(value)}`)
      cell[0] = value
      return (float ? isFinite(value) === isFinite(cell[0]) : cell[0] === value) ? value : fail(`${array.name}, ${String(value)}`)
    }
    return {
      array, s, a: s, heap, lower,
      get: p => heap()[p >>> shift],
      put: (p, value) => heap()[p >>> shift] = lower(value),
      // The last array is kept for who asks again.
      span: (p, n) => !n ? new array() : last.byteOffset === p && last.length === n ? last : last = new array(heap().buffer, p, n),
      free: (p, n) => $free(p, n * s, s),
    }
  }
  const i8 = number(Int8Array, 1, 0)
  const u8 = number(Uint8Array, 1, 0)
  const i16 = number(Int16Array, 2, 1)
  const u16 = number(Uint16Array, 2, 1)
  const i32 = number(Int32Array, 4, 2)
  const u32 = number(Uint32Array, 4, 2)
  const i64 = number(BigInt64Array, 8, 3)
  const u64 = number(BigUint64Array, 8, 3)
  const f32 = number(Float32Array, 4, 2, 1)
  const f64 = number(Float64Array, 8, 3, 1)
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
  const block = (size, align, k, owned) => {
    if (k) owned || k.lent !== undefined || fail('nothing keeps what is lent')
    if (size > 2147483647) fail('alloc', 3)
    const p = check($alloc(size, align) || fail('alloc', 7), size, align)
    if (k) {
      k.undo = { p, size, align, owner: 0, next: k.undo }
      if (!owned) k.lent = { p, size, align, owner: 0, next: k.lent }
    }
    return p
  }
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
  const at = view => view.$r.$p ? view.$p : fail('freed')
  const to = view => view.$w ? at(view) : fail('read only')
  const forget = owner => {
    const last = live.pop()
    if (last !== owner) live[last.$i = owner.$i] = last
    owner.$p = 0
  }
  const take = (owner, type) => {
    if (owner?.$t !== type || owner.$k) fail('owner')
    const p = at(owner)
    forget(owner)
    return p
  }
  const borrow = (view, type, write) => view instanceof type && (view.$w || !write) ? at(view) : fail('view')
  const make = (view, value) => op(k => {
    const { s, a, put, free } = view.$e
    const p = block(s, a, k, 1)
    put(p, value, k)
    k.undo = 0
    view.$k = k.lent
    view.$t = free
    return p
  }, 0)
  class View {
    constructor(value, p, type, write, root) {
      this.$t = type
      this.$w = p ? write : 1
      this.$r = root ?? this
      this.$k = 0
      this.$p = p || make(this, value)
      if (this.$t) this.$i = live.push(this) - 1
    }
    free() {
      const { $p, $t, $n, $k } = this
      if (!$t) fail('owns nothing')
      if (!$p) return
      if ($t.deep) $t()
      forget(this)
      if (!busy) $t($p, $n)
      undo($k)
    }
  }
  View.prototype[Symbol.dispose ?? Symbol.for('Symbol.dispose')] = View.prototype.free
  class List extends View {
    constructor(p, n, elem, type, write, root) {
      super(0, p, type, write, root)
      this.$n = n
      this.$e = elem
    }
    get length() {
      first(this)
      return second
    }
    get view() {
      const p = first(this)
      return this.$e.span?.(p, second)
    }
    at(index) {
      const p = first(this)
      if (index < 0) index += second
      return index >>> 0 === index && index < second ? this.$e.get(p + index * this.$e.s, this.$r, this.$w) : undefined
    }
    set(index, value) {
      const p = first(this)
      if (index >>> 0 !== index || index >= second) fail(index, 4)
      assign(this, this.$e, p + index * this.$e.s, value)
        }
    copy() {
      return this.view?.slice() ?? [...this]
    }
    *[Symbol.iterator]() {
      for (let i = 0; i < this.length; i++) yield this.at(i)
    }
  }
  const first = list => {
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
    if (old && type.free.deep) type.free()
    op(k => {
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
    const bytes = u8.heap()
    let read = ''
    let i = 0
    while (len < 33 && i < len && bytes[p + i] < 128) read += String.fromCharCode(bytes[p + i++])
    try {
      return i < len ? new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.slice(p, p + len)) : read
    } catch {
      fail('text', 5)
    }
  }
  const cstr = p => string(p, strlen(p))
  const text = (value, zero, k, owned) => {
    if (typeof value !== 'string') fail('text')
    let len = value.length
    let i = 0
    // From 1 to 127.
    while (len < 33 && i < len && value.charCodeAt(i) - 1 >>> 0 < 127) i++
    const encoded = i < len && new TextEncoder().encode(zero && value.includes('\0') ? fail('text', 6) : /\p{Cs}/u.test(value) ? fail('text', 5) : value)
    if (encoded) len = encoded.length
    const p = block(len + zero, 1, k, owned)
    const bytes = u8.heap()
    if (encoded) bytes.set(encoded, p)
    else while (i--) bytes[p + i] = value.charCodeAt(i)
    if (zero) bytes[p + len] = 0
    second = len
    return p
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
    return values instanceof elem.array && values.buffer === u8.heap().buffer ? new List(values.byteOffset, values.length, elem, 0, 1, guest) : values
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

  source = await source
  if (source instanceof URL) source = await fetch(source)
  if (source.ok === false) fail(`${source.url}: ${source.status}`)
  if (source.arrayBuffer) source = await source.arrayBuffer()

  const host0$ = { __proto__: null, ...imports?.['clock:v1'] }
  hosted(host0$, 'now', f => () => {
    busy--
    try {
      const returned = f()
      alive()
      return f64.lower(returned)
    } finally {
      busy++
    }
  })
  hosted(host0$, 'title', f => (p0$, n0$, p1$, n1$) => {
    const root = { $p: 1 }
    busy--
    try {
      const a0$ = t0$.lift(p0$ >>> 0, n0$ >>> 0, root, 0, 1)
      const a1$ = t1$.lift(p1$ >>> 0, n1$ >>> 0, root, 0, 1)
      const returned = f(a0$, a1$)
      alive()
      return bool.lower(returned)
    } finally {
      busy++
      root.$p = 0
    }
  })

  const host1$ = { __proto__: null, ...imports?.env }
  /** Writes a number down. */
  hosted(host1$, 'log_nr', f => p0$ => {
    busy--
    try {
      f(p0$ >>> 0)
      alive()
    } finally {
      busy++
    }
  })
  hosted(host1$, 'on_point', f => (p0$, p1$) => {
    const root = { $p: 1 }
    busy--
    try {
      const a1$ = t2$.lift(p1$ >>> 0, 0, root, 0, 1)
      f(p0$ >>> 0, a1$)
      alive()
    } finally {
      busy++
      root.$p = 0
    }
  })
  source = await WebAssembly.instantiate(source, { __proto__: null, ...imports, ['clock:v1']: host0$, env: host1$ })

  const raw = (source.instance ?? source).exports
  const { memory = fail('memory') } = raw
  const $alloc = found('abi_alloc', 2)
  const $free = found('abi_free', 3)
  const $drop_db = found('drop_db', 1)
  const $drop_point = found('drop_point', 1)
  const $drop_points = found('drop_points', 1)
  const $drop_texts = found('drop_texts', 2)

  const r0$ = p => $free(p, 64, 8) // ^*Scalars
  const r1$ = p => $free(p, 16, 4) // ^*[4]i32
  const r2$ = p => $free(p, 4, 4) // ^*Bits
  const r3$ = deep('^*Nested') // ^*Nested
  const r4$ = deep('^*Node') // ^*Node
  const r5$ = p => $free(p, strlen(p) + 1, 1) // ^cstr
  const r6$ = deep('^*Runs') // ^*Runs
  const r7$ = p => $free(p, 16, 8) // ^*Shape
  const r8$ = (p, n) => $free(p, n * 8, 4) // ^[]str

  class Bits extends View {
    get int() {
      return u32.get(at(this))
    }
    set int(value) {
      u32.put(to(this), value)
    }
    get float() {
      return f32.get(at(this))
    }
    set float(value) {
      f32.put(to(this), value)
    }
    get bytes() {
      return t16$.get(at(this), this.$r, this.$w)
    }
    set bytes(value) {
      assign(this, t16$, at(this), value)
    }
    assign(value) {
      assign(this, Bits$, at(this), value)
    }
  }
  const Bits$ = {
    s: 4,
    a: 4,
    free: r2$,
    of: Bits,
    nests: 1,
    get: (p, root, write) => new Bits(0, p, 0, write, root),
    put(p, value, k) {
      if (value instanceof Bits) return void u8.heap().copyWithin(p, at(value), at(value) + 4)
      only(value, 'int', 'float', 'bytes')
      if ([value.int, value.float, value.bytes].filter(value => value !== undefined).length !== 1) fail('Bits')
      if (value.int !== undefined) u32.put(p, value.int)
      if (value.float !== undefined) f32.put(p, value.float)
      if (value.bytes !== undefined) t16$.put(p, value.bytes, k)
    },
  }
  Bits.prototype.$e = Bits$

  /** A colour. */
  const Color = Object.freeze({ __proto__: null, Red: 0, Green: 4, Blue: 5, '0': 'Red', '4': 'Green', '5': 'Blue' })
  const Color$ = listed(u8, Color)

  /** Keeps numbers. */
  class Db extends View {
  }
  const Db$ = {
    s: 0,
    a: 1,
    free: $drop_db,
    of: Db,
    nests: 1,
    get: (p, root, write) => new Db(0, p, 0, write, root),
    put(p, value, k) {
      fail('Db')
    },
  }
  Db.prototype.$e = Db$

  const Done$of = index => indexed(index, Done$of, 0, f => () => f())
  const Done$ = sig(0, Done$of)
  const Done$maybe = sig(1, Done$of)

  /** What `average` says. */
  const Fail = Object.freeze({ __proto__: null, Empty: 16, TooMany: 17, '16': 'Empty', '17': 'TooMany' })

  class Nested extends View {
    get flag() {
      return bool.get(at(this))
    }
    set flag(value) {
      bool.put(to(this), value)
    }
    get inner() {
      return Scalars$.get(at(this) + 8, this.$r, this.$w)
    }
    set inner(value) {
      assign(this, Scalars$, at(this) + 8, value)
    }
    get corners() {
      return t17$.get(at(this) + 72, this.$r, this.$w)
    }
    set corners(value) {
      assign(this, t17$, at(this) + 72, value)
    }
    get grid() {
      return t19$.get(at(this) + 96, this.$r, this.$w)
    }
    set grid(value) {
      assign(this, t19$, at(this) + 96, value)
    }
    get type() {
      return Color$.get(at(this) + 120)
    }
    set type(value) {
      Color$.put(to(this) + 120, value)
    }
    assign() {
      fail('Nested')
    }
  }
  const Nested$ = {
    s: 128,
    a: 8,
    free: r3$,
    of: Nested,
    nests: 1,
    owns: 1,
    get: (p, root, write) => new Nested(0, p, 0, write, root),
    put(p, value, k) {
      only(value, 'flag', 'inner', 'corners', 'grid', 'type')
      bool.put(p, value.flag)
      Scalars$.put(p + 8, value.inner, k)
      t17$.put(p + 72, value.corners, k)
      t19$.put(p + 96, value.grid, k)
      Color$.put(p + 120, value.type)
    },
  }
  Nested.prototype.$e = Nested$

  class Node extends View {
    get next() {
      return t20$.get(at(this), this.$r, this.$w)
    }
    set next(value) {
      assign(this, t20$, at(this), value)
    }
    get up() {
      return t21$.get(at(this) + 4, this.$r, this.$w)
    }
    set up(value) {
      assign(this, t21$, at(this) + 4, value)
    }
    get down() {
      return t22$.get(at(this) + 8, this.$r, this.$w)
    }
    set down(value) {
      assign(this, t22$, at(this) + 8, value)
    }
    get value() {
      return t24$.get(at(this) + 12, this.$r, this.$w)
    }
    set value(value) {
      assign(this, t24$, at(this) + 12, value)
    }
    get place() {
      return t25$.get(at(this) + 16, this.$r, this.$w)
    }
    set place(value) {
      assign(this, t25$, at(this) + 16, value)
    }
    get apply() {
      return Op$.get(at(this) + 20)
    }
    set apply(value) {
      Op$.put(to(this) + 20, value)
    }
    get done() {
      return Op$maybe.get(at(this) + 24)
    }
    set done(value) {
      Op$maybe.put(to(this) + 24, value)
    }
    assign() {
      fail('Node')
    }
  }
  const Node$ = {
    s: 28,
    a: 4,
    free: r4$,
    of: Node,
    nests: 1,
    owns: 1,
    get: (p, root, write) => new Node(0, p, 0, write, root),
    put(p, value, k) {
      only(value, 'next', 'up', 'down', 'value', 'place', 'apply', 'done')
      t20$.put(p, value.next, k)
      t21$.put(p + 4, value.up, k)
      t22$.put(p + 8, value.down, k)
      t24$.put(p + 12, value.value, k)
      t25$.put(p + 16, value.place, k)
      Op$.put(p + 20, value.apply)
      Op$maybe.put(p + 24, value.done)
    },
  }
  Node.prototype.$e = Node$

  const Op$of = index => indexed(index, Op$of, 2, f => (x, scale) => f(i32.lower(x), f64.lower(scale)))
  const Op$ = sig(0, Op$of)
  const Op$maybe = sig(1, Op$of)

  /**
   * A point with a name.
   *
   * Its path is C:\points.
   */
  class Point extends View {
    get x() {
      return i32.get(at(this))
    }
    set x(value) {
      i32.put(to(this), value)
    }
    get y() {
      return i32.get(at(this) + 4)
    }
    set y(value) {
      i32.put(to(this) + 4, value)
    }
    /** Owned by the point. */
    get name() {
      return cstr(u32.get(at(this) + 8))
    }
    set name(value) {
      assign(this, t26$, at(this) + 8, value)
    }
    assign() {
      fail('Point')
    }
  }
  const Point$ = {
    s: 12,
    a: 4,
    free: $drop_point,
    of: Point,
    nests: 1,
    owns: 1,
    get: (p, root, write) => new Point(0, p, 0, write, root),
    put(p, value, k) {
      only(value, 'x', 'y', 'name')
      i32.put(p, value.x)
      i32.put(p + 4, value.y)
      u32.put(p + 8, text(value.name, 1, k, 1))
    },
  }
  Point.prototype.$e = Point$

  class Runs extends View {
    get text() {
      return t0$.get(at(this), this.$r, this.$w)
    }
    set text(value) {
      assign(this, t0$, at(this), value)
    }
    get label() {
      return t10$.get(at(this) + 8, this.$r, this.$w)
    }
    set label(value) {
      assign(this, t10$, at(this) + 8, value)
    }
    get numbers() {
      return t3$.get(at(this) + 12, this.$r, this.$w)
    }
    set numbers(value) {
      assign(this, t3$, at(this) + 12, value)
    }
    get buffer() {
      return t11$.get(at(this) + 20, this.$r, this.$w)
    }
    set buffer(value) {
      assign(this, t11$, at(this) + 20, value)
    }
    get own_text() {
      return t8$.get(at(this) + 32, this.$r, this.$w)
    }
    set own_text(value) {
      assign(this, t8$, at(this) + 32, value)
    }
    get own_label() {
      return t27$.get(at(this) + 40, this.$r, this.$w)
    }
    set own_label(value) {
      assign(this, t27$, at(this) + 40, value)
    }
    get own_texts() {
      return t9$.get(at(this) + 44, this.$r, this.$w)
    }
    set own_texts(value) {
      assign(this, t9$, at(this) + 44, value)
    }
    assign() {
      fail('Runs')
    }
  }
  const Runs$ = {
    s: 52,
    a: 4,
    free: r6$,
    of: Runs,
    nests: 1,
    owns: 1,
    get: (p, root, write) => new Runs(0, p, 0, write, root),
    put(p, value, k) {
      only(value, 'text', 'label', 'numbers', 'buffer', 'own_text', 'own_label', 'own_texts')
      t0$.put(p, value.text, k)
      t10$.put(p + 8, value.label, k)
      t3$.put(p + 12, value.numbers, k)
      t11$.put(p + 20, value.buffer, k)
      t8$.put(p + 32, value.own_text, k)
      t27$.put(p + 40, value.own_label, k)
      t9$.put(p + 44, value.own_texts, k)
    },
  }
  Runs.prototype.$e = Runs$

  /** Every scalar. */
  class Scalars extends View {
    get a() {
      return bool.get(at(this))
    }
    set a(value) {
      bool.put(to(this), value)
    }
    get b() {
      return i8.get(at(this) + 1)
    }
    set b(value) {
      i8.put(to(this) + 1, value)
    }
    get c() {
      return u8.get(at(this) + 2)
    }
    set c(value) {
      u8.put(to(this) + 2, value)
    }
    get d() {
      return i16.get(at(this) + 4)
    }
    set d(value) {
      i16.put(to(this) + 4, value)
    }
    get e() {
      return u16.get(at(this) + 6)
    }
    set e(value) {
      u16.put(to(this) + 6, value)
    }
    get f() {
      return i32.get(at(this) + 8)
    }
    set f(value) {
      i32.put(to(this) + 8, value)
    }
    get g() {
      return u32.get(at(this) + 12)
    }
    set g(value) {
      u32.put(to(this) + 12, value)
    }
    get h() {
      return i64.get(at(this) + 16)
    }
    set h(value) {
      i64.put(to(this) + 16, value)
    }
    get i() {
      return u64.get(at(this) + 24)
    }
    set i(value) {
      u64.put(to(this) + 24, value)
    }
    get j() {
      return f32.get(at(this) + 32)
    }
    set j(value) {
      f32.put(to(this) + 32, value)
    }
    get k() {
      return f64.get(at(this) + 40)
    }
    set k(value) {
      f64.put(to(this) + 40, value)
    }
    get l() {
      return char.get(at(this) + 48)
    }
    set l(value) {
      char.put(to(this) + 48, value)
    }
    get m() {
      return u32.get(at(this) + 52)
    }
    set m(value) {
      u32.put(to(this) + 52, value)
    }
    get n() {
      return i32.get(at(this) + 56)
    }
    set n(value) {
      i32.put(to(this) + 56, value)
    }
    assign(value) {
      assign(this, Scalars$, at(this), value)
    }
  }
  const Scalars$ = {
    s: 64,
    a: 8,
    free: r0$,
    of: Scalars,
    nests: 1,
    get: (p, root, write) => new Scalars(0, p, 0, write, root),
    put(p, value, k) {
      only(value, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n')
      bool.put(p, value.a)
      i8.put(p + 1, value.b)
      u8.put(p + 2, value.c)
      i16.put(p + 4, value.d)
      u16.put(p + 6, value.e)
      i32.put(p + 8, value.f)
      u32.put(p + 12, value.g)
      i64.put(p + 16, value.h)
      u64.put(p + 24, value.i)
      f32.put(p + 32, value.j)
      f64.put(p + 40, value.k)
      char.put(p + 48, value.l)
      u32.put(p + 52, value.m)
      i32.put(p + 56, value.n)
    },
  }
  Scalars.prototype.$e = Scalars$

  const Shape$cases = cases([['Circle', 0, () => f64], ['Tinted', 3, () => Color$], ['Scaled', 4, () => Bits$], ['Nothing', 5]])
  const Shape$case = view => Shape$cases[u8.get(at(view))] ?? fail('Shape')

  class Shape extends View {
    get tag() {
      return Shape$case(this).name
    }
    get value() {
      return Shape$case(this).type?.().get(at(this) + 8, this.$r, this.$w)
    }
    assign(value) {
      assign(this, Shape$, at(this), value)
    }
  }
  const Shape$ = {
    s: 16,
    a: 8,
    free: r7$,
    of: Shape,
    nests: 1,
    get: (p, root, write) => new Shape(0, p, 0, write, root),
    put(p, value, k) {
      const { number, type } = Shape$cases[value?.tag] ?? fail('Shape')
      if (!type && value.value !== undefined) fail('Shape')
      u8.put(p, number)
      type?.().put(p + 8, value.value, k)
    },
  }
  Shape.prototype.$e = Shape$

  const Sign = Object.freeze({ __proto__: null, Minus: -1n, Zero: 0n, Plus: 1n, '-1': 'Minus', '0': 'Zero', '1': 'Plus' })
  const Sign$ = listed(i64, Sign)
  const t0$ = texts(0, 0) // str
  const t1$ = sliceOf(u8, '~') // ~[]u8
  const t2$ = pointerTo(Point$, '', 0) // *Point
  const t3$ = sliceOf(i32, '') // []i32
  const t4$ = sliceOf(t0$, '') // []str
  const t5$ = arrayOf(u32, 1) // [1]usize
  const t6$ = pointerTo(t5$, '~', 0) // ~*[1]usize
  const t7$ = sliceOf(u32, '~') // ~[]usize
  const t8$ = texts(0, 0, u8.free) // ^str
  const t9$ = sliceOf(t8$, '^', $drop_texts) // ^[]^str
  const t10$ = texts(1, 1) // ?cstr
  const t11$ = bufferOf(Point$) // [+]Point
  const t12$ = pointerTo(t11$, '', 0) // *[+]Point
  const t13$ = pointerTo(t11$, '^', 1, $drop_points) // ?^*[+]Point
  const t14$ = pointerTo(t11$, '~', 0) // ~*[+]Point
  const t15$ = pointerTo(t11$, '^', 0, $drop_points) // ^*[+]Point
  const t16$ = arrayOf(u8, 4) // [4]u8
  const t17$ = arrayOf(Point$, 2) // [2]Point
  const t18$ = arrayOf(f32, 3) // [3]f32
  const t19$ = arrayOf(t18$, 2) // [2][3]f32
  const t20$ = pointerTo(Node$, '^', 1, r4$) // ?^*Node
  const t21$ = pointerTo(Node$, '', 1) // ?*Node
  const t22$ = pointerTo(Node$, '~', 1) // ?~*Node
  const t23$ = arrayOf(i32, 1) // [1]i32
  const t24$ = pointerTo(t23$, '', 0) // *i32
  const t25$ = pointerTo(Scalars$, '~', 1) // ?~*Scalars
  const t26$ = texts(1, 0, r5$) // ^cstr
  const t27$ = texts(1, 1, r5$) // ?^cstr
  const t28$ = sliceOf(i32, '^', i32.free) // ^[]i32
  const t29$ = sliceOf(t0$, '^', r8$) // ^[]str
  const t30$ = sliceOf(u8, '^', u8.free) // ^[]u8
  const t31$ = sliceOf(u32, '^', u32.free) // ^[]usize
  const lists = {
    __proto__: null,
    '^str': t9$,
    i32: t28$,
    str: t29$,
    u8: t30$,
    usize: t31$,
  }

  const m = {
    __proto__: {
      __proto__: null,
      raw,
      live: () => [...live],
      addr: at,
      array: (elem, values) => op(k => {
        const list = lists[elem] ?? fail(elem)
        const p = list.lower(typeof values === 'number' ? new list.elem.array(values) : values, k)
        k.undo = 0
        return list.lift(p, second, guest, 0, 1)
      }, 0),
    },
    HALF: 0.5,
    INITIAL: '\u{df}',
    LEAST: -9223372036854775808n,
    /** The most that fits. */
    MAX: 16,
    MINUS: -1.5,
    /** Two words and a backslash. */
    VERSION: '1.0\n\\ beta',
    YES: true,
    Bits,
    Color,
    Db,
    Fail,
    Nested,
    Node,
    Point,
    Runs,
    Scalars,
    Shape,
    Sign,
  }
  method('apply', 2, $apply => (op, then) => $apply(Op$.lower(op), Done$maybe.lower(then)))
  /** The mean of some numbers. */
  method('average', 3, $average => values => op(k => {
    values = held(values, i32)
    const p0$ = t3$.lower(values, k)
    const n0$ = second
    const o0$ = block(8, 8, k)
    const $$ = $average(p0$, n0$, o0$)
    k.undo = k.lent
    if ($$) fail('average', $$, Fail[$$])
    return f64.get(o0$)
  }, 0))
  method('count', 7, $count => (text_, texts_, to_, all) => op(k => {
    to_ = held(to_, u32)
    all = held(all, u32)
    const p0$ = text(text_, 0, k, 0)
    const n0$ = second
    const p1$ = t4$.lower(texts_, k)
    const n1$ = second
    const p2$ = t6$.lower(to_, k)
    const p3$ = t7$.lower(all, k)
    const n3$ = second
    $count(p0$, n0$, p1$, n1$, p2$, p3$, n3$)
    k.undo = k.lent
    back(k)
  }, 0))
  /** Makes a point; null without memory. */
  method('create_point', 4, $create_point => (x, y, name) => {
    const x$ = i32.lower(x)
    const y$ = i32.lower(y)
    const p$ = text(name, 0, 0, 0)
    const n$ = second
    const $$ = $create_point(x$, y$, p$, n$)
    $free(p$, n$, 1)
    return $$ ? new Point(0, check($$, 12, 4), $drop_point, 1) : null
  })
  method('db_get', 3, $db_get => (db, key) => op(k => {
    const p0$ = borrow(db, Db)
    const p1$ = u32.lower(key)
    const o0$ = block(4, 4, k)
    const $$ = $db_get(p0$, p1$, o0$)
    k.undo = k.lent
    if ($$) fail('db_get', $$)
    return i32.get(o0$)
  }, 0))
  method('db_set', 3, $db_set => (db, key, value) => {
    const $$ = $db_set(borrow(db, Db, 1), u32.lower(key), i32.lower(value))
    if ($$) fail('db_set', $$)
  })
  method('inverse_img', 2, $inverse_img => pixels => lending($inverse_img, u8, pixels, 1))
  method('log_loop', 1, $log_loop => count => $log_loop(u32.lower(count)))
  method('longest', 5, $longest => (texts_, or) => op(k => {
    const p0$ = t9$.lower(texts_, k)
    const n0$ = second
    const p1$ = text(or, 0, k, 1)
    const n1$ = second
    const o0$ = block(8, 4, k)
    const $$ = $longest(p0$, n0$, p1$, n1$, o0$)
    k.undo = k.lent
    if ($$) fail('longest', $$)
    return t8$.get(o0$, guest, 0, 1)
  }, 0))
  method('mixed', 13, $mixed => (a_, b_, c, d, e, f_, g, h, i, j, k_, l, color) => Sign$.lift($mixed(bool.lower(a_), i8.lower(b_), u8.lower(c), i16.lower(d), u16.lower(e), i32.lower(f_), u32.lower(g), i64.lower(h), u64.lower(i), f32.lower(j), f64.lower(k_), char.lower(l), Color$.lower(color))))
  method('name_of', 2, $name_of => point => op(k => {
    const p0$ = borrow(point, Point)
    const o0$ = block(4, 4, k)
    const $$ = $name_of(p0$, o0$)
    k.undo = k.lent
    if ($$) fail('name_of', $$)
    return t10$.get(o0$, guest, 0, 1)
  }, 0))
  method('open', 0, $open => () => {
    const $$ = $open()
    return $$ ? new Db(0, check($$, 0, 1), $drop_db, 1) : null
  })
  method('origin', 1, $origin => () => op(k => {
    const o0$ = block(64, 8, k)
    const b0$ = k.lent
    const $$ = $origin(o0$)
    k.undo = k.lent
    if ($$) fail('origin', $$)
    b0$.p = 0
    return viewOf(Scalars$, o0$, r0$)
  }, 0))
  method('points_get', 2, $points_get => (points, index) => op(k => {
    const p0$ = t12$.lower(points, k)
    const p1$ = u32.lower(index)
    const $$ = $points_get(p0$, p1$)
    k.undo = k.lent
    const $0 = $$ ? new Point(0, check($$, 12, 4), 0, 0, guest) : null
    return $0
  }, 0))
  method('points_new', 0, $points_new => () => {
    const $$ = $points_new()
    return t13$.lift($$ >>> 0, 0, guest, 0, 1)
  })
  method('points_push', 5, $points_push => (points, x, y, name) => op(k => {
    const p0$ = t14$.lower(points, k)
    const p1$ = i32.lower(x)
    const p2$ = i32.lower(y)
    const p3$ = text(name, 0, k, 0)
    const n3$ = second
    const $$ = $points_push(p0$, p1$, p2$, p3$, n3$)
    k.undo = k.lent
    if ($$) fail('points_push', $$)
    back(k)
  }, 0))
  /** Returns 100, 200, 300, 400. */
  method('simple_arr', 0, $simple_arr => () => new List(check($simple_arr(), 16, 4), 4, i32, r1$, 1))
  method('square_fn', 0, $square_fn => () => Op$.lift($square_fn() >>> 0))
  method('visit', 2, $visit => (points, user_data) => op(k => {
    const p0$ = t12$.lower(points, k)
    const p1$ = u32.lower(user_data)
    const $$ = $visit(p0$, p1$)
    k.undo = k.lent
    const $0 = $$
    return $0
  }, 0))
  method('drop_db', 1, () => value => $drop_db(take(value, $drop_db)))
  method('drop_point', 1, () => value => $drop_point(take(value, $drop_point)))
  method('drop_points', 1, () => value => op(k => {
    const p0$ = t15$.lower(value, k)
    $drop_points(p0$)
    k.undo = k.lent
  }, 0))
  method('drop_texts', 2, () => value => op(k => {
    const p0$ = t9$.lower(value, k)
    const n0$ = second
    $drop_texts(p0$, n0$)
    k.undo = k.lent
  }, 0))
  if (raw._initialize) found('_initialize', 0)()
  return Object.freeze(m)
}
