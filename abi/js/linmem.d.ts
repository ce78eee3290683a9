// SPDX-License-Identifier: MIT OR Apache-2.0
/** Bytes, or where they come from. A `URL` is fetched; in Node, whose `fetch` takes no `file:`, pass `readFile(url)`. */
export type Source = BufferSource | Blob | Response | URL

/** What the guest imports, by module and name. Only properties of the objects themselves count. */
export type Imports = Record<string, Record<string, unknown>>

export interface Options {
  /** The records, in the place of the section `linmem.abi` of the module. */
  sidecar?: Source | string | PromiseLike<Source | string>
}

/**
 * Compiles and instantiates a module, and reads its records.
 *
 * `M` is the type of what the module declares: its functions, classes of structs, enums, constants. An export `then` is
 * called `then_`, so that the module is not taken for a promise.
 *
 * @throws {Error} with the rule of SPEC (`R3`) and the record, if the records are not in order; if an export, or a function for an
 * import, is missing; what `fetch` and `WebAssembly` throw.
 * @example
 * const m = await load(fetch('points.wasm'), { env: { log_nr: nr => console.log(nr) } })
 * const point = new m.Point({ x: 1, y: 2, name: 'hi' })
 * point.x = 10
 * point.free()
 */
export function load<M = Record<string, any>>(
  source: Source | WebAssembly.Module | PromiseLike<Source | WebAssembly.Module>,
  imports?: Imports,
  options?: Options,
): Promise<Readonly<M> & Host>

/** What each module has. A record of the same name hides it; `Object.getPrototypeOf(m)` has it all the same. */
export interface Host {
  /** The exports of the instance, by hand. Nothing is checked there. */
  readonly raw: WebAssembly.Exports
  /** All owners that were not freed or handed over, in no order. */
  live(): View[]
  /**
   * The address in linear memory of what a view is on: of a struct or fixed array its first byte, of a slice its first element,
   * of a buffer its descriptor. It stays when memory grows. That of an empty slice leads to nothing.
   *
   * @throws {AbiError} `Invalid`, if the view was freed.
   * @example
   * const { memory } = m.raw
   * new DataView(memory.buffer, m.addr(point)).getInt32(0, true) === point.x
   */
  addr(view: View): number
  /** Has a checked module compare its guards; only there. What it finds is a trap, and tells it. See `checks.js`. */
  readonly check?: () => void
  /**
   * Puts elements into the guest's memory: an owner that functions take without a copy.
   *
   * @param elem The type of the elements, as records write it: `u8`, `Point`, `^str`.
   * @param values The elements, or, for numbers, how many zeros.
   */
  array<T = number, A = unknown>(elem: string, values: Iterable<T> | number): Owner<List<T, A>>
}

/** What lies in the guest's memory. It derives itself again after growth, and throws when it was freed. */
export interface View {
  /** Frees what an owner owns. Again, or after a trap, it does nothing. Throws for what is borrowed. */
  free(): void
  /** `free()`, for `using`; also where a field is called `free`. */
  [Symbol.dispose](): void
}

/** A view that must be freed or handed over. */
export type Owner<V> = V & { readonly __owner?: true }

/** A fixed array, slice or buffer; also what a pointer to a scalar leads to, with one element. */
export interface List<T, A = unknown> extends View, Iterable<T> {
  /** The number of elements: of a buffer, as it is at the moment. */
  readonly length: number
  /**
   * A typed array on the elements, without a copy; `undefined` if they are no numbers. Valid until the next call that may
   * allocate: ask for it again after each call.
   */
  readonly view: A
  /** An element; counted from the end if negative; `undefined` beyond. */
  at(index: number): T | undefined
  /** Writes an element. */
  set(index: number, value: T): void
  /** The elements outside of the guest's memory: a typed array for numbers, an array for all else. */
  copy(): A extends ArrayBufferView ? A : T[]
}

/** A struct or union: its fields are properties. */
export interface Struct<Init> extends View {
  /** Writes all fields. Throws for a type that owns something: assign its fields. */
  assign(value: Init): void
}

/** The class of a struct. A new one lies in memory that the host owns. */
export interface StructClass<S, Init = S> {
  new (value: Init): Owner<S>
}

/** The value of a tagged enumeration: `{ tag: 'Circle', value: 2 }`. */
export interface Tagged<T extends { tag: string; value?: unknown }> extends View {
  readonly tag: T['tag']
  readonly value: T['value']
  assign(value: T): void
}

/** What functions that return a status throw, and checks of memory and values. */
export interface AbiError extends Error {
  /** `Null`, `Misaligned`, `TooLong`, `OutOfBounds`, `NotUtf8`, `InteriorNul`, `OutOfMemory`, `Invalid`, a case of the guest's, or `Unknown`. */
  code: string
  status: number
}
