// What the page reads of a module's own bytes: where its stack and its data lie, and the types of its exports.
//
// The engine has compiled the module before, so its sections are in order. What the tools of a language leave out of it, such
// as names, is not needed: the stack's top is what the first mutable global begins as, by the convention of all LLVM tools.

const TYPE = 1, IMPORT = 2, FUNCTION = 3, GLOBAL = 6, EXPORT = 7, DATA = 11
const valueTypes = { 0x7f: 'i32', 0x7e: 'i64', 0x7d: 'f32', 0x7c: 'f64' }

/** Reads LEB128 numbers and names, from the start of some bytes. */
function reader(bytes) {
  let at = 0
  const u32 = () => {
    let [value, shift, byte] = [0, 0, 0]
    do {
      byte = bytes[at++]
      value |= (byte & 127) << shift
      shift += 7
    } while (byte > 127)
    return value >>> 0
  }
  const signed = () => {
    let [value, shift, byte] = [0n, 0n, 0]
    do {
      byte = bytes[at++]
      value |= BigInt(byte & 127) << shift
      shift += 7n
    } while (byte > 127)
    return BigInt.asIntN(Number(shift), value)
  }
  const take = size => {
    if (at + size > bytes.length) throw Error('a section of another form')
    return bytes.subarray(at, at += size)
  }
  return {
    u32, signed, take,
    byte: () => bytes[at++],
    name: () => new TextDecoder().decode(take(u32())),
    list: item => {
      const length = u32()
      if (length > bytes.length) throw Error('a section of another form')
      return Array.from({ length }, item)
    },
    more: () => at < bytes.length,
  }
}

/**
 * Finds where the parts of a module's memory lie, and what its functions are.
 *
 * @returns {{ stack: number | undefined, data: { addr: number, size: number }[], functions: { name: string, params: string[], results: string[] }[],
 *   imports: { module: string, name: string, params: string[], results: string[] }[] }} `stack` is the address of the stack's top.
 */
export function parse(bytes) {
  const found = { stack: undefined, data: [], functions: [], imports: [] }
  const types = []
  const functions = [] // the type of each, imported ones first
  const file = reader(bytes.subarray(8))
  while (file.more()) {
    const id = file.byte()
    const section = reader(file.take(file.u32()))
    const limits = () => {
      const flags = section.byte()
      section.signed()
      if (flags & 1) section.signed()
    }
    // The value of an expression of one constant; undefined for others.
    const constant = () => {
      const [op, value] = [section.byte(), { 0x41: section.signed, 0x42: section.signed }]
      const number = value[op]?.()
      if (op === 0x43) section.take(4)
      else if (op === 0x44) section.take(8)
      else if (number === undefined) section.u32()
      return section.byte() === 0x0b && op === 0x41 ? Number(number) >>> 0 : undefined
    }
    const values = () => section.list(() => valueTypes[section.byte()] ?? 'ref')
    if (id === TYPE) {
      section.list(() => {
        section.byte()
        types.push({ params: values(), results: values() })
      })
    } else if (id === IMPORT) {
      section.list(() => {
        const [module, name, kind] = [section.name(), section.name(), section.byte()]
        if (kind === 0) {
          const type = types[section.u32()]
          functions.push(type)
          found.imports.push({ module, name, ...type })
        } else if (kind === 1) section.byte(), limits()
        else if (kind === 2) limits()
        else if (kind === 3) section.take(2)
        else section.byte(), section.u32()
      })
    } else if (id === FUNCTION) {
      section.list(() => functions.push(types[section.u32()]))
    } else if (id === GLOBAL) {
      section.list(() => {
        const [type, mutable] = section.take(2)
        const value = constant()
        if (mutable && valueTypes[type] === 'i32') found.stack ??= value
      })
    } else if (id === EXPORT) {
      section.list(() => {
        const [name, kind, index] = [section.name(), section.byte(), section.u32()]
        if (kind === 0) found.functions.push({ name, ...functions[index] })
      })
    } else if (id === DATA) {
      section.list(() => {
        const flags = section.u32()
        if (flags === 2) section.u32()
        const addr = flags === 1 ? undefined : constant()
        const size = section.u32()
        section.take(size)
        if (addr !== undefined) found.data.push({ addr, size })
      })
    }
  }
  return found
}

/** Records for a module that has none: numbers are all that its signatures tell. */
export function numericRecords({ functions, imports }) {
  const signature = ({ name, params, results }) =>
    `${name}${params.map((type, i) => ` p${i}:${type}`).join('')}${results.length ? ` -> ${results[0]}` : ''}`
  const plain = ({ name, params, results }) =>
    /^[A-Za-z_]\w*$/.test(name) && results.length < 2 && ![...params, ...results].includes('ref')
  const roles = ['alloc', 'free', 'realloc', 'cabi_realloc', '_initialize', 'linmem_check']
  return ['abi 1 wasm32',
    ...functions.filter(f => plain(f) && !roles.includes(f.name)).map(f => `fn ${signature(f)}`),
    ...imports.filter(f => plain(f) && /^[!-~]+$/.test(f.module)).map(f => `import ${f.module} ${signature(f)}`), ''].join('\n')
}

/**
 * The regions of linear memory, by address: `{ name, from, to }`. `globals` are the exports of the instance, which may tell where
 * data ends and the heap begins; so may a heap's own map, by `base`.
 */
export function regions({ stack = 0, data }, globals, size, base) {
  const global = name => globals[name] instanceof WebAssembly.Global && typeof globals[name].value === 'number' ? globals[name].value >>> 0 : undefined
  const first = Math.min(size, ...data.map(({ addr }) => addr))
  const last = Math.max(0, ...data.map(({ addr, size }) => addr + size))
  const below = stack <= first
  const start = Math.min(size, base ?? global('__heap_base') ?? Math.ceil(Math.max(stack, last) / 16) * 16)
  const end = Math.min(start, global('__data_end') ?? start)
  const found = below
    ? [{ name: 'stack', from: 0, to: stack }, { name: 'data', from: stack, to: Math.max(stack, end) }]
    : [{ name: 'data', from: first, to: end }, { name: 'stack', from: end, to: stack }]
  found.push({ name: 'heap', from: Math.max(start, found.at(-1).to), to: size })
  return found.filter(({ from, to }) => from < to)
}
