// A module at work: it is loaded with the project's library, statements are run in it, and what they come to is put into words.
//
// It knows nothing of the page, so lessons can be run by a test, too. A value travels with its type from the records: `{ value,
// type }`, and what lies in memory has a place, `{ addr, type }`.

import { load } from 'linmem'
import { checks } from 'linmem/checks'
import { heap } from 'linmem/heap'
import { declarations, hex, parts, run, show } from './records.js'
import { parse as parseModule, numericRecords, regions } from './wasm.js'
import { parse, write } from './script.js'

/** What every session has, and its types for people. */
export const builtins = {
  array: '(type, values): puts elements into memory; the host owns them',
  free: '(value): gives an owned value back',
  addr: '(value): where it lies',
  at: '(address, type): what lies there, read as that type',
  bytes: '(value): its bytes',
  layout: '(type): offsets, sizes, padding',
  grow: '(pages): the host grows memory',
  live: '(): what is alive, and who made it',
  memory: '(): how much there is',
  check: '(): has the module look for writes where nothing may be written',
  picture: '(): puts a picture into memory, three bytes for each pixel',
}

/** An error that is a result: it was refused, and the module lives on. */
const message = error => error instanceof Error ? error.message : String(error)

/**
 * Opens a module.
 *
 * @param {Uint8Array} bytes
 * @param {{ picture?: () => Promise<Uint8Array>, name?: string }} options `picture` gives the bytes for the built-in function.
 * @throws {Error} what the library and the engine throw, for a module that is not in order.
 */
export async function open(bytes, { picture, name = 'module' } = {}) {
  const module = await WebAssembly.compile(bytes)
  const sections = WebAssembly.Module.customSections(module, 'linmem.abi')
  let file = { data: [], functions: [], imports: [] }
  try {
    file = parseModule(bytes)
  } catch {
    // It uses what wasm has learnt since: then the page does not know where its stack lies.
  }
  const sidecar = sections.length ? undefined : numericRecords(file)
  const text = sidecar ?? sections.map(part => new TextDecoder().decode(part)).join('')
  let session
  const imports = {}
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind === 'function') (imports[from] ??= {})[name] = (...args) => session.imported(from, name, args)
  }
  const hosted = { m: undefined }
  session = new Session(hosted, { name, file, text, picture, described: !sidecar })
  hosted.m = await load(module, imports, sidecar === undefined ? {} : { sidecar })
  session.start()
  return session
}

class Session {
  /** The instance, which is there only once it was started: its start function may call host functions before. */
  #hosted
  #types = new WeakMap()
  #variables = new Map()
  #lines = []
  #picture
  /** What each statement called, by its number: the tag of what it allocated. */
  #makers = new Map()

  constructor(hosted, { name, file, text, picture, described }) {
    this.#hosted = hosted
    this.#picture = picture
    this.name = name
    this.#makers.set(0, 'the start')
    this.file = file
    /** Whether the module has records of its own. */
    this.described = described
    this.text = text
    this.declared = undefined
    /** Why no more calls are possible; undefined while they are. */
    this.trap = undefined
    /** The number of the statement that runs, or ran last. */
    this.step = 0
  }

  start() {
    // The library has found the records in order.
    this.declared = declarations(this.text)
    this.checks = checks(this.m)
    this.heap = heap(this.m)
  }

  get m() {
    return this.#hosted.m
  }

  get view() {
    return new DataView(this.m.raw.memory.buffer)
  }

  get regions() {
    let base
    try {
      base = this.heap?.base
    } catch {
      // A map that is out of order, which those who read the rest of it will say.
    }
    return regions(this.file, this.m.raw, this.view.byteLength, base)
  }

