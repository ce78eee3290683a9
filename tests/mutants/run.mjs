#!/usr/bin/env node
// Mutation tests of the exports, the ABI types and the macros of records: of what cargo-mutants does not see, which is macros
// and `unsafe fn`s (`changes.mjs`), and, with `--functions`, of what it does see, by the same tests.
//
// Each mutant is a copy of the tree with one change. It is unviable if the guests no longer compile, caught if a test fails,
// and has survived if none does: then no test holds what the changed text is for, or `explained.mjs` says why none can.

import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { changes } from './changes.mjs';
import { FUNCTIONS, MACROS } from './explained.mjs';

const HELP = `Usage: node tests/mutants/run.mjs [options] [file of src/ ...]

Tries mutants one after the other, and exits with status 1 if one survives that is not explained.

  --functions     those of cargo-mutants, which has to be installed, in place of those of macros and \`unsafe fn\`s
  --minutes M     no longer than that: what was tried by then is spread evenly over all
  --skip N        not the first N, which an earlier run has tried
  --match REGEX   only mutants whose names match
  --list          names the mutants, and tries none
  --help          says this`;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
// One for each kind of mutants, so that both can be tried at a time.
const COPY = path.join(ROOT, 'target', process.argv.includes('--functions') ? 'mutants-functions' : 'mutants');

// What holds a file: the guests that have to compile, and the tests, those first that catch most in the least time. Tests that
// only build guests are compiled once; those of `cargo` link the crate themselves.
const TEXT = ['records', 'guest_s_records'];
const CALLS = ['records', 'functions_', 'names_of_the_guest', 'results_of'];
const LIBRARIES = ['records', 'what_other_crates', 'library_s_types', 'docs_', 'attributes_'];
const KIT = ['kit', 'rust_host_passes_the_kit'];
const REFUSALS = ['records', 'what_hosts_cannot_know'];
const DOCS = ['cargo', 'test', '--doc', 'abi'];
const NATIVE = ['cargo', 'test', '--test', 'abi'];
const WASM64 = ['wasm64', 'records_say'];
const RECORDS = { guests: ['--package', 'kit'], tests: [TEXT, CALLS, LIBRARIES, NATIVE, DOCS, KIT, REFUSALS, WASM64] };
const EXPORTS = {
  guests: ['--package', 'exports', '--examples'],
  tests: [
    ['exports', 'exports_have', 'alloc_', 'free_', 'realloc_'],
    ['user_crate', 'export_allocator_on', 'export_allocator_with', 'each_form', 'trap_on_panic', 'macros_give'],
    TEXT,
    ['exports', 'no_block_holds'],
    ['mapped', 'map_'],
    ['threads', 'threads_that_may_wait'],
  ],
};
const TYPES = { guests: ['--package', 'kit'], tests: [NATIVE, ['exports', 'ranges_past', 'the_whole_address'], KIT] };
const FILES = {
  'src/export.rs': EXPORTS,
  'src/abi.rs': TYPES,
  'src/abi/buffer.rs': TYPES,
  'src/abi/cstr.rs': TYPES,
  'src/abi/owned.rs': TYPES,
  'src/abi/slice.rs': TYPES,
  'src/abi/utf8.rs': TYPES,
  'src/records.rs': RECORDS,
  'src/records/call.rs': RECORDS,
  'src/records/declare.rs': RECORDS,
  'src/records/describe.rs': RECORDS,
  'src/records/functions.rs': RECORDS,
  'src/records/types.rs': RECORDS,
};
// In CI no test is skipped. Modules that are small take longer to compile, and cases that need much memory to run.
const ENVIRONMENT = {
  CARGO_TARGET_DIR: path.join(COPY, 'target'),
  CI: 'true',
  KIT_SMALL: 'true',
  CARGO_PROFILE_RELEASE_OPT_LEVEL: '0',
  CARGO_PROFILE_RELEASE_LTO: 'off',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
  CARGO_PROFILE_RELEASE_INCREMENTAL: 'true',
};
/** Milliseconds until a command is ended: much for the first build of everything, less for mutants, of which some hang. */
let patience = 3_600_000;

