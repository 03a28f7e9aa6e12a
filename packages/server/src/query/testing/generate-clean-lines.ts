import type { Random } from './random.ts'

/** Streams of lines as programs write them: without any that SQL knows nothing about, unless a run of them is spoilt. */
export const CLEAN_STREAMS: readonly Readonly<Record<string, string>>[] = [
  { app: 'clean', pod: '1', env: 'prod' },
  { app: 'clean', pod: '2', env: 'prod' },
  { app: 'clean', pod: '3', env: 'dev', status: '200' },
]

const SIZES = ['512', '2KB', '1.5 MiB', '0', '1KiB', '3b', '1e3', '7kb']
const TIMES = ['12.5ms', '0.5s', '350µs', '3m', '1h', '0.0000000019s', '7ns', '1m30s', '-2s']
const ODD_NUMBERS = ['"12.5"', '"0x1p4"', '"Inf"', '"NaN"', '"+5"', '" 5"', '"1_000"', '"1e400"', '1e99', '"-0"', '-0']
const PATHS = ['/a', '/a/b', '/a b', '/ü', 'x\\"y', '\\u002fz', 'c\\\\']

/** A flat JSON line or a line of logfmt. */
export function cleanLine(random: Random): string {
  const members: [string, string][] = [
    ['level', quoted(random.pick(['info', 'error', 'warn', 'ok']))],
    ['status', random.chance(0.5) ? random.pick(['200', '500', '404']) : quoted(random.pick(['200', 'ok', '5e2']))],
    ['latency_ms', latency(random)],
    ['path', quoted(random.pick(PATHS))],
    ['user_id', random.chance(0.8) ? String(random.below(4)) : quoted(String(random.below(4)))],
    ['took', quoted(random.pick(TIMES))],
    ['size', quoted(random.pick(SIZES))],
  ]
  const kept = members.filter(() => random.chance(0.85))
  if (random.chance(0.05)) kept.push(random.pick(members))
  if (random.chance(0.6)) return `{${kept.map(([name, value]) => `"${name}":${value}`).join(',')}}`
  return kept
    .filter(([, value]) => !value.includes('\\'))
    .map(([name, value]) => `${name}=${value.includes(' ') ? value : value.replaceAll('"', '')}`)
    .join(' ')
}

function latency(random: Random): string {
  const kind = random.next()
  if (kind < 0.06) return random.pick(ODD_NUMBERS)
  if (kind < 0.3) return String(random.below(1000))
  return (random.next() * 10 ** random.below(7)).toFixed(random.below(8))
}

function quoted(text: string): string {
  return `"${text}"`
}
