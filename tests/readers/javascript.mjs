// Reads the sections in a file, each behind its length, by the host abi/js, and prints a line of JSON on each: `{"error": ".."}`
// says why it is refused, `{"offers": {..}}` what the host offers, as a user of it sees that.
//
// A host in JavaScript shows no records. So each section gets more functions: one that writes each type to an out pointer, from
// which size, align, fields and their places are seen, and one that returns a value of each type that a parameter has, to call
// the functions with.

import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { load } from '../../abi/js/linmem.js'
import { PLACE, ROOM, byteAt, exportsOf, integersOf, moduleOf, parts, readLoosely, wasmTypes } from './module.mjs'

const sizes = { i8: 1, u8: 1, i16: 2, u16: 2, i32: 4, u32: 4, usize: 4, isize: 4, i64: 8, u64: 8, f32: 4, f64: 8 }
const pattern = Uint8Array.from({ length: ROOM }, (_, i) => byteAt(i))

/** A value as JSON that loses nothing: 64 bits as digits, floats by their bits, of which a NaN has none of its own. */
const shown = (value, type) => {
  if (typeof value === 'bigint') return `${value}`
  if (type !== 'f32' && type !== 'f64') return value
  return Number.isNaN(value) ? 'NaN' : `0x${new BigUint64Array(Float64Array.of(value).buffer)[0].toString(16)}`
}
const attempt = body => {
  try {
    return body()
  } catch (error) {
    return { failed: error.code ?? error.name }
  }
}

/** The records that look at those of a section. */
const probesOf = records => {
  const lines = []
  const outs = new Map()
  const values = new Map()
  const table = []
  const integers = integersOf(records)
  for (const [kind, name] of records) {
    if (['struct', 'union', 'tagged'].includes(kind) && !outs.has(name)) {
      outs.set(name, `linmem_out_${outs.size}`)
      lines.push(`fn ${outs.get(name)} out:>${name}`)
    }
  }
  const sigs = new Map(records.filter(([kind]) => kind === 'sig').map(([, name, ...words]) => [name, words]))
  for (const [kind, , ...words] of records) {
    if (kind !== 'fn' && kind !== 'drop') continue
    for (const { out, type } of kind === 'drop' ? [{ type: words[0] }] : parts(words).params) {
      const plain = type?.replace(/^\?/, '')
      if (out || values.has(type) || !(sigs.has(plain) || /^[~^]?\*/.test(plain))) continue
      const name = `linmem_value_${values.size}`
      let returns = PLACE
      if (sigs.has(plain)) returns = table.push(wasmTypes(sigs.get(plain), integers))
      values.set(type, { name, returns })
      lines.push(`fn ${name} -> ${type}`)
    }
  }
  return { lines, outs, values, table }
}

/** What a struct, union or tagged looks like from outside. */
const look = (m, [kind, , , , ...words], probe) => {
  const { raw } = Object.getPrototypeOf(m)
  const place = new Uint8Array(raw.memory.buffer, PLACE)
  place.set(pattern)
  const view = m[probe]()
  const seen = { size: raw.linmem_size.value, align: raw.linmem_align.value }
  if (kind === 'tagged') {
    const size = sizes[words.shift()]
    seen.cases = []
    for (const [, name, value, type] of words.map(word => /^([^=]*)=([^:]*)(?::\d+:(.*))?$/.exec(word))) {
      const tag = BigInt(value)
      for (let i = 0; i < size; i++) place[i] = Number(tag >> BigInt(8 * i) & 255n)
      seen.cases.push({ name, tag: view.tag, at: Object.hasOwn(sizes, type) ? shown(view.value, type) : null })
      place.set(pattern.subarray(0, size))
    }
    return seen
  }
  const prototype = Object.getPrototypeOf(view)
  const fields = Object.entries(Object.getOwnPropertyDescriptors(prototype)).filter(([, { get }]) => get).map(([field]) => field)
  const types = new Map(words.map(word => /^([^:]*):\d*:(.*)$/.exec(word)?.slice(1)))
  seen.fields = fields.map(field => ({ name: field, at: Object.hasOwn(sizes, types.get(field)) ? shown(view[field], types.get(field)) : null }))
  return seen
}

