// The conformance kit on the host abi/js, in any engine: it has no part that Node alone has. `run.mjs` runs it in Node, Deno and
// Bun, `page.mjs` in a browser.

import { load } from '../../abi/js/linmem.js'

let module
let loader = load

// Records: what tells how JSON is read as a value of a type.

const [types, functions, imports, consts] = Array.from({ length: 4 }, () => new Map())
const signature = words => {
  const result = words.at(-2) === '->' ? words.pop() && words.pop() && undefined : undefined
  return { result, params: words.map(word => /^([^:]+):(>?)(.+)$/.exec(word)).map(([, name, out, type]) => ({ name, out, type })) }
}
const returning = words => {
  const at = words.indexOf('->')
  return { ...signature(at < 0 ? words : words.slice(0, at)), result: at < 0 ? undefined : words[at + 1] }
}
const readRecords = () => {
  const section = WebAssembly.Module.customSections(module, 'linmem.abi').map(bytes => new TextDecoder().decode(bytes)).join('')
  for (const text of section.split('\n')) {
    const [kind, name, ...words] = text.split(' ')
    if (kind === 'struct' || kind === 'union') types.set(name, { kind, fields: new Map(words.slice(2).map(word => /^(.+?):\d+:(.+)$/.exec(word).slice(1))) })
    else if (kind === 'tagged') types.set(name, { kind, fields: new Map(words.slice(3).map(word => /^(.+?)=[-\d]+(?::\d+:(.+))?$/.exec(word).slice(1))) })
    else if (kind === 'enum') types.set(name, { kind, int: words[0] })
    else if (kind === 'sig') types.set(name, { kind, ...returning(words) })
    else if (kind === 'opaque') types.set(name, { kind })
    else if (kind === 'const') consts.set(name, words[0])
    else if (kind === 'fn') functions.set(name, returning(words))
    else if (kind === 'drop') functions.set(name, { params: [{ name: 'value', type: words[0] }] })
    else if (kind === 'import') imports.set(`${name}/${words[0]}`, returning(words.slice(1)))
  }
}
const isStatus = type => type === 'status' || types.get(type)?.int === 'status'
const pointee = type => /^\??[\^~]?\*(.+)$/.exec(type)?.[1]
const element = type => /^[\^~]?\[[\d+]*\](.+)$/.exec(type)?.[1]
const owned = type => /^\??\^/.test(type)
/** The types of what a call returns: the result, and what is behind out pointers. */
const results = ({ result, params }) => [
  ...result && !isStatus(result) ? [result] : [],
  ...params.filter(param => param.out).map(({ type }) => aggregate(type) || /^\[[\d+]/.test(type) ? `^*${type}` : type),
]
/** Whether a step calls a function, guest's or host's, that cannot say that there is no memory, and so traps. */
export const isMute = ({ call, host = [] }) => {
  const { result } = functions.get(call) ?? {}
  return !!result?.startsWith('^*') || host.some(({ import: key }) => !isStatus(imports.get(key).result))
}
const aggregate = type => ['struct', 'union', 'tagged'].includes(types.get(type)?.kind)

export class Failure extends Error {}
/** Memory ran out, as was wanted. The cause is how that was said. */
export class Starved extends Failure {}
const brief = value => {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  const text = JSON.stringify(value, (_, item) => typeof item === 'bigint' ? String(item) : item) ?? String(value)
  return text.length > 200 ? `${text.slice(0, 200)} ...` : text
}
const expect = (ok, where, want, got) => {
  if (!ok) throw new Failure(`${where}: expected ${brief(want)}, got ${brief(got)}`)
}
const bytesOf = hex => hex.split(' ').map(byte => byte === '..' ? undefined : parseInt(byte, 16))

/** A case, on an instance of its own. */
export class Run {
  names = new Map()
  hosts = []
  later = []

  async start(wasm = module) {
    const given = {}
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      const group = given[from] ??= {}
      group[name] = (...args) => this.hosted(`${from}/${name}`, args)
    }
    this.m = await loader(wasm, given)
    this.before = this.live()
    return this
  }

  live() {
    return [this.m.live_blocks(), this.m.live_bytes(), this.m.live().length]
  }

  // JSON to values.

  /** A value that lies in memory, or travels alone. */
  value(type, json) {
    if (json?.use) return this.find([].concat(json.use)).value
    if (json === null) return null
    const inner = pointee(type)
    if (inner) return aggregate(inner) ? new this.m[inner](this.value(inner, json)) : element(inner) ? this.value(inner, json) : [this.value(inner, json)]
    const of = element(type)
    if (of) return this.items(of, json)
    const declared = types.get(type)
    if (declared?.kind === 'enum') return typeof json === 'string' && json in this.m[type] && isNaN(json) ? this.m[type][json] : this.value(declared.int, json)
    if (declared?.kind === 'tagged') return { tag: json.tag, value: json.value === undefined ? undefined : this.value(declared.fields.get(json.tag), json.value) }
    if (declared?.fields) {
      const made = { __proto__: null }
      for (const [key, item] of Object.entries(json)) made[key] = this.value(declared.fields.get(key), item)
      return made
    }
    if (/[iu]64/.test(type) && typeof json === 'string') return BigInt(json)
    if (/^f/.test(type) && typeof json === 'string') return Number(json)
    return json?.times === undefined ? json : json.repeat.repeat(json.times)
  }

  items(of, json) {
    if (json.hex) return bytesOf(json.hex)
    if (json.words) return [...new Uint8Array(Uint32Array.from(json.words, word => this.value('u32', word)).buffer)]
    if (json.times !== undefined) return Array(json.times).fill(this.value(of, json.repeat))
    return json.map(item => this.value(of, item))
  }

  /** An argument: what is lent is made for the call. The second value reads what the guest made of it. */
  argument(type, json) {
    const inner = pointee(type)
    if (json === null || json?.use || !inner && !element(type)) return [this.value(type, json)]
    if (owned(type)) return [this.value(type, json)]
    if (inner && aggregate(inner)) {
      const made = this.value(type, json)
      this.later.push(made)
      return [made, made]
    }
    const of = inner ? element(inner) ?? inner : element(type)
    let values = inner && !element(inner) ? [this.value(inner, json)] : this.items(of, json)
    // What holds more than numbers is written to in the guest's memory only.
    if (type.includes('~') && (aggregate(of) || element(of) || owned(of))) this.later.push(values = this.m.array(of, values))
    return [values, values]
  }

  // Values to JSON.

  /** Compares a value of a type with what JSON says. */
  match(type, got, want, where) {
    if (want === null) return expect(got === null, where, null, got)
    expect(got !== null && got !== undefined, where, want, got)
    if (brief(want) === '{}') return
    const inner = pointee(type)
    if (inner && (aggregate(inner) || element(inner))) return this.match(inner, got, want, where)
    if (inner && types.get(inner)?.kind !== 'opaque') return this.match(inner, got.at(0), want, where)
    const of = element(type)
    if (of && want.hex) {
      const bytes = bytesOf(want.hex)
      const same = bytes.length === got.length && bytes.every((byte, i) => byte === undefined || byte === got.at(i))
      return expect(same, where, want.hex, [...got].map(byte => byte.toString(16).padStart(2, 0)).join(' '))
    }
    if (of) {
      const wanted = want.times === undefined ? want : Array(want.times).fill(want.repeat)
      expect(got.length === wanted.length, `${where}.length`, wanted.length, got.length)
      let i = 0
      for (const item of got) this.match(of, item, wanted[i], `${where}[${i++}]`)
      return
    }
    const declared = types.get(type)
    if (declared?.kind === 'enum') return expect(this.m[type][got] === want, where, want, got)
    if (declared?.kind === 'tagged') {
      expect(got.tag === want.tag, `${where}.tag`, want.tag, got.tag)
      return 'value' in want ? this.match(declared.fields.get(want.tag), got.value, want.value, `${where}.value`) : undefined
    }
    if (declared?.fields) {
      for (const [key, item] of Object.entries(want)) this.match(declared.fields.get(key), got[key], item, `${where}.${key}`)
      return
    }
    if (declared) return
    if (typeof got === 'bigint') got = String(got)
    if (want.times !== undefined) want = want.repeat.repeat(want.times)
    if (typeof got === 'number' && typeof want === 'string') want = Number(want)
    expect(Object.is(got, want), where, want, Object.is(got, -0) ? '-0' : got)
  }

  /** Reads all of a value, so that what is wrong with it comes out. */
  readAll(type, value, depth = 0) {
    if (value === null || depth > 6) return
    const inner = pointee(type)
    const of = element(type)
    if (inner && (aggregate(inner) || element(inner))) this.readAll(inner, value, depth + 1)
    else if (inner && types.get(inner)?.kind !== 'opaque') this.readAll(inner, value.at(0), depth + 1)
    else if (of) for (const item of value) this.readAll(of, item, depth + 1)
    else if (types.get(type)?.kind === 'tagged') void value.value
    else for (const [key, field] of types.get(type)?.fields ?? []) this.readAll(field, value[key], depth + 1)
  }

  // Steps.

  find([name, ...path]) {
    let { type, value } = this.names.get(name)
    for (const step of path) {
      const of = pointee(type) ?? type
      type = element(of) ?? (step === 'value' && types.get(of).kind === 'tagged' ? types.get(of).fields.get(value.tag) : types.get(of).fields.get(step))
      value = typeof step === 'number' ? value.at(step) : value[step]
    }
    return { type, value }
  }

  name(as, type, value) {
    this.names.set(as, { type, value })
  }

  /** Frees what nobody named. Text was copied, and is free. */
  release(type, value) {
    if (owned(type) && typeof value === 'object') value?.[Symbol.dispose ?? Symbol.for('Symbol.dispose')]()
  }

  steps(steps, where) {
    steps.forEach((step, i) => this.step(step, `${where}step ${i + 1} (${Object.keys(step)[0]} ${brief(Object.values(step)[0])})`))
  }

  step(step, where) {
    let read
    try {
      read = this.act(step, where)
    } catch (error) {
      if (error instanceof Failure) throw error
      if (step.fails === undefined) throw new Failure(`${where}: ${brief(error)}`, { cause: error })
      if (typeof step.fails === 'number') expect(error.status === step.fails, where, step.fails, error)
      else if (step.fails !== 'refused' && step.fails !== 'trap') expect(error.code === step.fails, where, step.fails, error)
      let alive = true
      try {
        this.m.same_bool(true)
      } catch {
        alive = false
      }
      return expect(alive === (step.fails !== 'trap'), where, step.fails, `${brief(error)}, after which the instance ${alive ? 'lives' : 'is dead'}`)
    }
    if (step.fails !== undefined) throw new Failure(`${where}: expected ${brief(step.fails)}, got ${brief(read)}`)
  }

  act(step, where) {
    if ('call' in step) return this.call(this.m[step.call === 'then' ? 'then_' : step.call], functions.get(step.call), step, where)
    if ('invoke' in step) {
      const { type, value } = this.names.get(step.invoke)
      return this.call(value, types.get(type.replace('?', '')), step, where)
    }
    if ('new' in step) {
      const inner = pointee(step.new)
      const value = inner ? this.value(step.new, step.from) : this.m.array(element(step.new), this.items(element(step.new), step.from))
      return step.as ? this.name(step.as, step.new, value) : this.release(step.new, value)
    }
    if ('get' in step) {
      const { type, value } = this.find(step.get)
      if ('is' in step) this.match(type, value, step.is, where)
      if (step.as) this.name(step.as, type, value)
      if ('fails' in step) this.readAll(type, value)
      return value
    }
    if ('set' in step) {
      const last = step.set.at(-1)
      const { type, value } = this.find(step.set.slice(0, -1).length ? step.set.slice(0, -1) : step.set)
      const of = pointee(type) ?? type
      if (step.set.length === 1) return aggregate(of) ? value.assign(this.value(of, step.to)) : value.set(0, this.value(of, step.to))
      const field = this.value(element(of) ?? types.get(of).fields.get(last), step.to)
      return typeof last === 'number' ? value.set(last, field) : value[last] = field
    }
    if ('length' in step) return expect(this.find(step.length).value.length === step.is, where, step.is, this.find(step.length).value.length)
    if ('free' in step) return this.names.get(step.free).value[Symbol.dispose ?? Symbol.for('Symbol.dispose')]()
    if ('const' in step) return this.match(consts.get(step.const), this.m[step.const], step.is, where)
    throw new Failure(`${where}: no such step`)
  }

  /** Whether an error of the host's is that memory ran out, as was wanted. */
  lacks() {
    return false
  }

  /** What a call returned, looked at before everything else. */
  came(returned) {
    return returned
  }

  call(f, signature, step, where) {
    const { later, hosts } = this
    this.later = []
    this.hosts = step.host?.map((host, i) => [host, `${where}, host function ${i + 1}: `]) ?? []
    try {
      const ins = signature.params.filter(param => !param.out)
      const args = (step.args ?? []).map((json, i) => ins[i] ? this.argument(ins[i].type, json) : [json])
      const returned = this.came(f(...args.map(([arg]) => arg)), step)
      if (this.problem) throw this.problem
      expect(!this.hosts.length, where, `a call of ${this.hosts[0]?.[0].import}`, 'none')
      const outs = results(signature)
      const values = outs.length > 1 ? returned : [returned]
      if ('is' in step) outs.forEach((type, i) => this.match(type, values[i], outs.length > 1 ? step.is[i] : step.is, where))
      if ('fails' in step) outs.forEach((type, i) => this.readAll(type, values[i]))
      if (step.as) this.name(step.as, outs[0], returned)
      else outs.forEach((type, i) => this.release(type, values[i]))
      for (const [name, want] of Object.entries(step.wrote ?? {})) {
        const i = ins.findIndex(param => param.name === name)
        const inner = pointee(ins[i].type)
        // What is behind a pointer to no aggregate is a list of one.
        this.match(ins[i].type, args[i][1], want, `${where}, ${name}`)
      }
      return returned
    } catch (error) {
      throw this.problem ?? error
    } finally {
      for (const view of this.later) view[Symbol.dispose ?? Symbol.for('Symbol.dispose')]()
      this.later = later
      this.hosts = hosts
    }
  }

  /** A host function: it is called as the step says, and does what the step says. */
  hosted(key, args) {
    const [host, where] = this.hosts.shift() ?? []
    try {
      expect(host?.import === key, where ?? 'host', host?.import ?? 'no call', key)
      const { params, result } = imports.get(key)
      const ins = params.filter(param => !param.out)
      host.args.forEach((want, i) => this.match(ins[i].type, args[i], want, `${where}${ins[i].name}`))
      ins.forEach(({ name, type }, i) => {
        if (host.as?.[name]) this.name(host.as[name], type, args[i])
        else if (owned(type)) this.release(type, args[i])
      })
      this.steps(host.do ?? [], where)
      const outs = results({ params, result }).map(type => type.startsWith('^*') && !owned(result ?? '') ? type.slice(2) : type)
      if (host.fails === undefined) {
        if (!outs.length) return
        const values = outs.map((type, i) => this.value(type, outs.length > 1 ? host.returns[i] : host.returns))
        return outs.length > 1 ? values : values[0]
      }
    } catch (error) {
      if (error instanceof Starved || this.lacks(error)) throw error.cause ?? error
      this.problem ??= error instanceof Failure ? error : new Failure(`${where}${brief(error)}`)
      throw error
    }
    const statuses = { Null: 1, NotUtf8: 5, OutOfMemory: 7, Invalid: 8, Empty: 16, TooMany: 17 }
    throw Object.assign(Error(host.fails), { status: statuses[host.fails] })
  }

  end(steps) {
    if (steps.at(-1).fails === 'trap') return
    const after = this.live()
    expect(String(after) === String(this.before), 'end', `${this.before} blocks, bytes, owners`, after)
  }
}

