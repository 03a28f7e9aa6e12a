import { levelName } from '../../level.ts'
import type { Mail } from './transport.ts'

/** A record as it waits for its mail, as JSON. */
export interface MailEntry {
  readonly level: number
  readonly logger: string
  readonly message: string
  /** As the formatter writes it. */
  readonly text: string
  readonly timeMs: number
}

export interface Letterhead {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
}

const SUBJECT_LENGTH = 200

/** The mail of a batch. `heldMs`: how long it has waited because of the limit. */
export function mailOf(entries: readonly MailEntry[], key: string, letterhead: Letterhead, heldMs: number): Mail {
  const { from, to, subject } = letterhead
  const gravest = entries.reduce((one, other) => (other.level > one.level ? other : one))
  const last = entries.at(-1) as MailEntry
  return {
    from,
    to: [...to],
    subject: subjectOf(subject, gravest, entries.length),
    text: bodyOf(entries, heldMs),
    messageId: `<${key}@${domainOf(from)}>`,
    date: new Date(last.timeMs),
    // Keeps out-of-office notices from answering (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/** `{level}`, `{logger}` and `{message}` are of the gravest record, `{count}` is the number of records. */
function subjectOf(template: string, { level, logger, message }: MailEntry, count: number): string {
  const parts: Record<string, string> = { level: levelName(level), logger, message, count: String(count) }
  const filled = template.replace(/\{(level|logger|message|count)\}/g, (_, name: string) => parts[name] ?? '')
  // A line feed would end the header and begin another one.
  const line = filled.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return line.length <= SUBJECT_LENGTH ? line : `${line.slice(0, SUBJECT_LENGTH - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

function bodyOf(entries: readonly MailEntry[], heldMs: number): string {
  const parts: string[] = []
  if (heldMs > 0) {
    const seconds = Math.ceil(heldMs / 1000)
    parts.push(`Held back for ${seconds} s, because the most mails that may be sent in an hour had been sent.`)
  }
  if (entries.length > 1) parts.push(`${entries.length} records: ${countsOf(entries)}`)
  return `${[...parts, ...entries.map(({ text }) => text)].join('\n\n')}\n`
}

function countsOf(entries: readonly MailEntry[]): string {
  const counts = new Map<number, number>()
  for (const { level } of entries) counts.set(level, (counts.get(level) ?? 0) + 1)
  const gravestFirst = [...counts].sort(([a], [b]) => b - a)
  return gravestFirst.map(([level, count]) => `${count} ${levelName(level)}`).join(', ')
}

/** Of `Ads <ads@example.com>`: `example.com`. */
function domainOf(address: string): string {
  return /@([\w.-]+)>?\s*$/.exec(address)?.[1] ?? 'localhost'
}
