import { LEVELS } from '../../model/level.ts'
import { levelOfNumber } from '../../model/level-words.ts'

export interface PlainGelfRecord {
  readonly labels: Readonly<Record<string, string>>
  readonly ns: string
  readonly level: string
  readonly line: string
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * A GELF message by JSON.parse and the rules written out one by one, with the receiver's default options: what the
 * decoder over bytes must agree with. Undefined for a message that is refused. Times are whole seconds or none.
 */
export function decodeGelfPlainly(text: string, from: string, nowMs: number): PlainGelfRecord | undefined {
  let message: Record<string, unknown>
  try {
    message = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return undefined
  const { host = from, short_message, message: other, full_message: full, timestamp, level } = message
  const short = short_message ?? (Object.hasOwn(message, 'short_message') ? null : other)
  if (typeof short !== 'string' || typeof host !== 'string' || host.trim() === '') return undefined
  const labels: Record<string, string> = { host }
  const metadata: Record<string, string> = {}
  const standard = ['host', 'short_message', 'message', 'full_message', 'timestamp', 'level', 'version']
  for (const [key, value] of Object.entries(message)) {
    const name = key.replace(/^_(?=.)/, '')
    if (standard.includes(key) || value === null || value === '' || !/[A-Za-z0-9]/.test(name)) continue
    const shown = typeof value === 'string' ? value : JSON.stringify(value)
    if (['container_name', 'service_name', 'app'].includes(name) && typeof value !== 'object') labels[name] = shown
    else metadata[name.replace(/[^A-Za-z0-9]+/g, '_')] ??= shown
  }
  const severity = String(level) === '5' ? 'notice' : String(level) === '1' ? 'alert' : undefined
  if (severity !== undefined) metadata.severity = severity
  const hasFull = typeof full === 'string' && full !== ''
  const line = !hasFull ? short : full.includes(short) ? full : `${short}\n${full}`
  const isDocker = 'container_id' in metadata && line.startsWith('{')
  const known = isDocker || typeof level !== 'number' ? 0 : levelOfNumber(level, 'syslog')
  const isTimed = typeof timestamp === 'number' && timestamp > 0
  const ns = isTimed ? BigInt(timestamp) * 1_000_000_000n : BigInt(nowMs) * 1_000_000n
  return { labels, ns: ns.toString(), level: LEVELS[known]!, line, metadata }
}
