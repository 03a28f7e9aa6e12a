/** How one value is written: Python's printf and str.format mini-languages, as far as both have it. */
export interface FormatSpec {
  /** One character. */
  readonly fill: string
  /** `=` pads between sign and digits. Undefined: numbers to the right, texts to the left. */
  readonly align: '<' | '>' | '^' | '=' | undefined
  readonly sign: '' | '+' | ' '
  /** Columns; 0 for as many as the value takes. */
  readonly width: number
  /** Digits after the point (f, e), significant digits (g), or the most characters of a text. */
  readonly precision: number | undefined
  /** Between groups of three digits: ``, `,` or `_`. */
  readonly grouping: string
  /** Conversion: s r d f e g x o b %, or '' for whatever suits the value. */
  readonly type: string
}

const PRINTF = /%\(([^()]+)\)([-+ 0#]*)(\d*)(?:\.(\d+))?([sradiufFeEgGxXo])/y
const BRACE = /\{([^{}:!]+)(?:!([rsa]))?(?::([^{}]*))?\}/y
const BRACE_SPEC = /^(?:(.)?([<>=^]))?([-+ ]?)#?(0?)(\d*)([,_]?)(?:\.(\d+))?([sdnfFeEgGxXob%]?)$/su
const DOLLAR = /\$(?:([A-Za-z_]\w*)|\{([^{}]+)\})/y

/** A part of a pattern: text, or a value by name. */
export type Token = string | { readonly name: string; readonly spec: FormatSpec | undefined }

interface Found {
  readonly token: Token
  readonly end: number
}

type Reader = (pattern: string, at: number) => Found | undefined

interface Style {
  /** Characters at which a part may begin. */
  readonly signs: string
  readonly read: Reader
  /** How to mend a part that cannot be read. */
  readonly advice: string
}

/** Python's three styles: `%(name)s`, `{name}`, `$name`. */
export const STYLES: Readonly<Record<'%' | '{' | '$', Style>> = {
  '%': { signs: '%', read: readPrintf, advice: 'write %(name)s for a part and %% for a percent sign' },
  '{': { signs: '{}', read: readBrace, advice: 'write {name} for a part, {{ and }} for braces' },
  $: { signs: '$', read: readDollar, advice: 'write $name for a part and $$ for a dollar sign' },
}

/**
 * Splits a pattern into its parts.
 * @throws RangeError that names the place of a part that cannot be read
 */
export function tokens(pattern: string, style: keyof typeof STYLES): Token[] {
  const { signs, read, advice } = STYLES[style]
  const list: Token[] = []
  let text = ''
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at] as string
    if (!signs.includes(char)) {
      text += char
      at++
    } else if (pattern[at + 1] === char) {
      text += char
      at += 2
    } else {
      const found = read(pattern, at)
      if (found === undefined) {
        const part = JSON.stringify(pattern.slice(at, at + 20))
        throw new RangeError(`log pattern, character ${at + 1}: ${part} is not a part; ${advice}`)
      }
      if (text !== '') list.push(text)
      text = ''
      list.push(found.token)
      at = found.end
    }
  }
  if (text !== '') list.push(text)
  return list
}

function matchAt(regexp: RegExp, pattern: string, at: number): RegExpExecArray | null {
  regexp.lastIndex = at
  return regexp.exec(pattern)
}

function readPrintf(pattern: string, at: number): Found | undefined {
  const match = matchAt(PRINTF, pattern, at)
  if (match === null) return undefined
  const [whole, name, flags = '', width, precision, type = 's'] = match
  const left = flags.includes('-')
  const spec: FormatSpec = {
    fill: flags.includes('0') && !left ? '0' : ' ',
    align: left ? '<' : flags.includes('0') ? '=' : '>',
    sign: flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '',
    width: Number(width),
    precision: digits(precision),
    grouping: '',
    type: 'iu'.includes(type) ? 'd' : type === 'a' ? 'r' : type,
  }
  return { token: { name: name as string, spec: plain(spec) }, end: at + whole.length }
}

function readBrace(pattern: string, at: number): Found | undefined {
  const match = matchAt(BRACE, pattern, at)
  const parts = match === null ? null : BRACE_SPEC.exec(match[3] ?? '')
  if (match === null || parts === null) return undefined
  const [, fill, align, sign, zero, width, grouping = '', precision, type = ''] = parts
  const spec: FormatSpec = {
    fill: fill ?? (zero === '0' ? '0' : ' '),
    align: (align as FormatSpec['align']) ?? (zero === '0' ? '=' : undefined),
    sign: sign === '+' || sign === ' ' ? sign : '',
    width: Number(width),
    precision: digits(precision),
    grouping,
    type: match[2] === 'r' || match[2] === 'a' ? 'r' : type === 'n' ? 'd' : type,
  }
  return { token: { name: match[1] as string, spec: plain(spec) }, end: at + match[0].length }
}

