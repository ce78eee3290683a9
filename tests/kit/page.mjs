// The conformance kit on the host abi/js in a browser, under the content security policy of tests/js/browser.mjs. With `?small`,
// without the cases that need much memory.

import { report } from '../js/report.mjs'
import { runKit } from './runner.mjs'

const json = async name => (await fetch(new URL(`../../abi/kit/${name}`, import.meta.url))).json()

await report(async () => {
  const module = await WebAssembly.compileStreaming(fetch('/guest.wasm'))
  const lines = await runKit(module, await json('cases.json'), await json('sections.json'), { small: import.meta.url.endsWith('?small') })
  return lines.join('\n')
})