  /** Variables and what they hold, oldest first. */
  get variables() {
    return [...this.#variables].map(([name, { value, type }]) => ({ name, value, type }))
  }

  /** What the host owns, with its place. */
  get owners() {
    return this.m.live().flatMap(view => {
      const place = this.place({ value: view, type: this.#types.get(view) })
      return place ? [{ view, ...place }] : []
    })
  }

  /** The name of a variable that holds a view. */
  nameOf(view) {
    return [...this.#variables].find(([, { value }]) => value === view)?.[0]
  }

  /** A name for a value of a type that no variable has yet: `point`, `point2`. */
  freshName(type) {
    const base = /[A-Za-z_]\w*$/.exec(type?.text ?? '')?.[0].toLowerCase() ?? 'value'
    const taken = name => this.#variables.has(name) || this.#isName(name)
    let name = base
    for (let i = 2; taken(name); i++) name = `${base}${i}`
    return name
  }

  #isName(name) {
    return Object.hasOwn(builtins, name) || this.declared.functions.some(f => f.name === name) || this.declared.types.has(name) ||
      Object.hasOwn(this.m, name) || ['new', 'true', 'false', 'null', 'undefined', 'NaN', 'Infinity'].includes(name)
  }

  /** What a host function is asked, written down; and an answer that is a value of its type. */
  imported(module, name, args) {
    const found = this.declared?.imports.find(f => f.module === module && f.name === name)
    const given = found?.params.filter(param => !param.out)
    this.#lines.push({ kind: 'import', text: `${name}(${args.map((value, i) => this.words({ value, type: given?.[i]?.type })).join(', ')})` })
    const answers = [found?.result, ...(found?.params ?? []).filter(param => param.out).map(param => param.type)]
      .filter(type => type && type.kind !== 'status' && !type.status).map(blank)
    return answers.length > 1 ? answers : answers[0]
  }

  /**
   * Runs a statement.
   *
   * @returns {Promise<{ line: string, step: number, lines: { kind: 'import' | 'value' | 'error' | 'trap', text: string }[],
   *   places: { addr: number, type: object }[] }>} what was printed, and what of memory it speaks of.
   */
  async run(line) {
    this.step++
    this.#lines = []
    const made = { line, step: this.step, lines: this.#lines, places: [] }
    try {
      this.#mark()
      const tree = parse(line)
      made.maker = callee(tree)
      this.#makers.set(this.step, made.maker ?? line)
      const typed = await this.#evaluate(tree, true)
      const place = this.place(typed)
      if (place) made.places.push(place)
      const nothing = typed.value === undefined && ['name', 'member', 'index'].includes(tree.kind)
      const text = typed.text ?? (nothing ? 'undefined' : this.words(typed))
      for (const part of text.split('\n')) this.#lines.push({ kind: 'value', text: part })
    } catch (error) {
      const trap = [error, error?.cause].find(error => error instanceof WebAssembly.RuntimeError)
      if (trap && !this.trap) this.trap = message(error)
      this.#lines.push(trap ? { kind: 'trap', text: `trap: ${message(error)}` } : { kind: 'error', text: `error: ${message(error)}` })
    }
    return made
  }

  /** Has the module write the number of the statement into the header of each block that it makes. */
  #mark() {
    try {
      if (this.checks && !this.trap) this.checks.tag = this.step
    } catch {
      // The report is out of order, which those who read it will say.
    }
  }

  /** Where a value lies; undefined if it does not lie in memory, or is freed. */
  place({ value, type } = {}) {
    if (!type || value === null || typeof value !== 'object' || Array.isArray(value) || ArrayBuffer.isView(value)) return undefined
    try {
      const addr = this.m.addr(value)
      if (type.kind === 'pointer') return { addr, type: type.to }
      if (type.kind === 'slice') return { addr, type: run(type.elem, value.length) }
      return ['struct', 'union', 'tagged', 'array', 'buffer', 'opaque', 'scalar', 'text'].includes(type.kind) ? { addr, type } : undefined
    } catch {
      return undefined
    }
  }

  /** A value in words. */
  words({ value, type, text }) {
    if (text !== undefined) return text
    const place = this.place({ value, type })
    if (place) return `${place.type.text} at ${hex(place.addr)} ${show(place.type, this.view, place.addr)}`.trimEnd()
    if (value === undefined) return 'done'
    if (ArrayBuffer.isView(value)) {
      if (value.buffer.detached ?? (!value.length && value.buffer.byteLength === 0)) return `${value.constructor.name} []: detached, since memory has grown`
      const items = [...value.slice(0, 16)].map(write).join(', ')
      return `${value.constructor.name} [${items}${value.length > 16 ? `, … ${value.length} in all` : ''}]`
    }
    if (typeof value === 'function') return `${type?.text ?? 'function'}: a function of the guest`
    if (Array.isArray(value)) return `[${value.map((item, i) => this.words({ value: item, type: type?.types?.[i] ?? type?.elem })).join(', ')}]`
    if (type?.kind === 'enum' && typeof value !== 'object') return type.cases.get(BigInt(value)) ?? write(value)
    if (value !== null && typeof value === 'object') return this.#isFreed(value) ? 'freed' : type?.text ?? 'a value'
    return typeof value === 'bigint' ? String(value) : write(value)
  }

  #isFreed(view) {
    try {
      this.m.addr(view)
      return false
    } catch {
      return true
    }
  }

  #alive() {
    if (this.trap) refuse('the module has trapped, and is not called again: its memory can still be read')
  }

  /** Remembers what type a view has, for when only the view is at hand. */
  #typed(value, type) {
    if (value !== null && typeof value === 'object') this.#types.set(value, type)
    return { value, type }
  }

