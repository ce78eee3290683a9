// The jobs of the crossing benchmark on a host of this project: `m` is what its `load` returned.

const MIB = 1 << 20
let sink = 0

export const jobs = m => {
  const mine = new Uint8Array(MIB)
  const held = m.array('u8', MIB)
  const address = held.view.byteOffset
  const point = new m.Point({ x: 1, y: 2, name: 'hello' })
  return {
    'simple_arr() as a view of 4 i32, and free': {
      ours: n => { for (; n--;) { const array = m.simple_arr(); sink += array.view[3]; array.free() } },
    },
    'new Point(1, 2, "hello"), and free': {
      ours: n => { for (; n--;) new m.Point({ x: 1, y: 2, name: 'hello' }).free() },
    },
    'create_point(1, 2, "hello"), and free': {
      ours: n => { for (; n--;) m.create_point(1, 2, 'hello').free() },
    },
    'new Point, read x, y and name, and free': {
      ours: n => { for (; n--;) { const p = new m.Point({ x: 1, y: 2, name: 'hello' }); sink += p.x + p.y + p.name.length; p.free() } },
    },
    'read a field of a live Point': {
      ours: n => { for (; n--;) sink += point.x },
    },
    'write a field of a live Point': {
      ours: n => { for (; n--;) point.x = n },
    },
    'a call that calls an import 1,000 times': {
      ours: n => { for (; n--;) m.log_loop(1000) },
      raw: n => { for (; n--;) m.raw.log_loop(1000) },
    },
    'invert 1 MiB held in linear memory': {
      ours: n => { for (; n--;) m.inverse_img(held) },
      raw: n => { for (; n--;) m.raw.inverse_img(address, MIB) },
    },
    'invert 1 MiB held in JavaScript': {
      ours: n => { for (; n--;) m.inverse_img(mine) },
      raw: n => { for (; n--;) m.raw.inverse_img(address, MIB) },
    },
    'view of 1 M i32 that the guest holds': {
      ours: n => { for (; n--;) sink += m.numbers().view[999999] },
      raw: n => { for (; n--;) sink += m.raw.numbers() },
    },
    'copy of 1 M i32 that the guest holds': {
      ours: n => { for (; n--;) sink += m.numbers().copy()[999999] },
    },
  }
}
