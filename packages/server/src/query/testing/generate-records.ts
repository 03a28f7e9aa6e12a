import { LEVELS } from '../../model/level.ts'
import type { TestRecord } from './embedded-store.ts'
import { CLEAN_STREAMS, cleanLine } from './generate-clean-lines.ts'
import type { Random } from './random.ts'

/** Streams whose labels collide with fields and metadata of the records, or hold values that are no numbers. */
const STREAMS: readonly Readonly<Record<string, string>>[] = [
  { app: 'api', env: 'prod' },
  { app: 'api', env: 'dev', zone: 'eu-1' },
  { app: 'web', env: 'prod', level: 'error' },
  { app: 'web', env: 'prod', status: '500' },
  { app: 'job', env: 'dev', status: 'ok', user: 'root' },
  { app: 'job', user_id: '7', path: '/a b' },
  { app: 'gpu', latency_ms: '12.5', zone: 'eu\n2' },
  { app: 'gpu', level_extracted: 'odd', level: 'info' },
  { app: 'ñandú', detected_level: 'fatal' },
]

const WORDS = [
  'error',
  'ERROR',
  'Timeout',
  'ok',
  'GET',
  'user',
  'level',
  'naïve',
  '日本',
  'a\nb',
  'K',
  'ſt',
  'status=500',
  '\t',
]
const TEXTS = [
  ...WORDS,
  '',
  'true',
  'false',
  '500',
  '5e2',
  '/a b',
  "it's",
  'say "hi"',
  'a\\b',
  '-1',
  '0x1p4',
  'NaN',
  '1h',
  '2KB',
  '12.5ms',
  '1m30s',
  '350µs',
  '0.5s',
  '1.5 MiB',
  '1024',
  '1,024',
  'Inf',
]
const NUMBERS = [
  '0',
  '200',
  '500',
  '5e2',
  '500.0',
  '12.5',
  '-3',
  '1500.3',
  '9007199254740993',
  '1E-3',
  '123456789012345678901234',
]
const KEYS = [
  'level',
  'status',
  'path',
  'latency_ms',
  'user',
  'user_id',
  'user-id',
  'user.id',
  ' level ',
  'msg',
  '',
  '1st',
  'é',
  'id',
  'took',
  'size',
]

/** Records over some hours: many at the same moments and on window edges, lines of every kind of quality. */
export function generateRecords(random: Random, count: number, startNs: bigint, spanSeconds: number): TestRecord[] {
  const records: TestRecord[] = []
  let seconds = 0
  for (let i = 0; i < count; i++) {
    if (random.chance(0.7)) seconds += random.next() * ((2 * spanSeconds) / count / 0.7)
    const whole = random.chance(0.5)
    const nanos = whole ? 0n : BigInt(random.pick([1, 999_999_999, 500_000_000, random.below(1e9)]))
    const at = startNs + BigInt(whole ? Math.round(seconds / 10) * 10 : Math.floor(seconds)) * 1_000_000_000n + nanos
    if (random.chance(0.25)) {
      records.push({ timeNs: at, labels: random.pick(CLEAN_STREAMS), line: cleanLine(random) })
      continue
    }
    records.push({
      timeNs: at,
      labels: random.pick(STREAMS),
      line: line(random),
      level: random.pick(LEVELS),
      ...(random.chance(0.25) ? { metadata: metadata(random) } : {}),
    })
  }
  return records
}

function metadata(random: Random): [string, string][] {
  const entries: [string, string][] = []
  for (let n = random.below(3) + 1; n > 0; n--) {
    const name = random.pick(['trace_id', 'level', 'status', 'app', 'user_id', 'path', 'detected_level', 'latency_ms'])
    entries.push([name, random.pick(TEXTS)])
  }
  return entries
}

function line(random: Random): string {
  const kind = random.next()
  if (kind < 0.55) return jsonLine(random)
  if (kind < 0.75) return logfmtLine(random)
  if (kind < 0.8) return ''
  if (kind < 0.85) return `\u001b[31m${words(random)}\u001b[0m`
  return words(random)
}

function words(random: Random): string {
  return Array.from({ length: random.below(5) + 1 }, () => random.pick(WORDS)).join(random.pick([' ', ' - ', '\n']))
}