  async #evaluate(tree, whole) {
    const known = name => this.#variables.get(name) ?? this.#constant(name)
    switch (tree.kind) {
      case 'number':
      case 'text':
        return { value: tree.value }
      case 'list': {
        const items = []
        for (const item of tree.items) items.push((await this.#evaluate(item)).value)
        return { value: items }
      }
      case 'object': {
        const value = {}
        for (const [key, item] of tree.fields) {
          Object.defineProperty(value, key, { value: (await this.#evaluate(item)).value, enumerable: true, configurable: true, writable: true })
        }
        return { value }
      }
      case 'name':
        return known(tree.name) ?? refuse(`there is no ${tree.name}: ${this.#isName(tree.name) ? 'it is a function, which is called with ()' : 'assign it first, as in'}${this.#isName(tree.name) ? '' : ` ${tree.name} = …`}`)
      case 'new': {
        this.#alive()
        const type = this.declared.types.get(tree.name)
        if (!type || !['struct', 'union', 'tagged'].includes(type.kind)) refuse(`there is no type ${tree.name} to make one of`)
        const [value, ...more] = await this.#all(tree.args)
        if (more.length || value === undefined) refuse(`new ${tree.name} takes one value`)
        return this.#typed(new this.m[tree.name](fit(type, value.value)), this.declared.type(`^*${tree.name}`))
      }
      case 'assign':
        return this.#assign(tree)
      case 'call':
        return this.#call(tree, whole)
      case 'member': {
        const of = await this.#evaluate(tree.of)
        return this.#member(of, tree.name)
      }
      case 'index': {
        const of = await this.#evaluate(tree.of)
        const { value: index } = await this.#evaluate(tree.index)
        return this.#index(of, index)
      }
    }
  }

  async #all(trees) {
    const found = []
    for (const tree of trees) found.push(await this.#evaluate(tree))
    return found
  }

  #constant(name) {
    const words = { __proto__: null, true: true, false: false, null: null, undefined, NaN, Infinity }
    if (name in words) return { value: words[name] }
    if (!Object.hasOwn(this.m, name)) return undefined
    const value = this.m[name]
    return typeof value === 'function' ? undefined : { value }
  }

  async #assign({ to, value: tree }) {
    const given = await this.#evaluate(tree)
    if (to.kind === 'name') {
      if (this.#isName(to.name)) refuse(`${to.name} is a name of the module or of this page`)
      this.#variables.set(to.name, given)
      return given
    }
    const of = await this.#evaluate(to.of)
    if (to.kind === 'index') {
      const { value: index } = await this.#evaluate(to.index)
      if (ArrayBuffer.isView(of.value)) {
        if (!(index >= 0 && index < of.value.length)) refuse(`${index} is outside of an array of ${of.value.length}`)
        of.value[index] = given.value
      } else {
        const { type } = this.#index(of, index)
        of.value.set(index, fit(type, given.value))
      }
      return this.#index(of, index)
    }
    const { type } = this.#member(of, to.name)
    of.value[to.name] = fit(type, given.value)
    return this.#member(of, to.name)
  }

  /** A field of a struct, or what every list has. */
  #member({ value, type }, name) {
    if (ArrayBuffer.isView(value)) {
      return ['length', 'byteLength', 'byteOffset'].includes(name) ? { value: value[name] } : refuse(`an array has no ${name}: length, or [index]`)
    }
    const enumeration = value !== null && typeof value === 'object' && !type && Object.hasOwn(value, name)
    if (enumeration) return { value: value[name] }
    const lies = this.#whole({ value, type })
    const field = lies.fields?.find(field => field.name === name)
    if (field) return this.#typed(value[name], field.type)
    if (lies.kind === 'tagged' && name === 'tag') return { value: value.tag }
    if (lies.kind === 'tagged' && name === 'value') {
      const { type } = [...lies.cases.values()].find(found => found.name === value.tag)
      return this.#typed(value.value, type)
    }
    if (isRun(lies) && (name === 'length' || name === 'view')) return { value: value[name] }
    const has = lies.fields?.map(field => field.name) ?? (isRun(lies) ? ['length', 'view', '[index]'] : [])
    return refuse(`${type?.text ?? 'a value'} has no ${name}${has.length ? `: ${has.join(', ')}` : ''}`)
  }

  #index({ value, type }, index) {
    if (ArrayBuffer.isView(value) || Array.isArray(value)) {
      return { value: Number.isInteger(index) && index >= 0 ? value[index] : refuse(`${write(index)} is no index`) }
    }
    const lies = this.#whole({ value, type })
    if (!isRun(lies)) refuse(`${type?.text ?? 'a value'} has no elements`)
    if (!Number.isInteger(index) || index < 0 || index >= value.length) refuse(`${write(index)} is outside of ${value.length} elements`)
    return this.#typed(value.at(index), lies.elem ?? lies)
  }

  /** The type of what a view stands for: behind a pointer, what it leads to. */
  #whole({ value, type }) {
    if (value === null) refuse('null has no parts')
    if (!type || typeof value !== 'object') refuse(`${write(value)} has no parts`)
    return type.kind === 'pointer' ? type.to : type
  }

