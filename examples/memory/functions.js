// A form for each function that a module declares, and for each type that can be made.

import { $, h } from './dom.js'
import { write } from './script.js'
import { run } from './records.js'

/** Forms that are shown: a hostile module declares a hundred thousand functions. */
const MOST = 500

export function functions(app, submit) {
  const panel = $('#functions')
  app.on('module', draw)
  app.on('step', variables)

  function draw() {
    const { session } = app
    const { declared } = session
    const made = [...declared.types.values()].filter(({ kind }) => ['struct', 'union', 'tagged'].includes(kind))
    panel.replaceChildren(
      h('p', { class: 'hint' }, session.described
        ? 'What the module says of itself. A call is written to the console, where you can write your own.'
        : 'The module has no records (section linmem.abi): only numbers are known. Declare its functions with linmem::abi! to see types.'),
      ...declared.functions.toSorted((a, b) => a.name < b.name ? -1 : 1).slice(0, MOST).map(form),
      declared.functions.length > MOST ? h('p', { class: 'hint' }, `and ${declared.functions.length - MOST} more, which the console calls`) : '',
      ...(made.length ? [h('h3', {}, 'Types')] : []),
      ...made.map(maker),
      ...(declared.imports.length ? [h('h3', {}, 'Host functions that it calls')] : []),
      ...declared.imports.map(({ text, module, name }) => h('p', { class: 'import' }, h('code', {}, text), doc(`${module}/${name}`))),
      h('h3', {}, 'Other exports'),
      h('p', { class: 'import' }, h('code', {}, Object.keys(session.m.raw).filter(name => !declared.functions.some(f => f.name === name)).join(', '))),
    )
    variables()
  }

  const doc = subject => {
    const text = app.session.declared.docs.get(subject)
    return text && h('span', { class: 'doc' }, text.split('\n')[0])
  }

  function form(f) {
    const given = f.params.filter(param => !param.out)
    const inputs = given.map(param => input(param.type, `${f.name}.${param.name}`))
    const results = [f.result, ...f.params.filter(param => param.out).map(param => param.type)].filter(type => type && type.kind !== 'status' && !type.status)
    const statement = () => {
      const call = `${f.name}(${inputs.map(({ read }) => read()).join(', ')})`
      const [type] = results
      const lies = results.length === 1 && ['pointer', 'slice', 'sig'].includes(type.kind)
      return lies ? `${app.session.freshName(type.kind === 'sig' ? { text: f.name } : type)} = ${call}` : call
    }
    return h('form', { class: 'call', 'data-function': f.name, onsubmit: event => {
      event.preventDefault()
      submit(statement())
    } },
    h('div', { class: 'signature' }, h('b', {}, f.name), h('button', { type: 'submit', title: `call ${f.name}` }, f.drop ? 'Free' : 'Call')),
    doc(f.name),
    given.map((param, i) => h('label', {}, h('span', { class: 'param' }, param.name, ' ', h('code', {}, param.type.text)), inputs[i].element, doc(`${f.name}.${param.name}`))),
    results.length ? h('div', { class: 'result' }, '→ ', h('code', {}, results.map(type => type.text).join(', '))) : '')
  }

  function maker(type) {
    const { element, read } = input(type, `new.${type.text}`)
    return h('form', { class: 'call', 'data-function': `new ${type.text}`, onsubmit: event => {
      event.preventDefault()
      submit(`${app.session.freshName(type)} = new ${type.text}(${read()})`)
    } },
    h('div', { class: 'signature' }, h('b', {}, type.text), h('span', { class: 'soft' }, `${type.size} bytes, align ${type.align}`), h('button', { type: 'submit' }, 'Make')),
    doc(type.text), h('label', {}, h('span', { class: 'param' }, 'value'), element))
  }

  /** A field for a value of a type, and what it comes to as a statement's value. */
  function input(type, name) {
    const { kind } = type
    if (kind === 'enum' || kind === 'scalar' && type.text === 'bool') {
      const values = kind === 'enum' ? [...type.cases.values()].map(item => [`${type.text}.${item}`, item]) : [['false', 'false'], ['true', 'true']]
      const element = h('select', { name }, values.map(([value, text]) => h('option', { value }, text)))
      return { element, read: () => element.value }
    }
    const text = kind === 'str' || kind === 'cstr' || kind === 'scalar' && type.text === 'char'
    const pointing = ['pointer', 'slice', 'sig'].includes(kind)
    const element = h('input', {
      name, spellcheck: 'false', autocomplete: 'off', value: pointing ? '' : text ? 'Ada' : sample(type),
      placeholder: pointing ? hint(type) : undefined, 'data-type': pointing ? type.text : undefined, list: pointing ? listOf(type) : undefined,
    })
    if (kind === 'scalar' && type.text === 'char') element.value = 'a'
    const read = () => {
      const value = element.value.trim()
      if (text && !/^(".*"|'.*')$/s.test(value) && !app.session.variables.some(({ name }) => name === value) && !(type.maybe && value === 'null')) return write(element.value)
      return value === '' ? pointing && element.placeholder || 'null' : value
    }
    return { element, read }
  }

  const listOf = type => `variables-${encodeURIComponent(type.text.replace(/^\?/, ''))}`

  /** What could be written, where nothing of the kind is at hand. */
  function hint(type) {
    if (type.kind === 'sig') return type.maybe ? 'null' : ''
    const to = type.kind === 'slice' ? run(type.elem, 2, type.text) : type.to
    return to.kind === 'opaque' || to.kind === 'buffer' ? '' : sample(to)
  }

  function sample(type, depth = 3) {
    const { kind } = type
    if (!depth || type.maybe) return 'null'
    if (kind === 'scalar') return type.text === 'bool' ? 'false' : type.text === 'char' ? '"a"' : '0'
    if (kind === 'enum') return `${type.text}.${[...type.cases.values()][0]}`
    if (kind === 'struct') return `{${type.fields.map(({ name, type }) => `${name}: ${sample(type, depth - 1)}`).join(', ')}}`
    if (kind === 'union') return `{${type.fields[0].name}: ${sample(type.fields[0].type, depth - 1)}}`
    if (kind === 'tagged') {
      const [first] = type.cases.values()
      return `{tag: "${first.name}"${first.type ? `, value: ${sample(first.type, depth - 1)}` : ''}}`
    }
    if (kind === 'array') return `[${Array.from({ length: Math.min(type.count, 16) }, (_, i) => type.elem.kind === 'scalar' && !/bool|char/.test(type.elem.text) ? i + 1 : sample(type.elem, depth - 1)).join(', ')}]`
    if (kind === 'str' || kind === 'cstr') return '"Ada"'
    if (kind === 'pointer') return type.to.kind === 'opaque' ? '' : sample(type.to, depth - 1)
    return '[]'
  }

  /** Variables are offered where a function takes what they hold. */
  function variables() {
    const fits = (wanted, type) => {
      const plain = text => text.replace(/^[?^~*\[\]+\d]+/, '')
      return type && plain(wanted) === plain(type.text)
    }
    for (const input of panel.querySelectorAll('[data-type]')) {
      const wanted = input.dataset.type
      const names = app.session.variables.filter(({ type, value }) => fits(wanted, type) && app.session.words({ value, type }) !== 'freed').map(({ name }) => name)
      let list = document.getElementById(input.getAttribute('list'))
      if (!list) {
        list = h('datalist', { id: input.getAttribute('list') })
        panel.append(list)
      }
      list.replaceChildren(...names.map(value => h('option', { value })))
      // The newest is what people mean, mostly.
      if (names.length && (input.value === '' || input.dataset.offered === input.value)) input.value = input.dataset.offered = names.at(-1)
      else if (input.dataset.offered === input.value && !names.includes(input.value)) input.value = input.dataset.offered = ''
    }
  }
}
