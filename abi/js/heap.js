// SPDX-License-Identifier: MIT OR Apache-2.0
// Which memory of a module's heap is free: `heap(m)`. See SPEC.md, "Heap modules".
//
// It reads linear memory, as data of a hostile module, and calls nothing. So it works after a trap, too.

/** The heap of a module, loaded by `load`, or of an instance's exports; `undefined` if it does not tell. */
export const heap = module => {
  const { linmem_heap: symbol, memory } = Object.getPrototypeOf(module)?.raw ?? module.raw ?? module
  if (!(symbol instanceof WebAssembly.Global && memory instanceof WebAssembly.Memory)) return undefined
  const refuse = why => {
    throw Error(`linmem_heap: ${why}`)
  }
  const word = addr => {
    if (addr % 4 || addr + 4 > memory.buffer.byteLength) refuse(`an address outside of memory, ${addr}`)
    return new DataView(memory.buffer, addr).getUint32(0, true)
  }
  const field = index => word((symbol.value >>> 0) + 4 * index)
  return {
    get base() {
      return field(3)
    },
    get unclaimed() {
      const span = field(2)
      const [start, end] = [word(span), 65536 * word(span + 4)]
      if (start > end || end > memory.buffer.byteLength) refuse(`unclaimed memory from ${start} to ${end}`)
      return { start, end }
    },
    free: () => {
      const found = []
      const [lists, count, end] = [field(0), field(1), memory.buffer.byteLength]
      let room = end
      if (count > 116) refuse(`${count} lists`)
      for (let i = 0; i < count; i++) {
        const size = (4 + i % 4) * 2 ** ((i >> 2) + 1)
        // A block of the list, replaced after twice as many steps as the one before: a ring comes back to it.
        let mark
        let [steps, most] = [0, 1]
        for (let addr = word(lists + 4 * i); addr; addr = word(addr)) {
          if (addr % 8 || size % 8 || addr + size > end) refuse(`no free block of ${size} bytes at ${addr}`)
          if (addr === mark) refuse(`a list of blocks of ${size} bytes without an end`)
          if ((room -= size) < 0) refuse('free blocks of more than all memory')
          if (++steps === most) [mark, steps, most] = [addr, 0, 2 * most]
          found.push({ addr, size })
        }
      }
      return found
    },
  }
}
