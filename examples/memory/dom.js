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

export const count = (number, one, many = `${one}s`) => `${number.toLocaleString('en')} ${number === 1 ? one : many}`

/** Bytes for people: exact up to 99,999. */
export const size = bytes => {
  if (bytes < 100000) return count(bytes, 'byte')
  const [unit, of] = bytes < 1 << 20 ? ['KiB', 1 << 10] : bytes < 1 << 30 ? ['MiB', 1 << 20] : ['GiB', 1 << 30]
  const value = bytes / of
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${unit}`
}
