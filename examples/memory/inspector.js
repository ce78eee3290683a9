// The bytes of what is selected, with its type laid over them: names, offsets, padding, values, and where pointers lead.

import { $, count, h } from './dom.js'
import { hex, parts, run, show, target, write } from './records.js'

const COLUMNS = 16
const MOST_ROWS = 12
const MOST_PARTS = 64

export function inspector(app) {
  const grid = $('#bytes')
  const table = $('#parts')
  const heading = $('#selected')
  const note = $('#inspector-note')
  /** Which parts are open, by their path; and the first row of bytes. */
  let open = new Set()
  let first = 0
  let last
  let cursor = 0

  $('#back').addEventListener('click', () => app.back())
  $('#rows-up').addEventListener('click', () => page(-MOST_ROWS))
  $('#rows-down').addEventListener('click', () => page(MOST_ROWS))
  $('#as').addEventListener('submit', event => {
    event.preventDefault()
    const { selection, session } = app
    try {
      if (!selection) throw Error('select a place first')
      const type = session.declared.type($('#as-type').value.trim())
      app.select({ addr: selection.addr, type })
    } catch (error) {
      say(error.message)
    }
  })
  app.on('module', () => {
    const names = [...app.session.declared.types.values()].filter(type => type.size && type.kind !== 'sig').map(type => type.text)
    $('#types').replaceChildren(...[...names, '[4]i32', '[16]u8', 'i32', 'u32', 'f64', 'str', 'cstr'].map(value => h('option', { value })))
  })
  app.on('select step', draw)

  function page(by) {
    const rows = Math.ceil((app.selection?.size ?? 0) / COLUMNS)
    first = Math.max(0, Math.min(first + by, rows - MOST_ROWS))
    draw()
  }

  function say(text) {
    note.textContent = text
  }

  function draw() {
    const { selection } = app
    const view = app.view
    const same = selection && last?.addr === selection.addr && last?.type === selection.type
    if (!same) {
      open = new Set()
      first = 0
      cursor = 0
      say('')
    }
    last = selection
    $('#back').disabled = !app.canGoBack
    if (!selection || !view || selection.addr >= view.byteLength) {
      heading.textContent = selection && !view ? 'These bytes are too old: they were let go of to save memory' : 'Nothing is selected'
      grid.replaceChildren()
      table.replaceChildren()
      $('#rows').hidden = true
      return
    }
    const { addr, type, block } = selection
    const size = Math.min(selection.size, view.byteLength - addr)
    const shown = type && addr % type.align === 0 ? type : undefined
    heading.textContent = `${shown ? `${shown.text} at ` : ''}${hex(addr)}, ${count(size, 'byte')}${block && block.kind !== 'used' ? `, ${block.kind === 'free' ? 'free' : 'freed'}` : ''}`
    const fields = shown ? parts(shown, view, addr) : []
    bytes(view, addr, size, fields)
    // Values of what was freed are still there to see, and mean nothing any more.
    table.replaceChildren(...(shown ? rows(shown, view, addr, '', 0, { left: MOST_PARTS }) : []))
    table.parentElement.classList.toggle('gone', block?.kind === 'free' || block?.kind === 'waiting')
    $('#whole').textContent = shown && !['struct', 'union', 'tagged'].includes(shown.kind) ? show(shown, view, addr) : ''
  }

  /** The grid of bytes. One of them is reached by Tab, the others by arrows. */
  function bytes(view, addr, size, fields) {
    const total = Math.ceil(size / COLUMNS)
    const shownRows = Math.min(MOST_ROWS, total - first)
    $('#rows').hidden = total <= MOST_ROWS
    $('#rows-at').textContent = `bytes ${first * COLUMNS} to ${Math.min(size, (first + MOST_ROWS) * COLUMNS) - 1} of ${size}`
    const changed = app.step.changes
    const was = at => {
      const piece = changed?.find(({ addr }) => at >= addr && at < addr + 4096)
      return piece && app.index > 0 ? piece.before[at - piece.addr] : undefined
    }
    grid.replaceChildren(...Array.from({ length: shownRows }, (_, row) => {
      const from = (first + row) * COLUMNS
      const cells = Array.from({ length: Math.min(COLUMNS, size - from) }, (_, i) => {
        const at = from + i
        const value = view.getUint8(addr + at)
        const part = fields.findIndex(({ offset, size }) => at >= offset && at < offset + size)
        const before = was(addr + at)
        const field = fields[part]
        return h('button', {
          type: 'button',
          class: `byte${part >= 0 ? field.padding ? ' padding' : field.spare ? ' spare' : ` part${part % 6}` : ''}${before !== undefined && before !== value ? ' changed' : ''}`,
          'data-at': at,
          tabindex: at === cursor ? 0 : -1,
          title: `${hex(addr + at)}${field ? `, ${field.padding ? 'padding' : field.name}` : ''}: ${value}${before !== undefined && before !== value ? `, was ${before}` : ''}`,
        }, value.toString(16).padStart(2, '0'))
      })
      const text = cells.map((_, i) => {
        const value = view.getUint8(addr + from + i)
        return value > 32 && value < 127 ? String.fromCharCode(value) : '·'
      }).join('')
      return h('div', { class: 'row', role: 'row' }, h('span', { class: 'addr' }, hex(addr + from)), h('span', { class: 'cells' }, cells), h('span', { class: 'ascii', 'aria-hidden': 'true' }, text))
    }))
  }

  grid.addEventListener('keydown', event => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS }[event.key]
    if (!event.target.dataset.at || event.target.tagName !== 'BUTTON') return
    if (by) {
      event.preventDefault()
      const next = cursor + by
      if (next < 0 || next >= app.selection.size) return
      cursor = next
      const row = Math.floor(next / COLUMNS)
      if (row < first || row >= first + MOST_ROWS) page(row < first ? row - first : row - first - MOST_ROWS + 1)
      else draw()
      grid.querySelector(`[data-at="${cursor}"]`)?.focus()
    } else if (/^[\da-f]$/i.test(event.key)) {
      event.preventDefault()
      edit(event.target, event.key)
    }
  })
  grid.addEventListener('click', event => {
    const { at } = event.target.dataset
    if (at === undefined || event.target.tagName !== 'BUTTON') return
    cursor = +at
    edit(event.target)
  })

  /** A byte becomes a field to type two digits into. */
  function edit(button, typed) {
    const at = +button.dataset.at
    const { addr } = app.selection
    let done = false
    const input = h('input', {
      class: 'byte', 'data-at': at, value: typed ?? button.textContent, maxlength: 2, 'aria-label': `byte at ${hex(addr + at)}`, spellcheck: 'false',
      onkeydown: event => {
        event.stopPropagation()
        if (event.key !== 'Escape' && event.key !== 'Enter') return
        // Else the key would press the button that gets the focus.
        event.preventDefault()
        end(event.key === 'Enter')
        grid.querySelector(`[data-at="${at}"]`)?.focus()
      },
      onblur: () => end(true),
    })
    button.replaceWith(input)
    input.focus()
    typed ? input.setSelectionRange(1, 1) : input.select()

    /** Goes back to a button, after it has written what was typed if that is wanted and another byte. */
    function end(write) {
      if (done) return
      done = true
      if (!write || input.value.toLowerCase() === button.textContent) return draw()
      change(() => {
        if (!/^[\da-f]{1,2}$/i.test(input.value)) throw Error(`${input.value} is no byte: two digits, 00 to ff`)
        app.edit(`byte ${hex(addr + at)} = ${input.value}`, view => view.setUint8(addr + at, parseInt(input.value, 16)))
      })
    }
  }

  function change(body) {
    try {
      body()
      say('')
    } catch (error) {
      draw()
      say(error.message)
    }
  }

  /** The rows of the table: a part in each, and the parts of what is open. */
  function rows(type, view, addr, path, depth, most) {
    const found = []
    parts(type, view, addr).forEach((part, i) => {
      if (most.left-- <= 0) {
        if (most.left === -1) found.push(h('tr', {}, h('td', { colspan: 4, class: 'more' }, 'and more, which the bytes show')))
        return
      }
      const at = addr + part.offset
      if (part.padding) {
        found.push(h('tr', { class: 'padding' }, h('td', {}, `${part.offset}`), h('td', { style: indent(depth) }, 'padding'), h('td', {}, count(part.size, 'byte')), h('td')))
        return
      }
      const key = `${path}.${part.name}`
      const inner = ['struct', 'union', 'tagged', 'array', 'buffer', 'slice', 'str'].includes(part.type.kind) && !(part.name === 'ptr')
      const isOpen = open.has(key)
      const toggle = inner && h('button', {
        type: 'button', class: 'toggle', 'aria-expanded': String(isOpen), 'aria-label': `parts of ${part.name}`,
        onclick: () => {
          isOpen ? open.delete(key) : open.add(key)
          draw()
        },
      }, isOpen ? '▾' : '▸')
      found.push(h('tr', { class: part.spare ? 'spare' : undefined },
        h('td', {}, `${part.offset}`),
        h('td', { style: indent(depth) }, toggle, !depth && h('span', { class: `swatch part${i % 6}` }), part.name),
        h('td', { class: 'type' }, part.name === 'ptr' ? 'address' : part.type.text),
        h('td', { class: 'value' }, value(part, type, view, addr, at))))
      if (isOpen) found.push(...rows(part.type, view, at, key, depth + 1, most))
    })
    return found
  }

  const indent = depth => `padding-left: ${0.4 + depth}rem`

  function value(part, type, view, addr, at) {
    const editable = ['scalar', 'enum'].includes(part.type.kind)
    const text = show(part.type, view, at)
    if (part.name === 'ptr' && part.type === type) return link(target(type, view, addr), hex(view.getUint32(addr, true)))
    if (editable) {
      const list = part.type.kind === 'enum' && `cases-${part.type.text}`
      return [h('input', {
        class: 'edit', value: text, readonly: !app.newest, 'aria-label': `${part.name}, ${part.type.text}`, spellcheck: 'false', list: list || undefined,
        onchange: event => change(() => app.edit(`${part.name} = ${event.target.value}`, view => write(part.type, view, at, event.target.value))),
      }), list && h('datalist', { id: list }, [...part.type.cases.values()].map(value => h('option', { value })))]
    }
    if (part.type.kind === 'sig') return text
    const to = target(part.type, view, at)
    if (!to) return text
    return [link(to, hex(view.getUint32(at, true))), part.type.kind === 'pointer' ? '' : h('span', { class: 'text' }, ` ${text}`)]
  }

  function link(to, text) {
    if (!to || to.error) return h('span', { class: 'bad', title: to?.error }, to?.error ?? text)
    const { addr, type } = to
    return h('button', {
      type: 'button', class: 'follow', title: `${to.owned ? 'owned' : 'borrowed'}: ${type.text}`,
      onclick: () => app.select({ addr, type: type.size ? type : run({ kind: 'scalar', text: 'u8', size: 1, align: 1, get: 'getUint8', set: 'setUint8' }, 16) }),
    }, `→ ${text}`)
  }
}
