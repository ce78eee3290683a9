// The lessons as data: lessons.md, which is written to be read as it is. It knows no page, so a test reads the same.
//
// A fence `js` holds statements. What one prints stands behind ` // ` in its line; the fence `text` that follows is what the last
// one prints in several lines. Every other fence is a figure.

/**
 * Reads the lessons: everything under a heading `## N. `, what is above the first left out.
 *
 * @returns {{ title: string, blocks: object[] }[]} Blocks are `{ kind: 'text' | 'item' | 'heading', spans }`, `{ kind: 'figure', text }` and
 *   `{ kind: 'session', statements: { code, prints: string[] }[] }`.
 */
export function lessons(markdown) {
  const found = []
  let fence
  let paragraph
  let lesson
  for (const line of markdown.split('\n')) {
    if (fence) {
      if (line.startsWith('```')) {
        close(lesson, fence)
        fence = undefined
      } else fence.lines.push(line)
      continue
    }
    const [, mark] = /^```(\w*)/.exec(line) ?? []
    if (mark !== undefined) {
      fence = { mark, lines: [], follows: paragraph === undefined && lesson?.blocks.at(-1)?.kind === 'session' }
      paragraph = undefined
    } else if (/^## \d/.test(line)) {
      lesson = { title: line.slice(3), blocks: [] }
      found.push(lesson)
      paragraph = undefined
    } else if (line.startsWith('### ')) add('heading', line.slice(4))
    else if (/^(- |\d+\. )/.test(line)) add('item', line.replace(/^(- |\d+\. )/, ''))
    else if (!line.trim()) paragraph = undefined
    else if (paragraph) paragraph.text += ` ${line.trim()}`
    else add('text', line)
  }
  for (const { blocks } of found) {
    for (const block of blocks) if (block.text !== undefined && block.kind !== 'figure') block.spans = spans(block.text)
  }
  return found

  function add(kind, text) {
    paragraph = { kind, text }
    if (kind === 'heading') paragraph = undefined
    lesson?.blocks.push(paragraph ?? { kind, text })
  }
}

function close(lesson, { mark, lines, follows }) {
  if (!lesson) return
  const last = lesson.blocks.at(-1)
  if (mark === 'js') lesson.blocks.push({ kind: 'session', statements: lines.filter(line => line.trim()).map(statement) })
  else if (mark === 'text' && follows && !last.statements.at(-1).prints.length) last.statements.at(-1).prints = lines
  else lesson.blocks.push({ kind: 'figure', text: lines.join('\n') })
}

/** A statement and what stands behind it. Two slashes within quotes are text. */
function statement(line) {
  const match = /^((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^"'])*?)\s+\/\/ (.*)$/.exec(line)
  return match ? { code: match[1].trim(), prints: [match[2]] } : { code: line.trim(), prints: [] }
}

/** Text with its `code`, **strong**, *emphasis* and [links](…). */
function spans(text) {
  const found = []
  const pattern = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\(([^)\s]+)\)/g
  let at = 0
  for (const match of text.matchAll(pattern)) {
    if (match.index > at) found.push({ text: text.slice(at, match.index) })
    const [whole, code, strong, emphasis, link, to] = match
    found.push(code ? { code } : strong ? { strong } : emphasis ? { emphasis } : { link, to })
    at = match.index + whole.length
  }
  if (at < text.length) found.push({ text: text.slice(at) })
  return found
}

/** What was printed, without what differs between compilers: where things lie. In bytes, that is an address from 1 MiB to 2 MiB. */
export const withoutAddresses = text => text.replace(/0x[\da-f]{8}\b|^[\da-f]{8}(?=  )|[\da-f]{2} [\da-f]{2} 1[\da-f] 00/g, '…')