  async #call({ of, args: trees }, whole) {
    if (of.kind === 'member') {
      const on = await this.#evaluate(of.of)
      const args = await this.#all(trees)
      return this.#method(on, of.name, args)
    }
    if (of.kind !== 'name') refuse('only functions are called')
    const { name } = of
    const args = await this.#all(trees)
    const declared = this.declared.functions.find(f => f.name === name)
    if (declared) return this.#function(declared, args, whole)
    const variable = this.#variables.get(name)
    if (typeof variable?.value === 'function') return this.#function({ ...variable.type, name, f: variable.value }, args, whole)
    if (Object.hasOwn(builtins, name)) return this[`_${name}`](...args)
    return refuse(`there is no function ${name}`)
  }

  #function({ name, f, params, result, drop }, args, whole) {
    this.#alive()
    const given = params.filter(param => !param.out)
    if (args.length !== given.length) {
      refuse(`${name} takes ${given.length ? given.map(param => `${param.name}: ${param.type.text}`).join(', ') : 'nothing'}: not ${args.length} values`)
    }
    const values = args.map(({ value }, i) => fit(given[i].type, value))
    const value = (f ?? this.m[name])(...values)
    const types = [result, ...params.filter(param => param.out).map(param => param.type)].filter(type => type && type.kind !== 'status' && !type.status)
    if (types.length > 1) {
      value.forEach((item, i) => this.#typed(item, types[i]))
      return { value, type: { text: 'several', types } }
    }
    if (drop) return { text: 'freed' }
    // What a call changed in an array of the host's own is worth seeing.
    if (whole && !types.length) {
      const lent = args.filter(({ value }, i) => given[i].type.mark === '~' && (Array.isArray(value) || ArrayBuffer.isView(value)))
      if (lent.length) return { text: lent.map(typed => this.words(typed)).join('\n') }
    }
    return this.#typed(value, types[0])
  }

  #method(on, name, args) {
    const lies = this.#whole(on)
    const { value } = on
    const values = args.map(({ value }) => value)
    if (name === 'free' && !args.length) {
      this.#alive()
      value.free()
      return { text: 'freed' }
    }
    if (name === 'assign' && args.length === 1 && ['struct', 'union', 'tagged'].includes(lies.kind)) {
      value.assign(fit(lies, values[0]))
      return on
    }
    if (isRun(lies)) {
      if (name === 'at' && args.length === 1) return this.#index(on, values[0] < 0 ? values[0] + value.length : values[0])
      if (name === 'copy' && !args.length) return { value: value.copy() }
      if (name === 'set' && args.length === 2) {
        value.set(values[0], fit(lies.elem, values[1]))
        return this.#index(on, values[0])
      }
    }
    return refuse(`${on.type.text} has no method ${name} that takes ${args.length} values`)
  }

  // The built-in functions, by name.

  _array({ value: elem } = {}, { value: values } = {}) {
    if (typeof elem !== 'string' || values === undefined) refuse('array takes a type in quotes and values, such as array("i32", [1, 2, 3])')
    this.#alive()
    const type = this.declared.type(`^[]${elem}`)
    const fitted = Array.isArray(values) ? values.map(value => fit(type.elem, value)) : values
    return this.#typed(this.m.array(elem, fitted), type)
  }

  _free(typed = {}) {
    if (!this.place(typed)) refuse(this.words(typed) === 'freed' ? 'it was freed before' : 'free takes an owned value')
    return this.#method(typed, 'free', [])
  }

  _addr(typed = {}) {
    const place = this.place(typed)
    if (place) return { value: place.addr, text: hex(place.addr) }
    return refuse(typeof typed.value === 'object' && typed.value !== null ? 'freed: it lies nowhere' : 'addr takes a value that lies in memory')
  }

  _at({ value: addr } = {}, { value: text } = {}) {
    if (!Number.isInteger(addr) || typeof text !== 'string') refuse('at takes an address and a type in quotes, such as at(0x110020, "Point")')
    const type = this.declared.type(text)
    const value = show(type, this.view, addr)
    const plain = ['scalar', 'enum', 'str', 'cstr'].includes(type.kind)
    return { text: plain ? value : `${type.text} at ${hex(addr)} ${value}`, spot: { addr, type } }
  }

  _bytes(typed = {}) {
    const place = this.place(typed) ?? typed.spot ?? refuse(this.words(typed) === 'freed' ? 'freed: it lies nowhere' : 'bytes takes a value that lies in memory')
    return { ...typed, text: dump(this.view, place.addr, place.type.size) }
  }

  _layout({ value: text } = {}) {
    if (typeof text !== 'string') refuse('layout takes a type in quotes, such as layout("Point")')
    const type = this.declared.type(text)
    // Of a value only a tag is looked at.
    const rows = parts(type, new DataView(new ArrayBuffer(8)), 0)
    const wide = Math.max(0, ...rows.map(({ name }) => name.length))
    const row = ({ name, offset, size, type, padding }) => `${String(offset).padStart(6)}${String(size).padStart(6)}  ${name.padEnd(wide)}  ${padding ? 'padding' : type.text}`
    return { text: ['offset  size', ...rows.map(row), `   all${String(type.size).padStart(6)}  align ${type.align}`].join('\n') }
  }

  _grow({ value: pages } = {}) {
    if (!Number.isInteger(pages) || pages < 0) refuse('grow takes a number of pages')
    const before = this.m.raw.memory.grow(pages)
    return { text: `${before} pages, and ${pages} more: ${before + pages}` }
  }

  _live() {
    const blocks = this.checks ? this.checks.live() : this.owners.map(({ addr, type }) => ({ addr, size: type.size }))
    if (!blocks.length) return { text: 'nothing is alive' }
    const rows = blocks.slice(0, 20).map(({ addr, size, tag }) => {
      const maker = this.#makers.get(tag)
      return `${count(size, 'byte')} at ${hex(addr)}${maker ? `, made by ${maker}` : ''}`
    })
    return { text: rows.concat(blocks.length > 20 ? [`… ${blocks.length} blocks in all`] : []).join('\n') }
  }

  _memory() {
    const pages = count(this.view.byteLength / 65536, 'page')
    if (!this.checks) return { text: pages }
    const { blocks, size, peak } = this.checks.statistics
    return { text: `${pages}, ${count(size, 'byte')} alive in ${count(blocks, 'block')}, ${peak} at most` }
  }

  _check() {
    if (!this.checks) refuse('the module is not checked')
    this.#alive()
    this.checks.check()
    return { text: 'nothing was found' }
  }

  async _picture() {
    if (!this.#picture) refuse('there is no picture here')
    return this._array({ value: 'u8' }, { value: await this.#picture() })
  }
}

/** What a statement calls; undefined if nothing. */
function callee(tree) {
  if (tree.kind === 'assign') return callee(tree.value)
  if (tree.kind === 'new') return `new ${tree.name}`
  return tree.kind === 'call' ? tree.of.name : undefined
}

const count = (number, one) => `${number} ${one}${number === 1 ? '' : 's'}`

const isRun = ({ kind, elem }) => ['array', 'slice', 'buffer', 'scalar', 'text'].includes(kind) || elem !== undefined

const refuse = why => {
  throw Error(why)
}

/** Makes a BigInt of a number where the type wants one, at any depth: people write 5 for it. */
function fit(type, value) {
  if (!type || value === null || value === undefined) return value
  const base = type.kind === 'enum' ? type.base : type
  if (base.kind === 'scalar' && /^[iu]64$/.test(base.text)) return Number.isSafeInteger(value) ? BigInt(value) : value
  if (type.kind === 'pointer') return Object.getPrototypeOf(value) === Object.prototype || Array.isArray(value) ? fit(type.to, value) : value
  if (type.elem) return Array.isArray(value) ? value.map(item => fit(type.elem, item)) : value
  if (type.fields && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fit(type.fields.find(field => field.name === key)?.type, item)]))
  }
  return value
}

