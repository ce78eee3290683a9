// Tests the page in a real browser: `node check.mjs URL EXPECTED`, with the text to expect in the file EXPECTED.
//
// It needs the package puppeteer-core (`npm ci` here) and a Chromium: the one named in CHROME, or `chromium`.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import puppeteer from 'puppeteer-core'

const [url, expected] = process.argv.slice(2)
const browser = await puppeteer.launch({
  executablePath: execFileSync('which', [process.env.CHROME ?? 'chromium'], { encoding: 'utf8' }).trim(),
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})

/** Opens the page and waits for its end; returns the page, its text and what went to the console as an error. */
async function open(query, state) {
  const page = await browser.newPage()
  const errors = []
  page.on('console', message => message.type() === 'error' && errors.push(message.text()))
  page.on('pageerror', error => errors.push(error.message))
  await page.goto(url + query)
  await page.waitForSelector('html[data-state]', { timeout: 20000 })
  const text = await page.$eval('#text', element => element.textContent)
  assert.equal(await page.$eval('html', element => element.dataset.state), state, text)
  assert.equal(await page.title(), `linmem tour: ${state}`)
  return { page, text, errors }
}

/** The bytes of a canvas: red, green, blue, alpha. */
const pixels = (page, id) => page.evaluate(id => {
  const canvas = document.getElementById(id)
  return Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data)
}, id)

try {
  const done = await open('', 'done')
  assert.equal(done.text, await readFile(expected, 'utf8'))
  assert.deepEqual(done.errors, [])
  const [before, after] = [await pixels(done.page, 'before'), await pixels(done.page, 'after')]
  assert.equal(before.length, 192 * 128 * 4)
  assert.ok(new Set(before).size > 100, 'the picture is drawn')
  assert.deepEqual(after, before.map((byte, index) => index % 4 === 3 ? 255 : 255 - byte))
  // The lowest row of the file is the lowest row of the canvas: the ground there is dark, and the sky is not.
  assert.ok(before.at(-2) < 64 && before[2] > 64, 'the picture stands upright')

  const missing = await open('?module=nowhere.wasm', 'failed')
  assert.match(missing.text, /^error: \/nowhere\.wasm: 404 Not Found\nTo build the module: cargo run --example tour\n$/)

  const hostile = await open('?module=hostile.wasm', 'failed')
  assert.match(hostile.text, /^1\. .*\nerror: .*\[4\]i32: OutOfBounds\n$/)
  assert.deepEqual(hostile.errors, [])
} finally {
  await browser.close()
}