/** A value to call a function with: what a function of the guest returned, or literal; for a slice, one made before if `made`. */
const argument = (m, type, records, probes, made) => {
  const probe = probes.values.get(type)
  if (probe) return m[probe.name]()
  const slice = /^([~^]?)\[\](.*)$/.exec(type)
  if (slice) return made ? Object.getPrototypeOf(m).array(slice[2], []) : []
  if (/^\??\^?c?str$/.test(type)) return 'x'
  if (type === 'bool') return false
  if (type === 'char') return 'x'
  if (Object.hasOwn(sizes, type)) return /64$/.test(type) && type !== 'f64' ? 0n : 0
  const of = records.find(([kind, name]) => kind === 'enum' && name === type)
  if (of) return m[type][of[3].split('=')[0]]
  throw Error(`no argument of type ${type}`)
}

/** How many arguments reach the guest, where one less does not. More may: in JavaScript, functions ignore them. */
const countOf = (m, name, params, records, probes) => {
  const ins = params.filter(({ out }) => !out)
  const reaches = (count, made) => {
    const values = ins.slice(0, count).map(({ type }) => argument(m, type, records, probes, made))
    const calls = Object.getPrototypeOf(m).raw.linmem_calls
    const before = calls.value
    attempt(() => m[name](...values))
    return calls.value !== before
  }
  // Not every host lends a list of its own for each slice.
  const made = !reaches(ins.length, false)
  if (made && !reaches(ins.length, true)) return 'not reached'
  return ins.length && reaches(ins.length - 1, made) ? 'reached with fewer' : ins.length
}

/** All that a module offers. */
const offersOf = (m, records, probes) => {
  const integers = integersOf(records)
  const known = new Set([...probes.outs.values(), ...[...probes.values.values()].map(({ name }) => name)])
  const offers = { names: Object.keys(m).filter(name => !known.has(name)).sort(), functions: [], types: [], enums: [], constants: [] }
  const called = name => name === 'then' ? 'then_' : name
  for (const record of records) {
    const [kind, name, ...words] = record
    if (kind === 'fn' || kind === 'drop') {
      const { params } = kind === 'drop' ? { params: [{ out: false, type: words[0] }] } : parts(words)
      offers.functions.push([name, attempt(() => countOf(m, called(name), params, records, probes)), wasmTypes(kind === 'drop' ? [`value:${words[0]}`] : words, integers)])
    } else if (probes.outs.has(name) && ['struct', 'union', 'tagged'].includes(kind)) {
      offers.types.push([name, attempt(() => look(m, record, probes.outs.get(name)))])
    } else if (kind === 'enum') {
      offers.enums.push([name, Object.entries(m[called(name)]).filter(([, value]) => typeof value !== 'string').map(([name, value]) => [name, shown(value)])])
    } else if (kind === 'const') offers.constants.push([name, shown(m[called(name)], words[0])])
  }
  return offers
}

/** Modules by what they export: most sections of a run ask for the same. */
const modules = new Map()
const moduleFor = async (exports, table) => {
  const key = JSON.stringify([exports.alloc, ...exports.functions, table])
  if (!modules.has(key)) {
    if (modules.size > 200) modules.clear()
    modules.set(key, await WebAssembly.compile(moduleOf(exports, table)))
  }
  return modules.get(key)
}

/** Reads one section. */
export const readSection = async bytes => {
  const records = readLoosely(new TextDecoder().decode(bytes))
  const probes = probesOf(records)
  const exports = exportsOf(records)
  const open = async (probed, exports, table) => {
    const module = await moduleFor(exports, table)
    return load(module, {}, { sidecar: probed })
  }
  let m
  try {
    m = await open(bytes, exports, [])
  } catch (error) {
    // What is no plain error is an accident of the host's own code.
    return { error: error.constructor === Error ? error.message : `accident: ${error.stack}` }
  }
  for (const [name, { returns }] of [...probes.outs.values()].map(name => [name, {}]).concat([...probes.values.values()].map(({ name, returns }) => [name, { returns }]))) {
    exports.functions.set(name, { params: returns === undefined ? ['i32'] : [], results: returns === undefined ? [] : ['i32'], returns })
  }
  const end = bytes.at(-1) === 10 ? '' : '\n'
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) + end + probes.lines.map(line => `${line}\n`).join('')
  try {
    m = await open(text, exports, probes.table)
  } catch (error) {
    return { error: `with probes: ${error.message}` }
  }
  return { offers: offersOf(m, records, probes) }
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const data = await readFile(process.argv[2])
  for (let at = 0; at < data.length;) {
    const end = at + 4 + data.readUInt32LE(at)
    console.log(JSON.stringify(await readSection(data.subarray(at + 4, end))))
    at = end
  }
}
