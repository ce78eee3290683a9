// SPDX-License-Identifier: MIT OR Apache-2.0
import type { Host } from './linmem.js'

/** A block that the module's allocator handed out. */
export interface Block {
  addr: number
  /** In bytes, as it was asked for. */
  size: number
  align: number
  /** The tag that was set when it was allocated. */
  tag: number
  /** How many blocks had been handed out, itself included. */
  number: number
}

/** What a module knows whose allocator is `Checked`. Everything but `check` and `left` works after a trap, too. */
export interface Checks {
  /**
   * The live blocks, newest first.
   *
   * @throws {Error} as everything here, if the module's lists are out of order.
   */
  live(): Block[]
  /** The blocks that were freed and wait to be used again, in the order in which they were freed. */
  freed(): Block[]
  /** Why the module trapped, and the block that it is about; `undefined` if nothing was found. */
  readonly found: { text: string; addr: number } | undefined
  /** Live blocks, bytes in them, the most bytes at a time, pages of memory, and blocks that were ever handed out. */
  readonly statistics: { blocks: number; size: number; peak: number; pages: number; count: number }
  /** What new blocks are marked with. */
  tag: number
  /** Which allocation from now on fails, once, counted from 1; 0 for none. It is 0 again when one has failed. */
  refuse: number
  /**
   * Has the module compare all guards.
   *
   * @throws {Error} that says what was found, if one was written to; of an instance's exports, the trap itself. The module is not
   * called again.
   */
  check(): void
  /**
   * Calls a function, and returns the blocks that were allocated meanwhile and are live.
   *
   * @example
   * assert.deepEqual(checks(m).left(() => m.create_point(1, 2, 'hi').free()), [])
   */
  left(f: () => unknown): Block[]
}

/** The checks of a module, loaded by `load`, or of an instance's exports; `undefined` if it has none. */
export function checks(module: Host | WebAssembly.Exports): Checks | undefined
