// The page: a module is opened, its panels are put together, and what goes wrong is said in one place.

import { App } from './app.js'
import { blocks } from './blocks.js'
import { compare } from './compare.js'
import { $, h } from './dom.js'
import { functions } from './functions.js'
import { inspector } from './inspector.js'
import { lessons } from './lessons.js'
import { map } from './map.js'
import { builtins } from './session.js'
import { timeline } from './timeline.js'

const app = new App()
const LESSONS = 'lessons'

/** Bytes of a file beside the page. */
async function bytes(path) {
  const response = await fetch(new URL(path, import.meta.url))
  if (!response.ok) throw Error(`${path}: ${response.status} ${response.statusText}. Build the page's folder with: cargo run --example memory`)
  return new Uint8Array(await response.arrayBuffer())
}

/** The pixels of the picture: what stands behind the header of a BMP file, whose rows are padded to nothing here. */
async function picture() {
  const file = await bytes('./picture.bmp')
  const view = new DataView(file.buffer)
  return file.subarray(view.getUint32(10, true))
}

function say(text, bad = false) {
  const status = $('#status')
  status.textContent = text
  status.classList.toggle('bad', bad)
}

async function open(name, load) {
  try {
    await app.open(await load(), { name, picture })
    say(`${name}: ${app.session.described ? 'described by its records' : 'without records'}${app.session.checks ? ', checked' : ''}`)
    $('#log').replaceChildren()
    return true
  } catch (error) {
    say(`${name} cannot be opened: ${error.message}`, true)
    return false
  }
}

const openBuiltIn = name => open(`${name}.wasm`, () => bytes(`./modules/${name}.wasm`))

/** Opens a file that somebody chose or dropped. */
async function openFile(file) {
  if (await open(file.name, async () => new Uint8Array(await file.arrayBuffer()))) {
    const picker = $('#module')
    picker.querySelector('[data-file]')?.remove()
    picker.append(h('option', { value: '', 'data-file': true }, file.name))
    picker.value = ''
    tab('functions')
  }
}

/** Runs a statement, and writes it down with what it printed. */
async function run(line) {
  const made = await app.run(line)
  const log = $('#log')
  const step = app.history.steps.length - 1
  log.append(h('button', { type: 'button', class: 'line', title: 'look at this step', onclick: () => app.go(step) }, `> ${line}`),
    ...made.lines.map(({ kind, text }) => h('span', { class: kind }, text)))
  while (log.childElementCount > 1000) log.firstChild.remove()
  log.scrollTop = log.scrollHeight
  if (app.step.found) tab('blocks')
  draw()
  return made
}

/** Shows a picture of three bytes for each pixel, if the newest value is one: a lesson inverts it. */
async function draw() {
  const canvas = $('#picture')
  const found = app.session.variables.findLast(({ value, type }) => type?.text === '^[]u8' && value && app.session.place({ value, type })?.type.count >= 3 * 192 * 128)
  canvas.hidden = !found
  if (!found) return
  const { addr } = app.session.place(found)
  const view = app.view
  const [wide, high] = [192, 128]
  if (!view || addr + 3 * wide * high > view.byteLength) return
  const image = new ImageData(wide, high)
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      const from = addr + 3 * (y * wide + x)
      const to = 4 * ((high - 1 - y) * wide + x)
      for (let i = 0; i < 3; i++) image.data[to + i] = view.getUint8(from + 2 - i)
      image.data[to + 3] = 255
    }
  }
  canvas.getContext('2d', { willReadFrequently: true }).putImageData(image, 0, 0)
}

const tabs = [...document.querySelectorAll('[role="tab"]')]
function tab(name) {
  for (const button of tabs) {
    const chosen = button.dataset.tab === name
    button.setAttribute('aria-selected', String(chosen))
    button.tabIndex = chosen ? 0 : -1
    $(`#${button.dataset.tab}-panel`).hidden = !chosen
  }
}
for (const button of tabs) {
  button.addEventListener('click', () => tab(button.dataset.tab))
  button.addEventListener('keydown', event => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (!by) return
    const next = tabs[(tabs.indexOf(button) + by + tabs.length) % tabs.length]
    tab(next.dataset.tab)
    next.focus()
  })
}

const modes = [...document.querySelectorAll('button[data-mode]')]
function mode(name) {
  for (const button of modes) button.setAttribute('aria-pressed', String(button.dataset.mode === name))
  document.body.dataset.mode = name
  if (name === 'compare') allocators.start().catch(error => say(error.message, true))
}
for (const button of modes) button.addEventListener('click', () => mode(button.dataset.mode))

map(app)
inspector(app)
timeline(app)
blocks(app)
functions(app, run)
app.on('step', draw)
const allocators = compare(name => bytes(`./modules/${name}.wasm`))

$('#console').addEventListener('submit', event => {
  event.preventDefault()
  const input = $('#statement')
  const line = input.value.trim()
  if (!line) return
  typed.push(line)
  back = 0
  input.value = ''
  run(line)
})
// Arrows bring back what was typed.
const typed = []
let back = 0
$('#statement').addEventListener('keydown', event => {
  const by = { ArrowUp: 1, ArrowDown: -1 }[event.key]
  if (!by || !typed.length) return
  event.preventDefault()
  back = Math.min(Math.max(0, back + by), typed.length)
  event.target.value = back ? typed.at(-back) : ''
})
$('#help').replaceChildren(...Object.entries(builtins).map(([name, text]) => h('li', {}, h('code', {}, name), text)))

$('#module').addEventListener('change', event => event.target.value && openBuiltIn(event.target.value))
$('#restart').addEventListener('click', () => $('#module').value ? openBuiltIn($('#module').value) : say('drop the file again to start over'))
$('#file').addEventListener('change', event => {
  const [file] = event.target.files
  if (file) openFile(file)
  event.target.value = ''
})
addEventListener('dragover', event => {
  event.preventDefault()
  document.body.classList.add('drop')
})
addEventListener('dragleave', () => document.body.classList.remove('drop'))
addEventListener('drop', event => {
  event.preventDefault()
  document.body.classList.remove('drop')
  const [file] = event.dataTransfer.files
  if (file) openFile(file)
})

mode('memory')
await openBuiltIn(LESSONS)
try {
  const text = new TextDecoder().decode(await bytes('./lessons.md'))
  lessons(text, { run, restart: () => {
    $('#module').value = LESSONS
    return openBuiltIn(LESSONS)
  } })
} catch (error) {
  $('#lesson-body').textContent = error.message
}
document.documentElement.dataset.ready = 'true'
