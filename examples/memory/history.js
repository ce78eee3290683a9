// What memory was after each statement: its blocks, its counts, and its bytes, forwards and backwards.
//
// Bytes are kept as the pieces of 4 KiB that a statement changed, before and after. One image of memory is moved along them to
// the step that is looked at. What the pieces take is bounded: the oldest steps lose their bytes first.

import { owned } from './records.js'

const PIECE = 4096
/** Bytes of all pieces together. */
const MOST_KEPT = 1 << 28
/** Memory that is larger is not copied: then only the newest step has bytes. */
const MOST_COPIED = 1 << 28
const HEADER = 32
const GUARD = 8

/**
 * What is known of memory at the moment.
 *
 * Blocks come from three sources: what a checked module says of its live and waiting blocks (SPEC.md, "Checked modules"), the
 * free lists of a heap (SPEC.md, "Heap modules"), and what the host owns, with all that this owns by its type.
 *
 * @returns {{ blocks: object[], regions: object[], statistics: object, found: object | undefined, trouble: string[] }} Blocks are
 *   `{ addr, size, kind: 'used' | 'waiting' | 'free', step, number, type, held }`, by address.
 */
export function survey(session, before) {
  const { checks, heap, view } = session
  const trouble = []
  const attempt = (body, none) => {
    try {
      return body()
    } catch (error) {
      trouble.push(error.message)
      return none
    }
  }
  const live = checks ? attempt(() => checks.live(), []) : []
  const checked = (kind, { addr, size, align, tag, number }) => ({ kind, addr, size, align, number, step: tag, checked: true })
  const used = new Map()
  for (const block of live) used.set(block.addr, checked('used', block))
  const old = new Map()
  for (const block of before?.blocks ?? []) old.set(block.addr, block)
  const hold = (addr, size, type) => {
    const block = used.get(addr)
    if (block) Object.assign(block, { type, held: true })
    else if (!checks && size) {
      const step = old.get(addr)?.size === size ? old.get(addr).step : session.step
      used.set(addr, { kind: 'used', addr, size, align: type.align, step, type, held: true })
    }
  }
  for (const { addr, type } of attempt(() => session.owners, [])) {
    hold(addr, type.size, type)
    attempt(() => owned(type, view, addr, ({ addr, size, type }) => hold(addr, size, type)))
  }
  // A type that was known stays known when the host has let go of the block: so one sees what leaks.
  for (const block of used.values()) {
    const was = old.get(block.addr)
    if (!block.type && was?.number === block.number && was?.size === block.size) block.type = was.type
  }
  const waiting = checks ? attempt(() => checks.freed(), []).map(block => checked('waiting', block)) : []
  const free = heap ? attempt(() => heap.free(), []).map(({ addr, size }) => ({ kind: 'free', addr, size })) : []
  const unclaimed = heap ? attempt(() => heap.unclaimed) : undefined
  // A block that is as it was is the same object, so that many steps with many blocks find room.
  const blocks = [...used.values(), ...waiting, ...free].map(block => equal(block, old.get(block.addr))).sort((a, b) => a.addr - b.addr)
  const regions = session.regions
  const bytes = [...used.values()].reduce((sum, { size }) => sum + size, 0)
  const statistics = {
    pages: view.byteLength / 65536,
    blocks: used.size,
    live: bytes,
    peak: Math.max(before?.statistics.peak ?? 0, checks ? attempt(() => checks.statistics.peak, 0) : bytes),
    ...(heap && unclaimed ? rest(free, unclaimed) : gaps(blocks, regions.find(({ name }) => name === 'heap'))),
  }
  const found = checks && attempt(() => checks.found)
  return { blocks, regions, unclaimed, statistics, found, trouble: [...new Set(trouble)] }
}

/** A block, or what it was before if nothing of it has changed. */
function equal(block, was) {
  const same = was && block.kind === was.kind && block.size === was.size && block.align === was.align && block.number === was.number &&
    block.step === was.step && block.type === was.type && block.held === was.held
  return same ? was : block
}

/** What a heap says is free: its blocks, where neighbours count as one, and what nobody has claimed. */
function rest(free, { start, end }) {
  const gaps = [...free.map(({ addr, size }) => [addr, addr + size]), [start, end]].sort(([a], [b]) => a - b)
  let [at, run, total, largest] = [0, 0, 0, 0]
  for (const [from, to] of gaps) {
    run = from === at ? run + to - from : to - from
    total += to - from
    largest = Math.max(largest, run)
    at = to
  }
  return { free: total, largest, fragmentation: total ? 1 - largest / total : 0 }
}

/** Of a heap that says nothing: the bytes between used blocks, the most of them in one place, and what part is elsewhere. */
function gaps(blocks, heap) {
  if (!heap) return { free: 0, largest: 0, fragmentation: 0 }
  let [at, free, largest] = [heap.from, 0, 0]
  const gap = to => {
    if (to <= at) return
    free += to - at
    largest = Math.max(largest, to - at)
  }
  for (const block of blocks) {
    if (block.kind === 'free' || block.addr < heap.from) continue
    const { front, back } = around(block)
    gap(block.addr - front)
    at = Math.max(at, block.addr + block.size + back)
  }
  gap(heap.to)
  return { free, largest, fragmentation: free ? 1 - largest / free : 0 }
}

/** What a checked block takes in front of and behind the bytes that were asked for. */
export const around = block => block.checked ? { front: HEADER, back: GUARD } : { front: 0, back: 0 }

/** The steps since a module was opened, oldest first, and the bytes of memory at each. */
export class History {
  #steps = []
  /** The bytes of memory at the step that is looked at; undefined where memory is too large to copy. */
  #image = new Uint8Array()
  #at = -1
  #kept = 0

