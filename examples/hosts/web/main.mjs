// The tour in a page. The parameter `?module=` names another module than the one that cargo builds.

import { run } from '../shared/tour.mjs'

const root = new URL('../../../', import.meta.url)
const module = new URL(
  new URLSearchParams(location.search).get('module') ?? 'target/wasm32-unknown-unknown/release/tour.wasm', root)
const text = document.querySelector('#text')

async function load(url, hint = '') {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status} ${response.statusText}${hint}`)
  return new Uint8Array(await response.arrayBuffer())
}

/** Appends a line, and never as HTML: it comes out of the module. Headings begin with a number. */
function print(line, tag = /^\d/.test(line) ? 'b' : 'span') {
  const element = document.createElement(tag)
  element.textContent = line
  text.append(element, '\n')
  return element
}

/** Draws a BMP's pixels: blue, green, red, and the lowest row first. */
function draw(canvas, width, height, pixels) {
  Object.assign(canvas, { width, height })
  const image = new ImageData(width, height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [blue, green, red] = pixels.subarray(3 * (y * width + x))
      image.data.set([red, green, blue, 255], 4 * ((height - 1 - y) * width + x))
    }
  }
  canvas.getContext('2d').putImageData(image, 0, 0)
}

/** Tells the page's visitor and its test how it ended. */
function end(state) {
  document.documentElement.dataset.state = state
  document.title = `linmem tour: ${state}`
}

text.textContent = ''
try {
  const bytes = await load(module, '\nTo build the module: cargo run --example tour')
  const picture = await load(new URL('../picture.bmp', import.meta.url))
  const { width, height, original, inverted } = await run(bytes, picture, print)
  draw(document.querySelector('#before'), width, height, original)
  draw(document.querySelector('#after'), width, height, inverted)
  end('done')
} catch (error) {
  print(`error: ${error.message}`, 'span').className = 'error'
  end('failed')
}
