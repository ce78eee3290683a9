// Steps, back and forth, with what each did; and the counts over all of them, in a chart.

import { colors, onTheme } from './colors.js'
import { $, count, framed, resize, size } from './dom.js'
import { title } from './app.js'

export function timeline(app) {
  const slider = $('#step')
  const chart = $('#chart')
  const draw = framed(paint)

  slider.addEventListener('input', () => app.go(+slider.value))
  $('#step-back').addEventListener('click', () => app.go(app.index - 1))
  $('#step-on').addEventListener('click', () => app.go(app.index + 1))
  $('#step-last').addEventListener('click', () => app.go(app.history.steps.length - 1))
  chart.addEventListener('click', event => {
    const last = app.history.steps.length - 1
    app.go(Math.round((event.offsetX - 8) / Math.max(1, chart.clientWidth - 16) * last))
  })
  new ResizeObserver(draw).observe(chart)
  onTheme(draw)
  app.on('module step', () => {
    const { steps } = app.history
    const { index, step } = app
    slider.max = steps.length - 1
    slider.value = index
    slider.setAttribute('aria-valuetext', `step ${index} of ${steps.length - 1}: ${title(step)}`)
    $('#step-back').disabled = index === 0
    $('#step-on').disabled = $('#step-last').disabled = app.newest
    $('#step-title').textContent = `${index} of ${steps.length - 1} · ${step.line || step.title}`
    $('#step-events').textContent = [...events(step), ...step.trouble.map(text => `not known: ${text}`)].join(' · ') || (index ? 'no block changed' : 'nothing was called yet')
    document.body.classList.toggle('past', !app.newest)
    const { live, blocks, peak, pages, free, fragmentation } = step.statistics
    const rows = {
      'live': `${size(live)} in ${count(blocks, 'block')}`,
      'peak': size(peak),
      'memory': `${count(pages, 'page')}, ${size(step.size)}`,
      'free in the heap': size(free),
      'fragmentation': `${(100 * fragmentation).toFixed(1)} %`,
    }
    for (const [name, text] of Object.entries(rows)) $(`[data-count="${name}"]`).textContent = text
    draw()
  })

  function paint() {
    const scale = devicePixelRatio || 1
    const [wide, high] = [chart.clientWidth, chart.clientHeight]
    resize(chart, scale)
    const context = chart.getContext('2d')
    context.setTransform(scale, 0, 0, scale, 0, 0)
    context.clearRect(0, 0, wide, high)
    const { css } = colors()
    const { steps } = app.history ?? {}
    if (!steps) return
    const x = i => 8 + i / Math.max(1, steps.length - 1) * (wide - 16)
    const most = Math.max(1, ...steps.map(({ statistics }) => statistics.peak))
    const pages = Math.max(1, ...steps.map(({ statistics }) => statistics.pages))
    const y = share => high - 6 - share * (high - 16)
    // A stair: what holds after a step holds until the next.
    const trace = share => steps.forEach((step, i) => {
      if (i) context.lineTo(x(i), y(share(steps[i - 1].statistics)))
      context.lineTo(x(i), y(share(step.statistics)))
    })
    const live = statistics => statistics.live / most
    const line = (share, color, dash = []) => {
      context.strokeStyle = color
      context.lineWidth = 1.5
      context.setLineDash(dash)
      context.beginPath()
      trace(share)
      context.stroke()
      context.setLineDash([])
    }
    // Live bytes, filled.
    context.fillStyle = css.accent
    context.globalAlpha = 0.25
    context.beginPath()
    context.moveTo(x(0), y(0))
    trace(live)
    context.lineTo(x(steps.length - 1), y(0))
    context.fill()
    context.globalAlpha = 1
    line(live, css.accent)
    line(({ peak }) => peak / most, css.soft, [2, 3])
    line(stat => stat.pages / pages, css.data, [6, 3])
    steps.forEach((step, i) => {
      const bad = step.lines.some(({ kind }) => kind === 'trap')
      if (!bad && steps.length > 200) return
      context.fillStyle = bad ? css.bad : css.accent
      context.beginPath()
      context.arc(x(i), y(live(step.statistics)), bad ? 4 : 2, 0, 7)
      context.fill()
    })
    context.strokeStyle = css.ink
    context.beginPath()
    context.moveTo(x(app.index), 2)
    context.lineTo(x(app.index), high - 2)
    context.stroke()
  }
}

/** What a step did to the blocks, in words. */
export function events({ events }) {
  if (!events) return []
  const { allocated, freed, moved, grown, changed } = events
  const bytes = blocks => blocks.reduce((sum, { size }) => sum + size, 0)
  return [
    allocated.length && `allocated ${count(allocated.length, 'block')}, ${size(bytes(allocated))}`,
    freed.length && `freed ${count(freed.length, 'block')}, ${size(bytes(freed))}`,
    ...moved.slice(0, 3).map(({ from, to }) => `moved ${size(from.size)} to a block of ${size(to.size)}`),
    moved.length > 3 && `moved ${moved.length - 3} more`,
    grown && `memory grew by ${count(grown, 'page')}`,
    changed && `${count(changed, 'byte')} changed`,
  ].filter(part => part)
}