/** A change of a file as a mutant, by a name that stays where the lines above change. */
function mutant(file, text, { start, end, by, what }, seen) {
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1).split('\n', 1)[0].trim();
  const name = `${file}: ${what.replace(/\s+/gu, ' ')}, at ${line}`;
  seen.set(name, (seen.get(name) ?? 0) + 1);
  return {
    file,
    line: text.slice(0, start).split('\n').length,
    refuses: /compile_error!|assert!|laid_out|concat!/u.test(text.slice(Math.max(0, start - 200), end + 200)),
    text: text.slice(0, start) + by + text.slice(end),
    name: seen.get(name) > 1 ? `${name} (${seen.get(name)})` : name,
  };
}

const read = (file) => fs.readFileSync(path.join(ROOT, file), 'utf8');

function ofMacros(file) {
  const [text, seen] = [read(file), new Map()];
  return changes(text).map((change) => mutant(file, text, change, seen));
}

function ofFunctions(files) {
  const args = ['mutants', '--list', '--json', ...files.flatMap((file) => ['--file', file])];
  const seen = new Map();
  return JSON.parse(execFileSync('cargo', args, { cwd: ROOT, encoding: 'utf8' })).map(({ file, span, replacement, name }) => {
    const text = read(file);
    const starts = [...text.matchAll(/^/gmu)].map(({ index }) => index);
    const [start, end] = [span.start, span.end].map(({ line, column }) => starts[line - 1] + column - 1);
    const what = name.replace(/^[^ ]* /u, '');
    return mutant(file, text, { start, end, by: replacement, what }, seen);
  });
}

/** Makes the copy the same as the tree. What has not changed is left alone, so that cargo compiles little. */
function copyTree() {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' });
  const wanted = new Set(files.split('\0').filter((file) => file && fs.existsSync(path.join(ROOT, file))));
  fs.mkdirSync(COPY, { recursive: true });
  for (const file of fs.readdirSync(COPY, { recursive: true })) {
    const stays = wanted.has(file) || file.split(path.sep)[0] === 'target';
    if (!stays && !fs.statSync(path.join(COPY, file)).isDirectory()) fs.rmSync(path.join(COPY, file));
  }
  for (const file of wanted) {
    const [from, to] = [ROOT, COPY].map((dir) => path.join(dir, file));
    const bytes = fs.readFileSync(from);
    if (fs.existsSync(to) && fs.readFileSync(to).equals(bytes)) continue;
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.writeFileSync(to, bytes);
  }
}

let child;
const stop = () => child && process.kill(-child.pid, 'SIGKILL');
process.on('SIGINT', () => {
  stop();
  process.exit(130);
});

