// The tour in JavaScript, the same for node and the page: no library, only the WebAssembly API.
//
// A host by hand: it knows the guest's functions and structs, and trusts nothing that comes out of the module. An
// exception leaves at the first error, so that no call follows a trap.

/** Runs the tour with the bytes of a module and of a BMP file, and hands each line to `print`. Returns the pictures. */
export async function run(module, picture, print) {
  const env = {
    log_nr: nr => print(`    log_nr ${nr >>> 0}`),
    on_point: (userData, point) => print(`    user data ${userData >>> 0}: ${memory.point('on_point', point >>> 0)}`),
  }
  const { instance } = await WebAssembly.instantiate(module, { env })
  const guest = instance.exports
  const memory = new Memory(guest.memory)

  // i32 results are signed: `>>> 0` makes addresses of them.
  const alloc = (size, align) => {
    const ptr = guest.alloc(size, align) >>> 0
    if (ptr === 0) throw new Error(`alloc: OutOfMemory (${size} bytes)`)
    memory.slice('alloc', ptr, 1, size, align)
    return ptr
  }
  // Lends bytes to the calls that `body` makes, in a block that is freed afterwards; not in a `finally`, which would call after a trap.
  const lend = (bytes, body) => {
    const ptr = alloc(bytes.length, 1)
    memory.slice('alloc', ptr, bytes.length, 1, 1).set(bytes)
    const result = body(ptr, bytes.length)
    guest.free(ptr, bytes.length, 1)
    return result
  }
  // A status other than 0 is an error.
  const ok = (name, ...args) => {
    const status = guest[name](...args)
    if (status !== 0) throw new Error(`${name}: status ${status}`)
  }
  const utf8 = text => new TextEncoder().encode(text)
  const latin1 = Uint8Array.of(0x5a, 0x6f, 0xeb) // "Zoë", but not in UTF-8

  print('1. simple_arr: an array that the guest hands over; the host frees it')
  const array = guest.simple_arr() >>> 0
  print(`    ${memory.i32s('simple_arr', array, 4).join(', ')}`)
  guest.free(array, 16, 4)

  print('2. sum: numbers cross as they are')
  for (const [a, b] of [[2, 3], [2147483647, 1]]) {
    print(`    ${a} + ${b} = ${guest.sum(a, b)}`)
  }

  print('3. static_arr: an array that the guest keeps; nobody frees it')
  print(`    ${memory.i32s('static_arr', guest.static_arr() >>> 0, 4).join(', ')}`)

  print('4. get_point: a struct; the host frees it block by block')
  const ptr = guest.get_point() >>> 0
  const point = memory.point('get_point', ptr)
  print(`    ${point}`)
  const xy = Array.from(memory.slice('get_point', ptr, 1, 8, 4), hex2)
  print(`    the bytes of x and y: ${xy.join(' ')}`)
  // The name first: its address stands in the point.
  guest.free(point.namePtr, point.nameLen + 1, 1)
  guest.free(ptr, 12, 4)

  print("5. create_point: the host's text goes in, a struct comes out; the guest frees it")
  const zoe = lend(utf8('Zoë ✓'), (name, len) => guest.create_point(-7, 7, name, len)) >>> 0
  print(`    ${memory.point('create_point', zoe)}`)
  guest.drop_point(zoe)
  const none = lend(latin1, (name, len) => guest.create_point(-7, 7, name, len)) >>> 0
  print(`    from a name that is not UTF-8: ${none === 0 ? 'null' : 'a point'}`)

  print('6. points_push, points_get: an array that grows in the guest')
  const points = guest.points_new() >>> 0
  const push = (x, y, bytes) => lend(bytes, (name, len) => guest.points_push(points, x, y, name, len))
  for (const [x, y, name] of [[1, 2, 'Ada'], [3, 4, 'Grace'], [5, 6, 'Zoë ✓']]) {
    print(`    push ${name}: status ${push(x, y, utf8(name))}`)
  }
  print(`    push a name that is not UTF-8: status ${push(7, 8, latin1)}`)
  print(`    push a name with a NUL inside: status ${push(7, 8, utf8('Z\0e'))}`)
  print(`    len ${guest.points_len(points) >>> 0}`)
  for (let index = 0; index < 4; index++) {
    const ptr = guest.points_get(points, index) >>> 0
    print(`    [${index}] ${ptr === 0 ? 'null' : memory.point('points_get', ptr)}`)
  }
  const buffer = memory.buffer('points_new', points, 12, 4)
  print(`    read from its Buffer: len ${buffer.len}, [1] ${memory.point('points_new', buffer.ptr + 12)}`)

  print('7. for_each_point: the guest calls the host for each point')
  guest.for_each_point(points, 3000000000)
  guest.points_free(points)

  print('8. inverse_img: a picture is changed in place')
  const { width, height, pixels: original } = bmp(picture)
  const inverse = (ptr, len) => {
    ok('inverse_img', ptr, len)
    return memory.slice('inverse_img', ptr, len, 1, 1).slice() // a copy, which outlives the block
  }
  print(`    ${width} x ${height} pixels, ${original.length} bytes`)
  print(`    original: first pixel ${firstPixel(original)}, checksum ${fnv1a(original)}`)
  const inverted = lend(original, (ptr, len) => {
    const inverted = inverse(ptr, len)
    print(`    inverted: first pixel ${firstPixel(inverted)}, checksum ${fnv1a(inverted)}`)
    const same = inverse(ptr, len).every((byte, index) => byte === original[index])
    print(`    inverted again: ${same ? 'the original' : 'not the original'}`)
    return inverted
  })

  print('9. log_loop: the guest calls an import')
  guest.log_loop(5)

  print('10. average: a status, and a result through an out pointer')
  const numbers = alloc(16, 4)
  for (const index of [0, 1, 2, 3]) {
    memory.view('alloc', numbers + 4 * index, 4, 4).setInt32(0, index + 1, true)
  }
  const out = alloc(8, 8)
  ok('average', numbers, 4, out)
  print(`    of 1, 2, 3, 4: status 0, ${memory.view('average', out, 8, 8).getFloat64(0, true)}`)
  print(`    of no numbers: status ${guest.average(numbers, 0, out)}`)
  print(`    of a misaligned array: status ${guest.average(numbers + 1, 1, out)}`)
  guest.free(out, 8, 8)
  guest.free(numbers, 16, 4)

  print('11. square_fn: the host calls a guest function by its number in the table')
  const index = guest.square_fn() >>> 0
  const table = guest.__indirect_function_table
  if (!(table instanceof WebAssembly.Table)) throw new Error('no table is exported')
  const square = index < table.length ? table.get(index) : null
  if (square === null) throw new Error(`square_fn: the table has no function ${index}`)
  print(`    square(12) = ${square(12)}`)

  print('12. alloc, realloc, free: what the allocator answers')
  for (const [size, align] of [[8, 3], [4294967295, 1], [0, 16]]) {
    print(`    alloc(${size}, ${align}) = ${guest.alloc(size, align) >>> 0}`)
  }
  const old = alloc(8, 1)
  memory.slice('alloc', old, 8, 1, 1).set([1, 2, 3, 4, 5, 6, 7, 8])
  const grown = guest.realloc(old, 8, 1, 64) >>> 0
  print(`    realloc from 8 to 64 bytes keeps ${memory.slice('realloc', grown, 1, 64, 1).slice(0, 8).join(', ')}`)
  guest.free(grown, 64, 1)

  return { width, height, original, inverted }
}

