// Heap beside std's dlmalloc under the same load from 1 to 8 threads: `node run.mjs --help`.

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'

const STACK = 1 << 16
const PAGE = 1 << 16
// What the linker is told, too.
const [PAGES, PAGES_MAX] = [64, 16384]

if (!isMainThread) {
  const { module, memory, words, index, stack, tls, parks, steps, all } = workerData
  const guest = new WebAssembly.Instance(module, { env: { memory } }).exports
  guest.__stack_pointer.value = stack + STACK
  guest.__wasm_init_tls(tls)
  if (parks) guest.linmem_may_wait(1)
  parentPort.postMessage('ready')
  Atomics.wait(words, 0, 0)
  guest.load(index + 1, steps, all)
  Atomics.add(words, 1, 1)
  Atomics.notify(words, 1)
} else await main()

async function main() {
  const { values: options } = parseArgs({
    options: {
      rounds: { type: 'string', default: '15' },
      steps: { type: 'string', default: '2000000' },
      workers: { type: 'string', default: '1,2,3,4,5,6,7,8' },
      save: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (options.help) {
    console.log(`Usage: node run.mjs [--rounds 15] [--steps 2000000] [--workers 1,2,3,4,5,6,7,8] [--save]

Builds the same guest on std's dlmalloc with std's lock, and on linmem::Heap, and measures it in node's workers.

  --rounds N   interleaved rounds
  --steps N    blocks that all workers allocate together in a run
  --workers L  numbers of workers
  --save       writes the table to benches/results/threads.md

It needs a nightly toolchain with rust-src.`)
    process.exit()
  }
  const numbers = text => text.split(',').map(Number)
  const [rounds, steps, counts] = [Number(options.rounds), Number(options.steps), numbers(options.workers)]

  const here = fileURLToPath(new URL('.', import.meta.url))
  const target = process.env.CARGO_TARGET_DIR ?? join(here, 'target')
  const link = ['--shared-memory', '--import-memory', `--initial-memory=${PAGES * PAGE}`, `--max-memory=${PAGES_MAX * PAGE}`,
    ...['__stack_pointer', '__wasm_init_tls', '__tls_size', '__tls_align'].map(name => `--export=${name}`)]
  const RUSTFLAGS = ['-Ctarget-feature=+atomics,+bulk-memory,+mutable-globals', ...link.map(arg => `-Clink-arg=${arg}`)].join(' ')
  const build = (name, ...features) => {
    const folder = join(target, name)
    execFileSync('rustup', ['run', 'nightly', 'cargo', 'build', '--quiet', '--release', '--target', 'wasm32-unknown-unknown',
      '-Zbuild-std=std,panic_abort', '--target-dir', folder, ...features], { cwd: here, env: { ...process.env, RUSTFLAGS }, stdio: ['ignore', 'ignore', 'pipe'] })
    return new WebAssembly.Module(readFileSync(join(folder, 'wasm32-unknown-unknown/release/threads.wasm')))
  }
  // All is compiled before a run, and without the baseline compiler, so that nothing depends on when code was replaced.
  for (const flag of ['--no-liftoff', '--no-wasm-lazy-compilation']) setFlagsFromString(flag)
  const [std, heap] = [build('std'), build('linmem', '--features', 'linmem')]
  const sides = { std: { module: std }, spin: { module: heap }, park: { module: heap, parks: true } }

  /** Runs a load in so many workers and returns the milliseconds that passed and that the processors spent. */
  const run = async ({ module, parks }, count, all) => {
    const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES_MAX, shared: true })
    const guest = new WebAssembly.Instance(module, { env: { memory } }).exports
    const words = new Int32Array(new SharedArrayBuffer(8))
    const workers = []
    for (let index = 0; index < count; index++) {
      const [stack, tls] = [guest.reserve(STACK, 16) >>> 0, guest.reserve(guest.__tls_size.value, guest.__tls_align.value) >>> 0]
      const data = { module, memory, words, index, stack, tls, parks, steps: Math.round(steps / count), all: Number(all) }
      workers.push(new Worker(new URL(import.meta.url), { workerData: data }))
    }
    const failed = Promise.all(workers.map(worker => new Promise((_, reject) => worker.once('error', reject))))
    const ready = Promise.all(workers.map(worker => new Promise(resolve => worker.once('message', resolve))))
    await Promise.race([ready, failed])
    const ended = Promise.all(workers.map(worker => new Promise(resolve => worker.once('exit', resolve))))
    const [cpu, start] = [process.cpuUsage(), performance.now()]
    Atomics.store(words, 0, 1)
    Atomics.notify(words, 0)
    for (let done; (done = Atomics.load(words, 1)) < count;) {
      if (Atomics.wait(words, 1, done, 120_000) === 'timed-out') throw Error('the workers did not end: did one fail?')
    }
    const time = performance.now() - start
    const { user, system } = process.cpuUsage(cpu)
    await Promise.race([ended, failed])
    return { time, cpu: (user + system) / 1000 }
  }

  const median = list => list.toSorted((a, b) => a - b)[list.length >> 1]
  const names = Object.keys(sides)
  const rows = []
  for (const all of [false, true]) {
    for (const count of counts) {
      const results = Object.fromEntries(names.map(name => [name, []]))
      for (let round = 0; round < rounds; round++) {
        // Another one first each time.
        for (let turn = 0; turn < names.length; turn++) {
          const name = names[(round + turn) % names.length]
          results[name].push(await run(sides[name], count, all))
        }
      }
      const each = name => `${(median(results[name].map(({ time }) => time)) * 1e6 / steps).toFixed(0)}`
      const ratio = (name, what) => median(results[name].map((result, round) => results.std[round][what] / result[what])).toFixed(2)
      const row = [all ? 'written and read' : 'allocated only', count, ...names.map(each), ratio('spin', 'time'), ratio('park', 'time'), ratio('spin', 'cpu'), ratio('park', 'cpu')]
      rows.push(row)
      console.log(row.join('\t'))
    }
  }
  const head = ['blocks are', 'threads', 'dlmalloc, ns', 'Heap that spins, ns', 'Heap that parks, ns', 'spins, speed', 'parks, speed', 'spins, processor', 'parks, processor']
  const lines = [head, head.map((_, index) => (index ? '--:' : '---')), ...rows].map(row => `| ${row.join(' | ')} |`)
  const text = `# Threads

${lines.join('\n')}

Nanoseconds by the clock for each block that is allocated and freed, all threads together. Speed and processor are std's dlmalloc over
linmem's Heap, in time by the clock and in processor time, each in the same round: over 1, Heap takes less. A sixteenth of the blocks
is freed by another thread than allocated it.

node ${process.version}, ${cpus().length} processors, ${cpus()[0].model.split(/ \d/)[0]}, ${rounds} interleaved rounds of ${steps} blocks, medians.
`
  if (options.save) writeFileSync(new URL('../results/threads.md', import.meta.url), text)
  else console.log(`\n${text}`)
  process.exit()
}
