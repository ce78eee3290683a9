// A module, made of bytes, that returns what it is given, so that records may claim anything about it.

// The pieces of the binary format, for other modules made of bytes as well.
export const string = text => list([...new TextEncoder().encode(text)])
export const section = (id, ...content) => {
  const bytes = content.flat(Infinity)
  return [id, ...leb(bytes.length), ...bytes]
}
export const leb = value => value < 128 ? [value] : [value & 127 | 128, ...leb(value >>> 7)]
export const list = items => [...leb(items.length), ...items.flat(Infinity)]
const [i32, i64, f64] = [0x7f, 0x7e, 0x7c]
const types = [[[i32, i32], [i32]], [[i32, i32, i32], []], [[i32], [i32]], [[i64], [i64]], [[], []], [[i32, i32], []], [[f64], [f64]]]

const functions = {
  // Local 2 = (global 0 + align - 1) & -align; global 0 = local 2 + size.
  alloc: [0, [0x23, 0, 0x20, 1, 0x6a, 0x41, 1, 0x6b, 0x41, 0, 0x20, 1, 0x6b, 0x71, 0x22, 2, 0x20, 0, 0x6a, 0x24, 0, 0x20, 2], 1],
  // Counts its calls in global 1.
  free: [1, [0x23, 1, 0x41, 1, 0x6a, 0x24, 1]],
  echo: [2, [0x20, 0]],
  echo64: [3, [0x20, 0]],
  echo_f64: [6, [0x20, 0]],
  trap: [4, [0x00]],
  // Writes a value to an address.
  store: [5, [0x20, 1, 0x20, 0, 0x36, 2, 0]],
  // Exhausts the stack.
  recurse: [4, [0x10, 7]],
  trap_alloc: [0, [0x00]],
}

/** The bytes of the module. `extra` are custom sections: [name, text]. */
export const echo = (...extra) => {
  const names = Object.keys(functions)
  const bodies = Object.values(functions).map(([, code, locals]) => {
    const body = [locals ? [1, locals, i32] : [0], code, 0x0b].flat(Infinity)
    return [...leb(body.length), ...body]
  })
  return Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, list(types.map(([params, results]) => [0x60, list(params), list(results)]))),
    ...section(3, list(Object.values(functions).map(([type]) => [type]))),
    ...section(5, 1, 0, 1),
    ...section(6, list([[i32, 1, 0x41, leb(1024), 0x0b], [i32, 1, 0x41, 0, 0x0b]])),
    ...section(7, list([[string('memory'), 2, 0], [string('frees'), 3, 1], ...names.map((name, i) => [string(name), 0, i])])),
    ...section(10, list(bodies)),
    ...extra.flatMap(([name, text]) => {
      const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
      return [0, ...leb(name.length + 1 + bytes.length), ...string(name), ...bytes]
    }),
  ])
}
