// Runs a module of tests in a browser: `node browser.mjs chromium|firefox-esr PAGE`, where PAGE is its path below the root of the
// project and GUEST, in the environment, the module that is served as /guest.wasm; BOUND, what is served as /bound.js. It needs nothing but the browser.
//
// Prints what the page reports.

import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const [program, page] = process.argv.slice(2)
const types = { js: 'text/javascript', mjs: 'text/javascript', json: 'application/json' }
/** The type of what is at a path, and what is there. Files are where they are in the project. */
const serve = async url => {
  const path = url.split('?')[0]
  const [, extension] = /^\/(?:abi|tests)(?:\/\w+)+\.(\w+)$/.exec(path) ?? []
  if (path === '/') return ['text/html', `<!doctype html><meta charset="utf-8"><title>linmem</title><script type="module" src="/${page}"></script>`]
  if (path === '/guest.wasm') return ['application/wasm', await readFile(process.env.GUEST)]
  if (path === '/bound.js') return [types.js, await readFile(process.env.BOUND)]
  if (extension in types) return [types[extension], await readFile(new URL(`../..${path}`, import.meta.url))]
}
const profile = await mkdtemp(join(tmpdir(), 'linmem-js-'))
const flags = program.startsWith('firefox')
  ? ['--headless', '--no-remote', '--profile', profile]
  : ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', `--user-data-dir=${profile}`]
let browser

const [ok, result] = await new Promise(resolve => {
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      request.setEncoding('utf8')
      let text = ''
      for await (const part of request) text += part
      response.end()
      return resolve([request.url === '/done', text])
    }
    const [type, body] = await serve(request.url).catch(() => {}) ?? []
    // The last two isolate the page, which may then share memory with its workers.
    response.writeHead(type ? 200 : 404, {
      'content-type': type ?? 'text/plain',
      'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    })
    response.end(body)
  })
  server.listen(0, '127.0.0.1', () => {
    browser = spawn(program, [...flags, `http://127.0.0.1:${server.address().port}/`], { stdio: 'ignore' })
    browser.on('error', error => resolve([false, `${error}`]))
  })
  setTimeout(resolve, 120000, [false, 'the page did not report within two minutes'])
})
const ended = new Promise(resolve => browser.on('exit', resolve))
browser.kill()
await Promise.race([ended, new Promise(resolve => setTimeout(resolve, 5000))])
await rm(profile, { recursive: true, force: true, maxRetries: 5 }).catch(() => {})
console.log(result)
process.exit(ok ? 0 : 1)
