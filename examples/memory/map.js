// The map of linear memory: rows of bytes on a canvas, from all of memory down to single bytes.
//
// Blocks are painted into the pixels of one line for each row, which is then repeated: a hundred thousand of them take a few
// milliseconds. Outlines and texts are drawn over it where blocks are wide enough.

import { colors, colorOf, onTheme } from './colors.js'
import { $, framed, resize, size } from './dom.js'
import { hex } from './records.js'
import { around } from './history.js'

const GUTTER = 92
const ROW = 20
const LEAST = 16

export function map(app) {
  const canvas = $('#map')
  const strip = $('#strip')
  const info = $('#map-info')
  // Until somebody moves it, the map follows what it is about: all of memory, or where blocks are.
  const state = { from: 0, row: 1 << 16, hover: undefined, follows: 'blocks' }
  const context = canvas.getContext('2d')
  const draw = framed(paint)
  const rows = () => Math.max(1, Math.floor(canvas.clientHeight / ROW))
  const width = () => Math.max(1, canvas.clientWidth - GUTTER)
  const total = () => app.step?.size ?? 0

  new ResizeObserver(() => {
    follow()
    draw()
  }).observe(canvas)
  onTheme(draw)
  app.on('module', () => state.follows = 'blocks')
  app.on('step', () => {
    follow()
    tell()
    draw()
  })
  app.on('select', () => {
    reveal()
    tell()
    draw()
  })

  function follow() {
    if (!app.step) return
    const { blocks } = app.step
    if (state.follows === 'all' || state.follows && !blocks.length) show(0, total())
    else if (state.follows === 'blocks') show(blocks[0].addr - around(blocks[0]).front, blocks.at(-1).addr + blocks.at(-1).size)
  }

  /** Shows bytes in the largest scale that has room for them. */
  function show(from, to) {
    state.row = 2 * LEAST
    const start = () => from - from % state.row
    while (state.row * rows() < to - start()) state.row *= 2
    move(from)
  }

  function move(from) {
    const most = Math.max(0, Math.ceil(total() / state.row) - rows())
    state.from = Math.min(Math.max(0, Math.floor(from / state.row)), most) * state.row
  }

  function zoom(factor, addr = state.from + state.row * rows() / 2) {
    const at = (addr - state.from) / (state.row * rows())
    let row = state.row * factor
    row = Math.max(LEAST, Math.min(row, LEAST * 2 ** 28))
    while (row > LEAST && row * rows() >= total() * 2) row /= 2
    state.row = row
    move(addr - at * row * rows())
    state.follows = undefined
    draw()
  }

  /** Brings the selected place into sight, if it is not. */
  function reveal() {
    const { selection } = app
    if (!selection) return
    if (selection.addr < state.from || selection.addr >= state.from + state.row * rows()) move(selection.addr - state.row * (rows() >> 1))
  }

  function tell(addr = state.hover) {
    const at = addr ?? app.selection?.addr
    if (at === undefined || at >= total()) {
      info.textContent = `${size(total())} of linear memory, ${size(state.row)} in a row`
      return
    }
    const block = app.blockAt(at)
    const region = app.regionAt(at)
    info.textContent = block ? app.describe(block) : `${hex(at)} · ${region ? within(at, region) : 'between the parts'}`
  }

  function within(at, region) {
    if (region.name !== 'heap') return region.name
    const { unclaimed } = app.step
    if (unclaimed && at >= unclaimed.start && at < unclaimed.end) return 'heap, claimed by nobody yet'
    return 'heap, no block that is known'
  }

  function addressAt({ offsetX, offsetY }) {
    const row = Math.floor(offsetY / ROW)
    if (offsetX < GUTTER || row >= rows()) return undefined
    const addr = state.from + row * state.row + Math.floor((offsetX - GUTTER) / width() * state.row)
    return addr < total() ? addr : undefined
  }

  // The mouse: drag moves, a wheel zooms, a click selects.
  let drag
  canvas.addEventListener('pointerdown', event => {
    drag = { y: event.offsetY, from: state.from, moved: false }
    canvas.setPointerCapture(event.pointerId)
  })
  canvas.addEventListener('pointermove', event => {
    if (drag) {
      const by = Math.round((drag.y - event.offsetY) / ROW)
      if (by) { drag.moved = true; state.follows = undefined }
      if (drag.moved) move(drag.from + by * state.row)
    }
    state.hover = addressAt(event)
    tell()
    draw()
  })
  canvas.addEventListener('pointerleave', () => {
    state.hover = undefined
    tell()
    draw()
  })
  canvas.addEventListener('pointerup', event => {
    const addr = addressAt(event)
    if (drag && !drag.moved && addr !== undefined) {
      const block = app.blockAt(addr)
      app.select(block ?? { addr: state.row <= 64 ? addr : addr - addr % 16, size: 64 })
    }
    drag = undefined
  })
  canvas.addEventListener('wheel', event => {
    event.preventDefault()
    zoom(event.deltaY > 0 ? 2 : 0.5, addressAt(event) ?? state.from)
  }, { passive: false })
  canvas.addEventListener('keydown', event => {
    const keys = {
      'ArrowUp': () => { move(state.from - state.row); state.follows = undefined },
      'ArrowDown': () => { move(state.from + state.row); state.follows = undefined },
      'PageUp': () => { move(state.from - state.row * rows()); state.follows = undefined },
      'PageDown': () => { move(state.from + state.row * rows()); state.follows = undefined },
      'ArrowLeft': () => neighbour(-1),
      'ArrowRight': () => neighbour(1),
      '+': () => zoom(0.5, app.selection?.addr),
      '=': () => zoom(0.5, app.selection?.addr),
      '-': () => zoom(2, app.selection?.addr),
      '0': () => followAt('all'),
      'Home': () => followAt('blocks'),
      'Enter': () => {
        if (!app.selection) return
        state.follows = undefined
        show(app.selection.addr - around(app.selection.block ?? {}).front, app.selection.addr + app.selection.size)
      },
    }
    if (!keys[event.key]) return
    event.preventDefault()
    keys[event.key]()
    tell()
    draw()
  })

  /** Selects the next used block, in either direction. */
  function neighbour(by) {
    const { blocks } = app.step
    const addr = app.selection?.addr ?? -1
    const found = by > 0 ? blocks.find(block => block.addr > addr) : blocks.findLast(block => block.addr < addr)
    if (found) app.select(found)
  }

  let stripDrag = false
  const stripTo = event => {
    move(event.offsetX / strip.clientWidth * total() - state.row * rows() / 2)
    state.follows = undefined
    tell()
    draw()
  }
  strip.addEventListener('pointerdown', event => {
    stripDrag = true
    strip.setPointerCapture(event.pointerId)
    stripTo(event)
  })
  strip.addEventListener('pointermove', event => stripDrag && stripTo(event))
  strip.addEventListener('pointerup', () => stripDrag = false)
  $('#zoom-in').addEventListener('click', () => zoom(0.5, app.selection?.addr))
  $('#zoom-out').addEventListener('click', () => zoom(2, app.selection?.addr))
  $('#zoom-all').addEventListener('click', () => followAt('all'))
  $('#zoom-blocks').addEventListener('click', () => followAt('blocks'))

  function followAt(what) {
    state.follows = what
    follow()
    tell()
    draw()
  }

  /** Gives the pixel of each block: what made it is looked up once for each step. */
  function shades(pixel) {
    const known = new Map()
    return block => {
      if (block.kind !== 'used') return pixel[block.kind]
      if (!known.has(block.step)) known.set(block.step, pixel[colorOf(app.maker(block))])
      return known.get(block.step)
    }
  }

  function paint() {
    if (!app.step || !canvas.clientWidth) return
    const scale = devicePixelRatio || 1
    const { css, pixel, mono } = colors()
    resize(canvas, scale)
    const [count, wide] = [rows(), Math.round(width() * scale)]
    const end = Math.min(total(), state.from + state.row * count)
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.fillStyle = css.card
    context.fillRect(0, 0, canvas.width, canvas.height)

    // One line of pixels for each row.
    const line = new Uint32Array(wide * count).fill(pixel.card)
    const at = addr => {
      const row = Math.floor((addr - state.from) / state.row)
      return row * wide + Math.floor((addr - state.from - row * state.row) / state.row * wide)
    }
    const span = (from, to, color, least = 0) => {
      if (to <= state.from || from >= end) return
      const first = at(Math.max(from, state.from))
      const last = to >= end ? at(end - 1) + Math.max(1, Math.round(wide / state.row)) : at(to)
      const stop = Math.max(last, first + least)
      // Most spans are short where there are many, and a call for each takes longer than its pixels.
      if (stop - first > 32) line.fill(color, first, stop)
      else for (let i = first; i < stop; i++) line[i] = color
    }
    for (const { name, from, to } of app.step.regions) span(from, to, pixel[name])
    const { blocks } = app.step
    const shade = shades(pixel)
    for (let i = first(blocks, state.from); i < blocks.length && blocks[i].addr - 32 < end; i++) {
      const block = blocks[i]
      const { front, back } = around(block)
      if (front) {
        span(block.addr - front, block.addr, pixel.guard)
        span(block.addr + block.size, block.addr + block.size + back, pixel.guard)
      }
      span(block.addr, block.addr + block.size, shade(block), 1)
    }
    const high = Math.round((ROW - 3) * scale)
    for (let row = 0; row < count; row++) {
      const image = new ImageData(wide, high)
      const pixels = new Uint32Array(image.data.buffer)
      const source = line.subarray(row * wide, (row + 1) * wide)
      for (let y = 0; y < high; y++) pixels.set(source, y * wide)
      context.putImageData(image, Math.round(GUTTER * scale), Math.round(row * ROW * scale))
    }

    context.setTransform(scale, 0, 0, scale, 0, 0)
    context.textBaseline = 'middle'
    context.font = `11px ${mono}`
    context.textAlign = 'left'
    for (let row = 0; row < count; row++) {
      const addr = state.from + row * state.row
      if (addr >= total()) break
      context.fillStyle = css.soft
      context.fillText(hex(addr), 4, row * ROW + (ROW - 3) / 2)
    }
    details(css, mono, count, end)
    overview(scale, css, pixel, end)
  }

  /** The first block that may reach behind an address. */
  function first(blocks, addr) {
    let [low, high] = [0, blocks.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (blocks[middle].addr + blocks[middle].size + 8 <= addr) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Names, bytes, outlines: what there is room for. */
  function details(css, mono, count, end) {
    const byte = width() / state.row
    const x = addr => GUTTER + (addr - state.from) % state.row * byte
    const y = addr => Math.floor((addr - state.from) / state.row) * ROW
    context.save()
    context.beginPath()
    context.rect(GUTTER, 0, width(), count * ROW)
    context.clip()
    if (byte >= 16) {
      const view = app.view
      context.textAlign = 'center'
      context.font = `${byte >= 24 ? 11 : 10}px ${mono}`
      for (let addr = state.from; addr < end && view; addr++) {
        const value = view.getUint8(addr)
        const block = app.blockAt(addr)
        context.fillStyle = block?.kind === 'used' ? css.card : css.soft
        context.fillText(value.toString(16).padStart(2, '0'), x(addr) + byte / 2, y(addr) + (ROW - 3) / 2)
      }
    } else {
      context.textAlign = 'left'
      context.font = '600 11px system-ui, sans-serif'
      const label = (from, to, text, color) => {
        const start = Math.max(from, state.from)
        if (start >= end) return
        const room = Math.min(state.row - (start - state.from) % state.row, to - start) * byte
        if (room < context.measureText(text).width + 10) return
        context.fillStyle = color
        context.fillText(text, x(start) + 6, y(start) + (ROW - 3) / 2)
      }
      const { blocks } = app.step
      for (const { name, from, to } of app.step.regions) {
        const taken = blocks[first(blocks, from)]
        label(from, taken && taken.addr < to ? Math.max(from, taken.addr - 32) : to, name, css.soft)
      }
      for (let i = first(blocks, state.from), shown = 0; i < blocks.length && blocks[i].addr < end && shown < 2000; i++, shown++) {
        const block = blocks[i]
        if (block.size * byte > 24) label(block.addr, block.addr + block.size, block.type?.text ?? app.maker(block), block.kind === 'used' ? css.card : css.soft)
      }
    }
    // A block over several rows is outlined in each.
    const outline = (from, to, color, dash = [], wide = 2) => {
      context.strokeStyle = color
      context.lineWidth = wide
      context.setLineDash(dash)
      for (let at = Math.max(from, state.from); at < Math.min(to, end);) {
        const stop = Math.min(to, at - (at - state.from) % state.row + state.row)
        context.strokeRect(x(at) + 1, y(at) + 1, Math.max(2, (stop - at) * byte - 2), ROW - 5)
        at = stop
      }
      context.setLineDash([])
    }
    const { events } = app.step
    for (const block of events?.allocated.slice(0, 500) ?? []) outline(block.addr, block.addr + block.size, css.good)
    for (const block of events?.freed.slice(0, 500) ?? []) outline(block.addr, block.addr + block.size, css.soft, [3, 3])
    for (const { from, to } of events?.moved ?? []) {
      outline(from.addr, from.addr + from.size, css.soft, [3, 3])
      outline(to.addr, to.addr + to.size, css.good)
      arrow(x(from.addr), y(from.addr) + ROW / 2, x(to.addr), y(to.addr) + ROW / 2, css.good)
    }
    if (app.selection) outline(app.selection.addr, app.selection.addr + app.selection.size, css.ink, [], 2.5)
    const { found } = app.step
    if (found) outline(found.addr, found.addr + (app.blockAt(found.addr)?.size ?? 1), css.bad, [], 3)
    context.restore()
  }

  function arrow(x0, y0, x1, y1, color) {
    const angle = Math.atan2(y1 - y0, x1 - x0)
    context.strokeStyle = context.fillStyle = color
    context.lineWidth = 1.5
    context.beginPath()
    context.moveTo(x0, y0)
    context.lineTo(x1, y1)
    context.stroke()
    context.beginPath()
    context.moveTo(x1, y1)
    for (const side of [-0.4, 0.4]) context.lineTo(x1 - 9 * Math.cos(angle + side), y1 - 9 * Math.sin(angle + side))
    context.fill()
  }

  /** All of memory in one line, and which part of it the rows show. */
  let whole
  function overview(scale, css, pixel, end) {
    resize(strip, scale)
    const context = strip.getContext('2d')
    const at = addr => Math.floor(addr / total() * strip.width)
    // It changes with the step and the colours only.
    if (whole?.step !== app.step || whole.pixel !== pixel || whole.line.length !== strip.width) {
      const line = new Uint32Array(strip.width).fill(pixel.card)
      for (const { name, from, to } of app.step.regions) line.fill(pixel[name], at(from), at(to))
      const shade = shades(pixel)
      for (const block of app.step.blocks) {
        const x = at(block.addr)
        line.fill(shade(block), x, Math.max(x + 1, at(block.addr + block.size)))
      }
      whole = { step: app.step, pixel, line }
    }
    const { line } = whole
    const image = new ImageData(strip.width, strip.height)
    const pixels = new Uint32Array(image.data.buffer)
    for (let y = 0; y < strip.height; y++) pixels.set(line, y * strip.width)
    context.putImageData(image, 0, 0)
    context.strokeStyle = css.ink
    context.lineWidth = 2 * scale
    const x = at(state.from)
    context.strokeRect(x + scale, scale, Math.max(4 * scale, at(end) - x - 2 * scale), strip.height - 2 * scale)
  }
}
