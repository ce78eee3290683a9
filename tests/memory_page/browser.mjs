// Uses the page as a person would, in a real browser: `node browser.mjs chromium|firefox-esr FOLDER [PICTURES]`, where FOLDER is the
// page's, as `cargo run --example memory` makes it, and PICTURES a folder for screenshots. It needs puppeteer-core (`npm ci` in
// examples/hosts/web).

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'

const require = createRequire(new URL('../../examples/hosts/web/', import.meta.url))
const { default: puppeteer } = await import(require.resolve('puppeteer-core'))
const [program, folder, pictures] = process.argv.slice(2)
const isFirefox = program.startsWith('firefox')

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.md': 'text/markdown', '.bmp': 'image/bmp' }
const server = createServer(async (request, response) => {
  const path = new URL(request.url, 'http://localhost').pathname.replace(/\/$/, '/index.html')
  const body = await readFile(join(folder, path)).catch(() => undefined)
  response.writeHead(body ? 200 : 404, { 'content-type': types[extname(path)] ?? 'application/octet-stream' })
  response.end(body)
})
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${server.address().port}/`

const files = await mkdtemp(join(tmpdir(), 'linmem-page-'))
const executablePath = execFileSync('which', [program], { encoding: 'utf8' }).trim()
const browser = await puppeteer.launch(isFirefox
  ? { browser: 'firefox', executablePath, headless: true }
  : { executablePath, headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })

const page = await browser.newPage()
const errors = []
// That one is about what this test does.
page.on('console', message => ['error', 'warn'].includes(message.type()) && !message.text().includes('willReadFrequently') && errors.push(message.text()))
page.on('pageerror', error => errors.push(error.message))

/** Waits until a part of the page says what is expected. */
async function says(selector, expected, part = text => text) {
  let text
  for (let waited = 0; waited < 20000; waited += 50) {
    text = part(await page.evaluate(selector => {
      const element = document.querySelector(selector)
      return element && !element.closest('[hidden]') ? element.matches('input, select') ? element.value : element.textContent : undefined
    }, selector))
    if (text !== undefined && (expected instanceof RegExp ? expected.test(text) : text === expected)) return text
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  assert.fail(`${selector} should say ${expected}, and says ${text}`)
}

const rows = () => page.$$eval('#parts tr', rows => rows.map(row => [...row.cells].map(cell => cell.querySelector('input')?.value ?? cell.textContent.trim())))
const bytes = () => page.$$eval('#bytes .byte', cells => cells.map(cell => cell.value || cell.textContent).join(' '))
const log = () => page.$eval('#log', log => [...log.children].map(line => line.textContent))

/** Types a statement into the console and returns the lines that it prints. */
async function statement(line) {
  const before = await page.$$eval('#log .line', lines => lines.length)
  await page.click('#statement')
  await page.keyboard.type(line)
  await page.keyboard.press('Enter')
  await page.waitForFunction((before, count) => document.querySelectorAll('#log .line').length === before + 1 &&
    document.querySelector('#log').lastElementChild.className !== 'line', {}, before)
  const lines = await log()
  return lines.slice(lines.lastIndexOf(`> ${line}`) + 1)
}

/** Replaces what a field holds. */
async function fill(selector, text) {
  await page.click(selector, { count: 3 })
  await page.keyboard.type(text)
}

async function shot(name) {
  if (!pictures) return
  await mkdir(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`) })
}

const tab = name => page.click(`[data-tab="${name}"]`)
const call = name => page.click(`[data-function="${name}"] button[type="submit"]`)
const follow = text => page.evaluate(text => [...document.querySelectorAll('#parts .follow')].find(button => button.textContent.includes(text)).click(), text)

/** A custom section. */
function section(name, text) {
  const leb = number => number < 128 ? [number] : [number & 127 | 128, ...leb(number >>> 7)]
  const body = Buffer.concat([Buffer.from(leb(name.length)), Buffer.from(name), Buffer.from(text)])
  return Buffer.concat([Buffer.from([0, ...leb(body.length)]), body])
}

/** A file that is opened by the page's button. */
async function openFile(name, content) {
  await writeFile(join(files, name), content)
  const input = await page.$('#file')
  await input.uploadFile(join(files, name))
}

