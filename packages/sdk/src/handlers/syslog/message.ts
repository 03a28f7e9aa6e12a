import type { Fields } from '../../fields.ts'
import { type Formatter, formatted } from '../../formatter.ts'
import { safeFields } from '../../formatters/text.ts'
import { isoTime } from '../../formatters/timestamp.ts'
import { jsonValue } from '../../formatters/value.ts'
import type { LogRecord } from '../../record.ts'
import { severityOf } from './priority.ts'

/** Who speaks. */
export interface Origin {
  readonly facility: number
  readonly hostname: string
  readonly appName: string
  readonly processId: number | undefined
}

export interface MessageShape {
  readonly origin: Origin
  readonly maxBytes: number
  /** Without it the message is just the record's, its fields being structured data. */
  readonly formatter: Formatter | undefined
  /** SD-ID of the structured data that holds the fields. */
  readonly structuredData: string | undefined
}

const encoder = new TextEncoder()
const bytesOf = (text: string) => encoder.encode(text).length

/** RFC 5424: `<11>1 2026-01-31T08:05:07.042Z host app 4711 - [fields@32473 order="1"] text` */
export function rfc5424(record: LogRecord, shape: MessageShape): string {
  const { facility, hostname, appName, processId } = shape.origin
  const head = [
    `<${facility * 8 + severityOf(record.level)}>1`,
    isoTime(record.timeMs),
    word(hostname, 255),
    word(appName, 48),
    processId ?? '-',
    word(record.event?.name ?? '', 32),
  ].join(' ')
  const text = textOf(record, shape)
  const data = shape.structuredData === undefined ? '-' : structured(record, shape, bytesOf(head))
  // A text in UTF-8 begins with a byte order mark (6.4); one in ASCII needs none, and some collectors show it.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins there
  const mark = /^[\u0000-\u007f]*$/.test(text) ? '' : '\ufeff'
  return cut(`${head} ${data}${text === '' ? '' : ` ${mark}${text}`}`, shape.maxBytes)
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** RFC 3164, as BSD's programs write it, in local time: `<11>Jan 31 17:05:07 host app[4711]: text` */
export function rfc3164(record: LogRecord, shape: MessageShape): string {
  const { facility, hostname, appName, processId } = shape.origin
  const date = new Date(record.timeMs)
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0'))
  const when = `${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)} ${time.join(':')}`
  const tag = word(appName, 32).replace(/[^\w./-]/g, '_')
  const id = processId === undefined ? '' : `[${processId}]`
  const priority = facility * 8 + severityOf(record.level)
  return cut(`<${priority}>${when} ${word(hostname, 255)} ${tag}${id}: ${textOf(record, shape)}`, shape.maxBytes)
}

function textOf(record: LogRecord, { formatter }: MessageShape): string {
  return oneLine(formatter === undefined ? record.message : formatted(record, formatter))
}

/** A part of the header: printable ASCII without spaces, `-` for nothing. */
function word(text: string, length: number): string {
  return text.replace(/[^!-~]/g, '_').slice(0, length) || '-'
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

/** Shows control characters: a line feed would end the message, and begin one of somebody's choice. */
function oneLine(text: string): string {
  return text.replace(CONTROLS, (character) => {
    if (character === '\n') return '\\n'
    return character === '\t' ? '\\t' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** `[id logger="a.b" name="value" …]`, of as many fields as leave room for the message. */
function structured(record: LogRecord, { structuredData, maxBytes }: MessageShape, used: number): string {
  const forText = Math.min(Math.floor(maxBytes / 4), bytesOf(record.message) + 8)
  let left = maxBytes - used - forText - 4
  let text = ''
  for (const [name, value] of pairs({ logger: record.logger, ...safeFields(record) })) {
    const pair = ` ${name}="${value}"`
    const size = bytesOf(pair)
    if (size > left) continue
    left -= size
    text += pair
  }
  return `[${structuredData}${text}]`
}

function* pairs(fields: Fields): Iterable<[name: string, value: string]> {
  for (const [key, value] of Object.entries(fields)) {
    const shown = typeof value === 'string' ? value : jsonValue(value)
    if (shown === undefined) continue
    // PARAM-NAME and PARAM-VALUE of RFC 5424, 6.3.3.
    const name = word(key, 32).replace(/[=\]"]/g, '_')
    yield [name, oneLine(shown).replace(/["\\\]]/g, '\\$&')]
  }
}

/** At most so many bytes of UTF-8, never half a character. */
function cut(text: string, maxBytes: number): string {
  // No character takes more than three bytes for each of its units.
  if (text.length * 3 <= maxBytes) return text
  const bytes = encoder.encode(text)
  if (bytes.length <= maxBytes) return text
  let end = maxBytes - 3
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return `${new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, end))}…`
}
