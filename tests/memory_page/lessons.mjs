// Runs every session of the lessons, and compares what it prints: `node lessons.mjs LESSONS.md FOLDER`, where FOLDER is the page's, as
// `cargo run --example memory` makes it. With BLESS=1 it writes what is printed into the lessons.
//
// Addresses are not compared: they differ from compiler to compiler.

import { readFile, writeFile } from 'node:fs/promises'
import { register } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [path, folder] = process.argv.slice(2)
// What a page is to a browser: its import map, and that each `.js` is a module.
const root = pathToFileURL(`${resolve(folder)}/`).href
register(`data:text/javascript,${encodeURIComponent(`export const resolve = async (name, context, next) => {
  const found = await next(name.split('/')[0] === 'linmem' ? '${root}linmem/' + (name.split('/')[1] ?? 'linmem') + '.js' : name, context)
  return found.url.startsWith('${root}') ? { ...found, format: 'module' } : found
}`)}`)
const page = file => import(root + file)
const { open } = await page('session.js')
const { lessons, withoutAddresses } = await page('lesson-text.js')

const text = await readFile(path, 'utf8')
const module = await readFile(join(folder, 'modules/lessons.wasm'))
const file = await readFile(join(folder, 'picture.bmp'))
const picture = async () => new Uint8Array(file.subarray(file.readUInt32LE(10)))
const printed = []
let [failed, count] = [0, 0]

for (const { title, blocks } of lessons(text)) {
  const session = await open(module, { name: 'lessons', picture })
  for (const { kind, statements } of blocks) {
    if (kind !== 'session') continue
    for (const { code, prints } of statements) {
      const { lines } = await session.run(code)
      const got = lines.map(({ text }) => text).filter(text => text !== 'done' || prints[0] === 'done')
      printed.push(got)
      count++
      if (!process.env.BLESS && got.map(withoutAddresses).join('\n') !== prints.map(withoutAddresses).join('\n')) {
        failed++
        console.log(`${title}\n  ${code}\n  should print: ${prints.join('\n                ')}\n  prints:       ${got.join('\n                ')}`)
      }
    }
  }
}

if (process.env.BLESS) await writeFile(path, bless(text))
if (!count) throw Error('the lessons have no sessions')
console.log(`${count} statements, ${failed} of them print something else`)
process.exitCode = failed ? 1 : 0

/** The lessons with what was printed, in place of what stands there. */
function bless(markdown) {
  const out = []
  const lines = markdown.split('\n')
  let started = false
  for (let i = 0; i < lines.length; i++) {
    started ||= /^## \d/.test(lines[i])
    out.push(lines[i])
    if (!started || lines[i] !== '```js') {
      if (started && /^```\w/.test(lines[i])) while (lines[i + 1] !== undefined && !lines[++i].startsWith('```')) out.push(lines[i])
      if (started && lines[i] === '```' && out.at(-1) !== '```') out.push('```')
      continue
    }
    let last = []
    for (i++; lines[i] !== '```'; i++) {
      if (!lines[i].trim()) {
        out.push(lines[i])
        continue
      }
      const code = /^((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^"'])*?)(?:\s+\/\/ .*)?$/.exec(lines[i])[1].trimEnd()
      last = printed.shift()
      out.push(last.length === 1 ? `${code} // ${last[0]}` : code)
    }
    out.push('```')
    if (last.length < 2) continue
    // What is there already is replaced.
    if (lines[i + 1] === '' && lines[i + 2] === '```text') {
      for (i += 3; lines[i] !== '```';) i++
    }
    out.push('', '```text', ...last, '```')
  }
  return out.join('\n')
}
