// SPDX-License-Identifier: MIT OR Apache-2.0
// What a checked module knows of its blocks: `checks(m)`. See SPEC.md, "Checked modules".
//
// It reads linear memory, as data of a hostile module, and calls nothing but `linmem_check`. So it works after a trap, too.

const fields = ['text', 'length', 'addr', 'tag', 'refuse', 'live', 'freed', 'blocks', 'size', 'peak', 'pages', 'count']
const [LIVE, FREED] = [0x4556494c, 0x45455246]

/** The checks of a module, loaded by `load`, or of an instance's exports; `undefined` if it has none. */
export const checks = module => {
  // What a module declares may hide what the library has; exports have no prototype.
  const host = Object.getPrototypeOf(module)
  const raw = host?.raw ?? module.raw ?? module
  const { linmem_checks: symbol, linmem_check: check, memory } = raw
  if (!(symbol instanceof WebAssembly.Global && memory instanceof WebAssembly.Memory)) return undefined
  const refuse = why => {
    throw Error(`linmem_checks: ${why}`)
  }
  const view = (addr, length) => {
    if (addr % 4 || addr + length > memory.buffer.byteLength) refuse(`an address outside of memory, ${addr}`)
    return new DataView(memory.buffer, addr, length)
  }
  const word = addr => view(addr, 4).getUint32(0, true)
  const place = field => word(symbol.value >>> 0) + 4 * fields.indexOf(field)
  const read = field => word(place(field))
  const number = (field, value) => {
    if (value >>> 0 !== value) refuse(`no ${field}: ${String(value)}`)
    view(place(field), 4).setUint32(0, value, true)
  }
  const list = (field, mark) => {
    const found = []
    // Headers do not overlap, so no list is longer than memory.
    let most = Math.min(field === 'live' ? read('blocks') : Infinity, memory.buffer.byteLength / 32)
    const all = new DataView(memory.buffer)
    for (let header = read(field); header; most--) {
      if (most < 1) refuse(`a list of ${field} blocks without an end`)
      if (header % 4 || header + 32 > all.byteLength) refuse(`an address outside of memory, ${header}`)
      const at = offset => all.getUint32(header + offset, true)
      if ((at(24) ^ mark) >>> 0 !== header) refuse(`no ${field} block at ${header + 32}`)
      found.push({ addr: header + 32, size: at(8), align: at(12), tag: at(16), number: at(20) })
      header = at(0)
    }
    return found
  }
  return {
    live: () => list('live', LIVE),
    freed: () => list('freed', FREED),
    get found() {
      const [text, length] = [read('text'), read('length')]
      if (!length) return undefined
      if (length > 4096) refuse(`a text of ${length} bytes`)
      if (text + length > memory.buffer.byteLength) refuse('a text outside of memory')
      return { text: new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(memory.buffer).slice(text, text + length)), addr: read('addr') }
    },
    get statistics() {
      return Object.fromEntries(fields.slice(7).map(field => [field, read(field)]))
    },
    get tag() {
      return read('tag')
    },
    set tag(tag) {
      number('tag', tag)
    },
    get refuse() {
      return read('refuse')
    },
    set refuse(count) {
      number('refuse', count)
    },
    check: () => typeof check !== 'function' ? refuse('the module exports no linmem_check') : host?.check ? host.check() : check(),
    /** Calls `f`, and returns the blocks that are live since then. */
    left: f => {
      const before = read('count')
      f()
      return list('live', LIVE).filter(block => block.number > before)
    },
  }
}
