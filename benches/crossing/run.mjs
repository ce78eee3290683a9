// The crossing between JavaScript and a guest, with abi/js and with wasm-bindgen: `node run.mjs --help`.

import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '60' }, save: { type: 'boolean' }, check: { type: 'boolean' }, help: { type: 'boolean' } },
})
if (options.help) {
  console.log(`Usage: node run.mjs [--rounds 60] [--save] [--check]

Builds the same guest with linmem and with wasm-bindgen, and measures calls into each from node.

  --rounds N  interleaved rounds of each job
  --save      writes the table to benches/results/crossing.md
  --check     fails if a target is missed

It needs cargo with the target wasm32-unknown-unknown. Sizes are after wasm-opt -Oz, if that is in PATH or named by WASM_OPT,
and with the hosts minified by terser, if \`npm install\` was run in abi/js.`)
  process.exit()
}

// Build.

const here = fileURLToPath(new URL('.', import.meta.url))
const host = new URL('../../abi/js/linmem.js', import.meta.url)
const target = process.env.CARGO_TARGET_DIR ?? join(here, 'target')
const cargo = (...args) => execFileSync('cargo', args, { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] })
const guests = join(target, 'wasm32-unknown-unknown/release')
const glue = join(target, 'glue')
cargo('build', '--quiet', '--release', '--target', 'wasm32-unknown-unknown', '-p', 'crossing-linmem', '-p', 'crossing-bindgen')
cargo('run', '--quiet', '-p', 'crossing-glue', '--', join(guests, 'crossing_bindgen.wasm'), glue)
await writeFile(join(glue, 'package.json'), '{ "type": "module" }')

