// The lessons beside the map: each statement of lessons.md is run where one reads it.

import { $, h } from './dom.js'
import { lessons as read } from './lesson-text.js'

/**
 * @param {{ run: (line: string) => Promise<object>, restart: () => Promise<unknown> }} page `run` runs a statement in the lessons' module;
 *   `restart` opens that module anew.
 */
export function lessons(markdown, page) {
  const all = read(markdown)
  const picker = $('#lesson')
  const body = $('#lesson-body')
  picker.replaceChildren(...all.map(({ title }, i) => h('option', { value: i }, title)))
  picker.addEventListener('change', () => show(+picker.value))
  /** Whether a statement of this lesson was run: the first one has a fresh module. */
  let begun = false
  show(0)

  function show(index) {
    const { title, blocks } = all[index]
    const go = (to, text, label) => h('button', { type: 'button', disabled: !all[to], onclick: () => {
      picker.value = to
      show(to)
      body.scrollTop = 0
      $('#lesson').focus()
    }, title: label }, text)
    picker.value = index
    begun = false
    body.replaceChildren(
      h('h2', {}, title),
      ...blocks.map(block => block.kind === 'session' ? session(block) : element(block)),
      h('p', { class: 'turn' }, go(index - 1, '← Before', 'the lesson before'), go(index + 1, 'Next →', 'the next lesson')))
  }

  function element(block) {
    if (block.kind === 'figure') return h('pre', { class: 'figure' }, block.text)
    const tags = { text: 'p', item: 'li', heading: 'h3' }
    return h(tags[block.kind], {}, block.spans.map(({ text, code, strong, emphasis, link, to }) =>
      code ? h('code', {}, code) : strong ? h('strong', {}, strong) : emphasis ? h('em', {}, emphasis)
        : link ? /^(https:)?\/\//.test(to) ? h('a', { href: to, rel: 'noopener' }, link) : link : text))
  }

  /** Statements, each with a button; and one for all that are left, since later ones use what earlier ones made. */
  function session({ statements }) {
    const rows = statements.map(({ code }) => {
      const output = h('output', { class: 'prints' })
      const button = h('button', { type: 'button', title: `run ${code}` }, '▶')
      const row = h('div', { class: 'statement' }, button, h('code', {}, code), output)
      button.addEventListener('click', () => start(row))
      return Object.assign(row, { run: async () => {
        const made = await page.run(code)
        output.replaceChildren(...made.lines.map(({ kind, text }) => h('span', { class: kind }, text)))
        row.classList.add('done')
      } })
    })
    let busy = false
    /** Runs those before, too, if they have not been. */
    async function start(row) {
      if (busy) return
      busy = true
      if (!begun) await page.restart()
      begun = true
      const until = rows.indexOf(row)
      for (const one of rows.slice(0, until)) if (!one.classList.contains('done')) await one.run()
      await row.run()
      busy = false
    }
    return h('div', { class: 'session' }, rows, rows.length > 1 && h('button', { type: 'button', class: 'all', onclick: () => start(rows.at(-1)) }, 'Run all'))
  }

  return { show, count: all.length }
}
