// Written by `linmem bind --lang ts` from a module's records; not to be edited.
//
// const m = await load<Module>(source, imports satisfies Imports)

import type * as lm from 'linmem'

export interface Bits extends lm.Struct<BitsInit> {
  int: number
  float: number
  get bytes(): lm.List<number, Uint8Array>
  set bytes(value: Iterable<number>)
}
export interface BitsInit {
  int?: number
  float?: number
  bytes?: Iterable<number>
}

/** A colour. */
export type Color = 0 | 4 | 5

/** Keeps numbers. */
export interface Db extends lm.View {
  readonly __Db?: never
}

export type Done = () => void

/** What `average` says. */
export type Fail = 'Empty' | 'TooMany'

export interface Nested extends lm.Struct<NestedInit> {
  flag: boolean
  get inner(): Scalars
  set inner(value: Scalars | ScalarsInit)
  get corners(): lm.List<Point>
  set corners(value: Iterable<Point | PointInit>)
  get grid(): lm.List<lm.List<number, Float32Array>>
  set grid(value: Iterable<Iterable<number>>)
  type: Color
}
export interface NestedInit {
  flag: boolean
  inner: Scalars | ScalarsInit
  corners: Iterable<Point | PointInit>
  grid: Iterable<Iterable<number>>
  type: Color
}

export interface Node extends lm.Struct<NodeInit> {
  next: lm.Owner<Node> | null
  up: Node | null
  down: Node | null
  get value(): lm.List<number, Int32Array>
  set value(value: Iterable<number>)
  place: Scalars | null
  apply: Op
  done: Op | null
}
export interface NodeInit {
  next: lm.Owner<Node> | null
  up: Node | null
  down: Node | null
  value: Iterable<number>
  place: Scalars | null
  apply: Op
  done: Op | null
}

/** From a number to a number. */
export type Op = (x: number, scale: number) => number

/**
 * A point with a name.
 *
 * Its path is C:\points.
 */
export interface Point extends lm.Struct<PointInit> {
  x: number
  y: number
  /** Owned by the point. */
  name: string
}
export interface PointInit {
  x: number
  y: number
  name: string
}

export interface Runs extends lm.Struct<RunsInit> {
  text: string
  label: string | null
  get numbers(): lm.List<number, Int32Array>
  set numbers(value: Iterable<number>)
  get buffer(): lm.List<Point>
  set buffer(value: Iterable<Point | PointInit>)
  own_text: string
  own_label: string | null
  get own_texts(): lm.Owner<lm.List<string>>
  set own_texts(value: lm.Owner<lm.List<string>> | Iterable<string>)
}
export interface RunsInit {
  text: string
  label: string | null
  numbers: Iterable<number>
  buffer: Iterable<Point | PointInit>
  own_text: string
  own_label: string | null
  own_texts: lm.Owner<lm.List<string>> | Iterable<string>
}

/** Every scalar. */
export interface Scalars extends lm.Struct<ScalarsInit> {
  a: boolean
  b: number
  c: number
  d: number
  e: number
  f: number
  g: number
  h: bigint
  i: bigint
  j: number
  k: number
  l: string
  m: number
  n: number
}
export interface ScalarsInit {
  a: boolean
  b: number
  c: number
  d: number
  e: number
  f: number
  g: number
  h: bigint
  i: bigint
  j: number
  k: number
  l: string
  m: number
  n: number
}

export type ShapeInit =
  | { tag: 'Circle'; value: number }
  | { tag: 'Tinted'; value: Color }
  | { tag: 'Scaled'; value: Bits | BitsInit }
  | { tag: 'Nothing'; value?: undefined }
export interface Shape extends Omit<lm.Tagged<ShapeInit>, 'value'> {
  readonly value: (
  | { tag: 'Circle'; value: number }
  | { tag: 'Tinted'; value: Color }
  | { tag: 'Scaled'; value: Bits }
  | { tag: 'Nothing'; value?: undefined }
  )['value']
}

export type Sign = -1n | 0n | 1n

/** What the module declares; `load` adds what every module has. */
export interface Module {
  readonly HALF: number
  readonly INITIAL: string
  readonly LEAST: -9223372036854775808n
  /** The most that fits. */
  readonly MAX: 16
  readonly MINUS: number
  /** Two words and a backslash. */
  readonly VERSION: string
  readonly YES: boolean
  readonly Bits: lm.StructClass<Bits, BitsInit>
  /** A colour. */
  readonly Color: { readonly Red: 0; readonly Green: 4; readonly Blue: 5 }
  /** What `average` says. */
  readonly Fail: { readonly Empty: 16; readonly TooMany: 17 }
  readonly Nested: lm.StructClass<Nested, NestedInit>
  readonly Node: lm.StructClass<Node, NodeInit>
  /**
   * A point with a name.
   *
   * Its path is C:\points.
   */
  readonly Point: lm.StructClass<Point, PointInit>
  readonly Runs: lm.StructClass<Runs, RunsInit>
  /** Every scalar. */
  readonly Scalars: lm.StructClass<Scalars, ScalarsInit>
  readonly Shape: { new (value: ShapeInit): lm.Owner<Shape> }
  readonly Sign: { readonly Minus: -1n; readonly Zero: 0n; readonly Plus: 1n }
  apply(op: Op, then: Done | null): number
  /** The mean of some numbers. */
  average(values: Iterable<number>): number
  count(text: string, texts: Iterable<string>, to: lm.List<number, Uint32Array> | Uint32Array | number[], all: lm.List<number, Uint32Array> | Uint32Array | number[]): void
  /** Makes a point; null without memory. */
  create_point(x: number, y: number, name: string): lm.Owner<Point> | null
  db_get(db: Db, key: number): number
  db_set(db: Db, key: number, value: number): void
  inverse_img(pixels: lm.List<number, Uint8Array> | Uint8Array | number[]): void
  log_loop(count: number): void
  longest(texts: lm.Owner<lm.List<string>> | Iterable<string>, or: string): string
  mixed(a: boolean, b: number, c: number, d: number, e: number, f: number, g: number, h: bigint, i: bigint, j: number, k: number, l: string, color: Color): Sign
  name_of(point: Point): string | null
  open(): lm.Owner<Db> | null
  origin(): lm.Owner<Scalars>
  points_get(points: lm.List<Point>, index: number): Point | null
  points_new(): lm.Owner<lm.List<Point>> | null
  points_push(points: lm.List<Point>, x: number, y: number, name: string): void
  /** Returns 100, 200, 300, 400. */
  simple_arr(): lm.Owner<lm.List<number, Int32Array>>
  square_fn(): Op
  visit(points: lm.List<Point>, user_data: number): number
  drop_db(value: lm.Owner<Db>): void
  drop_point(value: lm.Owner<Point>): void
  drop_points(value: lm.Owner<lm.List<Point>>): void
  drop_texts(value: lm.Owner<lm.List<string>> | Iterable<string>): void
}

/** What the module needs. */
export interface Imports extends lm.Imports {
  'clock:v1': {
    now(): number
    title(text: string, pixels: lm.List<number, Uint8Array>): boolean
  }
  'env': {
    /** Writes a number down. */
    log_nr(nr: number): void
    on_point(user_data: number, point: Point): void
  }
}

/** What `linmem bind --lang js` writes has this `load`, if it lies beside these declarations and is called as they are. */
export declare const load: (
  source: lm.Source | WebAssembly.Module | PromiseLike<lm.Source | WebAssembly.Module>,
  imports: Imports,
) => Promise<Readonly<Module> & lm.Host>
