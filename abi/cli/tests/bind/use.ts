// A program that the declarations must accept; each line below `@ts-expect-error` they must not.
import { load } from 'linmem'
import type { Imports, Module } from './records.js'

const imports: Imports = {
  env: { log_nr: nr => console.log(nr.toFixed()), on_point: (userData, point) => console.log(userData, point.name) },
  'clock:v1': { now: () => 1.5, title: (text, pixels) => pixels.length > text.length },
}
const m = await load<Module>(new Uint8Array(), imports)

const array = m.simple_arr()
const view: Int32Array = array.view
array.free()
const point = m.create_point(1, 2, 'hi')
if (point) {
  point.x += view[0] ?? 0
  const name: string = point.name
  m.drop_point(point)
  console.log(name)
}
new m.Point({ x: 1, y: 2, name: 'hi' }).free()
const mean: number = m.average([1, 2, 4])
const pixels = new Uint8Array(4)
m.inverse_img(pixels)
const sign: -1n | 0n | 1n = m.mixed(true, 1, 2, 3, 4, 5, 6, 7n, 8n, 9, 10, 'x', m.Color.Green)
const squared: number = m.square_fn()(3, mean)
const shape = new m.Shape({ tag: 'Circle', value: 2 })
const most: 16 = m.MAX
console.log(sign, squared, shape.tag, most, m.live().length)

// @ts-expect-error: a 64-bit integer is a BigInt
m.mixed(true, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 'x', m.Color.Green)
// @ts-expect-error: 3 is no colour
m.mixed(true, 1, 2, 3, 4, 5, 6, 7n, 8n, 9, 10, 'x', 3)
// @ts-expect-error: the result may be null
m.create_point(1, 2, 'hi').x
// @ts-expect-error: a circle holds a number
new m.Shape({ tag: 'Circle', value: 'x' })
// @ts-expect-error: a tag that the type does not have
new m.Shape({ tag: 'Square', value: 2 })
