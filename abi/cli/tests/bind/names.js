// Written by `linmem bind --lang js` from a module's records; not to be edited.

export const load = async (source, imports) => {
  let busy = 0
  let second

  const codes = 'Ok Null Misaligned TooLong OutOfBounds NotUtf8 InteriorNul OutOfMemory Invalid'.split(' ')
  const fail = (what, status = 8, code = codes[status]) => {
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
    return (a, b, c, d, e) => {
      alive()
      busy++
      a = callee(a, b, c, d, e)
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
  const u8 = number(Uint8Array, 1, 0)
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
    second = list.$n
    return at(list)
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

  source = await source
  if (source instanceof URL) source = await fetch(source)
  if (source.ok === false) fail(`${source.url}: ${source.status}`)
  if (source.arrayBuffer) source = await source.arrayBuffer()

  const host0$ = { __proto__: null, ...imports?.['a\'b\\\\c:d/e'] }
  hosted(host0$, 'hasOwnProperty', f => (p0$, n0$) => {
    const root = { $p: 1 }
    busy--
    try {
      const a0$ = t0$.lift(p0$ >>> 0, n0$ >>> 0, root, 0, 1)
      const returned = f(a0$)
      alive()
      return bool.lower(returned)
    } finally {
      busy++
      root.$p = 0
    }
  })

  const host1$ = { __proto__: null, ...imports?.env }
  hosted(host1$, 'switch', f => (p0$, n0$, p1$, p2$) => {
    const root = { $p: 1 }
    busy--
    try {
      const a0$ = t1$.lift(p0$ >>> 0, n0$ >>> 0, root, 0, 1)
      p2$ = check(p2$, 2, 1)
      let returned
      try {
        returned = f(a0$, p1$ >>> 0)
        alive()
      } catch (error) {
        return failed(error)
      }
      try {
        return op(k => {
          t2$.put(p2$, returned, k)
          k.undo = 0
          return 0
        })
      } catch (error) {
        return failed(error, 1)
      }
    } finally {
      busy++
      root.$p = 0
    }
  })
  source = await WebAssembly.instantiate(source, { __proto__: null, ...imports, ['a\'b\\\\c:d/e']: host0$, env: host1$ })

  const raw = (source.instance ?? source).exports
  const { memory = fail('memory') } = raw
  const $alloc = found('alloc', 2)
  const $free = found('free', 3)

  const r0$ = p => $free(p, 16, 8) // ^*Array
  const r1$ = p => $free(p, 4, 4) // ^*Color_
  const r2$ = p => $free(p, 4, 4) // ^*List
  const r3$ = p => $free(p, 8, 4) // ^*int
  const r4$ = p => $free(p, 16, 8) // ^*number
  const r5$ = (p, n) => $free(p, n * 4, 2) // ^[][2]u16

  const Array_$cases = cases([['if', -1n, () => f64], ['else', 0n]])
  const Array_$case = view => Array_$cases[i64.get(at(view))] ?? fail('Array')

  class Array_ extends View {
    get tag() {
      return Array_$case(this).name
    }
    get value() {
      return Array_$case(this).type?.().get(at(this) + 8, this.$r, this.$w)
    }
    assign(value) {
      assign(this, Array_$, at(this), value)
    }
  }
  const Array_$ = {
    s: 16,
    a: 8,
    free: r0$,
    of: Array_,
    nests: 1,
    get: (p, root, write) => new Array_(0, p, 0, write, root),
    put(p, value, k) {
      const { number, type } = Array_$cases[value?.tag] ?? fail('Array')
      if (!type && value.value !== undefined) fail('Array')
      i64.put(p, number)
      type?.().put(p + 8, value.value, k)
    },
  }
  Array_.prototype.$e = Array_$

  const Color = Object.freeze({ __proto__: null, Red: 0, new: 1, '0': 'Red', '1': 'new' })
  const Color$ = listed(u8, Color)

  const ColorInit = Object.freeze({ __proto__: null, Most: 18446744073709551615n, '18446744073709551615': 'Most' })
  const ColorInit$ = listed(u64, ColorInit)

  class Color_ extends View {
    get x() {
      return u32.get(at(this))
    }
    set x(value) {
      u32.put(to(this), value)
    }
    assign(value) {
      assign(this, Color_$, at(this), value)
    }
  }
  const Color_$ = {
    s: 4,
    a: 4,
    free: r1$,
    of: Color_,
    nests: 1,
    get: (p, root, write) => new Color_(0, p, 0, write, root),
    put(p, value, k) {
      only(value, 'x')
      u32.put(p, value.x)
    },
  }
  Color_.prototype.$e = Color_$

  const Least = Object.freeze({ __proto__: null, This: -9223372036854775808n, '-9223372036854775808': 'This' })
  const Least$ = listed(i64, Least)

  class List_ extends View {
    get assign() {
      return u32.get(at(this))
    }
    set assign(value) {
      u32.put(to(this), value)
    }
  }
  const List_$ = {
    s: 4,
    a: 4,
    free: r2$,
    of: List_,
    nests: 1,
    get: (p, root, write) => new List_(0, p, 0, write, root),
    put(p, value, k) {
      only(value, 'assign')
      u32.put(p, value.assign)
    },
  }
  List_.prototype.$e = List_$

  /**
   * Ends *\/ here, and /\* begins; ?​?/
   * @param
   */
  class int extends View {
    /** *\/ int x; /\* */
    get default() {
      return i32.get(at(this))
    }
    set default(value) {
      i32.put(to(this), value)
    }
    get class() {
      return f32.get(at(this) + 4)
    }
    set class(value) {
      f32.put(to(this) + 4, value)
    }
    assign(value) {
      assign(this, int$, at(this), value)
    }
  }
  const int$ = {
    s: 8,
    a: 4,
    free: r3$,
    of: int,
    nests: 1,
    get: (p, root, write) => new int(0, p, 0, write, root),
    put(p, value, k) {
      only(value, 'default', 'class')
      i32.put(p, value.default)
      f32.put(p + 4, value.class)
    },
  }
  int.prototype.$e = int$

  class number_ extends View {
    get delete() {
      return u8.get(at(this))
    }
    set delete(value) {
      u8.put(to(this), value)
    }
    get free() {
      return i64.get(at(this) + 8)
    }
    set free(value) {
      i64.put(to(this) + 8, value)
    }
    assign(value) {
      assign(this, number_$, at(this), value)
    }
  }
  const number_$ = {
    s: 16,
    a: 8,
    free: r4$,
    of: number_,
    nests: 1,
    get: (p, root, write) => new number_(0, p, 0, write, root),
    put(p, value, k) {
      only(value, 'delete', 'free')
      u8.put(p, value.delete)
      i64.put(p + 8, value.free)
    },
  }
  number_.prototype.$e = number_$

  const then_$of = index => indexed(index, then_$of, 1, f => await_ => !!f(i32.lower(await_)))
  const then_$ = sig(0, then_$of)
  const then_$maybe = sig(1, then_$of)
  const t0$ = texts(0, 0) // str
  const t1$ = texts(0, 0, u8.free) // ^str
  const t2$ = arrayOf(bool, 2) // [2]bool
  const t3$ = arrayOf(u16, 2) // [2]u16
  const t4$ = sliceOf(t3$, '') // [][2]u16
  const t5$ = sliceOf(i32, '') // []i32
  const t6$ = sliceOf(t3$, '^', r5$) // ^[][2]u16
  const t7$ = sliceOf(i32, '^', i32.free) // ^[]i32
  const lists = {
    __proto__: null,
    '[2]u16': t6$,
    i32: t7$,
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
    Infinity: Infinity,
    NAN: NaN,
    NULL: 0,
    TEXT: '??/ "quoted" \\ \n*/ #define',
    Array: Array_,
    Color,
    ColorInit,
    Color_,
    Least,
    List: List_,
    int,
    number: number_,
  }
  method('Color_is', 1, $Color_is => x => $Color_is(borrow(x, Color_)))
  method('__proto__', 3, $__proto__ => (int_, of) => op(k => {
    const p0$ = borrow(int_, int)
    const p1$ = t4$.lower(of, k)
    const n1$ = second
    const $$ = $__proto__(p0$, p1$, n1$)
    k.undo = k.lent
    const $0 = $$ ? new int(0, check($$, 8, 4), 0, 0, guest) : null
    return $0
  }, 0))
  method('int_read', 4, $int_read => (result, lm_args, lm_0) => op(k => {
    const p0$ = u8.lower(result)
    const p1$ = u8.lower(lm_args)
    const p2$ = u8.lower(lm_0)
    const o0$ = block(1, 1, k)
    $int_read(p0$, p1$, p2$, o0$)
    k.undo = k.lent
    return u8.get(o0$)
  }, 0))
  /**
   * *\//\**\/
   * @param this line
   * *\/ two
   */
  method('then', 5, $then => (this_, guest_, values, values_len) => op(k => {
    values = held(values, i32)
    const p0$ = i32.lower(this_)
    const p1$ = i32.lower(guest_)
    const p2$ = t5$.lower(values, k)
    const n2$ = second
    const p3$ = u32.lower(values_len)
    const $$ = $then(p0$, p1$, p2$, n2$, p3$)
    k.undo = k.lent
    const $0 = !!$$
    return $0
  }, 0), 'then_')
  if (raw._initialize) found('_initialize', 0)()
  return Object.freeze(m)
}
