// Written by `linmem bind --lang js` from a module's records; not to be edited.

export const load = async (source, imports) => {
  let busy = 0
  let second

  const codes = 'Ok Null Misaligned TooLong OutOfBounds NotUtf8 InteriorNul OutOfMemory Invalid'.split(' ')
  const fail = (what, status = 8, code = codes[status]) => {
    throw Object.assign(Error(`${`${what}`.slice(0, 99)}: ${code}`), { code, status })
  }
  const live = []
  // `busy` is 1 within a call of the guest. A trap, or an exception out of a host function, leaves it so: then no call may follow.
  const alive = () => {
    if (busy) throw Error('trapped before')
  }
  const found = (name, count) => {
    const callee = raw[name]
    if (callee?.length !== count) fail(`export ${name}`)
    return (a, b, c, d) => {
      alive()
      busy++
      a = callee(a, b, c, d)
      busy--
      return a
    }
  }
  const hosted = (group, name, shim) => {
    const f = group[name]
    if (typeof f === 'function') group[name] = shim(f)
  }
  // Numbers are read and written through an array on all memory. Growth detaches its buffer; it has no elements then.
  const number = (array, s, shift) => {
    const cell = new array(1)
    let all = new array()
    let last = all
    const heap = () => all.length ? all : all = new array(memory.buffer)
    const lower = value => {
      cell[0] = value
      return cell[0] === value ? value : fail(`${array.name}, ${String(value)}`)
    }
    return {
      array, s, heap, lower,
      get: p => heap()[p >>> shift],
      put: (p, value) => heap()[p >>> shift] = lower(value),
      // The last array is kept for who asks again.
      span: (p, n) => last.byteOffset === p && last.length === n ? last : last = new array(heap().buffer, p, n),
      free: (p, n) => $free(p, n * s, s),
    }
  }
  const u8 = number(Uint8Array, 1, 0)
  const i32 = number(Int32Array, 4, 2)
  const u32 = number(Uint32Array, 4, 2)
  const check = (p, size, align) => {
    p >>>= 0
    const status = !p ? 1 : p % align ? 2 : size > 2147483647 ? 3 : p + size > u8.heap().length && 4
    return status ? fail('address', status) : p
  }
  const block = (size, align) => size > 2147483647 ? fail('alloc', 3) : check($alloc(size, align) || fail('alloc', 7), size, align)
  const at = view => view.$p || fail('freed')
  const to = view => view.$w ? at(view) : fail('read only')
  const forget = owner => {
    const last = live.pop()
    if (last !== owner) live[last.$i = owner.$i] = last
    owner.$p = 0
  }
  const take = (owner, type) => {
    if (owner?.$t !== type) fail('owner')
    const p = at(owner)
    forget(owner)
    return p
  }
  const make = (size, align, put) => {
    const p = block(size, align)
    try {
      put(p)
    } catch (error) {
      if (!busy) $free(p, size, align)
      throw error
    }
    return p
  }
  class View {
    constructor(p, type, write) {
      this.$p = p
      this.$w = write
      this.$t = type
      if (type) this.$i = live.push(this) - 1
    }
    free() {
      const { $p, $t, $n } = this
      if (!$t) fail('owns nothing')
      if (!$p) return
      forget(this)
      if (!busy) $t($p, $n)
    }
  }
  View.prototype[Symbol.dispose ?? Symbol.for('Symbol.dispose')] = View.prototype.free
  class List extends View {
    constructor(p, n, elem, type, write) {
      super(p, type, write)
      this.$n = n
      this.$e = elem
    }
    get length() {
      first(this)
      return second
    }
    get view() {
      const p = first(this)
      return this.$e.span(p, second)
    }
    at(index) {
      const p = first(this)
      if (index < 0) index += second
      return index >>> 0 === index && index < second ? this.$e.get(p + index * this.$e.s) : undefined
    }
    set(index, value) {
      const p = first(this)
      if (index >>> 0 !== index || index >= second) fail(index, 4)
      to(this)
      this.$e.put(p + index * this.$e.s, value)
    }
    copy() {
      return this.view.slice()
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
  const text = (value, zero) => {
    if (typeof value !== 'string') fail('text')
    let len = value.length
    let i = 0
    // From 1 to 127.
    while (len < 33 && i < len && value.charCodeAt(i) - 1 >>> 0 < 127) i++
    const encoded = i < len && new TextEncoder().encode(zero && value.includes('\0') ? fail('text', 6) : /\p{Cs}/u.test(value) ? fail('text', 5) : value)
    if (encoded) len = encoded.length
    const p = block(len + zero, 1)
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
  // A typed array on the guest's memory is lent as it is.
  const held = (values, elem) => {
    if (values instanceof Uint8ClampedArray) values = new Uint8Array(values.buffer, values.byteOffset, values.length)
    return values instanceof elem.array && values.buffer === u8.heap().buffer ? new List(values.byteOffset, values.length, elem, 0, 1) : values
  }
  // A function of `m`, from the export behind it.
  const method = (name, count, make, as = name) => {
    m[as] = counted(as, make(found(name, count)))
  }
  const counted = (name, f) => {
    const { length } = f
    return (...values) => values.length === length ? f(...values) : fail(`${name}, ${length} arguments`)
  }

  source = await source
  if (source instanceof URL) source = await fetch(source)
  if (source.ok === false) fail(`${source.url}: ${source.status}`)
  if (source.arrayBuffer) source = await source.arrayBuffer()

  const host0$ = { __proto__: null, ...imports?.env }
  hosted(host0$, 'log_nr', f => p0$ => {
    busy--
    try {
      f(p0$ >>> 0)
      alive()
    } finally {
      busy++
    }
  })
  source = await WebAssembly.instantiate(source, { __proto__: null, ...imports, env: host0$ })

  const raw = (source.instance ?? source).exports
  const { memory = fail('memory') } = raw
  const $alloc = found('alloc', 2)
  const $free = found('free', 3)
  const $drop_point = found('drop_point', 1)

  const r0$ = p => $free(p, 16, 4) // ^*[4]i32
  const r1$ = p => $free(p, strlen(p) + 1, 1) // ^cstr

  const Point$put = (p, value) => {
    only(value, 'x', 'y', 'name')
    i32.put(p, value.x)
    i32.put(p + 4, value.y)
    u32.put(p + 8, text(value.name, 1))
  }
  class Point extends View {
    constructor(value, p = make(12, 4, p => Point$put(p, value)), type = $drop_point, write = 1) {
      super(p, type, write)
    }
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
    get name() {
      return cstr(u32.get(at(this) + 8))
    }
    set name(value) {
      retext(to(this) + 8, value, r1$)
    }
    assign() {
      fail('Point')
    }
  }

  const m = {
    __proto__: {
      __proto__: null,
      raw,
      live: () => [...live],
      addr: at,
      array: (elem, values) => {
        if (elem !== 'u8') fail(elem)
        const p = filled(u8, typeof values === 'number' ? new u8.array(values) : values)
        return new List(p, second, u8, u8.free, 1)
      },
    },
    Point,
  }
  method('create_point', 4, $create_point => (x, y, name) => {
    const x$ = i32.lower(x)
    const y$ = i32.lower(y)
    const p$ = text(name, 0)
    const n$ = second
    const $$ = $create_point(x$, y$, p$, n$)
    $free(p$, n$, 1)
    return $$ ? new Point(0, check($$, 12, 4), $drop_point, 1) : null
  })
  method('fill', 1, $fill => value => $fill(i32.lower(value)))
  method('inverse_img', 2, $inverse_img => pixels => lending($inverse_img, u8, pixels, 1))
  method('log_loop', 1, $log_loop => count => $log_loop(u32.lower(count)))
  method('numbers', 0, $numbers => () => new List(check($numbers(), 4000000, 4), 1000000, i32))
  method('simple_arr', 0, $simple_arr => () => new List(check($simple_arr(), 16, 4), 4, i32, r0$, 1))
  method('drop_point', 1, () => value => $drop_point(take(value, $drop_point)))
  if (raw._initialize) found('_initialize', 0)()
  return Object.freeze(m)
}
