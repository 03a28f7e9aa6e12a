import { addTag } from './parse-metric.ts'

/** An event or the outcome of a service check, as it becomes a record. */
export interface StatsdRecord {
  readonly kind: 'event' | 'service_check'
  /** Milliseconds since the epoch; undefined: the time of arrival. */
  readonly timeMs: number | undefined
  /** A word of model/level-words.ts. */
  readonly level: 'info' | 'warn' | 'error' | 'unknown'
  readonly service: string | undefined
  /** JSON. */
  readonly line: string
}

const EVENT = /^_e\{(\d{1,7}),(\d{1,7})\}:/
const LEVEL_OF_ALERT: Readonly<Record<string, StatsdRecord['level']>> = {
  error: 'error',
  warning: 'warn',
  info: 'info',
  success: 'info',
}
const STATUSES = ['ok', 'warning', 'critical', 'unknown'] as const
const LEVEL_OF_STATUS = { ok: 'info', warning: 'warn', critical: 'error', unknown: 'unknown' } as const

/** True for lines that {@link parseRecord} reads. */
export function isRecord(line: string): boolean {
  return line.startsWith('_e{') || line.startsWith('_sc|')
}

/**
 * Parses `_e{title length,text length}:title|text|d:time|h:host|k:key|p:priority|s:source|t:alert|#tags` and
 * `_sc|name|status|d:time|h:host|#tags|m:message`. Returns text that tells what is wrong with a line that is neither.
 */
export function parseRecord(line: string): StatsdRecord | string {
  return line.startsWith('_sc|') ? parseCheck(line) : parseEvent(line)
}

function parseEvent(line: string): StatsdRecord | string {
  const head = EVENT.exec(line)
  if (head === null) return 'is no event: use _e{title length,text length}:title|text'
  const parts = cut(line.slice(head[0].length), Number(head[1]), Number(head[2]))
  if (parts === undefined) return 'has other lengths than its title and text'
  const [title, text, rest] = parts
  const fields: Record<string, unknown> = { title: unescaped(title), text: unescaped(text) }
  const about = readSections(rest.split('|'), fields, {
    h: 'hostname',
    k: 'aggregation_key',
    p: 'priority',
    s: 'source_type_name',
    t: 'alert_type',
  })
  const level = LEVEL_OF_ALERT[String(fields.alert_type ?? 'info')] ?? 'info'
  return { kind: 'event', level, ...about, line: JSON.stringify(fields) }
}

/** Lengths are in bytes, says the protocol; some clients count the characters of their language. */
function cut(whole: string, titleLength: number, textLength: number): [string, string, string] | undefined {
  const bytes = Buffer.from(whole)
  const points = [...whole]
  const readings: { readonly length: number; slice(start: number, end?: number): string }[] = [
    { length: bytes.length, slice: (start, end) => bytes.toString('utf8', start, end) },
    whole,
    { length: points.length, slice: (start, end) => points.slice(start, end).join('') },
  ]
  const end = titleLength + 1 + textLength
  for (const reading of readings) {
    const hasEnd = end === reading.length || reading.slice(end, end + 1) === '|'
    if (hasEnd && reading.slice(titleLength, titleLength + 1) === '|') {
      return [reading.slice(0, titleLength), reading.slice(titleLength + 1, end), reading.slice(end + 1)]
    }
  }
  return undefined
}

function parseCheck(line: string): StatsdRecord | string {
  const [, name = '', statusText = '', ...sections] = line.split('|')
  const status = /^[0-3]$/.test(statusText) ? STATUSES[Number(statusText)] : undefined
  if (name === '' || status === undefined) return 'is no service check: use _sc|name|0, 1, 2 or 3'
  // The message is the last, and may hold bars.
  const at = sections.findIndex((section) => section.startsWith('m:'))
  const fields: Record<string, unknown> = { check: name, status }
  if (at >= 0) fields.message = unescaped(sections.splice(at).join('|').slice(2))
  const about = readSections(sections, fields, { h: 'hostname' })
  return { kind: 'service_check', level: LEVEL_OF_STATUS[status], ...about, line: JSON.stringify(fields) }
}

function readSections(
  sections: readonly string[],
  fields: Record<string, unknown>,
  names: Readonly<Record<string, string>>,
): Pick<StatsdRecord, 'timeMs' | 'service'> {
  let timeMs: number | undefined
  let service: string | undefined
  for (const section of sections) {
    const name = section[1] === ':' ? names[section[0]!] : undefined
    if (name !== undefined) fields[name] = section.slice(2)
    else if (/^d:\d{1,10}$/.test(section)) timeMs = Number(section.slice(2)) * 1000
    else if (section.startsWith('#')) {
      const tags = new Map<string, string>()
      for (const tag of section.slice(1).split(',')) addTag(tags, tag, ':')
      service = tags.get('service')
      if (tags.size > 0) fields.tags = Object.fromEntries(tags)
    }
  }
  return { timeMs, service }
}

function unescaped(text: string): string {
  return text.replaceAll('\\n', '\n')
}
