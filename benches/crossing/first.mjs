// Prints how many milliseconds the first load of a module takes whose records declare 200 structs: `node first.mjs HOST`.

import { pathToFileURL } from 'node:url'

const { load } = await import(pathToFileURL(process.argv[2]))
// Memory, and an `alloc` and a `free` that do nothing.
const bytes = Uint8Array.from([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 13, 2, 0x60, 2, 0x7f, 0x7f, 1, 0x7f, 0x60, 3, 0x7f, 0x7f, 0x7f, 0, 3, 3, 2, 0, 1, 5, 3, 1, 0, 1,
  7, 0x19, 3, 6, ...Buffer.from('memory'), 2, 0, 5, ...Buffer.from('alloc'), 0, 0, 4, ...Buffer.from('free'), 0, 1, 10, 9, 2, 4, 0, 0x20, 0, 0x0b, 2, 0, 0x0b,
])
const structs = Array.from({ length: 200 }, (_, i) => `struct Struct${i} 32 8 id:0:u32 name:4:^cstr next:8:?*Struct${(i + 1) % 200} size:16:f64 pair:24:[2]i32\n`)
const module = await WebAssembly.compile(bytes)
await WebAssembly.instantiate(module)
const start = performance.now()
const m = await load(module, {}, { sidecar: `abi 1 wasm32\n${structs.join('')}` })
console.log(performance.now() - start)
if (!m.Struct199) throw Error('no struct')
