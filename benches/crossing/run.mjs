// The crossing between JavaScript and a guest, with abi/js, with what `linmem bind --lang js` writes, and with wasm-bindgen:
// `node run.mjs --help`.

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

Builds the same guest with linmem and with wasm-bindgen, and measures calls into each from node: into the first by abi/js, which
reads its records, and by the module that \`linmem bind --lang js\` writes from them, which has them stripped.

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
await mkdir(glue, { recursive: true })
const tool = ['run', '--quiet', '--manifest-path', join(here, '../../abi/cli/Cargo.toml'), '--target-dir', join(here, '../../abi/cli/target'), '--']
cargo(...tool, 'bind', '--lang', 'js', join(guests, 'crossing_linmem.wasm'), '-o', join(glue, 'crossing_linmem.js'))
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
/** A module without its custom sections. */
const stripped = bytes => {
  const parts = [bytes.subarray(0, 8)]
  for (let at = 8, start = at; at < bytes.length; start = at) {
    const id = bytes[at++]
    let size = 0
    for (let shift = 0, more = true; more; shift += 7) {
      size |= (bytes[at] & 127) << shift
      more = bytes[at++] > 127
    }
    at += size
    if (id) parts.push(bytes.subarray(start, at))
  }
  return Buffer.concat(parts)
}
const wasm = optimised(join(guests, 'crossing_linmem.wasm'))
const hosts = { ours: fileURLToPath(host), bound: join(glue, 'crossing_linmem.js'), theirs: join(glue, 'crossing_bindgen.js') }
const modules = { ours: await readFile(wasm), bound: stripped(await readFile(wasm)), theirs: await readFile(optimised(join(glue, 'crossing_bindgen_bg.wasm'))) }

// Load.

globalThis.log_nr = () => {}
const mine = {}
for (const kind of ['ours', 'bound']) {
  const { load } = await import(pathToFileURL(hosts[kind]))
  const m = await load(modules[kind], { env: { log_nr() {} } })
  m.fill(7)
  // A module of its own for each host, or what is compiled for one would be for the other as well.
  const { jobs } = await import(`./jobs.mjs?${kind}`)
  mine[kind] = jobs(m)
}
const theirs = await import(pathToFileURL(hosts.theirs))
theirs.initSync({ module: modules.theirs })
theirs.fill(7)

// Jobs: each is a loop of its own, so that none is compiled for what another one does.

const yours = new Uint8Array(1 << 20)
const other = new theirs.Point(1, 2, 'hello')
let sink = 0

const jobs = {
  'simple_arr() as a view of 4 i32, and free': {
    most: 0.6,
    theirs: n => { for (; n--;) sink += theirs.simple_arr()[3] },
  },
  'new Point(1, 2, "hello"), and free': {
    most: 0.6,
    theirs: n => { for (; n--;) new theirs.Point(1, 2, 'hello').free() },
  },
  'create_point(1, 2, "hello"), and free': {
    most: 0.6,
    theirs: n => { for (; n--;) new theirs.Point(1, 2, 'hello').free() },
  },
  'new Point, read x, y and name, and free': {
    most: 0.6,
    theirs: n => { for (; n--;) { const p = new theirs.Point(1, 2, 'hello'); sink += p.x + p.y + p.name.length; p.free() } },
  },
  'read a field of a live Point': {
    most: 0.6,
    theirs: n => { for (; n--;) sink += other.x },
  },
  'write a field of a live Point': {
    theirs: n => { for (; n--;) other.x = n },
  },
  'a call that calls an import 1,000 times': {
    theirs: n => { for (; n--;) theirs.log_loop(1000) },
  },
  'invert 1 MiB held in linear memory': {
    over: 5000,
    theirs: n => { for (; n--;) theirs.inverse_img(yours) },
  },
  'invert 1 MiB held in JavaScript': {
    theirs: n => { for (; n--;) theirs.inverse_img(yours) },
  },
  'view of 1 M i32 that the guest holds': {
    over: 5000,
    theirs: n => { for (; n--;) sink += theirs.numbers()[999999] },
  },
  'copy of 1 M i32 that the guest holds': {
    theirs: n => { for (; n--;) sink += theirs.numbers()[999999] },
  },
}
for (const [name, job] of Object.entries(jobs)) Object.assign(job, mine.ours[name], { bound: mine.bound[name].ours })

// Measure.

const time = (job, n) => {
  const start = process.cpuUsage()
  job(n)
  const { user, system } = process.cpuUsage(start)
  return (user + system) * 1e3 / n
}
const median = values => values.toSorted((a, b) => a - b)[values.length >> 1]
const kinds = ['ours', 'bound', 'theirs', 'raw']
const samples = new Map()
for (const [name, job] of Object.entries(jobs)) {
  for (const kind of kinds) {
    if (!job[kind]) continue
    let n = 1
    // The least of some: what else the process does, such as to compile, is in each of them.
    while (n * Math.min(...Array.from({ length: 3 }, () => time(job[kind], n))) < 3e6) n *= 2
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
  '| job | abi/js | bound | wasm-bindgen | ratio | ratio, bound | of least times | bound | over the raw call | bound | wanted |',
  '| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |',
]
for (const [name, job] of Object.entries(jobs)) {
  const [a, bound, b, raw] = kinds.map(kind => samples.get(job[kind])?.times)
  const ratios = [a, bound].map(times => median(times.map((time, i) => time / b[i])))
  const leasts = [a, bound].map(times => Math.min(...times) / Math.min(...b))
  const overs = [a, bound].map(times => raw && median(times.map((time, i) => time - raw[i])))
  // What is asked of calls and of sizes, the module that was bound is to reach.
  if (job.most) verdict(name, ratios[1], job.most, '')
  if (job.over) for (const over of overs) verdict(name, over / 1e3, job.over / 1e3, ' us')
  const wanted = job.most ?? (job.over ? `${job.over / 1e3} us over raw` : '')
  const cells = [a, bound, b].map(times => ns(median(times)))
  cells.push(...[...ratios, ...leasts].map(ratio => ratio.toFixed(2)), ...overs.map(over => raw ? ns(over) : ''), wanted)
  lines.push(`| ${[name, ...cells].join(' | ')} |`)
}
const gz = bytes => gzipSync(bytes, { level: 9 }).length
const sizes = {}
for (const [kind, path] of Object.entries(hosts)) sizes[kind] = [gz(modules[kind]), gz(await minified(path)), gz(await readFile(path))]
const total = ([module, host]) => module + host
const shares = ['ours', 'bound'].map(kind => total(sizes[kind]) / total(sizes.theirs))
verdict('size', shares[1], 1 / 3, '')
verdict('first load of 200 structs', median(first), 5, ' ms')
const row = (what, size) => `| ${[what, ...Object.values(sizes).map(size)].join(' | ')} |`
lines.push('', '| gzipped | abi/js | bound | wasm-bindgen |', '| --- | --: | --: | --: |')
for (const [i, what] of ['module', 'host or glue, minified', 'host or glue as it is'].entries()) lines.push(row(what, size => size[i]))
lines.push(row('module and minified host', total))
lines.push('', `Ratio of sizes: ${shares.map(share => share.toFixed(2)).join(', bound ')}. First load of a module with 200 structs in a new process, by abi/js: ${median(first).toFixed(1)} ms (least ${Math.min(...first).toFixed(1)} ms).`)
lines.push('', '"Bound" is the module that `linmem bind --lang js` writes, on the guest without its records.')
lines.push('', `node ${process.version}, ${cpus()[0].model}, ${options.rounds} rounds. Times are processor time, medians of interleaved rounds; a ratio is that of one round, the median of all.`)
console.log(lines.join('\n'))
for (const miss of misses) console.log(`missed: ${miss}`)
if (options.save) {
  const folder = join(here, '../results')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'crossing.md'), `# Crossing\n\n${lines.join('\n')}\n`)
}
if (options.check && misses.length) process.exitCode = 1
