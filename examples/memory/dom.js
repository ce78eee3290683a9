// Elements, without HTML in texts: what a module says is text wherever it is shown.

/** Makes an element: `h('button', { class: 'go', onclick: run }, 'Run')`. Properties that begin with `on` are listeners. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name === 'value') element.value = value
    else element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children.flat(Infinity).filter(child => child !== undefined && child !== false && child !== null))
  return element
}

export const $ = selector => document.querySelector(selector)

/** Gives an element other children. What had the focus in it gives it to what stands in its place. */
export function refill(element, ...children) {
  const all = () => [...element.querySelectorAll('button, input, select')]
  const at = all().indexOf(document.activeElement)
  element.replaceChildren(...children)
  const next = at < 0 ? undefined : all()[at]
  next?.focus({ preventScroll: true })
  next?.select?.()
}

/** Gives a canvas a pixel for each of the screen's. What was drawn stays if it has them. */
export function resize(canvas, scale) {
  const [wide, high] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)]
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high })
}

/** Runs `draw` at most once in a frame, however often it is asked for. */
export function framed(draw) {
  let waits = false
  return () => {
    if (waits) return
    waits = true
    requestAnimationFrame(() => {
      waits = false
      draw()
    })
  }
}

export const count = (number, one) => `${number.toLocaleString('en')} ${one}${number === 1 ? '' : 's'}`

/** Bytes for people: exact up to 99,999. */
export const size = bytes => {
  if (bytes < 100000) return count(bytes, 'byte')
  const [unit, of] = bytes < 1 << 20 ? ['KiB', 1 << 10] : bytes < 1 << 30 ? ['MiB', 1 << 20] : ['GiB', 1 << 30]
  const value = bytes / of
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${unit}`
}