/**
 * Checked access to linear memory. Every address and length comes from the module, so each is checked before it is used;
 * `what` names in an error where it came from. Each method makes its view anew, because any call may have grown memory.
 */
class Memory {
  constructor(memory) {
    if (!(memory instanceof WebAssembly.Memory)) throw new Error('no memory is exported')
    this.memory = memory
  }

  /** A view of the bytes of `len` elements of (`size`, `align`) at `ptr`. Use it before the next call. */
  slice(what, ptr, len, size, align) {
    const bytes = len * size
    const fail = name => { throw new Error(`${what}: ${name} (${bytes} bytes at 0x${ptr.toString(16)})`) }
    if (bytes === 0) return new Uint8Array()
    if (ptr === 0) fail('Null')
    if (ptr % align !== 0) fail('Misaligned')
    if (bytes > 2147483647) fail('TooLong')
    if (ptr + bytes > this.memory.buffer.byteLength) fail('OutOfBounds')
    return new Uint8Array(this.memory.buffer, ptr, bytes)
  }

  /** The same as a DataView of one element; `true` asks its methods for little-endian. */
  view(what, ptr, size, align) {
    const bytes = this.slice(what, ptr, 1, size, align)
    return new DataView(bytes.buffer, bytes.byteOffset, size)
  }

