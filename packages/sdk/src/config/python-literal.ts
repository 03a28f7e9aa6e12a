/** A name in Python source, as `sys.stdout`. */
export interface PythonName {
  readonly name: string
}

const TOKEN =
  /\s*(?:(?<number>\d+\.\d*|\.\d+|0[xX][\da-fA-F]+|0[oO][0-7]+|\d+)|(?<prefix>[rRbBuU]{0,2})(?<quote>'''|"""|'|")|(?<name>[A-Za-z_][\w.]*)|(?<sign>[()[\]{},:*+-]))/y

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\n': '' }
const WORDS: Readonly<Record<string, unknown>> = { True: true, False: false, None: null }
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/**
 * The value of a Python expression as it stands in configuration files: texts, numbers (also sums and products of them),
 * True, False, None, tuples and lists (as arrays), dictionaries, names.
 * @throws SyntaxError that says where
 */
export function readPython(source: string): unknown {
  let position = 0

  function fail(what: string): never {
    throw new SyntaxError(`${what} at character ${position + 1} of ${source}`)
  }

  function peek(): RegExpExecArray | null {
    TOKEN.lastIndex = position
    return TOKEN.exec(source)
  }

  function isNext(sign: string): boolean {
    return peek()?.groups?.sign === sign
  }

  function take(sign: string): boolean {
    const token = peek()
    if (token?.groups?.sign !== sign) return false
    position += token[0].length
    return true
  }

  function sum(): unknown {
    let value = product()
    for (;;) {
      const factor = isNext('-') ? -1 : 1
      if (!take('+') && !take('-')) return value
      const next = product()
      if (typeof value === 'string' && typeof next === 'string' && factor === 1) value += next
      else if (typeof value === 'number' && typeof next === 'number') value += factor * next
      else fail('only numbers can be added here')
    }
  }

  function product(): unknown {
    let value = atom()
    while (take('*')) {
      const next = atom()
      if (typeof value !== 'number' || typeof next !== 'number') fail('only numbers can be multiplied here')
      value = (value as number) * (next as number)
    }
    return value
  }

  function atom(): unknown {
    const token = peek()
    if (token === null) fail('a value is missing')
    const { number, prefix = '', quote, name, sign } = (token as RegExpExecArray).groups as Record<string, string>
    position += (token as RegExpExecArray)[0].length
    if (number !== undefined) return Number(number)
    if (quote !== undefined) {
      const part = string(quote, /r/i.test(prefix))
      // Texts side by side are one.
      return peek()?.groups?.quote === undefined ? part : part + String(atom())
    }
    if (name !== undefined) return Object.hasOwn(WORDS, name) ? WORDS[name] : ({ name } satisfies PythonName)
    if (sign === '-' || sign === '+') {
      const value = atom()
      if (typeof value !== 'number') fail('a number is missing')
      return sign === '-' ? -(value as number) : value
    }
    if (sign === '{') return dictionary()
    if (sign === '(' || sign === '[') return list(sign)
    return fail(`${sign} is not expected`)
  }

  function string(quote: string, raw: boolean): string {
    let text = ''
    while (!source.startsWith(quote, position)) {
      const char = source[position]
      if (char === undefined) fail('a text has no end')
      position++
      if (char !== '\\' || raw) {
        text += char
        continue
      }
      const escaped = source[position++] ?? fail('a text has no end')
      text += ESCAPES[escaped] ?? (/['"\\]/.test(escaped) ? escaped : `\\${escaped}`)
    }
    position += quote.length
    return text
  }

  function list(open: string): unknown {
    const close = CLOSING[open] as string
    const values: unknown[] = []
    let commas = 0
    while (!take(close)) {
      values.push(sum())
      if (take(',')) commas++
      else if (!isNext(close)) fail(`, or ${close} is missing`)
    }
    // (x) is x, (x,) is a tuple.
    return open === '(' && values.length === 1 && commas === 0 ? values[0] : values
  }

  function dictionary(): Record<string, unknown> {
    const entries: [string, unknown][] = []
    while (!take('}')) {
      const key = sum()
      if (!take(':')) fail(': is missing')
      entries.push([String(key), sum()])
      if (!take(',') && !isNext('}')) fail(', or } is missing')
    }
    return Object.fromEntries(entries)
  }

  const value = sum()
  if (source.slice(position).trim() !== '') fail('the end is expected')
  return value
}
