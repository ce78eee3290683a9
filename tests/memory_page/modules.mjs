// The page's own modules in Node: `modules(FOLDER)` gives a function that imports one of them by its file.

import { register } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What a page is to a browser: its import map, and that each `.js` is a module. */
export function modules(folder) {
  const root = pathToFileURL(`${resolve(folder)}/`).href
  register(`data:text/javascript,${encodeURIComponent(`export const resolve = async (name, context, next) => {
    const found = await next(name.split('/')[0] === 'linmem' ? '${root}linmem/' + (name.split('/')[1] ?? 'linmem') + '.js' : name, context)
    return found.url.startsWith('${root}') ? { ...found, format: 'module' } : found
  }`)}`)
  return file => import(root + file)
}
