import { metadataName } from '../batch/metadata-name.ts'
import { FACILITIES } from '../syslog/facilities.ts'
import type { StoredRecord } from './bench-of-receivers.ts'

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const LEVELS = ['fatal', 'critical', 'critical', 'error', 'warn', 'info', 'info', 'debug']
const ISO = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?([Zz]|[+-]\d\d:?\d\d)?/
const BSD =
  /^[*.]?([A-Z][a-z]{2}) {1,2}(\d\d?) (?:((?:19|20)\d\d) )?(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?: ((?:19|20)\d\d)(?= |$))?/
const ZONE = /^ (UTC|GMT|MSK|[A-Z]{2,4}T)(?=: %)/
const NAME = '[^\\x00-\\x20\\x7f]{1,255}'
const HEADER = new RegExp(`^[1-9]\\d{0,2} (\\S+) (${NAME}) (${NAME}) (${NAME}) (${NAME})(?: ([\\s\\S]*))?$`)
const DATA = /^(?:\[[^\0-\x20="\]]+(?: [^\0-\x20="\]]+="(?:[^"\\]|\\[\s\S])*")* ?\])+(?= |$)/
const TAG = /^([!#$&-+\-./0-9;?@A-Z\\^-z|~]{1,128})(?:\[([^\0-\x20[\]]{1,64})\](?::|(?= |$))|:(?= |$)) ?/

interface Plain {
  format: string
  priority: number
  time?: { text: string; ms: number; nanos: number } | undefined
  host: string
  app: string
  process: string
  id: string
  sequence: string
  data: string
  text: string
}

/**
 * A syslog message by regular expressions and the rules written out one by one: what the decoder over bytes must agree
 * with. All options have their defaults, but times without zone are UTC; limits are those of the clock alone.
 */
export function decodePlainly(bytes: Buffer, receivedMs: number, from: string): StoredRecord {
  const message = read(bytes.toString('latin1').replace(/\n$/, '').replace(/\0$/, ''), receivedMs)
  const { priority, time, host, app } = message
  const utf8 = (text: string) => Buffer.from(text, 'latin1').toString('utf8')
  const labels: Record<string, string> = {}
  if (app !== '') labels.service_name = utf8(app)
  labels.host = host === '' ? from : utf8(host)
  if (priority >= 0) labels.facility = FACILITIES[priority >> 3]!
  const timed =
    time !== undefined && time.ms >= receivedMs - 7 * 86_400_000 && time.ms + time.nanos / 1e6 <= receivedMs + 600_000
  const ms = timed ? time.ms : receivedMs
  const metadata: Record<string, string> = {}
  const put = (name: string, text: string) => {
    if (text !== '') metadata[name] = utf8(text)
  }
  if (message.format === 'none') put('syslog_format', 'none')
  if (priority >= 0 && priority % 8 === 1) put('severity', 'alert')
  if (priority >= 0 && priority % 8 === 5) put('severity', 'notice')
  put('procid', message.process)
  put('msgid', message.id)
  put('sequence', message.sequence)
  if (time !== undefined && !timed) put('sent_at', time.text)
  for (const [, id, parameters] of message.data.matchAll(
    /\[([^\0-\x20="\]]+)((?: [^\0-\x20="\]]+="(?:[^"\\]|\\[\s\S])*")*) ?\]/g,
  )) {
    for (const [, name, value] of parameters!.matchAll(/ ([^\0-\x20="\]]+)="((?:[^"\\]|\\[\s\S])*)"/g)) {
      const joined = `${utf8(id!).replace(/@[\d.]*$/, '')}_${utf8(name!)}`
      const stored = /[A-Za-z0-9]/.test(joined) ? metadataName(joined) : 'structured_data'
      const text = utf8(value!.replace(/\\(["\\\]])/g, '$1'))
      if (text !== '') metadata[stored] = stored in metadata ? `${metadata[stored]},${text}` : text
    }
  }
  const ns = BigInt(ms) * 1_000_000n + BigInt(timed ? time.nanos : 0)
  const record = {
    labels,
    ns: String(ns),
    level: priority < 0 ? '' : LEVELS[priority % 8]!,
    line: utf8(message.text),
  }
  return Object.keys(metadata).length === 0 ? record : { ...record, metadata }
}

function read(all: string, receivedMs: number): Plain {
  const none = { host: '', app: '', process: '', id: '', sequence: '', data: '' }
  const whole = { ...none, format: 'none', priority: -1, text: all }
  const found = /^<(\d{1,3})>/.exec(all)
  if (found === null) return all.startsWith('<') ? whole : (read3164(all, true, receivedMs, { ...whole }) ?? whole)
  const priority = Number(found[1])
  if (priority > 191) return whole
  const rest = all.slice(found[0].length)
  const start = { ...none, format: '', priority, text: rest }
  return read5424(rest, start) ?? read3164(rest, false, receivedMs, start)!
}

function read5424(rest: string, start: Plain): Plain | undefined {
  const found = HEADER.exec(rest)
  if (found === null) return undefined
  const [, when, host, app, process, id, behind = ''] = found as unknown as string[]
  const time = when === '-' ? undefined : iso(when!)
  if (when !== '-' && time?.text !== when) return undefined
  const unless = (text: string) => (text === '-' ? '' : text)
  const message = {
    ...start,
    format: 'rfc5424',
    time,
    host: unless(host!),
    app: unless(app!),
    process: unless(process!),
    id: unless(id!),
  }
  const data = DATA.exec(behind)?.[0]
  const structure = data ?? (/^-(?= |$)/.test(behind) ? '-' : '')
  const text = structure === '' ? behind : behind.slice(structure.length + 1)
  return { ...message, data: data ?? '', text: text.replace(/^\xef\xbb\xbf/, '') }
}

function read3164(rest: string, strict: boolean, receivedMs: number, start: Plain): Plain | undefined {
  const sequence = strict ? undefined : /^(\d{1,10}): /.exec(rest)
  const numbered = sequence ? rest.slice(sequence[0].length) : rest
  const withTag = (text: string): Plain => {
    const tag = TAG.exec(text)
    const untagged = { ...start, format: 'rfc3164', text }
    return tag ? { ...untagged, app: tag[1]!, process: tag[2] ?? '', text: text.slice(tag[0].length) } : untagged
  }
  const isId = (message: Plain): Plain => {
    const id = /^%([A-Z][A-Z0-9_-]{0,60}-[0-7]-[A-Z0-9_]{1,60}):/.exec(message.text)
    return { ...message, id: id?.[1] ?? message.id }
  }
  const time = anyTime(numbered, receivedMs)
  const noted = { ...start, format: 'rfc3164', sequence: sequence?.[1] ?? '' }
  if (time === undefined) {
    if (strict) return undefined
    if (!sequence) return isId(withTag(rest))
    const named = /^([A-Za-z0-9._:%/-]{1,254}): /.exec(numbered)
    const later = named ? anyTime(numbered.slice(named[0].length), receivedMs) : undefined
    if (named && later) {
      const text = numbered
        .slice(named[0].length + later.text.length)
        .replace(/^:/, '')
        .replace(/^ /, '')
      return isId({ ...noted, time: later, host: named[1]!, text })
    }
    if (numbered.startsWith('%')) return isId({ ...noted, text: numbered })
    return isId({ ...start, format: 'rfc3164', text: rest })
  }
  const after = numbered.slice(time.text.length).replace(/^:/, '')
  if (after !== '' && !after.startsWith(' ')) return strict ? undefined : withTag(rest)
  const text = after.slice(1)
  const words = text.replace(/^ +/, '')
  const tagged = withTag(words)
  if (tagged.app !== '') return strict ? undefined : isId({ ...tagged, time, sequence: noted.sequence })
  const host = /^([A-Za-z0-9._:%/-]{1,255}) /.exec(words)
  const behind = host ? words.slice(host[0].length) : ''
  const second = withTag(behind)
  if (host && second.app !== '') return isId({ ...second, time, sequence: noted.sequence, host: host[1]! })
  if (strict) return undefined
  const isHost = host && (behind.startsWith(': ') || behind.startsWith('%') || isAddress(host[1]!))
  if (isHost) return isId({ ...noted, time, host: host[1]!, text: behind.replace(/^: /, '') })
  return isId({ ...noted, time, text })
}

function isAddress(word: string): boolean {
  return /^[0-9A-Fa-f.:]*[0-9A-Fa-f]$/.test(word) && (word.match(/[.:]/g) ?? []).length >= 2
}

function anyTime(text: string, receivedMs: number) {
  return iso(text) ?? bsd(text, receivedMs)
}

function iso(text: string) {
  const found = ISO.exec(text)
  if (found === null) return undefined
  // A sign that begins no zone makes it no time at all.
  if (found[8] === undefined && /^[+-]/.test(text.slice(found[0].length))) return undefined
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60) return undefined
  const zone = /^([+-])(\d\d):?(\d\d)$/.exec(found[8] ?? '')
  if (zone && (Number(zone[2]) > 23 || Number(zone[3]) > 59)) return undefined
  const offset = zone ? (Number(zone[2]) * 60 + Number(zone[3])) * (zone[1] === '-' ? -60_000 : 60_000) : 0
  return { text: found[0], ms: utc(year, month, day, hour, minute, second) - offset, nanos: nanosOf(found[7]) }
}

function bsd(text: string, receivedMs: number) {
  const found = BSD.exec(text)
  if (found === null) return undefined
  const month = MONTHS.indexOf(found[1]!) + 1
  const [day, hour, minute, second] = [found[2], found[4], found[5], found[6]].map(Number) as [
    number,
    number,
    number,
    number,
  ]
  if (month < 1 || day < 1 || hour > 23 || minute > 59 || second > 60) return undefined
  // The year after the clock does not count when there was one before.
  const first = found[3]
  const clockEnd = first && found[8] ? found[0].length - 5 : found[0].length
  const zone = found[8] && !first ? null : ZONE.exec(text.slice(clockEnd))
  const told = Number(first ?? found[8] ?? 0)
  const arrived = new Date(receivedMs).getUTCFullYear()
  const years = told > 0 ? [told] : [arrived, arrived - 1, arrived + 1]
  const times = years.map((year) => utc(year, month, day, hour, minute, second)).filter((ms) => !Number.isNaN(ms))
  times.sort((a, b) => Math.abs(a - receivedMs) - Math.abs(b - receivedMs))
  return {
    text: text.slice(0, clockEnd) + (zone?.[0] ?? ''),
    ms: times[0] ?? Number.NaN,
    nanos: nanosOf(found[7]),
  }
}

/** NaN for days that are not. */
function utc(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getUTCDate() === day ? date.setUTCHours(hour, minute, second) : Number.NaN
}

function nanosOf(fraction = ''): number {
  return Number(fraction.slice(0, 9).padEnd(9, '0'))
}