function readDollar(pattern: string, at: number): Found | undefined {
  const match = matchAt(DOLLAR, pattern, at)
  if (match === null) return undefined
  return { token: { name: (match[1] ?? match[2]) as string, spec: undefined }, end: at + match[0].length }
}

/** Number.prototype.toFixed goes no further. */
const MAX_PRECISION = 100

function digits(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (value > MAX_PRECISION) throw new RangeError(`log pattern: precision ${text}, the most is ${MAX_PRECISION}`)
  return value
}

/** Undefined for a spec that asks for nothing: the usual `%(name)s`, which then costs nothing. */
function plain(spec: FormatSpec): FormatSpec | undefined {
  const asks = spec.width > 0 || spec.precision !== undefined || spec.grouping !== '' || spec.sign !== ''
  return asks || !(spec.type === '' || spec.type === 's') ? spec : undefined
}

/** Writes a value. What is no number is written as a text, whatever the conversion. */
export function withSpec(value: string | number, spec: FormatSpec): string {
  const numeric = typeof value === 'number' && Number.isFinite(value) && spec.type !== 's' && spec.type !== 'r'
  let text = numeric ? numberText(Math.abs(value), spec) : wordText(String(value), spec)
  const sign = !numeric ? '' : value < 0 || Object.is(value, -0) ? '-' : spec.sign
  const missing = spec.width - columns(text) - sign.length
  if (missing <= 0) return sign + text
  const align = spec.align ?? (numeric ? '>' : '<')
  if (align === '=' && numeric) return sign + spec.fill.repeat(missing) + text
  text = sign + text
  const fill = align === '=' ? ' ' : spec.fill
  if (align === '<') return text + fill.repeat(missing)
  if (align !== '^') return fill.repeat(missing) + text
  const before = Math.floor(missing / 2)
  return fill.repeat(before) + text + fill.repeat(missing - before)
}

const columns = (text: string) => (/[\ud800-\udfff]/.test(text) ? [...text].length : text.length)

function wordText(text: string, { type, precision }: FormatSpec): string {
  const written = type === 'r' ? JSON.stringify(text) : text
  // By characters: half of a surrogate pair is no text.
  return precision === undefined || written.length <= precision ? written : [...written].slice(0, precision).join('')
}

function numberText(value: number, spec: FormatSpec): string {
  const text = digitsText(value, spec)
  if (spec.grouping === '') return text
  return text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(?:\d{3})+$)/g, spec.grouping))
}

function digitsText(value: number, { type, precision }: FormatSpec): string {
  switch (type) {
    case 'd':
      return String(Math.trunc(value))
    case 'f':
    case 'F':
      return value.toFixed(precision ?? 6)
    case 'e':
      return exponential(value, precision ?? 6)
    case 'E':
      return exponential(value, precision ?? 6).toUpperCase()
    case 'g':
      return general(value, precision ?? 6)
    case 'G':
      return general(value, precision ?? 6).toUpperCase()
    case 'x':
      return Math.trunc(value).toString(16)
    case 'X':
      return Math.trunc(value).toString(16).toUpperCase()
    case 'o':
      return Math.trunc(value).toString(8)
    case 'b':
      return Math.trunc(value).toString(2)
    case '%':
      return `${(value * 100).toFixed(precision ?? 6)}%`
    default:
      return precision === undefined ? String(value) : general(value, precision)
  }
}

/** The exponent has two digits at least. */
function exponential(value: number, precision: number): string {
  return value.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2')
}

/** As C's %g: the shorter of both forms, without zeros at the end. */
function general(value: number, precision: number): string {
  const significant = Math.max(1, precision)
  const exponent = value === 0 ? 0 : Number(value.toExponential(significant - 1).split('e')[1])
  if (exponent >= -4 && exponent < significant) {
    const text = value.toFixed(Math.min(MAX_PRECISION, significant - 1 - exponent))
    return text.includes('.') ? text.replace(/\.?0+$/, '') : text
  }
  return exponential(value, significant - 1).replace(/\.?0+e/, 'e')
}
