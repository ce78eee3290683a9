// Runs in a browser, under the content security policy of browser.mjs: uses abi/js on the guest.

import { load } from '../../abi/js/linmem.js'
import { report } from './report.mjs'

const equal = (actual, expected) => {
  const [a, b] = [actual, expected].map(value => JSON.stringify(value, (_, part) => typeof part === 'bigint' ? `${part}n` : ArrayBuffer.isView(part) ? [...part] : part))
  if (a !== b) throw Error(`${a} is not ${b}`)
}
const code = body => {
  try {
    body()
  } catch (error) {
    return error.code ?? error.message
  }
}

await report(async () => {
  const log = []
  const imports = {
    env: { log_nr: nr => log.push(nr), on_point: (userData, point) => log.push(userData, point.name) },
    'clock:v1': { now: () => 2.5, title: (text, pixels) => log.push(text, [...pixels]) > 0 },
  }
  const m = await load(fetch('/guest.wasm'), imports)
  const array = m.simple_arr()
  const view = array.view
  equal([[...array], view, array.length, array.at(-1)], [[100, 200, 300, 400], [100, 200, 300, 400], 4, 400])
  const point = new m.Point({ x: 1, y: 2, name: 'Zoë' })
  m.raw.memory.grow(1)
  equal(view.length, 0)
  equal([array.view, point.x, point.y, point.name], [[100, 200, 300, 400], 1, 2, 'Zoë'])
  point.name = 'a longer name, with an \u{1f600} and more than 32 units'
  equal(point.name, 'a longer name, with an \u{1f600} and more than 32 units')
  equal(code(() => point.x = 1.5), 'Invalid')
  equal([m.average([1, 2, 6]), code(() => m.average([]))], [3, 'Empty'])
  const pixels = Uint8ClampedArray.of(1, 2, 3)
  m.inverse_img(pixels)
  equal(pixels, [254, 253, 252])
  const image = m.array('u8', 4)
  m.inverse_img(image)
  equal(image.copy(), [255, 255, 255, 255])
  const points = m.points_new()
  m.points_push(points, 1, 2, 'a')
  equal([m.visit(points, 7), log], [2.5, [7, 'a', 'now', [0, 0]]])
  const scalars = { a: true, b: -128, c: 255, d: -32768, e: 65535, f: -(2 ** 31), g: 2 ** 32 - 1, h: -(2n ** 63n), i: 2n ** 64n - 1n, j: 0.5, k: 0.1, l: '\u{1f600}', m: 2 ** 32 - 1, n: -1 }
  const all = new m.Scalars(scalars)
  equal(Object.keys(scalars).map(name => all[name]), Object.values(scalars))
  equal([m.square_fn()(3, 0.5), m.Color.Green, m.VERSION], [4, 4, '1.0\n\\ beta'])
  for (const owner of m.live()) owner.free()
  equal(m.live(), [])
  const refused = await load(fetch('/guest.wasm'), imports, { sidecar: 'abi 1 wasm32\nrole alloc abi_alloc\nrole free abi_free\nstruct A 4 4 x:0:A\n' }).catch(error => error.message)
  equal(refused.includes('R8') && refused.includes('struct A'), true)
  return 'passed'
})
