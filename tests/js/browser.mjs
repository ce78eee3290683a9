// Runs page.mjs in a browser: `node browser.mjs chromium|firefox-esr`. It needs nothing but the browser.

import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const files = {
  '/': ['text/html', () => '<!doctype html><meta charset="utf-8"><title>linmem</title><script type="module" src="/page.mjs"></script>'],
  '/page.mjs': ['text/javascript', () => readFile(new URL('page.mjs', import.meta.url))],
  '/linmem.js': ['text/javascript', () => readFile(new URL('../../abi/js/linmem.js', import.meta.url))],
  '/guest.wasm': ['application/wasm', () => readFile(process.env.GUEST)],
}
const [program] = process.argv.slice(2)
const profile = await mkdtemp(join(tmpdir(), 'linmem-js-'))
const flags = program.startsWith('firefox')
  ? ['--headless', '--no-remote', '--profile', profile]
  : ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', `--user-data-dir=${profile}`]
let browser

const result = await new Promise(resolve => {
  const server = createServer(async (request, response) => {
    if (request.url === '/result') {
      let text = ''
      for await (const part of request) text += part
      response.end()
      return resolve(text)
    }
    const [type, read] = files[request.url] ?? []
    response.writeHead(type ? 200 : 404, { 'content-type': type ?? 'text/plain', 'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" })
    response.end(await read?.())
  })
  server.listen(0, '127.0.0.1', () => {
    browser = spawn(program, [...flags, `http://127.0.0.1:${server.address().port}/`], { stdio: 'ignore' })
    browser.on('error', error => resolve(`${error}`))
  })
  setTimeout(resolve, 60000, 'the page did not report within a minute')
})
const ended = new Promise(resolve => browser.on('exit', resolve))
browser.kill()
await Promise.race([ended, new Promise(resolve => setTimeout(resolve, 5000))])
await rm(profile, { recursive: true, force: true, maxRetries: 5 }).catch(() => {})
console.log(result)
process.exit(result.startsWith('passed') ? 0 : 1)
