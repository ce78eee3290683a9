// The conformance kit on the host abi/js in a browser, under the content security policy of tests/js/browser.mjs. With `?small`,
// without the cases that need much memory; with `?bound`, by the module that `linmem bind --lang js` wrote.

import { report } from '../js/report.mjs'
import { runKit } from './runner.mjs'

const json = async name => (await fetch(new URL(`../../abi/kit/${name}`, import.meta.url))).json()

await report(async () => {
  const module = await WebAssembly.compileStreaming(fetch('/guest.wasm'))
  const options = new URL(import.meta.url).searchParams
  const bound = options.has('bound') ? (await import('/bound.js')).load : undefined
  const lines = await runKit(module, await json('cases.json'), await json('sections.json'), { small: options.has('small'), bound })
  return lines.join('\n')
})
