// A module, made of bytes, that exports what records claim, so that nothing but the records decides whether a host takes them.
//
// The records are read loosely here: what is no record in the end gets an export as good as any. Every function counts its
// calls in the global `linmem_calls` and returns one number. `alloc` returns the address `PLACE`, and leaves what it was asked
// for in `linmem_size` and `linmem_align`.

import { leb, list, section, string } from '../js/wasm.mjs'

/** Where each value lies. Memory behind it has bytes that tell their offset: see `byteAt`. */
export const PLACE = 8192
/** The bytes of memory from there on. */
export const ROOM = 3 * 65536 - PLACE
/** The byte at an offset from `PLACE`. */
export const byteAt = offset => offset + (offset >> 8) & 255

const codes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c }
/** A number as LEB128 with a sign. */
const signed = value => value >= -64 && value < 64 ? [value & 127] : [value & 127 | 128, ...signed(value >> 7)]
const constant = { i32: value => [0x41, signed(value)], i64: value => [0x42, signed(value)], f32: () => [0x43, 0, 0, 0, 0], f64: () => [0x44, 0, 0, 0, 0, 0, 0, 0, 0] }

/** The words of each record, without a `!` before the first. */
export const readLoosely = text => [...new Set(text.split('\n'))].map(line => line.replace(/^!/, '').split(' '))

/** The integers below enums. */
export const integersOf = records => new Map(records.filter(([kind]) => kind === 'enum').map(([, name, of]) => [name, of]))

/** Parameters and result of a signature, as far as there is one. */
export const parts = words => {
  const arrow = words.indexOf('->')
  const params = (arrow < 0 ? words : words.slice(0, arrow)).map(word => /^([^:]*):(>?)(.*)$/.exec(word) ?? [word, word, '', '']).map(([, name, out, type]) => ({ name, out: out !== '', type }))
  return { params, result: arrow < 0 ? undefined : words[arrow + 1] }
}

/** The wasm types of a signature. */
export const wasmTypes = (words, integers) => {
  const { params, result } = parts(words)
  const one = type => Object.hasOwn(codes, type) ? type : /^[iu]64$/.test(integers.get(type) ?? type) ? 'i64' : 'i32'
  const all = params.flatMap(({ out, type }) => out ? ['i32'] : /^([~^]?\[\]|\^?str$)/.test(type) ? ['i32', 'i32'] : [one(type)])
  return { params: all.slice(0, 1000), results: result === undefined ? [] : [one(result)] }
}

/** The exported functions that records claim, each once, by name: `{ params, results, returns }`. */
export const exportsOf = records => {
  const functions = new Map()
  const integers = integersOf(records)
  const add = (name, words, returns = PLACE) => name && !functions.has(name) && functions.set(name, { ...wasmTypes(words, integers), returns })
  const roles = new Map(records.filter(([kind]) => kind === 'role').map(([, role, name]) => [role, name]))
  const allocator = { alloc: 'size:u32 align:u32 -> u32', free: 'ptr:u32 size:u32 align:u32', realloc: 'ptr:u32 old:u32 align:u32 new:u32 -> u32' }
  for (const [role, words] of Object.entries(allocator)) add(roles.get(role) ?? role, words.split(' '))
  const alloc = roles.get('alloc') ?? 'alloc'
  for (const [kind, name, ...words] of records) {
    if (kind === 'fn') add(name, words)
    else if (kind === 'drop') add(name, [`value:${words[0]}`])
  }
  return { functions, alloc }
}

/** The bytes of the module. `table` has the signatures of the functions in the table from index 1 on. */
export const moduleOf = ({ functions, alloc }, table = []) => {
  const all = [...functions].map(([name, of]) => ({ name, ...of })).filter(({ name }) => name !== 'memory' && name !== '__indirect_function_table')
  const exported = all.length
  all.push(...table.map(of => ({ ...of, returns: 0 })))
  const kinds = new Map()
  const kind = ({ params, results }) => {
    const key = `${params} ${results}`
    if (!kinds.has(key)) kinds.set(key, [kinds.size, [0x60, list(params.map(of => codes[of])), list(results.map(of => codes[of]))]])
    return leb(kinds.get(key)[0])
  }
  const indices = all.map(kind)
  const bodies = all.map(({ name, results, returns }, i) => {
    // globals: calls, size, align
    const asked = name === alloc && i < exported ? [0x20, 0, 0x24, 1, 0x20, 1, 0x24, 2] : [0x23, 0, 0x41, 1, 0x6a, 0x24, 0]
    const body = [0, asked, results.map(of => constant[of](returns)), 0x0b].flat(Infinity)
    return [...leb(body.length), ...body]
  })
  const globals = ['linmem_calls', 'linmem_size', 'linmem_align']
  return Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, list([...kinds.values()].map(([, bytes]) => bytes))),
    ...section(3, list(indices)),
    ...section(4, list([[0x70, 0, leb(table.length + 1)]])),
    ...section(5, list([[0, 3]])),
    ...section(6, list(globals.map(() => [codes.i32, 1, 0x41, 0, 0x0b]))),
    ...section(7, list([
      [string('memory'), 2, 0], [string('__indirect_function_table'), 1, 0],
      ...globals.map((name, i) => [string(name), 3, i]),
      ...all.slice(0, exported).map(({ name }, i) => [string(name), 0, leb(i)]),
    ])),
    ...section(9, list(table.map((_, i) => [0, 0x41, signed(i + 1), 0x0b, list([leb(exported + i)])]))),
    ...section(10, list(bodies)),
  ])
}
