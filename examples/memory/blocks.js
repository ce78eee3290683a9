// The list of what is alive, with what leaks; and what the module's checks have found, in plain words.

import { $, count, h, size } from './dom.js'
import { colorOf } from './colors.js'
import { hex } from './records.js'

const MOST = 200

/** What a finding means. The first text that it begins with decides: SPEC.md does not fix them, and another text is shown as it is. */
const meanings = [
  [/it was freed before/, 'The block was given back twice. Whoever got it in between would lose it. Free each block once, and forget its address then.'],
  [/where no block is/, 'The address that was freed belongs to no block. It may lie in static data, on the stack, or never have been an address.'],
  [/which lies inside/, 'The address leads into a block and not to its start. Free the address that alloc returned.'],
  [/with size .* and align/, 'The block was freed with another size or align than it was allocated with. Both must be the same.'],
  [/after it was freed/, 'Somebody kept a pointer to a block that was freed, and wrote through it.'],
  [/behind it/, 'Somebody wrote past the end of the block: an index was too large by one, or more.'],
  [/in front of/, 'Somebody wrote in front of the block: an index was negative.'],
]

export function blocks(app) {
  const list = $('#block-list')
  const only = $('#leaks-only')
  only.addEventListener('change', draw)
  app.on('module step select', draw)

  function draw() {
    const { step } = app
    const used = step.blocks.filter(({ kind }) => kind === 'used')
    const leaked = used.filter(({ held }) => !held)
    $('#block-counts').textContent = used.length
      ? `${count(used.length, 'live block')}; ${count(leaked.length, 'block')} of ${size(leaked.reduce((sum, { size }) => sum + size, 0))} held by nobody that this page knows`
      : 'nothing is alive'
    const shown = (only.checked ? leaked : used).toSorted?.((a, b) => (b.number ?? b.step) - (a.number ?? a.step)) ?? used
    list.replaceChildren(
      ...shown.slice(0, MOST).map(block => h('tr', { class: app.selection?.block?.addr === block.addr ? 'selected' : undefined },
        h('td', {}, h('span', { class: `swatch ${colorOf(app.maker(block))}` }), h('button', { type: 'button', class: 'follow', onclick: () => app.select(block) }, hex(block.addr))),
        h('td', { class: 'number' }, `${block.size}`),
        h('td', {}, block.type?.text ?? ''),
        h('td', {}, app.maker(block)),
        h('td', { class: 'number' }, `${app.index - block.step}`))),
      ...(shown.length > MOST ? [h('tr', {}, h('td', { colspan: 5 }, `and ${(shown.length - MOST).toLocaleString('en')} more`))] : []))
    finding(step)
    legend(used)
  }

  function finding({ found }) {
    const box = $('#finding')
    box.hidden = !found
    if (!found) return
    const meaning = meanings.find(([text]) => text.test(found.text))?.[1]
    const block = app.blockAt(found.addr)
    box.replaceChildren(
      h('b', {}, 'The checks found a mistake. '), meaning ?? '', h('code', {}, found.text),
      block ? h('button', { type: 'button', onclick: () => app.select(block) }, 'Show the block') : '',
      block?.kind === 'used' && app.maker(block) ? h('span', {}, ` It was made by ${app.maker(block)}.`) : '')
  }

  /** Which colour is what. */
  function legend(used) {
    const makers = [...new Set(used.map(block => app.maker(block)))].slice(0, 12)
    const kinds = new Set(app.step.blocks.map(({ kind }) => kind))
    const entry = (color, text) => h('span', {}, h('span', { class: `swatch ${color}` }), text)
    $('#legend').replaceChildren(
      entry('stack', 'stack'), entry('data', 'static data'), entry('heap', 'heap'),
      ...(kinds.has('free') ? [entry('free', 'free')] : []),
      ...(kinds.has('waiting') ? [entry('waiting', 'freed, kept back')] : []),
      ...(app.session.checks ? [entry('guard', 'guards of the checks')] : []),
      ...makers.map(maker => entry(colorOf(maker), maker || 'before the first step')))
  }
}
