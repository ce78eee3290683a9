// Changes sections at random, and holds the reader in JavaScript against what SPEC says of all records: for a time, or as many
// times as asked. `node reader.mjs CORPUS [SECONDS] [SEED]`, see README.md.
//
// Node has no fuzzer of its own. What stands in for coverage is what the reader says: a section that is refused in new words,
// or of which something new is accepted, is kept and changed further.

import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { readSection } from '../tests/readers/javascript.mjs'

const [, , folder, seconds = '60', seed = '1'] = process.argv

/** Marsaglia's xorshift. */
let state = Number(seed) * 0x9e3779b1 | 1
const below = end => {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % end
}
const pick = items => items[below(items.length)]

const tokens = ' |\n|:|=|^|~|?|*|[]|[+]|[2]|>|->|!|-|0|1|4|8|12|16|255|256|2147483648|9999999999999999999999|0x|u8|i64|f32|bool|char|usize|str|cstr|status|struct |union |tagged |enum |sig |opaque |const |fn |import |drop |doc |role |abi |__proto__|constructor|then|\\n|\\|\u0000|\u00e9|\u{1f600}'.split('|').map(token => Buffer.from(token))

/** A section with a change or a few. */
const change = (section, others) => {
  let bytes = Buffer.from(section)
  for (let times = 1 + below(4); times--;) {
    const at = below(bytes.length + 1)
    const end = Math.min(bytes.length, at + below(8))
    const [head, cut, tail] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)]
    switch (below(8)) {
      case 0: bytes = Buffer.concat([head, pick(tokens), tail]); break
      case 1: bytes = Buffer.concat([head, pick(tokens), cut, tail]); break
      case 2: bytes = Buffer.concat([head, tail]); break
      case 3: bytes = Buffer.concat([head, cut, cut, tail]); break
      case 4: bytes = Buffer.concat([head, Buffer.of(below(256)), tail.subarray(1)]); break
      default: {
        // A line, or a part of one, of another section.
        const lines = pick(others).toString('latin1').split('\n')
        const line = Buffer.from(pick(lines), 'latin1')
        const from = below(line.length + 1)
        const start = bytes.lastIndexOf(10, at - 1) + 1
        if (below(2)) bytes = Buffer.concat([bytes.subarray(0, start), line, Buffer.of(10), bytes.subarray(start)])
        else bytes = Buffer.concat([head, line.subarray(from, from + below(16)), tail])
      }
    }
  }
  return bytes.subarray(0, 4096)
}

const prototypes = [Object, Array, Function, Map, Set, String, Number, BigInt, Promise, Error, DataView, Uint8Array].flatMap(each => [each, each.prototype])
const untouched = () => JSON.stringify(prototypes.map(each => Reflect.ownKeys(each).map(String)))
const before = untouched()

/** What an answer says that is worth to go on from: the words without names and numbers, or the shape of what is offered. */
const gist = ({ error, offers }) => error?.replace(/`[^`]*`|:.*|\d+/gs, '') ?? Object.entries(offers).map(([kind, of]) => `${kind}${Math.min(of.length, 3)}`).join(' ') + JSON.stringify(offers.types.map(([, of]) => [of.size, of.align])).slice(0, 60)
/** The same, whatever the order of the records was. */
const sorted = ({ error, offers }) => error ? 'refused' : JSON.stringify(Object.entries(offers).map(([kind, of]) => [kind, of.map(each => JSON.stringify(each)).sort()]))

/** Whether a type has more operators than SPEC's limit: what a host makes of that is its own business. */
const isDeep = section => section.toString('latin1').split(/[ \n]/).some(word => word.split(/[*\]]/).length > 17)

const check = async section => {
  const start = process.cpuUsage()
  const said = await readSection(section)
  const { user, system } = process.cpuUsage(start)
  if (said.error?.startsWith('accident') || said.error?.startsWith('with probes')) throw Error(said.error)
  if (user + system > 2e6) throw Error(`${section.length} bytes took ${(user + system) / 1e6} s`)
  if (untouched() !== before) throw Error('a prototype is another one')
  const lines = section.toString('latin1').split('\n')
  const other = await readSection(Buffer.from(lines.reverse().join('\n'), 'latin1'))
  if (sorted(other) !== sorted(said) && !isDeep(section)) throw Error(`backwards it is ${sorted(other)}, not ${sorted(said)}: ${said.error} ${other.error}`)
  return gist(said)
}

const kept = []
const seen = new Set()
for (const file of (await readdir(folder)).sort()) {
  const bytes = await readFile(join(folder, file))
  const end = bytes.indexOf(0)
  kept.push(end < 0 ? bytes : bytes.subarray(0, end))
}
const seeds = [...kept]
const until = Date.now() + 1000 * seconds
let count = 0
let accepted = 0
while (Date.now() < until) {
  const section = seeds[count] ?? change(pick(kept), kept)
  count++
  try {
    const found = await check(section)
    accepted += found.startsWith('names')
    if (!seen.has(found)) {
      seen.add(found)
      if (kept.length < 5000) kept.push(section)
    }
  } catch (error) {
    console.error(`seed ${seed}, section ${count}, in base64: ${section.toString('base64')}\n${section}\n${error.stack}`)
    process.exit(1)
  }
}
console.log(`${count} sections, of which ${accepted} were accepted; ${seen.size} kinds of answers`)
if (!accepted || accepted === count) throw Error('all of one kind')
