// The conformance kit and the tour on the host abi/js, with memory that runs out: `node faults.mjs KIT TOUR`, both checked,
// or on what `linmem bind --lang js` wrote for the kit: `node faults.mjs KIT TOUR WRITTEN`.
//
// In every case each allocation is refused in turn. Then memory has a maximum, and is full from the first step on, from the
// second, and so on. The same is done to the tour's own program. Each time that is said (by a status, a null, or the host's
// OutOfMemory), the bytes of all blocks that were there are as before, no byte beside one was written, and once the host has
// freed what it owns, nothing is left.
//
// Prints how each ended, as JSON, and fails at the first that ended otherwise.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { run as tour } from '../../examples/hosts/shared/tour.mjs'
import { checks } from '../../abi/js/checks.js'
import { load } from '../../abi/js/linmem.js'
import { Failure, Run, Starved, isMute, setUp } from './runner.mjs'

const [, , ...paths] = process.argv
const [kitBytes, tourBytes] = await Promise.all(paths.slice(0, 2).map(path => readFile(path)))
const bound = paths[2] ? (await import(pathToFileURL(paths[2]))).load : load
const root = new URL('../../', import.meta.url)
const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose')
/** The module with a maximum of memory: as much as it has. */
const bounded = bytes => {
  let at = 8
  const number = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]
      value |= (byte & 127) << shift
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const id = bytes[at++]
    const size = number()
    if (id !== 5) {
      at += size
      continue
    }
    const limits = bytes.subarray(at + 2, at + size)
    assert.deepEqual([...bytes.subarray(at, at + 2)], [1, 0], 'one memory, without a maximum')
    const section = [5, 2 + 2 * limits.length, 1, 1, ...limits, ...limits]
    return Buffer.concat([bytes.subarray(0, at - 2), Buffer.from(section), bytes.subarray(at + size)])
  }
}

/** Allocates all that there is, and returns what frees it again. */
const fill = (alloc, free) => {
  const blocks = []
  for (let size = 65536; size;) {
    const block = alloc(size, 1)
    if (block) blocks.push([block, size])
    else size >>>= 1
  }
  return () => blocks.forEach(([block, size]) => free(block, size, 1))
}

/** The bytes of the live blocks, by their numbers. */
const contents = m => new Map(checks(m).live().map(({ addr, size, number }) => [number, Buffer.from(m.raw.memory.buffer, addr, size).toString('hex')]))

/** A case in which the `refuse`-th allocation is refused, or memory is full from the step `full` on. */
class Starving extends Run {
  async start(wasm, { refuse = 0, full = Infinity }) {
    await super.start(wasm)
    Object.assign(this, { refuse, full, at: 0 })
    checks(this.m).refuse = refuse
    return this
  }

  /** Whether memory has run out; where it has a maximum, that may be at any time. */
  get lacking() {
    return !this.refuse || checks(this.m).refuse === 0
  }

  act(step, where) {
    const nested = where.includes('host function')
    if (!nested && this.at++ === this.full) this.empty = fill(this.m.raw.abi_alloc, this.m.raw.abi_free)
    const before = contents(this.m)
    this.may = !this.refuse || !this.lacking
    try {
      return super.act(step, where)
    } catch (error) {
      const dead = this.isDead()
      const said = this.may && this.lacking && (dead ? isMute(step) : error.status === 7 || error.status === 1)
      if (error instanceof Failure || !said || step.fails === (dead ? 'trap' : error.code ?? 'refused')) throw error
      if (dead) throw new Starved('trapped', { cause: error })
      const now = contents(this.m)
      for (const [number, bytes] of before) assert.equal(now.get(number) ?? bytes, bytes, `${where}: block ${number}`)
      throw new Starved('said', { cause: error })
    }
  }

  isDead() {
    try {
      this.m.same_bool(true)
      return false
    } catch {
      return true
    }
  }

  lacks(error) {
    return this.lacking && error.status === 7
  }

  came(returned, step) {
    const nothing = returned === null || returned === false
    if (nothing && step.is !== returned && this.may && this.lacking && ('is' in step || 'as' in step)) throw Object.assign(Error('nothing came'), { status: 7 })
    return returned
  }