// What rustc's target has by itself.
const features = ['bulk-memory', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext'].map(name => `--enable-${name}`)
const strip = ['--strip-debug', '--strip-producers', '--strip-target-features']
const optimised = path => {
  try {
    execFileSync(process.env.WASM_OPT ?? 'wasm-opt', ['-Oz', ...features, ...strip, path, '-o', `${path}.opt`], { stdio: 'ignore' })
    return `${path}.opt`
  } catch {
    return path
  }
}
const minified = async path => {
  try {
    const { minify } = createRequire(host)('terser')
    const options = { module: true, ecma: 2022, compress: { passes: 4, keep_fargs: false, unsafe_arrows: true } }
    return (await minify(await readFile(path, 'utf8'), options)).code
  } catch {
    return readFile(path)
  }
}
const paths = {
  ours: [optimised(join(guests, 'crossing_linmem.wasm')), fileURLToPath(host)],
  theirs: [optimised(join(glue, 'crossing_bindgen_bg.wasm')), join(glue, 'crossing_bindgen.js')],
}
const modules = { ours: await readFile(paths.ours[0]), theirs: await readFile(paths.theirs[0]) }

// Load.

globalThis.log_nr = () => {}
const { load } = await import(host)
const ours = await load(modules.ours, { env: { log_nr() {} } })
const theirs = await import(pathToFileURL(paths.theirs[1]))
theirs.initSync({ module: modules.theirs })
ours.fill(7)
theirs.fill(7)

// Jobs: each is a loop of its own, so that none is compiled for what another one does.

const MIB = 1 << 20
const [mine, yours] = [new Uint8Array(MIB), new Uint8Array(MIB)]
const held = ours.array('u8', MIB)
const address = held.view.byteOffset
const point = new ours.Point({ x: 1, y: 2, name: 'hello' })
const other = new theirs.Point(1, 2, 'hello')
let sink = 0

const jobs = {
  'simple_arr() as a view of 4 i32, and free': {
    most: 0.6,
    ours: n => { for (; n--;) { const array = ours.simple_arr(); sink += array.view[3]; array.free() } },
    theirs: n => { for (; n--;) sink += theirs.simple_arr()[3] },
  },
  'new Point(1, 2, "hello"), and free': {
    most: 0.6,
    ours: n => { for (; n--;) new ours.Point({ x: 1, y: 2, name: 'hello' }).free() },
    theirs: n => { for (; n--;) new theirs.Point(1, 2, 'hello').free() },
  },
  'create_point(1, 2, "hello"), and free': {
    most: 0.6,
    ours: n => { for (; n--;) ours.create_point(1, 2, 'hello').free() },
    theirs: n => { for (; n--;) new theirs.Point(1, 2, 'hello').free() },
  },
  'new Point, read x, y and name, and free': {
    most: 0.6,
    ours: n => { for (; n--;) { const p = new ours.Point({ x: 1, y: 2, name: 'hello' }); sink += p.x + p.y + p.name.length; p.free() } },
    theirs: n => { for (; n--;) { const p = new theirs.Point(1, 2, 'hello'); sink += p.x + p.y + p.name.length; p.free() } },
  },
  'read a field of a live Point': {
    most: 0.6,
    ours: n => { for (; n--;) sink += point.x },
    theirs: n => { for (; n--;) sink += other.x },
  },
  'write a field of a live Point': {
    ours: n => { for (; n--;) point.x = n },
    theirs: n => { for (; n--;) other.x = n },
  },
  'a call that calls an import 1,000 times': {
    ours: n => { for (; n--;) ours.log_loop(1000) },
    theirs: n => { for (; n--;) theirs.log_loop(1000) },
    raw: n => { for (; n--;) ours.raw.log_loop(1000) },
  },
  'invert 1 MiB held in linear memory': {
    over: 5000,
    ours: n => { for (; n--;) ours.inverse_img(held) },
    theirs: n => { for (; n--;) theirs.inverse_img(yours) },
    raw: n => { for (; n--;) ours.raw.inverse_img(address, MIB) },
  },
  'invert 1 MiB held in JavaScript': {
    ours: n => { for (; n--;) ours.inverse_img(mine) },
    theirs: n => { for (; n--;) theirs.inverse_img(yours) },
    raw: n => { for (; n--;) ours.raw.inverse_img(address, MIB) },
  },
  'view of 1 M i32 that the guest holds': {
    over: 5000,
    ours: n => { for (; n--;) sink += ours.numbers().view[999999] },
    theirs: n => { for (; n--;) sink += theirs.numbers()[999999] },
    raw: n => { for (; n--;) sink += ours.raw.numbers() },
  },
  'copy of 1 M i32 that the guest holds': {
    ours: n => { for (; n--;) sink += ours.numbers().copy()[999999] },
    theirs: n => { for (; n--;) sink += theirs.numbers()[999999] },
  },
}

// Measure.

const time = (job, n) => {
  const start = process.cpuUsage()
  job(n)
  const { user, system } = process.cpuUsage(start)
  return (user + system) * 1e3 / n
}
const median = values => values.toSorted((a, b) => a - b)[values.length >> 1]
const kinds = ['ours', 'theirs', 'raw']
const samples = new Map()
for (const [name, job] of Object.entries(jobs)) {
  for (const kind of kinds) {
    if (!job[kind]) continue
    let n = 1
    while (n * time(job[kind], n) < 3e6) n *= 2
    time(job[kind], n)
    samples.set(job[kind], { n, times: [] })
  }
}
for (let round = 0; round < +options.rounds; round++) {
  for (const job of Object.values(jobs)) {
    for (let i = 0; i < kinds.length; i++) {
      const run = job[kinds[(i + round) % kinds.length]]
      if (run) samples.get(run).times.push(time(run, samples.get(run).n))
    }
  }
}

// Load of 200 structs, each in a node of its own, as the first thing it does.

const first = Array.from({ length: 9 }, () => +execFileSync(process.execPath, [join(here, 'first.mjs'), fileURLToPath(host)], { encoding: 'utf8' }))

// Report.

const misses = []
const verdict = (name, value, most, unit) => {
  if (value > most) misses.push(`${name}: ${value.toFixed(2)}${unit}, wanted ${most}${unit}`)
}
const ns = value => value < 1e4 ? `${value.toFixed(value < 100 ? 1 : 0)} ns` : `${(value / 1e3).toFixed(1)} us`
const lines = [
  '| job | linmem | wasm-bindgen | ratio | least times | ratio | over the raw call | wanted |',
  '| --- | --: | --: | --: | --: | --: | --: | --: |',
]
for (const [name, job] of Object.entries(jobs)) {
  const [a, b, raw] = kinds.map(kind => samples.get(job[kind])?.times)
  const ratio = median(a.map((time, i) => time / b[i]))
  const least = [Math.min(...a), Math.min(...b)]
  const over = raw && median(a.map((time, i) => time - raw[i]))
  if (job.most) verdict(name, ratio, job.most, '')
  if (job.over) verdict(name, over / 1e3, job.over / 1e3, ' us')
  const wanted = job.most ?? (job.over ? `${job.over / 1e3} us over raw` : '')
  lines.push(`| ${name} | ${ns(median(a))} | ${ns(median(b))} | ${ratio.toFixed(2)} | ${ns(least[0])}, ${ns(least[1])} | ${(least[0] / least[1]).toFixed(2)} | ${raw ? ns(over) : ''} | ${wanted} |`)
}
const gz = bytes => gzipSync(bytes, { level: 9 }).length
const sizes = {}
for (const [kind, [wasm, glue]] of Object.entries(paths)) sizes[kind] = [gz(modules[kind]), gz(await minified(glue)), gz(await readFile(glue))]
const share = (sizes.ours[0] + sizes.ours[1]) / (sizes.theirs[0] + sizes.theirs[1])
verdict('size', share, 1 / 3, '')
verdict('first load of 200 structs', median(first), 5, ' ms')
lines.push('', '| gzipped | linmem | wasm-bindgen |', '| --- | --: | --: |')
for (const [i, what] of ['module', 'host or glue, minified', 'host or glue as it is'].entries()) lines.push(`| ${what} | ${sizes.ours[i]} | ${sizes.theirs[i]} |`)
lines.push(`| module and minified host | ${sizes.ours[0] + sizes.ours[1]} | ${sizes.theirs[0] + sizes.theirs[1]} |`)
lines.push('', `Ratio of sizes: ${share.toFixed(2)}. First load of a module with 200 structs in a new process: ${median(first).toFixed(1)} ms (least ${Math.min(...first).toFixed(1)} ms).`)
lines.push('', `node ${process.version}, ${cpus()[0].model}, ${options.rounds} rounds. Times are processor time, medians of interleaved rounds; a ratio is that of one round, the median of all.`)
console.log(lines.join('\n'))
for (const miss of misses) console.log(`missed: ${miss}`)
if (options.save) {
  const folder = join(here, '../results')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'crossing.md'), `# Crossing\n\n${lines.join('\n')}\n`)
}
if (options.check && misses.length) process.exitCode = 1