/** The bytes of a section. A line in `pieces` has its LF added. */
const sectionOf = (pieces, prelude) => {
  const turn = ({ repeat, times }) => Array.from({ length: times }, (_, i) => repeat.replaceAll('#', i).replaceAll('@', i + 1)).join('')
  const text = new TextEncoder()
  const bytes = piece => piece.hex ? Uint8Array.from(bytesOf(piece.hex)) : text.encode(typeof piece === 'string' ? `${piece}\n` : piece.text ?? turn(piece))
  const parts = [...prelude, ...pieces].map(bytes)
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
/** Loads the kit's module under another section. */
const under = sidecar => {
  const given = {}
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (given[from] ??= {})[name] = () => 0
  return load(module, given, { sidecar })
}
/** Refusals are errors, and no accidents of the host's own code. */
const refused = async text => {
  try {
    await under(text)
  } catch (error) {
    if (error.constructor !== Error) throw error
    return error
  }
}

/** Reads the records of the kit's module, compiled, once in a process or page. */
export const setUp = (kit, bound = load) => {
  module = kit
  loader = bound
  readRecords()
}

/** Runs a case. */
const runCase = async ({ steps }) => {
  const run = await new Run().start()
  run.steps(steps, '')
  run.end(steps)
}
/** Loads what a section declares, or finds it refused. */
const runSection = async ({ text, bare, refuse, mended, either, declares, consts }, prelude) => {
  const bytes = pieces => sectionOf(pieces, bare ? [] : prelude)
  if (either) return refused(bytes(text))
  if (refuse) expect(await refused(bytes(text)), 'section', refuse, 'no error')
  const m = await under(bytes(refuse ? mended : text))
  for (const declared of declares ?? []) {
    const sig = new TextDecoder().decode(bytes(text)).includes(`sig ${declared}`)
    expect(sig || (declared === 'then' ? 'then_' : declared) in m, 'section', declared, Object.keys(m))
  }
  for (const [declared, want] of Object.entries(consts ?? {})) {
    const got = m[declared]
    expect(Object.is(typeof got === 'bigint' ? String(got) : got, typeof got === 'number' ? Number(want) : want), declared, want, got)
  }
  if (declares) expect({}.x === undefined && !Object.keys(Object.prototype).length, 'Object.prototype', 'untouched', Object.keys(Object.prototype))
}

/**
 * Runs the kit on its module, compiled, once in a process or page. `only` has the names of the cases and sections to run, if not
 * all; `small` leaves out what needs much memory. `bound` is what loads the module in the place of abi/js: what `bind --lang js` wrote,
 * which reads no records, so that there are no sections to run.
 *
 * Returns a line for each that failed (name, tab, step, what was expected, what came), and a last line that counts.
 */
export const runKit = async (kit, { cases }, { prelude, sections }, { only = [], small = false, bound } = {}) => {
  setUp(kit, bound)
  const lines = []
  const attempt = async ({ name }, body) => {
    try {
      await body()
    } catch (error) {
      // Not every engine's stack begins with the message.
      const why = error instanceof Failure ? error.message : `${error}\n${error?.stack}`.split('\n').slice(0, 5).join(' ')
      lines.push(`${name}\t${why}`)
    }
  }
  const chosen = items => items.filter(({ name, needs }) => (!only.length || only.includes(name)) && !(needs && small))
  const [runCases, runSections] = [cases, bound ? [] : sections].map(chosen)
  for (const item of runCases) await attempt(item, () => runCase(item))
  for (const item of runSections) await attempt(item, () => runSection(item, prelude))
  return [...lines, `${runCases.length} cases, ${runSections.length} sections, ${lines.length} failures`]
}
