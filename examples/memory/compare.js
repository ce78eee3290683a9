// The same trace played through several allocators, side by side: what each makes of memory.
//
// The page calls alloc, free and realloc of one module for each, so it knows every block, whatever the allocator keeps in memory.

import { colors, onTheme } from './colors.js'
import { $, count, framed, h, resize, size } from './dom.js'

const PAGE = 65536
const names = ['Bump', 'Heap', 'Dlmalloc', 'WeeAlloc']

/** Numbers at random, the same for the same seed: xorshift. */
const random = seed => below => {
  seed ^= seed << 13
  seed ^= seed >>> 17
  seed ^= seed << 5
  return (seed >>> 0) % below
}

/** The traces: each gives `[slot, size]` in turn, which allocates, resizes or, with size 0, frees the block of a slot. */
export const traces = {
  'mixed sizes, freed in no order': {
    about: 'Blocks of 8 to 700 bytes come and go. What is freed lies scattered, and the next block does not always fit there.',
    * steps() {
      const next = random(1)
      const live = []
      for (let i = 0; i < 6000; i++) {
        if (live.length < 200 || next(100) < 50) {
          live.push(i)
          yield [i, 8 + next(next(6) ? 120 : 700)]
        } else yield [live.splice(next(live.length), 1)[0], 0]
      }
    },
  },
  'small ones first, then large ones': {
    about: 'Two thousand blocks of 24 bytes are freed but for every tenth. Is there room among them for blocks of 200 bytes?',
    * steps() {
      for (let i = 0; i < 2000; i++) yield [i, 24]
      for (let i = 0; i < 2000; i++) if (i % 10) yield [i, 0]
      for (let i = 0; i < 200; i++) yield [2000 + i, 200]
    },
  },
  'an array that grows': {
    about: 'Three arrays grow in turn, each to twice its size when it is full, as a Vec does. Every move leaves its old place behind.',
    * steps() {
      for (let i = 0; i < 36; i++) yield [i % 3, 64 << Math.floor(i / 3)]
    },
  },
  'last in, first out': {
    about: 'Blocks are freed in the opposite order of their allocation, as on a stack: even Bump takes them back.',
    * steps() {
      for (let round = 0; round < 60; round++) {
        for (let i = 0; i < 40; i++) yield [i, 16 + 8 * (i % 9)]
        for (let i = 39; i >= 0; i--) yield [i, 0]
      }
    },
  },
  'a leak': {
    about: 'A request makes ten blocks and frees nine. Nothing goes wrong for a long time.',
    * steps() {
      for (let round = 0; round < 400; round++) {
        for (let i = 0; i < 10; i++) yield [10 * round + i, 16 + 4 * i]
        for (let i = 0; i < 10; i++) if (i !== round % 10) yield [10 * round + i, 0]
      }
    },
  },
}

/** An allocator under a trace: its blocks by slot, and what they come to. */
class Run {
  static async start(name, module) {
    const { exports } = await WebAssembly.instantiate(module)
    return new Run(name, exports)
  }

  constructor(name, exports) {
    this.name = name
    this.exports = exports
    this.blocks = new Map()
    this.live = 0
    this.failed = 0
    this.moved = 0
    /** The lowest and the highest address of all blocks that ever were. */
    this.start = this.high = undefined
  }

  play([slot, size]) {
    const { alloc, free, realloc } = this.exports
    const block = this.blocks.get(slot)
    if (!size) {
      if (!block) return
      free(block.addr, block.size, 8)
      this.blocks.delete(slot)
      this.live -= block.size
      return
    }
    const addr = (block ? realloc(block.addr, block.size, 8, size) : alloc(size, 8)) >>> 0
    if (!addr) return void this.failed++
    if (block && block.addr !== addr) this.moved++
    this.blocks.set(slot, { addr, size, slot })
    this.live += size - (block?.size ?? 0)
    this.start = Math.min(this.start ?? addr, addr)
    this.high = Math.max(this.high ?? 0, addr + size)
  }

  get pages() {
    return this.exports.memory.buffer.byteLength / PAGE
  }

  /** Bytes that its blocks have lain in so far. */
  get reached() {
    return this.high === undefined ? 0 : this.high - this.start
  }

  /** Bytes between the blocks, of those, and the most of them in one place. */
  gaps() {
    if (!this.reached) return { free: 0, largest: 0 }
    const sorted = [...this.blocks.values()].sort((a, b) => a.addr - b.addr)
    let [at, free, largest] = [this.start, 0, 0]
    for (const { addr, size } of [...sorted, { addr: this.high, size: 0 }]) {
      free += Math.max(0, addr - at)
      largest = Math.max(largest, addr - at)
      at = Math.max(at, addr + size)
    }
    return { free, largest }
  }
}

/**
 * @param {(name: string) => Promise<Uint8Array>} module Fetches a module by its file's name.
 * @param {(error: Error) => void} fail Is told why there are no modules.
 */
