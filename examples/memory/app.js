// What the page looks at: a module at work, a step of its history, a place in its memory. The panels listen, and draw it.

import { open } from './session.js'
import { History } from './history.js'
import { forgetMakers } from './colors.js'
import { hex } from './records.js'

/** The events: `module` (another one), `step` (another step is looked at), `select` (another place). */
export class App extends EventTarget {
  session
  history
  /** The step that is looked at. */
  index = -1
  /** What is selected: `{ addr, size, type, block }`. */
  selection
  #past = []
  #queue = Promise.resolve()

  #tell(name) {
    this.dispatchEvent(new Event(name))
  }

  /** Runs `listen` when one of the events, separated by spaces, happens. */
  on(names, listen) {
    for (const name of names.split(' ')) this.addEventListener(name, listen)
  }

  async open(bytes, options) {
    const session = await open(bytes, options)
    forgetMakers()
    this.session = session
    this.history = new History(session)
    this.selection = undefined
    this.#past = []
    this.history.record({ line: '', lines: [], places: [], title: 'at the start' })
    this.index = 0
    this.#tell('module')
    this.#tell('step')
    this.#tell('select')
  }

  get step() {
    return this.history?.steps[this.index]
  }

  get newest() {
    return this.index === this.history.steps.length - 1
  }

  /** The bytes of the step that is looked at; undefined if they are forgotten. */
  get view() {
    return this.history.look(this.index)
  }

  /** Runs a statement, after those that wait, and looks at what it did. */
  run(line) {
    const { session, history } = this
    const ran = this.#queue.then(async () => {
      const made = await session.run(line)
      if (session !== this.session) return made
      history.record(made)
      this.go(history.steps.length - 1)
      const found = this.step.found
      const block = found && this.blockAt(found.addr)
      if (block) this.select(block)
      else if (made.places.length) this.select(made.places[0])
      else this.reselect()
      return made
    })
    this.#queue = ran.catch(() => {})
    return ran
  }

  /** Writes to memory as `write` does, and makes a step of it. */
  edit(title, write) {
    if (!this.newest) throw Error('this is the past: go to the last step to write')
    write(this.view)
    this.session.step++
    this.history.record({ line: '', lines: [], places: [], title })
    this.go(this.history.steps.length - 1)
    this.reselect()
  }

  go(index) {
    this.index = Math.min(Math.max(0, index), this.history.steps.length - 1)
    this.#tell('step')
  }

  /** Selects a place, which one can come back from. */
  select(place) {
    if (this.selection && this.selection.addr !== place.addr) this.#past.push(this.selection)
    this.#choose(place)
  }

  back() {
    const place = this.#past.pop()
    if (place) this.#choose(place)
  }

  get canGoBack() {
    return this.#past.length > 0
  }

  /** What is selected is looked at again: its block may be another one. */
  reselect() {
    if (this.selection) this.#choose({ ...this.selection, block: undefined })
  }

  #choose({ addr, size, type, block }) {
    block ??= this.blockAt(addr)
    const whole = block?.addr === addr
    type ??= whole && block.kind === 'used' ? block.type : undefined
    size = type?.size || size || (whole ? block.size : 16)
    this.selection = { addr, size: Math.max(1, size), type, block }
    this.#tell('select')
  }

  /** The block that an address lies in, at the step that is looked at. */
  blockAt(addr) {
    const { blocks } = this.step
    let [low, high] = [0, blocks.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (blocks[middle].addr <= addr) low = middle + 1
      else high = middle
    }
    const block = blocks[low - 1]
    return block && addr < block.addr + block.size ? block : undefined
  }

  /** What made a block: the function that a statement called, or what else there is to say. */
  maker(block) {
    const step = this.history.steps[block.step]
    return step ? title(step) : block.step === undefined ? '' : 'the start'
  }

  /** The region that an address lies in. */
  regionAt(addr) {
    return this.step.regions.find(({ from, to }) => addr >= from && addr < to)
  }

  /** A block in words. */
  describe(block) {
    const kinds = { used: 'used', waiting: 'freed, kept back by the checks', free: 'free' }
    const by = block.kind !== 'free' && this.maker(block)
    return [hex(block.addr), kinds[block.kind], `${block.size} bytes`, block.type?.text, by && `made by ${by}`].filter(part => part).join(' · ')
  }
}

/** The name of what a step called, or its whole line where it called nothing. */
export const title = step => step.maker ?? (step.line || step.title)
