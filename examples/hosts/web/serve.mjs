// Serves this repository to browsers on this machine: `node examples/hosts/web/serve.mjs [PORT]`. Port 0 is any free one.
//
// A page that fetches a module cannot be opened as a file, and a module wants the right content type. Any other static
// server of the repository's root will do.

import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = await realpath(fileURLToPath(new URL('../../../', import.meta.url)))
const types = {
  '.bmp': 'image/bmp',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
}

/** Finds the file that a request asks for: below the root, through no hidden folder, and not through a link that leads out. */
async function find(url) {
  const path = decodeURIComponent(new URL(url, 'http://localhost').pathname)
  if (path.includes('\0') || path.split(/[/\\]/).some(part => part.startsWith('.'))) return null
  const file = await realpath(join(root, path))
  if (file !== root && !file.startsWith(root + sep)) return null
  const info = await stat(file)
  if (info.isDirectory()) return path.endsWith('/') ? find(path + 'index.html') : { redirect: path + '/' }
  return info.isFile() ? { file, size: info.size } : null
}

const server = createServer(async (request, response) => {
  const answer = (status, headers, text) => {
    const about = { 'content-length': Buffer.byteLength(text), 'content-type': 'text/plain; charset=utf-8' }
    response.writeHead(status, { ...about, ...headers })
    response.end(text)
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, { allow: 'GET, HEAD' }, 'GET or HEAD\n')
  const found = await find(request.url).catch(() => null)
  if (found === null) return answer(404, {}, 'There is no such file.\n')
  if (found.redirect) return answer(301, { location: encodeURI(found.redirect) }, '')
  response.writeHead(200, {
    'cache-control': 'no-store',
    'content-length': found.size,
    'content-type': types[extname(found.file)] ?? 'application/octet-stream',
    'x-content-type-options': 'nosniff',
  })
  if (request.method === 'HEAD') return response.end()
  createReadStream(found.file).on('error', () => response.destroy()).pipe(response)
})

const port = Number(process.argv[2] ?? 8000)
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`error: ${process.argv[2]} is no port`)
  process.exit(1)
}
server.on('error', error => {
  console.error(`error: ${error.message}. To take any free port: node examples/hosts/web/serve.mjs 0`)
  process.exitCode = 1
})
// Only this machine can connect.
server.listen(port, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/examples/hosts/web/`)
})
