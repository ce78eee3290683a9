// The tour in node: `node examples/hosts/node/main.mjs [MODULE]`. No package is needed.

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { checks } from '../../../abi/js/checks.js'
import { run } from '../shared/tour.mjs'

const root = new URL('../../../', import.meta.url)
const module = process.argv[2] ?? fileURLToPath(new URL('target/wasm32-unknown-unknown/release/tour.wasm', root))
/** Tells what is alive in a checked module. */
const look = m => {
  const known = checks(m)
  if (!known) throw new Error('TOUR_LEAKS is for checked modules')
  for (const { size, align } of known.live()) console.log(`    alive: ${size} bytes, align ${align}`)
}

try {
  const bytes = await readFile(module).catch(error => {
    throw new Error(`${error.message}\nTo build the module: cargo run --example tour`)
  })
  await run(bytes, await readFile(new URL('examples/hosts/picture.bmp', root)), line => console.log(line), process.env.TOUR_LEAKS ? look : undefined)
} catch (error) {
  console.error(`error: ${error.message}`)
  process.exitCode = 1
}
