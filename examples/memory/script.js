// The language of the console and of the lessons: a small subset of JavaScript, of one statement in a line.
//
//   statement = [name "=" | place "="] value
//   value     = number | "text" | true | false | null | [values] | {name: values} | new Name(value) | place
//   place     = name, then any of: .name  [value]  (values)
//
// It is parsed here and never compiled, so nothing that a module calls itself becomes code, and no page needs `unsafe-eval`.

const token = /\s*(?:(0x[\da-fA-F]+n?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?n?)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_$][\w$]*)|([-()[\]{},:.=]))/y

/**
 * Parses a statement.
 *
 * @returns {{ kind: string }} A tree of `number`, `text`, `list`, `object`, `name`, `member`, `index`, `call`, `new`, `assign`.
 * @throws {Error} that names what was not expected.
 */
export function parse(line) {
  const source = line.replace(/;\s*$/, '')
  const tokens = []
  token.lastIndex = 0
  while (source.slice(token.lastIndex).trim()) {
    const from = token.lastIndex
    const match = token.exec(source)
    if (!match) throw Error(`what is ${JSON.stringify(source.slice(from).trim().slice(0, 20))} in ${JSON.stringify(source)}?`)
    const [, number, text, name, sign] = match
    tokens.push({ number, text, name, sign })
  }
  let at = 0
  const said = ({ number, text, name, sign } = {}) => number ?? text ?? name ?? sign ?? 'the end'
  const is = sign => tokens[at]?.sign === sign && (at++, true)
  const want = sign => is(sign) || refuse(`${sign} is missing before ${said(tokens[at])}`)
  const refuse = why => {
    throw Error(`${why}, in ${JSON.stringify(source)}`)
  }
  const list = (end, item) => {
    const found = []
    while (!is(end)) {
      if (found.length) want(',')
      if (is(end)) break
      found.push(item())
    }
    return found
  }
  const name = () => tokens[at]?.name !== undefined ? tokens[at++].name : refuse(`a name is missing before ${said(tokens[at])}`)

  const tree = value()
  const whole = is('=') ? { kind: 'assign', to: place(tree), value: value() } : tree
  if (at < tokens.length) refuse(`${said(tokens[at])} was not expected`)
  return whole

  function place(tree) {
    return ['name', 'member', 'index'].includes(tree.kind) ? tree : refuse('nothing can be assigned to that')
  }

  function value() {
    const next = tokens[at++] ?? refuse('a value is missing')
    if (next.number !== undefined) return { kind: 'number', value: next.number.endsWith('n') ? BigInt(next.number.slice(0, -1)) : Number(next.number) }
    if (next.text !== undefined) return { kind: 'text', value: unescape(next.text) }
    if (next.sign === '-') {
      const { kind, value: positive } = value()
      return kind === 'number' ? { kind, value: -positive } : refuse('- is not before a number')
    }
    if (next.sign === '[') return { kind: 'list', items: list(']', value) }
    if (next.sign === '{') {
      return { kind: 'object', fields: list('}', () => {
        const key = tokens[at]?.text !== undefined ? unescape(tokens[at++].text) : name()
        want(':')
        return [key, value()]
      }) }
    }
    if (next.name === undefined) refuse(`${said(next)} was not expected`)
    let tree = { kind: 'name', name: next.name }
    if (next.name === 'new' && tokens[at]?.name !== undefined) {
      tree = { kind: 'new', name: name() }
      want('(')
      tree.args = list(')', value)
    }
    for (;;) {
      if (is('.')) tree = { kind: 'member', of: tree, name: name() }
      else if (is('(')) tree = { kind: 'call', of: tree, args: list(')', value) }
      else if (is('[')) {
        tree = { kind: 'index', of: tree, index: value() }
        want(']')
      } else return tree
    }
  }

  function unescape(quoted) {
    const inner = quoted.slice(1, -1)
    const text = quoted[0] === "'" ? inner.replace(/\\'/g, "'").replace(/"/g, '\\"') : inner
    try {
      return JSON.parse(`"${text.replace(/\\x([\da-f]{2})/gi, '\\u00$1').replace(/\\0/g, '\\u0000').replace(/\\u\{([\da-f]+)\}/gi, (_, code) => JSON.stringify(String.fromCodePoint(parseInt(code, 16))).slice(1, -1))}"`)
    } catch {
      refuse(`${quoted} is no text`)
    }
  }
}

/** A value, as this language writes it. */
export function write(value) {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (Object.is(value, -0)) return '-0'
  if (Array.isArray(value)) return `[${value.map(write).join(', ')}]`
  if (value && typeof value === 'object') return `{${Object.entries(value).map(([key, value]) => `${key}: ${write(value)}`).join(', ')}}`
  return String(value)
}
