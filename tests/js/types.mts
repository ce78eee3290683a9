// A program that the types of abi/js must accept, and mistakes that they must not.

import { checks, type Block } from '../../abi/js/checks.js'
import { heap } from '../../abi/js/heap.js'
import { load, type AbiError, type List, type Owner, type Struct, type StructClass, type Tagged } from '../../abi/js/linmem.js'

interface PointInit { x: number; y: number; name: string }
interface Point extends Struct<PointInit>, PointInit {}
type Shape = Tagged<{ tag: 'Circle'; value: number } | { tag: 'Nothing'; value?: undefined }>
interface Guest {
  Point: StructClass<Point, PointInit>
  simple_arr(): Owner<List<number, Int32Array>>
  average(values: Iterable<number>): number
}

const m = await load<Guest>(fetch('guest.wasm'), { env: { log_nr(nr: number) {} } }, { sidecar: new URL('https://localhost/guest.abi') })
const array = m.simple_arr()
const view: Int32Array = array.view
const first: number | undefined = array.at(0)
const copy: Int32Array = array.copy()
for (const value of array) value.toFixed()
const point = new m.Point({ x: 1, y: 2, name: 'hi' })
point.x = 10
point.free()
m.live().forEach(owner => owner.free())
m.average([1, 2])
const bytes = m.array<number, Uint8Array>('u8', 4)
declare const shape: Shape
shape.assign({ tag: 'Nothing' })
const memory = m.raw.memory as WebAssembly.Memory
const address: number = m.addr(array) + m.addr(point)
void [view, first, copy, bytes, memory, address, undefined as AbiError | undefined]

// @ts-expect-error: a field is missing
new m.Point({ x: 1, y: 2 })
// @ts-expect-error: no such function
m.other()
// @ts-expect-error: a case has no such value
shape.assign({ tag: 'Circle', value: 'x' })
// @ts-expect-error: the module can't be changed
m.average = () => 1

// @ts-expect-error: no view
m.addr(array.view)

const checked = checks(m)
const left: Block[] = checked?.left(() => m.average([1])) ?? []
if (checked) {
  checked.tag = left.length
  // @ts-expect-error
  checked.refuse = '1'
}

const free: number = heap(m)?.free().reduce((sum, { size }) => sum + size, 0) ?? 0
const end: number | undefined = heap(m.raw)?.unclaimed.end
void [free, end]
