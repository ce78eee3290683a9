// Times modules in a JavaScript engine: node, bun, or a shell of SpiderMonkey.
//
// The environment variable LINMEM_BENCH_JOB is the path of a job, as src/engine/script.rs writes it; a shell that runs
// a module takes no arguments beside. It prints a line of JSON per result.

const inShell = typeof process === "undefined";
const jobPath = inShell ? globalThis.os.getenv("LINMEM_BENCH_JOB") : process.env.LINMEM_BENCH_JOB;
const fs = inShell ? null : await import("node:fs");

function readText(path) {
  return inShell ? globalThis.os.file.readFile(path) : fs.readFileSync(path, "utf8");
}

function readBytes(path) {
  return inShell ? globalThis.os.file.readFile(path, "binary") : fs.readFileSync(path);
}

function emit(result) {
  const line = JSON.stringify(result);
  if (inShell) globalThis.print(line);
  else console.log(line);
}

/** The time in nanoseconds. */
function now() {
  return performance.now() * 1e6;
}

/** This process's time in nanoseconds, so that what other programs take of the machine does not count. */
function processorTime() {
  if (inShell) return now();
  const { user, system } = process.cpuUsage();
  return (user + system) * 1e3;
}

/** Lets go of dead instances' memories, of which an engine can have only so many. */
function collect() {
  if (globalThis.gc) globalThis.gc();
  else if (globalThis.Bun) globalThis.Bun.gc(true);
}

/** Writes a trace into an instance: see src/engine/wasmtime.rs. */
function load({ memory, trace_buffer: traceBuffer }, bytes) {
  const start = traceBuffer(bytes.length / 8) >>> 0;
  if (start === 0) throw new Error("the trace is too long");
  new Uint8Array(memory.buffer).set(bytes, start);
}

/** A workload in a fresh instance, in nanoseconds per step: see `Timing` and `Compiled::time`. */
function time({ module, shorten }, job, budget, parts) {
  const coldSteps = Math.ceil(job.cold / shorten);
  const allSteps = Math.ceil(job.steps / shorten);
  const { exports } = new WebAssembly.Instance(module, {});
  if (job.trace !== null) load(exports, readBytes(job.trace));
  const run = exports[job.export];
  let start = processorTime();
  run(coldSteps);
  const cold = (processorTime() - start) / coldSteps;
  const part = Math.ceil(allSteps / parts);
  let steps = 0;
  let warm = 0;
  start = processorTime();
  while (steps < allSteps && warm < budget) {
    run(part);
    steps += part;
    warm = processorTime() - start;
  }
  return { cold, warm: warm / steps };
}

/** The generator of src/calls.rs. */
function random(seed) {
  let state = seed;
  return (end) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % end;
  };
}

/** Each call's least time so far. */
class Least {
  constructor(length) {
    this.times = new Float64Array(length).fill(Infinity);
    this.next = 0;
  }

  note(time) {
    if (time < this.times[this.next]) this.times[this.next] = time;
    this.next += 1;
  }

  longest(from, to) {
    let longest = 0;
    for (let i = from; i < to; i++) longest = Math.max(longest, this.times[i]);
    return longest;
  }
}

const BLOCKS = 400_000;
const LARGE = 1 << 20;
const LARGES = 8;
const SLOTS = 15_000;
const STEPS = 300_000;
const ALIGN = 8;

function refuseNull(block) {
  if (block === 0) throw new Error("an allocation returned null");
}

/** `scatter` of src/calls.rs. */
function scatter({ alloc, free }, times) {
  times.next = 0;
  const below = random(1);
  const blocks = new Int32Array(BLOCKS);
  const sizes = new Int32Array(BLOCKS);
  for (let i = 0; i < BLOCKS; i++) {
    const size = 8 + below(121);
    const start = now();
    const block = alloc(size, ALIGN);
    times.note(now() - start);
    refuseNull(block);
    blocks[i] = block;
    sizes[i] = size;
  }
  const order = new Int32Array(BLOCKS / 2).map((_, i) => 2 * i + 1);
  for (let last = order.length - 1; last > 0; last--) {
    const other = below(last + 1);
    const index = order[last];
    order[last] = order[other];
    order[other] = index;
  }
  for (const index of order) {
    const start = now();
    free(blocks[index], sizes[index], ALIGN);
    times.note(now() - start);
  }
  const larges = [];
  for (let i = 0; i < LARGES; i++) {
    const start = now();
    larges[i] = alloc(LARGE, ALIGN);
    times.note(now() - start);
    refuseNull(larges[i]);
  }
  for (const large of larges) {
    const start = now();
    free(large, LARGE, ALIGN);
    times.note(now() - start);
  }
  for (let i = 0; i < BLOCKS; i += 2) {
    const start = now();
    free(blocks[i], sizes[i], ALIGN);
    times.note(now() - start);
  }
}

/** `churn` of src/calls.rs. */
function churn({ alloc, free, realloc }, times) {
  times.next = 0;
  const below = random(2);
  const blocks = new Int32Array(SLOTS);
  const sizes = new Int32Array(SLOTS);
  for (let step = 0; step < STEPS; step++) {
    const slot = below(SLOTS);
    const coin = below(2) === 0;
    const draw = below(100);
    const size = 1 + below(draw < 80 ? 64 : draw < 95 ? 512 : 4096);
    if (blocks[slot] === 0) {
      const start = now();
      const block = alloc(size, ALIGN);
      times.note(now() - start);
      refuseNull(block);
      blocks[slot] = block;
      sizes[slot] = size;
    } else if (coin) {
      const start = now();
      free(blocks[slot], sizes[slot], ALIGN);
      times.note(now() - start);
      blocks[slot] = 0;
    } else {
      const start = now();
      const block = realloc(blocks[slot], sizes[slot], ALIGN, size);
      times.note(now() - start);
      refuseNull(block);
      blocks[slot] = block;
      sizes[slot] = size;
    }
  }
}

/** The longest calls: see `Compiled::calls`. */
function calls(module, repetitions) {
  const scattered = new Least(2 * BLOCKS + 2 * LARGES);
  const churned = new Least(STEPS);
  for (let i = 0; i < repetitions; i++) {
    scatter(new WebAssembly.Instance(module, {}).exports, scattered);
    churn(new WebAssembly.Instance(module, {}).exports, churned);
    collect();
  }
  const large = BLOCKS + BLOCKS / 2;
  return {
    large: scattered.longest(large, large + LARGES),
    scatter: Math.max(scattered.longest(0, large), scattered.longest(large + LARGES, scattered.next)),
    churn: churned.longest(0, churned.next),
  };
}

const job = JSON.parse(readText(jobPath));
const modules = job.modules.map(({ path, ...rest }) => {
  return { ...rest, module: new WebAssembly.Module(readBytes(path)) };
});

/** Emits what `measure` returns, or the error that it throws. */
function attempt(head, measure) {
  let result;
  try {
    result = measure();
  } catch (error) {
    result = { error: `${head.workload ?? "calls"}: ${error}` };
  }
  emit({ ...head, ...result });
  collect();
}

job.jobs.forEach((task, index) => {
  modules.forEach((_, turn) => {
    const which = modules[(turn + index + job.round) % modules.length];
    const head = { allocator: which.allocator, workload: task.workload };
    attempt(head, () => time(which, task, job.budget, job.parts));
  });
});
if (job.repetitions > 0) {
  for (const { allocator, module } of modules) {
    attempt({ allocator }, () => calls(module, job.repetitions));
  }
}