/** Runs a command in the copy: what it said, and whether it succeeded in time. Its children end with it. */
const run = (command, args) =>
  new Promise((done) => {
    child = spawn(command, args, { cwd: COPY, detached: true, env: { ...process.env, ...ENVIRONMENT }, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = ['', ''];
    child.stdout.on('data', (text) => (said[0] += text));
    child.stderr.on('data', (text) => (said[1] += text));
    const timer = setTimeout(stop, patience);
    child.on('close', (status) => {
      clearTimeout(timer);
      child = undefined;
      done({ ok: status === 0, out: said[0], all: said.join('') });
    });
  });

const build = (held) => run('cargo', ['build', '--quiet', '--release', '--target', 'wasm32-unknown-unknown', ...held.guests]);
const test = ([name, ...args], executables) => (name === 'cargo' ? run(name, args) : run(executables[name], args));

/** The executables of the tests that are compiled once. Each test has to pass while nothing is changed. */
async function prepare(files) {
  copyTree();
  const helds = [...new Set(files.map((file) => FILES[file]))];
  const names = [...new Set(helds.flatMap((held) => held.tests.map(([name]) => name)))].filter((name) => name !== 'cargo');
  const built = await run('cargo', ['test', '--no-run', '--message-format=json', ...names.flatMap((name) => ['--test', name])]);
  if (!built.ok) throw new Error(built.all);
  const executables = {};
  for (const line of built.out.split('\n').filter((text) => text.includes('"executable":"'))) {
    const { target, executable } = JSON.parse(line);
    executables[target.name] = executable;
  }
  for (const held of helds) {
    const guests = await build(held);
    if (!guests.ok) throw new Error(guests.all);
    for (const one of held.tests) {
      const start = Date.now();
      const { ok, out, all } = await test(one, executables);
      const passed = [...out.matchAll(/ok\. (\d+) passed/gu)].reduce((sum, [, count]) => sum + Number(count), 0);
      if (!ok || passed === 0) throw new Error(`before any change: ${one.join(' ')}\n${all}`);
      console.log(`unchanged: ${one.join(' ')}: ${passed} pass in ${((Date.now() - start) / 1000).toFixed(1)} s`);
    }
  }
  return executables;
}

/** What becomes of a mutant, and by which test. */
async function outcome(mutant, executables, explained) {
  if (!(await build(FILES[mutant.file])).ok) return ['unviable', ''];
  const { tests } = FILES[mutant.file];
  // The test of what errors say takes long: it is the first for what is near an error, and the last for the rest.
  const chosen = tests.filter((one) => one !== REFUSALS);
  if (chosen.length < tests.length) chosen[mutant.refuses ? 'unshift' : 'push'](REFUSALS);
  for (const one of chosen) if (!(await test(one, executables)).ok) return ['caught', ` by ${one[0]} ${one[1]}`];
  return [mutant.name in explained ? 'explained' : 'survived', ''];
}

async function main() {
  const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      functions: { type: 'boolean' },
      minutes: { type: 'string', default: 'Infinity' },
      skip: { type: 'string', default: '0' },
      match: { type: 'string', default: '' },
      list: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (options.help) return console.log(HELP);
  const files = Object.keys(FILES);
  const [everything, explained] = options.functions ? [ofFunctions(files), FUNCTIONS] : [files.flatMap(ofMacros), MACROS];
  const chosen = everything
    .filter(({ file, name }) => (positionals.length === 0 || positionals.includes(file)) && new RegExp(options.match, 'u').test(name))
    // By the golden ratio, every beginning of the order is spread evenly over the files.
    .map((mutant, index) => ({ ...mutant, rank: (index * 0.618034) % 1 }))
    .sort((one, other) => one.rank - other.rank)
    .slice(options.skip);
  if (chosen.length === 0) throw new Error('there is no such mutant');
  if (options.list) return chosen.forEach(({ line, name }) => console.log(`${line}: ${name}`));
  const [counts, survived] = [{}, []];
  const stale = Object.keys(explained).filter((name) => !everything.some((mutant) => mutant.name === name));
  const executables = await prepare([...new Set(chosen.map(({ file }) => file))]);
  patience = 120_000;
  const end = Date.now() + options.minutes * 60_000;
  for (const [index, mutant] of chosen.entries()) {
    const start = Date.now();
    if (start > end) {
      console.log(`${index} of ${everything.length} mutants were tried`);
      break;
    }
    const at = path.join(COPY, mutant.file);
    const original = fs.readFileSync(at);
    fs.writeFileSync(at, mutant.text);
    const [became, by] = await outcome(mutant, executables, explained);
    fs.writeFileSync(at, original);
    counts[mutant.file] ??= { mutants: 0, caught: 0, unviable: 0, explained: 0, survived: 0 };
    counts[mutant.file].mutants += 1;
    counts[mutant.file][became] += 1;
    if (became === 'survived') survived.push(mutant.name);
    if (became !== 'explained' && mutant.name in explained) stale.push(mutant.name);
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    console.log(`${index + 1}/${chosen.length} ${became}${by} in ${seconds} s: line ${mutant.line} of ${mutant.name}`);
  }
  console.table(counts);
  for (const name of survived) console.log(`survived: ${name}`);
  for (const name of stale) console.log(`explained, but no mutant survives that has this name: ${name}`);
  process.exitCode = survived.length + stale.length === 0 ? 0 : 1;
}

await main();
