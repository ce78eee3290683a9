// Values on their way into a module: what a person wrote is fitted to its type, and where nobody wrote one, there is one that says
// nothing.

const refuse = why => {
  throw Error(why)
}

const isPlain = value => value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype

/** Makes a BigInt of a number where the type wants one, at any depth: people write 5 for it. */
export function fit(type, value) {
  if (!type || value === null || value === undefined) return value
  const base = type.kind === 'enum' ? type.base : type
  if (base.kind === 'scalar') return /^[iu]64$/.test(base.text) && Number.isSafeInteger(value) ? BigInt(value) : value
  // What a pointer leads to is written as a list of one, unless it is a list itself.
  const elem = type.elem ?? (type.kind === 'pointer' && (type.to.elem ?? type.to))
  if (Array.isArray(value)) return elem ? value.map(item => fit(elem, item)) : value
  if (!isPlain(value)) return value
  if (type.kind === 'tagged') {
    const of = [...type.cases.values()].find(({ name }) => name === value.tag)
    return of?.type && 'value' in value ? { ...value, value: fit(of.type, value.value) } : value
  }
  if (!type.fields) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fit(type.fields.find(field => field.name === key)?.type, item)]))
}

/** A value of a type that says nothing, for a host function of the module `m` that has to answer. */
export function blank(type, m) {
  const { kind, maybe } = type
  if (maybe) return null
  if (kind === 'scalar') return type.text === 'bool' ? false : type.text === 'char' ? ' ' : /64$/.test(type.text) && type.text[0] !== 'f' ? 0n : 0
  if (kind === 'enum') {
    const [value] = type.cases.keys()
    return type.size === 8 ? value : Number(value)
  }
  if (kind === 'str' || kind === 'cstr') return ''
  if (kind === 'slice' || kind === 'buffer') return []
  if (kind === 'array') return Array.from({ length: type.count }, () => blank(type.elem, m))
  if (kind === 'struct') return Object.fromEntries(type.fields.map(({ name, type }) => [name, blank(type, m)]))
  if (kind === 'union') return { [type.fields[0].name]: blank(type.fields[0].type, m) }
  if (kind === 'tagged') {
    const [{ name, type: of }] = type.cases.values()
    return of ? { tag: name, value: blank(of, m) } : { tag: name }
  }
  // What a pointer leads to is a list of one, a list, or lies in memory.
  if (kind === 'pointer' && !['opaque', 'buffer'].includes(type.to.kind) && type.to.size < 1 << 20) {
    const value = blank(type.to, m)
    return type.to.fields || type.to.kind === 'tagged' ? new m[type.to.text](value) : type.to.kind === 'array' ? value : [value]
  }
  return refuse(`this page has no ${type.text} to answer with`)
}

/**
 * A value of a type, as a statement has it, to begin with in a form: '' where only the module makes one. What a form writes out is
 * bounded, since a hostile type has more parts than can be counted.
 */
export function sample(type, most = { left: 200 }) {
  const { kind, text } = type
  if (most.left-- <= 0 || type.maybe) return 'null'
  const list = (elem, count) => `[${Array.from({ length: Math.min(count, 200) }, (_, i) => elem.kind === 'scalar' && !/bool|char/.test(elem.text) ? i + 1 : sample(elem, most)).join(', ')}]`
  switch (kind) {
    case 'scalar':
      return text === 'bool' ? 'false' : text === 'char' ? '"a"' : '0'
    case 'enum':
      return `${text}.${[...type.cases.values()][0]}`
    case 'str':
    case 'cstr':
      return '"Ada"'
    case 'struct':
      return `{${type.fields.map(({ name, type }) => `${name}: ${sample(type, most)}`).join(', ')}}`
    case 'union':
      return `{${type.fields[0].name}: ${sample(type.fields[0].type, most)}}`
    case 'tagged': {
      const [first] = type.cases.values()
      return `{tag: "${first.name}"${first.type ? `, value: ${sample(first.type, most)}` : ''}}`
    }
    case 'array':
      return list(type.elem, type.count)
    case 'slice':
    case 'buffer':
      return lent(type, type.elem, list(type.elem, 2))
    case 'pointer': {
      const { to } = type
      // The library lends numbers, texts and lists; all else lies in memory before it is pointed to.
      if (['struct', 'union', 'tagged'].includes(to.kind)) return `new ${to.text}(${sample(to, most)})`
      if (to.kind === 'array') return lent(type, to.elem, list(to.elem, to.count))
      return ['opaque', 'buffer', 'slice'].includes(to.kind) ? '' : lent(type, to, `[${sample(to, most)}]`)
    }
  }
  return 'null'
}

/**
 * Elements for a list or a pointer. What owns something is not lent out of the host's own memory, nor is a struct or a list that the
 * guest writes to: it is put into the guest's, and lent from there.
 */
function lent({ kind, mark }, elem, values) {
  const written = mark === '~' && ['struct', 'union', 'tagged', 'array'].includes(elem.kind)
  return kind !== 'buffer' && mark !== '^' && (written || owns(elem)) ? `array("${elem.text}", ${values})` : values
}

/** Whether a value of a type owns something. */
const owns = type => type.kind === 'buffer' || type.mark === '^' ||
  (type.elem && type.kind === 'array' ? owns(type.elem) : type.fields?.some(({ type }) => owns(type)) ??
    (type.kind === 'tagged' && [...type.cases.values()].some(({ type }) => type && owns(type))))