  /** A copy of an array of i32. */
  i32s(what, ptr, len) {
    const bytes = this.slice(what, ptr, len, 4, 4)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    return Array.from({ length: len }, (_, index) => view.getInt32(4 * index, true))
  }

  /** A copy of the struct {x: i32 at 0, y: i32 at 4, name: cstr at 8}; 12 bytes, alignment 4. */
  point(what, ptr) {
    const view = this.view(what, ptr, 12, 4)
    const [x, y, namePtr] = [view.getInt32(0, true), view.getInt32(4, true), view.getUint32(8, true)]
    const { text: name, len: nameLen } = this.cstr(`${what}: the name`, namePtr)
    return { x, y, name, namePtr, nameLen, toString: () => `x = ${x}, y = ${y}, name = "${name}"` }
  }

  /** A copy of a NUL-terminated UTF-8 string, and its length in bytes. */
  cstr(what, ptr) {
    if (ptr === 0) throw new Error(`${what}: Null`)
    const memory = new Uint8Array(this.memory.buffer)
    const end = memory.indexOf(0, ptr)
    if (end < 0 || end - ptr >= 2147483647) throw new Error(`${what}: OutOfBounds (no NUL from 0x${ptr.toString(16)})`)
    try {
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(memory.slice(ptr, end))
      return { text, len: end - ptr }
    } catch {
      throw new Error(`${what}: NotUtf8`)
    }
  }

  /** A copy of the descriptor {ptr, len, cap}, after a check that `cap` elements of (`size`, `align`) lie in memory. */
  buffer(what, ptr, size, align) {
    const view = this.view(what, ptr, 12, 4)
    const [first, len, cap] = [0, 4, 8].map(offset => view.getUint32(offset, true))
    this.slice(what, first, cap, size, align)
    if (len > cap) throw new Error(`${what}: OutOfBounds (len ${len} of cap ${cap})`)
    return { ptr: first, len, cap }
  }
}

/** Size and pixel bytes of a BMP file: 24 bits per pixel, rows without padding, the lowest row first. */
function bmp(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const plain = file.length >= 54 && view.getUint16(0) === 0x424d && view.getUint32(28, true) === 24
  const [offset, width, height] = plain ? [10, 18, 22].map(at => view.getUint32(at, true)) : [0, 0, 0]
  const end = offset + width * height * 3
  if (!plain || view.getUint32(30, true) !== 0 || width % 4 !== 0 || end > file.length) {
    throw new Error('the picture is not a BMP file with 24 bits per pixel and a width in fours')
  }
  return { width, height, pixels: file.subarray(offset, end) }
}

/** The first pixel as a colour: BMP stores blue, green, red. */
const firstPixel = ([blue, green, red]) => '#' + [red, green, blue].map(hex2).join('')
const hex2 = byte => byte.toString(16).padStart(2, '0')

/** A checksum: FNV-1a with 32 bits. */
function fnv1a(bytes) {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
