// The lessons beside the map: each statement of lessons.md is run where one reads it.

import { $, h } from './dom.js'
import { lessons as read } from './lesson-text.js'

/**
 * @param {{ run: (line: string) => Promise<object | undefined>, session: () => object, restart: () => Promise<object | undefined> }} page
 *   `run` runs a statement in the module that is open, whose session is `session()`; `restart` opens the lessons' module anew, and
 *   returns its session.
 */
export function lessons(markdown, page) {
  const all = read(markdown)
  const picker = $('#lesson')
  const body = $('#lesson-body')
  picker.replaceChildren(...all.map(({ title }, i) => h('option', { value: i }, title)))
  picker.addEventListener('change', () => show(+picker.value))
  /** The session of this lesson's statements: the first one has a fresh module. */
  let begun
  /** The statements of this lesson, in their order. */
  let rows = []
  let queue = Promise.resolve()
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
    begun = undefined
    rows = []
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

  /** Statements, each with a button; and one for all of them. */
  function session({ statements }) {
    const own = statements.map(({ code }) => {
      const output = h('output', { class: 'prints' })
      const button = h('button', { type: 'button', title: `run ${code}` }, '▶')
      const row = h('div', { class: 'statement' }, button, h('code', {}, code), output)
      button.addEventListener('click', () => start(row))
      return Object.assign(row, { code, output })
    })
    rows.push(...own)
    return h('div', { class: 'session' }, own, own.length > 1 && h('button', { type: 'button', class: 'all', onclick: () => start(own.at(-1)) }, 'Run all'))
  }

  /** Runs up to a statement when those that were asked for before have run. */
  function start(row) {
    const lesson = rows
    const next = () => play(lesson, row)
    queue = queue.then(next, next)
  }

  /** Runs a statement, and those of the lesson before it that have not been: later ones use what earlier ones made. */
  async function play(lesson, row) {
    if (lesson !== rows) return
    // Another module may have been opened since the last one, or this one started over.
    if (!begun || begun !== page.session()) {
      for (const { classList, output } of lesson) {
        classList.remove('done')
        output.replaceChildren()
      }
      begun = await page.restart()
    }
    const before = lesson.slice(0, lesson.indexOf(row)).filter(({ classList }) => !classList.contains('done'))
    for (const one of [...before, row]) {
      const made = begun && lesson === rows && await page.run(one.code)
      if (!made) return
      one.output.replaceChildren(...made.lines.map(({ kind, text }) => h('span', { class: kind }, text)))
      one.classList.add('done')
    }
  }

}