export function compare(module, fail) {
  const slider = $('#trace-step')
  const picker = $('#trace')
  const play = $('#trace-play')
  const cards = $('#allocators')
  const files = { Bump: 'bump', Heap: 'heap', Dlmalloc: 'dlmalloc', WeeAlloc: 'wee_alloc' }
  /** What was compiled, by allocator: to go back takes new instances each time. */
  const compiled = new Map()
  let runs = []
  let steps = []
  let at = 0
  let timer
  let wants = 0
  const draw = framed(paint)
  picker.replaceChildren(...Object.keys(traces).map(name => h('option', {}, name)))
  picker.addEventListener('change', start)
  slider.addEventListener('input', () => {
    stop()
    go(+slider.value)
  })
  play.addEventListener('click', () => timer ? stop() : begin())
  onTheme(draw)
  const panels = names.map(name => {
    const canvas = h('canvas', { role: 'img', 'aria-label': `memory of ${name}` })
    const text = h('dl', { class: 'counts' })
    new ResizeObserver(draw).observe(canvas)
    return { canvas, text, element: h('section', { class: 'allocator', 'data-allocator': name }, h('h3', {}, name), canvas, text) }
  })
  cards.replaceChildren(...panels.map(({ element }) => element))

  async function start() {
    stop()
    const trace = traces[picker.value]
    $('#trace-about').textContent = trace.about
    steps = [...trace.steps()]
    runs = []
    at = 0
    slider.max = steps.length
    await go(steps.length)
  }

  function stop() {
    clearInterval(timer)
    timer = undefined
    play.textContent = 'Play'
  }

  async function begin() {
    if (at === steps.length || !runs.length) {
      await go(0)
      if (timer || at || !runs.length) return
    }
    play.textContent = 'Stop'
    const each = Math.max(1, Math.round(steps.length / 300))
    timer = setInterval(() => {
      go(at + each)
      if (at + each >= steps.length) stop()
    }, 33)
  }

  /** Plays on to a step; from the start, in new instances, where that lies behind. */
  async function go(to) {
    const want = ++wants
    to = Math.min(to, steps.length)
    if (to < at || !runs.length) {
      const fresh = await Promise.all(names.map(async name => {
        if (!compiled.has(name)) compiled.set(name, await WebAssembly.compile(await module(files[name])))
        return Run.start(name, compiled.get(name))
      })).catch(fail)
      if (!fresh || want !== wants) return
      runs = fresh
      at = 0
    }
    for (; at < to; at++) for (const run of runs) run.play(steps[at])
    slider.value = at
    $('#trace-at').textContent = `${count(at, 'call')} of ${steps.length.toLocaleString('en')}`
    runs.forEach((run, i) => {
      const { free, largest } = run.gaps()
      const rows = {
        'live': `${size(run.live)} in ${count(run.blocks.size, 'block')}`,
        'memory': `${count(run.pages, 'page')}`,
        'reached': size(run.reached),
        'in gaps': `${size(free)}, the largest ${size(largest)}`,
        ...(run.moved ? { moved: count(run.moved, 'time') } : {}),
        ...(run.failed ? { refused: count(run.failed, 'request') } : {}),
      }
      panels[i].text.replaceChildren(...Object.entries(rows).flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]))
    })
    draw()
  }

  /** All four in one scale, so that who takes more is longer. */
  function paint() {
    if (!runs.length) return
    const scale = devicePixelRatio || 1
    const { css, pixel } = colors()
    const most = Math.max(...runs.map(run => run.reached), 1024)
    runs.forEach((run, i) => {
      const { canvas } = panels[i]
      resize(canvas, scale)
      const { width: wide, height: high } = canvas
      if (!wide || !high) return
      const context = canvas.getContext('2d')
      const rowHigh = Math.max(2, Math.round(8 * scale))
      const rows = Math.floor(high / rowHigh)
      const row = Math.ceil(most / rows)
      const line = new Uint32Array(wide * rows).fill(pixel.card)
      const pixelAt = addr => {
        const offset = addr - run.start
        const y = Math.floor(offset / row)
        return Math.min(line.length, y * wide + Math.floor((offset - y * row) / row * wide))
      }
      if (run.reached) line.fill(pixel.free, 0, pixelAt(run.high))
      for (const { addr, size, slot } of run.blocks.values()) {
        const first = pixelAt(addr)
        line.fill(pixel[`made${slot % 8}`], first, Math.max(first + 1, pixelAt(addr + size)))
      }
      const image = new ImageData(wide, rowHigh - Math.round(scale))
      const pixels = new Uint32Array(image.data.buffer)
      context.fillStyle = css.card
      context.fillRect(0, 0, wide, high)
      for (let y = 0; y < rows; y++) {
        for (let i = 0; i < image.height; i++) pixels.set(line.subarray(y * wide, (y + 1) * wide), i * wide)
        context.putImageData(image, 0, y * rowHigh)
      }
    })
  }

  return { start: async () => runs.length || start() }
}
