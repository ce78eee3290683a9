// Written by `linmem bind --lang ts` from a module's records; not to be edited.
//
// const m = await load<Module>(source, imports satisfies Imports)

import type * as lm from 'linmem'

export type Array_Init =
  | { tag: 'if'; value: number }
  | { tag: 'else'; value?: undefined }
export interface Array_ extends Omit<lm.Tagged<Array_Init>, 'value'> {
  readonly value: (
  | { tag: 'if'; value: number }
  | { tag: 'else'; value?: undefined }
  )['value']
}

export type Color = 0 | 1

export type ColorInit = 18446744073709551615n

export interface Color_ extends lm.Struct<Color_Init> {
  x: number
}
export interface Color_Init {
  x: number
}

export type Least = -9223372036854775808n

export interface List extends Omit<lm.Struct<ListInit>, 'assign'> {
  assign: number
}
export interface ListInit {
  assign: number
}

/**
 * Ends *\/ here, and /\* begins; ?​?/
 * @param
 */
export interface int extends lm.Struct<intInit> {
  /** *\/ int x; /\* */
  default: number
  class: number
}
export interface intInit {
  default: number
  class: number
}

export interface number_ extends Omit<lm.Struct<number_Init>, 'free'> {
  delete: number
  free: bigint
}
export interface number_Init {
  delete: number
  free: bigint
}

export type then_ = (await_: number) => boolean

/** What the module declares; `load` adds what every module has. */
export interface Module {
  readonly Infinity: number
  readonly NAN: number
  readonly NULL: 0
  readonly TEXT: string
  readonly Array: { new (value: Array_Init): lm.Owner<Array_> }
  readonly Color: { readonly Red: 0; readonly new: 1 }
  readonly ColorInit: { readonly Most: 18446744073709551615n }
  readonly Color_: lm.StructClass<Color_, Color_Init>
  readonly Least: { readonly This: -9223372036854775808n }
  readonly List: lm.StructClass<List, ListInit>
  /**
   * Ends *\/ here, and /\* begins; ?​?/
   * @param
   */
  readonly int: lm.StructClass<int, intInit>
  readonly number: lm.StructClass<number_, number_Init>
  Color_is(x: Color_): void
  __proto__(int: int, of: Iterable<Iterable<number>>): int | null
  int_read(result: number, lm_args: number, lm_0: number): number
  /**
   * *\//\**\/
   * @param this line
   * *\/ two
   */
  then_(this_: number, guest: number, values: Iterable<number>, values_len: number): boolean
}

/** What the module needs. */
export interface Imports extends lm.Imports {
  'a\'b\\\\c:d/e': {
    hasOwnProperty(new_: string): boolean
  }
  'env': {
    switch(of: string, user: number): Iterable<boolean>
  }
}

/** What `linmem bind --lang js` writes has this `load`, if it lies beside these declarations and is called as they are. */
export declare const load: (
  source: lm.Source | WebAssembly.Module | PromiseLike<lm.Source | WebAssembly.Module>,
  imports: Imports,
) => Promise<Readonly<Module> & lm.Host>
