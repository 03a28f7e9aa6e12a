import type { Random } from './random.ts'

/** Fields that lines have, that streams or metadata have too, and one that nobody has. */
const FIELDS = ['level', 'status', 'path', 'user', 'user_id', 'latency_ms', 'id', 'took', 'size', 'msg', 'nowhere']
const GROUPS = [...FIELDS, 'app', 'env', 'zone', 'pod', 'detected_level', 'level', 'status', 'path']
const UNWRAPPED = ['latency_ms', 'latency_ms', 'latency_ms', 'status', 'user_id', 'id', 'took', 'size', 'level', 'user']
const PICKED = ['quantile_over_time', 'min_over_time', 'max_over_time', 'first_over_time', 'last_over_time']
const FORMED = [...PICKED, 'avg_over_time', 'stddev_over_time', 'stdvar_over_time']
const TEXTS = ['error', 'ok', '500', '200', '5e2', '', 'info', 'a b', '12.5', '0', 'NaN', 'true', '日本', 'say "hi"']
const PATTERNS = ['err.*', '.+', '.*', '[0-9]+', 'ok|error|', '(?i)OK', '5..', '', 'a.b', '-?\\d+(\\.\\d+)?', '[^x]*']
const NUMBERS = ['0', '200', '12.5', '500', '-3', '1e3', '0.001', '9007199254740993', '499.5', '100', '1e308']
/** Filters that many lines pass. */
const LIKELY = [
  'status="200"',
  'status=~"2..|5.."',
  'status >= 200',
  'status < 500',
  'status != 404',
  'level!="ok"',
  'level=~"info|error|"',
  'latency_ms > 10',
  'latency_ms <= 1000',
  'latency_ms != 0',
  'path!~"/a.+"',
  'path!=""',
  'user_id >= 1',
  'user_id=~"[0-9]+"',
  'took < 1h',
  'took > 1ms',
  'size < 1MB',
  'size >= 512',
  'user=""',
  'user!="root"',
]
const SELECTORS = [
  '{app="clean"}',
  '{app="clean"}',
  '{app="clean", pod="1"}',
  '{app=~"clean|api"}',
  '{app="api"}',
  '{app="api", zone=""}',
  '{env="prod"}',
  '{app=~"web|job"}',
  '{app="gpu"}',
  '{app=~".+"}',
  '{app=~".+", level=""}',
]

/** A metric query that SQL should aggregate by itself but for rows that it knows nothing about. */
export function generateAggregateQuery(random: Random): string {
  const form = random.next()
  if (form < 0.5) return aggregate(random)
  if (form < 0.9) return `${around(random)} (${aggregate(random)})`
  if (form < 0.95)
    return `${around(random)} (${aggregate(random)}) ${random.pick(['/', '-', '>', 'or', 'and'])} ${around(random)} (${aggregate(random)})`
  return `topk(2, sum by (${names(random)}) (${aggregate(random)}))`
}

function around(random: Random): string {
  const op = random.pick(['sum', 'sum', 'max', 'min', 'avg', 'count'])
  const by = random.chance(0.85) ? 'by' : 'without'
  return random.chance(0.15) ? op : `${op} ${by} (${names(random)})`
}

function aggregate(random: Random): string {
  const logs = pipeline(random)
  const window = `[${random.pick(['10s', '1m', '1m', '25s', '7m', '7m', '1h', '3s', '7s', '1500ms'])}]${
    random.chance(0.2) ? ` offset ${random.pick(['1m', '-30s', '10s', '1500ms'])}` : ''
  }`
  const kind = random.next()
  if (kind < 0.25) {
    const op = random.pick(['count_over_time', 'rate', 'bytes_over_time', 'bytes_rate'])
    return `sum by (${names(random)}) (${op}(${logs} ${window}))`
  }
  const label = random.pick(UNWRAPPED)
  const unwrap = random.chance(0.1)
    ? `${random.pick(['duration', 'bytes', 'duration_seconds'])}(${label})`
    : ({ took: 'duration(took)', size: 'bytes(size)' }[label] ?? label)
  const later = random.chance(0.15) ? ` | ${filter(random)}` : ''
  const samples = `${logs} | unwrap ${unwrap}${random.chance(0.9) ? ' | __error__=""' : ''}${later} ${window}`
  if (kind < 0.5) return `sum by (${names(random)}) (${random.pick(['sum_over_time', 'rate'])}(${samples}))`
  if (kind < 0.6) {
    const op = random.pick(['min', 'max'])
    return `${op}${random.chance(0.7) ? ` by (${names(random)})` : ''} (${op}_over_time(${samples}))`
  }
  const op = random.pick(FORMED)
  const quantile = `${random.pick(['0.95', '0.5', '0', '1', '0.333', '0.99', '-1', '2'])}, `
  const by = random.chance(0.95) ? 'by' : 'without'
  return `${op}(${op === 'quantile_over_time' ? quantile : ''}${samples}) ${by} (${names(random)})`
}

function pipeline(random: Random): string {
  const parts = [random.pick(SELECTORS)]
  if (random.chance(0.15))
    parts.push(random.pick(['|= "status"', '!= "error"', '|~ "5.*"', '|= "latency" or "level"', '!~ "(?i)timeout"']))
  if (random.chance(0.1)) parts.push(`| ${textFilter(random, random.pick(['level', 'status', 'app', 'path', 'zone']))}`)
  if (random.chance(0.04)) parts.push(`| drop ${random.pick(GROUPS)}`)
  parts.push(random.chance(0.7) ? '| json' : '| logfmt')
  if (random.chance(0.4)) parts.push('| __error__=""')
  for (let n = random.pick([0, 0, 1, 1, 2, 3]); n > 0; n--) parts.push(`| ${filter(random)}`)
  if (random.chance(0.15))
    parts.push(`| ${random.pick(['drop', 'keep'])} ${random.pick(GROUPS)}, ${random.pick(GROUPS)}`)
  if (random.chance(0.04)) parts.push('| line_format "{{.status}}"')
  if (random.chance(0.5)) parts.push('| drop __error__, __error_details__')
  return parts.join(' ')
}

function names(random: Random): string {
  return Array.from({ length: random.pick([0, 1, 1, 1, 2, 2, 3]) }, () => random.pick(GROUPS)).join(', ')
}

function filter(random: Random): string {
  const kind = random.next()
  if (kind < 0.15) return `${filter(random)} ${random.pick(['or', 'and'])} ${filter(random)}`
  if (kind < 0.55) return random.pick(LIKELY)
  const name = random.pick(random.chance(0.15) ? GROUPS : FIELDS)
  if (kind < 0.75) return textFilter(random, name)
  const op = random.pick(['==', '!=', '>', '>=', '<', '<='])
  if (kind < 0.9) return `${name} ${op} ${random.pick(NUMBERS)}`
  return `${name} ${op} ${random.pick(['1h', '250ms', '12.5ms', '1m30s', '500B', '2KB', '1KiB', '1.5MiB'])}`
}

function textFilter(random: Random, name: string): string {
  const op = random.pick(['=', '!=', '!=', '=~', '!~'])
  return `${name}${op}${JSON.stringify(random.pick(op.includes('~') ? PATTERNS : TEXTS))}`
}