const PLAIN_KEYS = ['level', 'status', 'path', 'latency_ms', 'user', 'user_id', 'msg', 'id', 'took', 'size', 'status']

/** As programs write them: flat, strict, plain names; now and then a name twice, an empty text, a number in quotes. */
function flatLine(random: Random): string {
  const colon = random.pick([':', ':', ': '])
  const members = Array.from({ length: random.below(7) }, () => {
    const kind = random.next()
    const content =
      kind < 0.4
        ? random.pick(NUMBERS)
        : kind < 0.9
          ? JSON.stringify(random.pick(random.chance(0.3) ? WORDS : TEXTS))
          : random.pick(['true', 'null', '""', '[1, "x"]'])
    return `"${random.pick(PLAIN_KEYS)}"${colon}${content}`
  })
  return `{${members.join(random.pick([',', ', ']))}}`
}

function plainLogfmt(random: Random): string {
  const pairs = Array.from({ length: random.below(7) + 1 }, () => {
    const form = random.next()
    const name = random.pick(PLAIN_KEYS)
    if (form < 0.15) return random.pick(['info', 'started', 'x-y', name])
    if (form < 0.6) return `${name}=${random.pick(NUMBERS)}`
    return `${name}=${random.pick(['error', 'ok', '"a b"', '"status=7"', '12.5ms', '2KB', '/a/b', 'NaN', '"500"', 'level'])}`
  })
  return pairs.join(' ')
}

function jsonLine(random: Random): string {
  if (random.chance(0.5)) return flatLine(random)
  const whole = object(random, 0)
  const damage = random.next()
  if (damage < 0.05) return whole.slice(0, random.below(whole.length + 1))
  if (damage < 0.08) return `${whole} trailing`
  if (damage < 0.1) return `[${whole}]`
  if (damage < 0.12) return whole.replace(':', ' ')
  if (damage < 0.14) return `\ufeff${whole}`
  if (damage < 0.18) return ` \n${whole}`
  return whole
}

function object(random: Random, depth: number): string {
  const members: string[] = []
  for (let n = random.below(6); n >= 0; n--) {
    members.push(`${key(random)}${random.pick([':', ': ', ' :'])}${value(random, depth)}`)
  }
  return `{${members.join(random.pick([',', ', ']))}}`
}

function key(random: Random): string {
  const text = JSON.stringify(random.pick(KEYS))
  if (random.chance(0.04)) return text.replace('l', '\\u006c')
  return text
}

function value(random: Random, depth: number): string {
  const kind = random.next()
  if (kind < 0.35) return random.pick(NUMBERS)
  if (kind < 0.75) return text(random)
  if (kind < 0.8) return random.pick(['true', 'false', 'null'])
  if (kind < 0.85) return `[${text(random)},{"level":1}]`
  return depth < 2 ? object(random, depth + 1) : 'null'
}

function text(random: Random): string {
  const plain = JSON.stringify(random.chance(0.2) ? words(random) : random.pick(TEXTS))
  const form = random.next()
  if (form < 0.03) return plain.replace('r', '\\u0072')
  if (form < 0.05) return plain.replace('/', '\\/')
  if (form < 0.07) return '"lone \\ud800 half"'
  if (form < 0.09) return '"bad\ufffdchar"'
  return plain
}

function logfmtLine(random: Random): string {
  if (random.chance(0.4)) return plainLogfmt(random)
  const pairs: string[] = []
  for (let n = random.below(6); n >= 0; n--) {
    const name = random.pick(KEYS)
    const raw = random.chance(0.5) ? random.pick(NUMBERS) : random.pick(TEXTS)
    const quotedText = JSON.stringify(raw).replace("'", "\\'")
    const form = random.next()
    if (form < 0.45) pairs.push(`${name}=${raw}`)
    else if (form < 0.85) pairs.push(`${name}=${quotedText}`)
    else if (form < 0.9) pairs.push(name)
    else if (form < 0.95) pairs.push(`${name}=${quotedText.replace('r', '\\u0072')}`)
    else pairs.push(`${name}==${raw}`)
  }
  return pairs.join(' ')
}