  constructor(session) {
    this.session = session
  }

  get steps() {
    return this.#steps
  }

  get last() {
    return this.#steps.at(-1)
  }

  /**
   * Writes down what memory is now.
   *
   * @param {{ line: string, lines: object[], places: object[] }} made What `run` returned; or what else happened.
   */
  record(made) {
    this.look(this.#steps.length - 1)
    const before = this.last
    const memory = new Uint8Array(this.session.m.raw.memory.buffer)
    const step = { ...made, ...survey(this.session, before), size: memory.length, changes: undefined, events: undefined }
    const copied = memory.length <= MOST_COPIED
    if (copied && this.#image) {
      step.changes = this.#compare(memory)
      step.events = before && { ...compare(before, step, this.#image, memory), changed: changed(step.changes, this.session) }
      this.#image = this.#resized(memory.length)
      for (const { addr, after } of step.changes) this.#image.set(after, addr)
      this.#kept += step.changes.length * 2 * PIECE
    } else {
      // Memory has become too large to be looked at in the past.
      this.#image = undefined
      this.#kept = 0
      for (const old of this.#steps) old.changes = undefined
      step.events = before && compare(before, step)
    }
    this.#steps.push(step)
    this.#at = this.#steps.length - 1
    for (let i = 0; this.#kept > MOST_KEPT && i < this.#at; i++) {
      this.#kept -= (this.#steps[i].changes?.length ?? 0) * 2 * PIECE
      this.#steps[i].changes = undefined
    }
    return step
  }

  /** The first step whose bytes are still known. */
  get first() {
    const forgotten = this.#steps.findLastIndex(step => !step.changes)
    // The changes of the step behind lead back to it.
    return this.#image ? Math.max(0, forgotten) : this.#steps.length - 1
  }

  /** The bytes of a step; undefined if they are forgotten. The newest are memory itself, so that it can be written to. */
  look(index) {
    if (index === this.#steps.length - 1) {
      this.#move(index)
      return new DataView(this.session.m.raw.memory.buffer)
    }
    if (index < this.first) return undefined
    this.#move(index)
    return new DataView(this.#image.buffer, 0, this.#steps[index].size)
  }

  #move(index) {
    if (!this.#image) return
    for (; this.#at < index; this.#at++) {
      const { size, changes } = this.#steps[this.#at + 1]
      this.#image = this.#resized(size)
      for (const { addr, after } of changes) this.#image.set(after, addr)
    }
    for (; this.#at > index; this.#at--) for (const { addr, before } of this.#steps[this.#at].changes) this.#image.set(before, addr)
  }

  /** Memory never shrinks: nor does its image, whose rest is 0 before it grew. */
  #resized(size) {
    if (this.#image.length >= size) return this.#image
    const image = new Uint8Array(size)
    image.set(this.#image)
    return image
  }

  #compare(memory) {
    const changes = []
    const image = this.#image
    const words = bytes => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2)
    const [a, b] = [words(image), words(memory)]
    for (let addr = 0; addr < memory.length; addr += PIECE) {
      const [from, to] = [addr >>> 2, (addr + PIECE) >>> 2]
      let i = from
      if (addr < image.length) while (i < to && a[i] === b[i]) i++
      else while (i < to && b[i] === 0) i++
      if (i === to) continue
      const before = new Uint8Array(PIECE)
      if (addr < image.length) before.set(image.subarray(addr, addr + PIECE))
      changes.push({ addr, before, after: memory.slice(addr, addr + PIECE) })
    }
    return changes
  }
}

/** How many bytes are others than before, the tag that this page writes left out. Of very many pieces nobody wants to know. */
function changed(changes, { checks, m, view }) {
  if (changes.length > 1000) return 0
  const report = checks && m.raw.linmem_checks.value >>> 0
  const tag = report && report + 4 <= view.byteLength ? view.getUint32(report, true) + 12 : -4
  let found = 0
  for (const { addr, before, after } of changes) {
    for (let i = 0; i < PIECE; i++) found += before[i] !== after[i] && (addr + i < tag || addr + i >= tag + 4)
  }
  return found
}

/** What happened to the blocks between two steps. */
function compare(before, after, image, memory) {
  const key = ({ addr, size, number }) => number === undefined ? `${addr} ${size}` : `${addr} ${number}`
  // What is the same object in both is neither made nor freed.
  const used = (step, other) => {
    const same = new Set(other.blocks)
    return new Map(step.blocks.filter(block => block.kind === 'used' && !same.has(block)).map(block => [key(block), block]))
  }
  const [old, made] = [used(before, after), used(after, before)]
  const allocated = [...made].filter(([key]) => !old.has(key)).map(([, block]) => block)
  const freed = [...old].filter(([key]) => !made.has(key)).map(([, block]) => block)
  const moved = []
  // What was resized lies in another block with the bytes that it had. Where all has changed, nobody looks for that.
  if (image && allocated.length * freed.length < 1e5) {
    for (const from of [...freed]) {
      const to = allocated.find(block => block.size !== from.size && block.align === from.align && same(image, from, memory, block))
      if (!to) continue
      moved.push({ from, to })
      allocated.splice(allocated.indexOf(to), 1)
      freed.splice(freed.indexOf(from), 1)
    }
  }
  return { allocated, freed, moved, grown: after.statistics.pages - before.statistics.pages }
}

function same(image, from, memory, to) {
  const size = Math.min(from.size, to.size)
  if (size < 4) return false
  for (let i = 0; i < size; i++) if (image[from.addr + i] !== memory[to.addr + i]) return false
  return true
}
