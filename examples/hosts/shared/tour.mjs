// The tour in JavaScript, the same for node and the page.
//
// The library reads in the module what it exports. It trusts nothing of it: a module that lies is an exception.

import { load } from '../../../abi/js/linmem.js'

/**
 * Runs the tour with the bytes of a module and of a BMP file, and hands each line to `print`. Returns the pictures. `look` is
 * given the module before each step and at the end, when nothing is alive but what a later step uses.
 */
export async function run(module, picture, print, look = () => {}) {
  const show = point => point ? `x = ${point.x}, y = ${point.y}, name = "${point.name}"` : 'null'
  const m = await load(module, { env: {
    log_nr: nr => print(`    log_nr ${nr}`),
    on_point: (userData, point) => print(`    user data ${userData}: ${show(point)}`),
  } })
  const step = title => {
    look(m)
    print(title)
  }
  /** The name of the status with which a call fails. */
  const failure = call => {
    try {
      call()
    } catch (error) {
      if (error.status > 0) return error.code
      throw error
    }
  }

  step('1. simple_arr: an array that the guest hands over; the host frees it')
  const array = made(m.simple_arr())
  print(`    ${[...array].join(', ')}`)
  array.free()

  step('2. sum: numbers cross as they are')
  for (const [a, b] of [[2, 3], [2147483647, 1]]) print(`    ${a} + ${b} = ${m.sum(a, b)}`)

  step('3. static_arr: an array that the guest keeps; nobody frees it')
  print(`    ${[...m.static_arr()].join(', ')}`)

  step('4. get_point: a struct, read and written where it lies')
  const point = made(m.get_point())
  print(`    ${show(point)}`)
  point.x = 10
  point.name = 'Zoë ✓'
  print(`    ${show(point)}`)
  point.free()

  step("5. create_point: the host's text goes in, a struct comes out")
  const ada = made(m.create_point(-7, 7, 'Ada'))
  print(`    ${show(ada)}`)
  ada.free()
  print(`    from a name with a NUL inside: ${show(m.create_point(-7, 7, 'A\0a'))}`)

  step('6. points_push, points_get: an array that grows in the guest')
  const points = made(m.points_new())
  for (const [x, y, name] of [[1, 2, 'Ada'], [3, 4, 'Grace'], [5, 6, 'Zoë ✓']]) m.points_push(points, x, y, name)
  print(`    push a name with a NUL inside: ${failure(() => m.points_push(points, 7, 8, 'A\0a'))}`)
  print(`    len ${m.points_len(points)}`)
  for (let index = 0; index < 4; index++) print(`    [${index}] ${show(m.points_get(points, index))}`)
  print(`    read where it lies: len ${points.length}, [1] ${show(points.at(1))}`)

  step('7. for_each_point: the guest calls the host for each point')
  m.for_each_point(points, 3000000000)
  points.free()

  step('8. inverse_img: a picture is changed in place')
  const { width, height, pixels: original } = bmp(picture)
  const image = m.array('u8', original)
  print(`    ${width} x ${height} pixels, ${original.length} bytes`)
  print(`    original: first pixel ${firstPixel(original)}, checksum ${fnv1a(original)}`)
  m.inverse_img(image)
  const inverted = image.copy()
  print(`    inverted: first pixel ${firstPixel(inverted)}, checksum ${fnv1a(inverted)}`)
  m.inverse_img(image)
  const same = image.view.every((byte, index) => byte === original[index])
  print(`    inverted again: ${same ? 'the original' : 'not the original'}`)
  image.free()

  step('9. log_loop: the guest calls an import')
  m.log_loop(5)

  step('10. average: a status, and a result through an out pointer')
  print(`    of 1, 2, 3, 4: ${m.average([1, 2, 3, 4])}`)
  print(`    of no numbers: ${failure(() => m.average([]))}`)

  step('11. square_fn: the host calls a function that the guest hands out')
  print(`    square(12) = ${m.square_fn()(12)}`)

  step('12. alloc, realloc, free: what the allocator answers')
  const { alloc, realloc, free, memory } = m.raw
  for (const [size, align] of [[8, 3], [4294967295, 1], [0, 16]]) {
    print(`    alloc(${size}, ${align}) = ${alloc(size, align) >>> 0}`)
  }
  const old = made(alloc(8, 1)) >>> 0
  new Uint8Array(memory.buffer).set([1, 2, 3, 4, 5, 6, 7, 8], old)
  const grown = made(realloc(old, 8, 1, 64)) >>> 0
  print(`    realloc from 8 to 64 bytes keeps ${new Uint8Array(memory.buffer).slice(grown, grown + 8).join(', ')}`)
  free(grown, 64, 1)
  look(m)
  return { width, height, original, inverted }
}

/** What was made. A function that makes something returns null, or the address 0, without memory. */
function made(value) {
  if (!value) throw new Error('OutOfMemory')
  return value
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