  /** How the case ended, after a look at what it left. */
  finish(steps) {
    let end = 'enough'
    try {
      this.steps(steps, '')
      if (this.lacking) end = 'managed'
    } catch (error) {
      if (!(error instanceof Starved)) throw error
      end = error.message
    }
    const dead = end === 'trapped' || end !== 'said' && steps.at(-1).fails === 'trap'
    if (dead) return end
    for (const owner of end === 'said' ? this.m.live() : []) owner[dispose]()
    this.empty?.()
    checks(this.m).refuse = 0
    checks(this.m).check()
    this.end([{}])
    return end
  }
}

/** Runs all, and counts how they ended. */
const count = async (name, each) => {
  const ends = {}
  for await (const [end, what] of each()) {
    ends[end] = (ends[end] ?? 0) + 1
    assert.ok(end !== 'trapped' || what in mute, `${what} traps as well`)
  }
  console.log(JSON.stringify({ name, ...ends }))
}

const [{ cases }, { crowded, mute }] =
  await Promise.all(['abi/kit/cases.json', 'tests/kit/faults.json'].map(async path => JSON.parse(await readFile(new URL(path, root), 'utf8'))))
// What needs much memory fills it.
const small = cases.filter(({ needs }) => !needs)
const kit = await WebAssembly.compile(kitBytes)
const kitBounded = await WebAssembly.compile(bounded(kitBytes))
setUp(kit, bound)

await count('kit, allocations', async function* () {
  for (const { name, steps } of small) {
    for (let refuse = 1; ; refuse++) {
      const run = await new Starving().start(kit, { refuse })
      const end = await run.finish(steps)
      if (end === 'enough') break
      yield [end, name]
    }
  }
})
await count('kit, full memory', async function* () {
  for (const { name, steps } of small) {
    for (let full = 0; full < steps.length && !crowded[name]; full++) {
      const run = await new Starving().start(kitBounded, { full })
      yield [await run.finish(steps), name]
    }
  }
})

/** How the tour's program ends in which `starve` takes memory away before it begins. */
const tourWithout = async (bytes, starve) => {
  let m
  let refilled
  let end = 'managed'
  const picture = await readFile(new URL('examples/hosts/picture.bmp', root))
  let before
  const look = module => {
    if (m) return
    m = module
    before = m.raw.memory && checks(m).statistics.blocks
    refilled = starve(m)
  }
  try {
    await tour(bytes, picture, () => {}, look)
    if (checks(m).refuse) end = 'enough'
  } catch (error) {
    assert.match(error.message, /OutOfMemory|: Null/)
    end = 'said'
  }
  checks(m).refuse = 0
  for (const owner of m.live()) owner[dispose]()
  refilled?.()
  // The block that the program allocates by hand, it leaves where it ends with an error.
  for (const { addr, size, align } of checks(m).live()) if (end === 'said' && size === 8 && align === 1) m.raw.free(addr, 8, 1)
  checks(m).check()
  assert.equal(checks(m).statistics.blocks, before)
  return end
}
await count('tour, allocations', async function* () {
  for (let refuse = 1; ; refuse++) {
    const end = await tourWithout(tourBytes, m => void (checks(m).refuse = refuse))
    if (end === 'enough') break
    yield [end]
  }
})
await count('tour, full memory', async function* () {
  yield [await tourWithout(bounded(tourBytes), ({ raw }) => fill(raw.alloc, raw.free))]
})

// A host function that makes nothing of a trap in a call of its own, or passes it on where it returns a status.
for (const swallow of [true, false]) {
  const given = {}
  for (const { module, name } of WebAssembly.Module.imports(kit)) (given[module] ??= {})[name] = () => 0
  given.kit.divide = () => {
    throw Object.assign(Error('no memory'), { status: 7 })
  }
  given.kit.try_it = () => {
    try {
      m.ask_divide(1, 2)
    } catch (error) {
      if (!swallow) throw error
    }
  }
  const m = await bound(kit, given)
  assert.throws(() => m.ask_try_it(1), /no memory|trapped before/, 'the guest does not run on')
}