/** A value of a type that says nothing, for a host function that has to answer. */
function blank(type) {
  const { kind, maybe } = type
  if (maybe) return null
  if (kind === 'scalar') return type.text === 'bool' ? false : type.text === 'char' ? ' ' : /64$/.test(type.text) && type.text[0] !== 'f' ? 0n : 0
  if (kind === 'enum') {
    const [value] = type.cases.keys()
    return type.size === 8 ? value : Number(value)
  }
  if (kind === 'str' || kind === 'cstr') return ''
  if (kind === 'slice' || kind === 'buffer') return []
  if (kind === 'array') return Array.from({ length: type.count }, () => blank(type.elem))
  if (kind === 'struct') return Object.fromEntries(type.fields.map(({ name, type }) => [name, blank(type)]))
  if (kind === 'pointer' && type.to.kind !== 'opaque') return blank(type.to)
  return refuse(`this page has no ${type.text} to answer with`)
}

/** Bytes as SPEC shows them. */
export function dump(view, addr, size, most = 256) {
  const rows = []
  for (let at = 0; at < Math.min(size, most); at += 16) {
    const bytes = Array.from({ length: Math.min(16, size - at) }, (_, i) => view.getUint8(addr + at + i).toString(16).padStart(2, '0'))
    const words = [0, 4, 8, 12].map(i => bytes.slice(i, i + 4).join(' ')).filter(word => word)
    rows.push(`${hex(addr + at).slice(2)}  ${words.join('  ')}`)
  }
  if (size > most) rows.push(`… ${size} bytes in all`)
  return rows.join('\n')
}