const tests = {
  async 'the page is there at once, and nothing in it moves'() {
    await page.setViewport({ width: 1440, height: 900 })
    await page.evaluateOnNewDocument(() => {
      window.shifts = 0
      try {
        new PerformanceObserver(list => {
          for (const entry of list.getEntries()) window.shifts += entry.value
        }).observe({ type: 'layout-shift', buffered: true })
      } catch {}
    })
    await page.goto(url)
    await page.waitForSelector('html[data-ready]')
    await says('#status', 'lessons.wasm: described by its records, checked')
    const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime)
    console.log(`first paint after ${Math.round(paint)} ms`)
    // A laptop takes a fifth of it; machines for tests are busy.
    assert.ok(paint < 3000, `${paint}`)
    const shift = await page.evaluate(() => window.shifts)
    assert.ok(shift < 0.02, `layout shift ${shift}`)
    await shot('start')
  },

  async 'every lesson prints what it says'() {
    const count = await page.$$eval('#lesson option', options => options.length)
    assert.ok(count >= 9)
    for (let i = 0; i < count; i++) {
      await page.select('#lesson', `${i}`)
      const sessions = await page.$$('#lesson-body .session')
      assert.ok(sessions.length, `lesson ${i + 1} has sessions`)
      for (const session of sessions) {
        const buttons = await session.$$('button')
        await buttons.at(-1).click()
        await page.waitForFunction(session => [...session.querySelectorAll('.statement')].every(row => row.classList.contains('done')), {}, session)
      }
      const [printed, wanted] = await page.evaluate(async i => {
        const { lessons, withoutAddresses } = await import('./lesson-text.js')
        const text = await (await fetch('./lessons.md')).text()
        const statements = lessons(text)[i].blocks.flatMap(({ statements }) => statements ?? [])
        const rows = [...document.querySelectorAll('#lesson-body .statement')]
        return [
          rows.map(row => [...row.querySelectorAll('.prints span')].map(line => withoutAddresses(line.textContent)).filter(line => line !== 'done')),
          statements.map(({ prints }) => prints.map(withoutAddresses)),
        ]
      }, i)
      assert.deepEqual(printed, wanted)
      await shot(`lesson-${i + 1}`)
    }
  },

  async 'a struct is made by a form, and lies where the map shows it'() {
    await page.click('#restart')
    await says('#step-title', /^0 of 0/)
    await tab('functions')
    await fill('[name="create_point.x"]', '88323')
    await fill('[name="create_point.y"]', '20')
    await call('create_point')
    await says('#selected', /^Point at 0x[0-9a-f]{8}, 12 bytes$/)
    assert.deepEqual((await log()).slice(-2)[0], '> point = create_point(88323, 20, "Ada")')
    assert.deepEqual((await rows()).map(([offset, name, type]) => [offset, name, type]), [['0', 'x', 'i32'], ['4', 'y', 'i32'], ['8', 'name', '^cstr']])
    assert.deepEqual((await rows()).map(row => row[3]).slice(0, 2), ['88323', '20'])
    assert.match(await bytes(), /^03 59 01 00 14 00 00 00 /)
    await says('#map-info', /used · 12 bytes · Point · made by create_point$/)
    await says('#step-events', /^allocated 2 blocks, 16 bytes/)
    await shot('point')
  },

  async 'a pointer is followed to the text, and back'() {
    await follow('0x')
    await says('#selected', /^cstr at 0x[0-9a-f]{8}, 4 bytes$/)
    assert.equal(await bytes(), '41 64 61 00')
    await says('#whole', '"Ada"')
    await page.click('#back')
    await says('#selected', /^Point at/)
  },

  async 'a value that is edited is written to memory'() {
    await fill('[aria-label="x, i32"]', '10')
    await page.keyboard.press('Enter')
    await says('#step-title', '2 of 2 · x = 10')
    assert.match(await bytes(), /^0a 00 00 00 /)
    assert.deepEqual(await statement('point.x'), ['10'])
    await fill('[aria-label="y, i32"]', 'many')
    await page.keyboard.press('Enter')
    await says('#inspector-note', '"many" is no i32')
    await fill('[aria-label="y, i32"]', '2147483648')
    await page.keyboard.press('Enter')
    await says('#inspector-note', '"2147483648" is no i32: -2147483648 to 2147483647')
    // A byte: the second of x.
    await page.click('#bytes [data-at="1"]')
    await page.keyboard.type('01')
    await page.keyboard.press('Enter')
    await says('#step-title', /byte 0x[0-9a-f]{8} = 01$/)
    assert.deepEqual(await statement('point.x'), ['266'])
  },

  async 'time goes back and forth'() {
    const last = +(await page.$eval('#step', slider => slider.max))
    for (let i = 0; i < last - 1; i++) await page.click('#step-back')
    await says('#step-title', `1 of ${last} · point = create_point(88323, 20, "Ada")`)
    assert.match(await bytes(), /^03 59 01 00 /)
    assert.equal(await page.$eval('[aria-label="x, i32"]', input => input.readOnly), true)
    await shot('past')
    await page.click('#step-back')
    await says('[data-count="live"]', '0 bytes in 0 blocks')
    await page.click('#step-last')
    assert.match(await bytes(), /^0a 01 00 00 /)
  },

  async 'an array grows and its block moves'() {
    await call('points_new')
    await says('#selected', /^\[\+\]Point at/)
    for (const [x, name] of [[1, 'Ada'], [3, 'Grace'], [5, 'Zoë']]) assert.deepEqual(await statement(`points_push(point2, ${x}, ${x + 1}, "${name}")`), ['done'])
    assert.match((await statement('point2'))[0], /^\[\+\]Point at 0x[0-9a-f]{8} \[\{x: 1, y: 2, name: "Ada"\}, \{x: 3, y: 4, name: "Grace"\}, \{x: 5, y: 6, name: "Zoë"\}\]$/)
    for (let i = 0; i < 2; i++) await statement(`points_push(point2, ${i}, 0, "more")`)
    await says('#step-events', /moved \d+ bytes to a block of \d+ bytes/)
    // Its elements, five of which are in use, and the fields of the second.
    await follow('0x')
    await says('#selected', /^\[8\]Point at 0x[0-9a-f]{8}, 96 bytes$/)
    await page.click('[aria-label="parts of [1]"]')
    assert.deepEqual((await rows()).slice(2, 4).map(row => [row[1], row[3]]), [['x', '3'], ['y', '4']])
    await shot('moved')
    assert.match((await statement('for_each_point(point2, 7)'))[0], /^on_point\(7, Point at 0x[0-9a-f]{8} \{x: 1, y: 2, name: "Ada"\}\)$/)
  },

  async 'memory grows, and an old view dies'() {
    await statement('a = array("i32", [1, 2, 3])')
    assert.deepEqual(await statement('v = a.view'), ['Int32Array [1, 2, 3]'])
    await statement('grow(1)')
    await says('#step-events', /memory grew by 1 page/)
    assert.match((await statement('v'))[0], /detached/)
    assert.deepEqual(await statement('a.view'), ['Int32Array [1, 2, 3]'])
  },

  async 'what is freed is shown as freed, and refused'() {
    assert.deepEqual(await statement('point.free()'), ['freed'])
    await says('#step-events', /^freed 2 blocks, 16 bytes/)
    assert.deepEqual(await statement('point'), ['freed'])
    assert.match((await statement('point.x'))[0], /^error: freed/)
    await shot('freed')
  },

  async 'what leaks is in the list of blocks'() {
    await tab('blocks')
    await statement('serve_and_leak(3)')
    await says('#block-counts', /3 blocks of 3,000 bytes held by nobody/)
    await page.click('#leaks-only')
    assert.equal((await page.$$('#block-list tr')).length, 3)
    await page.click('#block-list .follow')
    await says('#map-info', /1000 bytes · made by serve_and_leak$/)
    await shot('leak')
    await page.click('#leaks-only')
  },

  async 'a picture is inverted in memory'() {
    await statement('image = picture()')
    const pixels = () => page.$eval('#picture', canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data])
    const before = await pixels()
    assert.ok(new Set(before).size > 100)
    await statement('inverse_img(image)')
    assert.deepEqual(await pixels(), before.map((byte, i) => i % 4 === 3 ? 255 : 255 - byte))
    await shot('picture')
  },

  async 'keys are enough'() {
    await page.focus('#map')
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowLeft')
    const first = await says('#map-info', /^0x/)
    await page.keyboard.press('ArrowLeft')
    await says('#map-info', new RegExp(`^(?!${first.slice(0, 10)})0x`))
    await page.keyboard.press('ArrowRight')
    await says('#map-info', first)
    for (const key of ['+', '-', 'Enter', '0', 'PageDown', 'PageUp', 'ArrowDown', 'ArrowUp']) await page.keyboard.press(key)
    await page.focus('[role="tab"][aria-selected="true"]')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    await says('[role="tab"][aria-selected="true"]', 'Lessons')
    // Whatever can be clicked can be reached.
    const reached = await page.evaluate(() => [...document.querySelectorAll('button, input, select, a, summary')].filter(element =>
      element.checkVisibility?.({ visibilityProperty: true }) && element.tabIndex < 0 && !element.disabled && !element.matches('.byte, [role="tab"]')).length)
    assert.equal(reached, 0)
  },

  async 'a mistake is found, told in plain words, and ends the module'() {
    await page.click('#restart')
    await says('#step-title', /^0 of 0/)
    await statement('b = array("u8", [1, 2, 3, 4])')
    await statement('fill_too_far(b, 7)')
    const [trap] = await statement('check()')
    assert.match(trap, /^trap: written behind it, to byte 4: the block of 4 bytes at 0x/)
    await says('#finding', /Somebody wrote past the end of the block.*written behind it.*It was made by array/s)
    await says('#selected', /4 bytes/)
    assert.match((await statement('sum(1, 2)'))[0], /^error: the module has trapped, and is not called again/)
    await shot('finding')
  },

  async 'other modules are opened, and hostile ones refused by name'() {
    const tour = await readFile(join(folder, 'modules/tour.wasm'))
    await page.select('#module', 'tour')
    await says('#status', 'tour.wasm: described by its records')
    assert.match((await statement('get_point()'))[0], /^Point at/)

    await openFile('plain.wasm', await readFile(join(folder, 'modules/heap.wasm')))
    await says('#status', 'plain.wasm: without records')

    // A file that is dropped on the page.
    await page.evaluate(bytes => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([Uint8Array.from(bytes)], 'dropped.wasm'))
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
    }, [...tour])
    await says('#status', 'dropped.wasm: described by its records')

    await openFile('text.wasm', 'no module at all')
    await says('#status', /^text\.wasm cannot be opened: .*(magic|wasm)/i)
    const lies = Buffer.from(tour)
    lies.write('struct Point 13 4', lies.indexOf('struct Point 12 4'))
    await openFile('lies.wasm', lies)
    await says('#status', /^lies\.wasm cannot be opened: R8: Invalid: struct Point 13 4/)
    const many = Buffer.concat([tour, section('linmem.abi', Array.from({ length: 20000 }, (_, i) => `opaque Type${i}\n`).join(''))])
    await openFile('many.wasm', many)
    await says('#status', 'many.wasm: described by its records')
    // A report that lies outside of memory: that is told, and all else works.
    const liar = await readFile(join(folder, 'modules/lessons.wasm'))
    const { instance } = await WebAssembly.instantiate(liar, { env: { log_nr() {}, on_point() {} } })
    const { memory, linmem_checks } = instance.exports
    const report = Buffer.from(memory.buffer, linmem_checks.value, 4)
    assert.ok(liar.indexOf(report) > 0 && liar.indexOf(report) === liar.lastIndexOf(report))
    liar.writeUInt32LE(4294967292, liar.indexOf(report))
    await openFile('liar.wasm', liar)
    await says('#status', 'liar.wasm: described by its records, checked')
    await says('#step-events', /not known: linmem_checks: an address outside of memory/)
    assert.deepEqual(await statement('sum(1, 2)'), ['3'])
    await openFile('empty.wasm', Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]))
    await says('#status', /^empty\.wasm cannot be opened: R9, memory/)
    // The module from before is still there.
    assert.deepEqual(await statement('sum(2, 2)'), ['4'])
    await shot('hostile')
  },

  async 'a hundred thousand blocks are smooth'() {
    await page.select('#module', 'lessons')
    await says('#status', /^lessons/)
    assert.deepEqual(await statement('serve_and_leak(100000)'), ['done'])
    await says('[data-count="live"]', '95.4 MiB in 100,000 blocks')
    const costs = await page.evaluate(async () => {
      const frame = requestAnimationFrame
      const costs = []
      window.requestAnimationFrame = draw => frame(time => {
        const start = performance.now()
        draw(time)
        costs.push(performance.now() - start)
      })
      const map = document.querySelector('#map')
      for (let i = 0; i < 20; i++) {
        map.dispatchEvent(new WheelEvent('wheel', { deltaY: i % 10 < 5 ? -1 : 1, bubbles: true, cancelable: true }))
        await new Promise(resolve => frame(() => frame(resolve)))
      }
      window.requestAnimationFrame = frame
      return costs.sort((a, b) => a - b)
    })
    console.log(`a frame with 100,000 blocks takes ${costs[costs.length >> 1].toFixed(1)} ms, ${costs.at(-1).toFixed(1)} at most`)
    assert.ok(costs.length >= 10)
    // What else the machine does only adds to a time: so the fastest quarter is held.
    assert.ok(costs[costs.length >> 2] < 33, `${costs}`)
    await shot('many')
  },

  async 'four allocators play the same trace'() {
    await page.click('button[data-mode="compare"]')
    const names = ['Bump', 'Heap', 'Dlmalloc', 'WeeAlloc']
    const table = async name => Object.fromEntries(await page.$eval(`[data-allocator="${name}"] dl`, list =>
      [...list.querySelectorAll('dt')].map(term => [term.textContent, term.nextElementSibling.textContent])))
    await says('#trace-at', /^6,000 calls of 6,000$/)
    const all = Object.fromEntries(await Promise.all(names.map(async name => [name, await table(name)])))
    for (const name of names) {
      assert.equal(all[name].live, all.Heap.live)
      assert.ok(await page.$eval(`[data-allocator="${name}"] canvas`, canvas => new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size) > 3, name)
    }
    assert.ok(parseInt(all.Heap.memory) < parseInt(all.Bump.memory), JSON.stringify(all))
    await shot('allocators')
    const traces = await page.$$eval('#trace option', options => options.map(option => option.value))
    for (const trace of traces) {
      await page.select('#trace', trace)
      await says('#trace-at', /^([\d,]+) calls? of \1$/)
    }
    await page.select('#trace', 'a leak')
    await says('[data-allocator="Heap"] dl', /400 blocks/)
    await page.focus('#trace-step')
    await page.keyboard.press('Home')
    await says('#trace-at', /^0 calls of/)
    await page.click('#trace-play')
    await says('#trace-at', /^[1-9]/)
    await page.click('button[data-mode="memory"]')
  },

  async 'it reads in the dark'() {
    // Firefox takes no such wish over this protocol.
    if (isFirefox) return
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }])
    await page.click('#restart')
    await says('#step-title', /^0 of 0/)
    await statement('p = create_point(1, 2, "Ada")')
    const contrast = await page.evaluate(() => {
      const light = color => {
        const [r, g, b] = color.match(/[\d.]+/g).map(part => (part /= 255) <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b
      }
      const style = getComputedStyle(document.body)
      const [ink, paper] = [light(style.color), light(style.backgroundColor)]
      return [ink > paper, (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)]
    })
    assert.ok(contrast[0] && contrast[1] > 7, `${contrast}`)
    await shot('dark')
  },
}

let failed = 0
try {
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test()
      assert.deepEqual(errors.splice(0), [])
      console.log(`ok   ${name}`)
    } catch (error) {
      failed++
      console.log(`FAIL ${name}\n${error.stack}`)
      await shot(`failed-${failed}`)
    }
  }
} finally {
  await browser.close()
  server.close()
  await rm(files, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)
