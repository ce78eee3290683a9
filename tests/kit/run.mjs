// The conformance kit on the host abi/js: `node run.mjs MODULE [NAME ..]`, and so in Deno and Bun. The name of a case or
// section restricts the run to it. `BOUND=FILE` runs the cases by the module that `linmem bind --lang js` wrote,
// on the guest without its records, `STRIPPED`.
//
// Prints a line for each that failed: name <tab> step, what was expected, what came. A last line counts.

import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { runKit } from './runner.mjs'

const [, , path, ...only] = process.argv
const json = async name => JSON.parse(await readFile(new URL(`../../abi/kit/${name}`, import.meta.url), 'utf8'))
const module = await WebAssembly.compile(await readFile(path))
const { BOUND, STRIPPED, KIT_SMALL } = process.env
let bound
if (BOUND) {
  const { load } = await import(pathToFileURL(BOUND))
  const stripped = await WebAssembly.compile(await readFile(STRIPPED ?? path))
  bound = (module, imports) => load(stripped, imports)
}
const lines = await runKit(module, await json('cases.json'), await json('sections.json'), { only, small: !!KIT_SMALL, bound })
console.log(lines.join('\n'))
