interface Value {
  readonly kind: 'text' | 'number' | 'word'
  /** As `%s` shows it. */
  readonly text: string
  /** As it is written, which is how `%r` shows it. */
  readonly written: string
}

const STRING = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/y
const NUMBER = /-?\d{1,30}(?:\.\d{1,30})?(?:e[+-]?\d{1,3})?/y
const WORD = /True|False|None/y
const PARAMETER = /%(?:\(([^()%]{1,200})\))?(?:\.(\d{1,2}))?([a-zA-Z%])|%/g

/** Longer ones are left as they came: a value may stand in the message any number of times. */
const MAX_CHARACTERS = 65_536

/**
 * What Python makes of `msg % args`, where `args` is the text of a tuple or dictionary of plain values, as HTTPHandler
 * sends it. Undefined where that cannot be told: other values, widths, rare conversions, too few values.
 */
export function pythonMessage(msg: string, args: string): string | undefined {
  if (args === '' || args === '()' || args === 'None') return msg
  if (msg.length > MAX_CHARACTERS || args.length > MAX_CHARACTERS) return undefined
  const values = readArguments(args)
  if (values === undefined) return undefined
  let next = 0
  let known = true
  let room = MAX_CHARACTERS
  const text = msg.replace(PARAMETER, (whole, name: string | undefined, digits: string | undefined, kind?: string) => {
    if (whole === '%%') return '%'
    const value = known ? values.get(name ?? next++) : undefined
    const formatted = value === undefined || kind === undefined ? undefined : format(value, kind, digits)
    room -= formatted?.length ?? 0
    if (formatted === undefined || room < 0) known = false
    return known ? (formatted ?? '') : ''
  })
  return known ? text : undefined
}

/** Reads `('a', 1)` and `{'a': 1}` by place or name. */
function readArguments(text: string): ReadonlyMap<string | number, Value> | undefined {
  const named = text.startsWith('{') && text.endsWith('}')
  if (!named && !(text.startsWith('(') && text.endsWith(')'))) return undefined
  const values = new Map<string | number, Value>()
  let at = 1
  const read = (): Value | undefined => {
    for (const [kind, pattern] of READERS) {
      pattern.lastIndex = at
      const written = pattern.exec(text)?.[0]
      if (written === undefined) continue
      at += written.length
      return { kind, text: kind === 'text' ? unescaped(written.slice(1, -1)) : written, written }
    }
    return undefined
  }
  while (at < text.length - 1) {
    const first = read()
    if (first === undefined) return undefined
    if (named) {
      if (first.kind !== 'text' || !text.startsWith(': ', at)) return undefined
      at += 2
      const value = read()
      if (value === undefined) return undefined
      values.set(first.text, value)
    } else values.set(values.size, first)
    if (text.startsWith(', ', at)) at += 2
    else if (!named && text.startsWith(',)', at)) at++
    else if (at !== text.length - 1) return undefined
  }
  return values
}

const READERS = [
  ['text', STRING],
  ['number', NUMBER],
  ['word', WORD],
] as const

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U000([0-9a-f]{5})|(.))/g, (whole, x, u, long, one) => {
    const code = Number.parseInt(x ?? u ?? long ?? '', 16)
    if (Number.isNaN(code)) return ESCAPES[one] ?? one ?? whole
    return code > 0x10ffff ? whole : String.fromCodePoint(code)
  })
}

function format({ kind, text, written }: Value, conversion: string, digits: string | undefined): string | undefined {
  if (digits === undefined && conversion === 's') return text
  if (digits === undefined && conversion === 'r') return written
  if (kind !== 'number') return undefined
  if (digits === undefined && 'di'.includes(conversion)) return /^-?\d+$/.test(text) ? text : undefined
  return conversion === 'f' ? Number(text).toFixed(Number(digits ?? 6)) : undefined
}
