// SPDX-License-Identifier: MIT OR Apache-2.0
import type { Host } from './linmem.js'

/** What a module tells of its heap. All of it is read from memory, and works after a trap, too. */
export interface Heap {
  /** The address where the heap begins: what is below is the stack and static data. */
  readonly base: number
  /** The memory from `start` up to `end` that nobody has claimed; both are 0 before the first allocation. */
  readonly unclaimed: { start: number; end: number }
  /**
   * The free blocks, from the smallest on. `size` is in bytes.
   *
   * @throws {Error} as everything here, if what the module tells is out of order.
   * @example
   * const free = heap(m).free().reduce((sum, { size }) => sum + size, 0)
   */
  free(): { addr: number; size: number }[]
}

/** The heap of a module, loaded by `load`, or of an instance's exports; `undefined` if it does not tell. */
export function heap(module: Host | WebAssembly.Exports): Heap | undefined
