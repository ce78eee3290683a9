// The colours that canvases share with the style sheet, in light and in dark.

const names = ['paper', 'card', 'line', 'ink', 'soft', 'accent', 'bad', 'good', 'stack', 'data', 'heap', 'free', 'waiting', 'guard',
  'made0', 'made1', 'made2', 'made3', 'made4', 'made5', 'made6', 'made7']

let known

/** All colours as CSS has them at the moment, as text, and as pixels of an `ImageData`. */
export function colors() {
  if (known) return known
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const style = getComputedStyle(document.documentElement)
  known = { css: {}, pixel: {} }
  for (const name of names) {
    // A computed custom property still says `light-dark(…)`: only a real property is resolved.
    const element = document.createElement('i')
    element.style.color = `var(--${name})`
    document.body.append(element)
    const color = getComputedStyle(element).color
    element.remove()
    probe.fillStyle = color
    probe.fillRect(0, 0, 1, 1)
    known.css[name] = color
    known.pixel[name] = new Uint32Array(probe.getImageData(0, 0, 1, 1).data.buffer)[0]
  }
  known.mono = style.getPropertyValue('--mono')
  return known
}

/** Calls `redraw` when the colours have changed. */
export function onTheme(redraw) {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    known = undefined
    redraw()
  })
}

const made = new Map()

/** A colour for what made a block: the same name has the same as long as the page is open. */
export function colorOf(maker) {
  if (!made.has(maker)) made.set(maker, `made${made.size % 8}`)
  return made.get(maker)
}

/** Makers get their colours anew, from the first on. */
export const forgetMakers = () => made.clear()
