import type { Random } from './random.ts'

const NAMES = [
  'app',
  'env',
  'zone',
  'level',
  'status',
  'path',
  'latency_ms',
  'user',
  'user_id',
  'id',
  'msg',
  'trace_id',
  'detected_level',
  'level_extracted',
  'user_name',
  '_1st',
  '__error__',
  'nowhere',
]
const VALUES = [
  'api',
  'web',
  'prod',
  'error',
  'ERROR',
  'Timeout',
  'ok',
  'info',
  'GET',
  '500',
  '5e2',
  '200',
  '12.5',
  '/a b',
  '',
  'true',
  "it's",
  'say "hi"',
  'naïve',
  '日本',
  'a\nb',
  'a\\b',
  'lone   half',
  'bad char',
  'JSONParserErr',
  '-1',
  'root',
  '7',
]
const PATTERNS = [
  'err.*',
  '(?i)error',
  '.+',
  '.*',
  'o.?',
  'a.b',
  '[0-9]+',
  '5(00|e2)',
  'api|web',
  '(?i)timeout',
  'K',
  '(?i)k',
  '(?i)st',
  'naï.e',
  '^x',
  'ok',
  'true',
  '\\d+\\.\\d',
  '',
  'Time\\w+',
]
const LINE_TEXTS = [
  'error',
  'ERROR',
  'err',
  'Timeout',
  'status',
  '"level"',
  '500',
  '日本',
  'naïve',
  '\n',
  "it's",
  '\\u00',
  'a\\b',
  '%',
  '_',
  '',
  'no such text',
  'trailing',
  'level=',
  '\t',
]
const LINE_PATTERNS = ['<_>error<_>', '{<_>}', 'GET<_>', '<_>', '<_>=<_>', '']
const NUMBERS = ['0', '200', '499.5', '500', '-3', '12.5', '1500.3', '9007199254740993', '1e3', '0.001']

/** A log query of the language, with what the generated records have in them. */
export function generateLogQuery(random: Random): string {
  if (random.chance(0.35)) return fieldQuery(random)
  let query = selector(random)
  for (let n = random.below(3); n > 0; n--) query += ` ${stage(random)}`
  return query
}

/** One filter on a field that many lines have in several guises, and little else that could hide a wrong answer. */
function fieldQuery(random: Random): string {
  const parser = random.pick(['json', 'json', 'json', 'logfmt', 'json | logfmt'])
  const name = random.pick(['level', 'status', 'path', 'latency_ms', 'user_id', 'id', 'msg', 'user'])
  const filter = random.chance(0.6)
    ? matcher(random, name)
    : `${name} ${random.pick(['=', '!=', '>', '>=', '<', '<='])} ${random.pick(NUMBERS)}`
  return `{app=~".+"${random.pick(['', ', level=""', ', status=""'])}} | ${parser} | ${filter}`
}

/** A metric query that is evaluated on a grid. */
export function generateMetricQuery(random: Random): string {
  const form = random.next()
  if (form < 0.6) return aggregated(random, ranged(random))
  if (form < 0.75) return ranged(random)
  if (form < 0.85)
    return `${aggregated(random, ranged(random))} ${random.pick(['/', '*', '>', '> bool', '-', 'or', 'unless'])} ${aggregated(random, ranged(random))}`
  if (form < 0.95) return `topk(${random.below(3) + 1}, ${aggregated(random, ranged(random))})`
  return `${aggregated(random, ranged(random))} or vector(0)`
}

function aggregated(random: Random, inner: string): string {
  const op = random.chance(0.6) ? 'sum' : random.pick(['avg', 'min', 'max', 'max', 'count'])
  const names = Array.from({ length: random.below(3) }, () => random.pick(random.chance(0.5) ? NAMES : GROUPS))
  const grouping = random.pick([
    '',
    ` by (${names.join(', ')})`,
    ` by (${names.join(', ')})`,
    ` without (${names.join(', ')})`,
  ])
  return `${op}${grouping} (${inner})`
}

function ranged(random: Random): string {
  if (random.chance(0.45)) return parsedRange(random)
  const op = random.pick(['count_over_time', 'count_over_time', 'rate', 'bytes_over_time', 'bytes_rate'])
  return `${op}(${logs(random)} ${window(random)})`
}

function window(random: Random): string {
  const offset = random.chance(0.15) ? ` offset ${random.pick(['1m', '-30s', '10s'])}` : ''
  return `[${random.pick(['10s', '1m', '25s', '7m', '1h', '3s', '1500ms'])}]${offset}`
}

const UNWRAPPING = [
  'sum_over_time',
  'avg_over_time',
  'min_over_time',
  'max_over_time',
  'stddev_over_time',
  'stdvar_over_time',
  'quantile_over_time',
  'first_over_time',
  'last_over_time',
  'rate',
  'rate_counter',
  'absent_over_time',
]
const GROUPS = [
  'level',
  'status',
  'path',
  'user',
  'app',
  'env',
  'detected_level',
  'user_id',
  'level_extracted',
  'nowhere',
]
const UNWRAPPED = ['latency_ms', 'latency_ms', 'status', 'user_id', 'id', 'level', 'took', 'size', 'nowhere']

/** A metric query of fields of lines that rarely fails and never has a series for each line. */
export function generateFieldQuery(random: Random): string {
  const inner = parsedRange(random, true)
  return random.chance(0.4) ? aggregated(random, inner) : inner
}

/** What dashboards ask of fields: parser, filters, perhaps `unwrap`, grouped by other fields. */
function parsedRange(random: Random, sure = false): string {
  let query = selector(random)
  if (random.chance(0.2)) query += ` ${lineFilter(random)}`
  if (random.chance(0.1)) query += ` | ${matcher(random, random.pick(GROUPS))}`
  query += ` | ${random.pick(['json', 'json', 'json', 'json', 'logfmt', 'logfmt --strict', 'json | logfmt'])}`
  for (let n = random.below(3); n > 0; n--) query += ` | ${fieldFilter(random)}`
  if (random.chance(0.15))
    query += ` | ${random.pick(['drop', 'keep'])} ${random.pick(GROUPS)}, ${random.pick(UNWRAPPED)}`
  const quiet =
    sure || random.chance(0.5) ? ' | drop __error__, __error_details__' : random.chance(0.8) ? ' | __error__=""' : ''
  const names = Array.from({ length: random.below(3) }, () => random.pick(GROUPS)).join(', ')
  const grouping = sure || random.chance(0.7) ? ` by (${names})` : random.chance(0.3) ? ` without (${names})` : ''
  if (random.chance(0.3)) {
    const op = random.pick(['count_over_time', 'rate', 'bytes_over_time', 'bytes_rate'])
    return `${op}(${query}${quiet} ${window(random)})`
  }
  const op = random.pick(UNWRAPPING)
  const label = random.pick(UNWRAPPED)
  const conversion = random.chance(0.2) ? random.pick(['duration', 'bytes', 'duration_seconds']) : ''
  const unwrapped = conversion ? `${conversion}(${label})` : label
  const after = sure || random.chance(0.9) ? ' | __error__=""' : ''
  const more = random.chance(0.15) ? ` | ${fieldFilter(random)}` : ''
  const parameter = op === 'quantile_over_time' ? `${random.pick(['0.95', '0.5', '0', '1', '0.333', '-1', '2'])}, ` : ''
  const grouped = ['sum_over_time', 'rate', 'rate_counter', 'absent_over_time'].includes(op) ? '' : grouping
  return `${op}(${parameter}${query} | unwrap ${unwrapped}${after}${more} ${window(random)})${grouped}`
}

function fieldFilter(random: Random): string {
  const name = random.pick([...GROUPS, ...UNWRAPPED])
  const kind = random.next()
  if (kind < 0.1) return random.pick(['__error__=""', '__error__!="JSONParserErr"', '__error__=~".*"'])
  if (kind < 0.6) return matcher(random, name)
  const op = random.pick(['==', '=', '!=', '>', '>=', '<', '<='])
  if (kind < 0.85) return `${name} ${op} ${random.pick(NUMBERS)}`
  if (kind < 0.93) return `${name} ${op} ${random.pick(['1h', '250ms', '12s'])}`
  return `${name} ${op} ${random.pick(['2KB', '500B', '1KiB'])}`
}

/** Stages that make a metric query fail on the first odd line are mostly left out, or every second query would. */
function logs(random: Random): string {
  let query = selector(random)
  let parsed = false
  for (let n = random.below(4); n > 0; n--) {
    const next = random.chance(0.6) ? lineFilter(random) : stage(random)
    query += ` ${next}`
    parsed ||= /json|logfmt|line_format/.test(next)
  }
  return parsed && random.chance(0.9) ? `${query} | __error__=""` : query
}

function selector(random: Random): string {
  const matchers = [
    random.pick(['app=~".+"', 'app=~".+"', 'app="api"', 'app=~"web|gpu"', 'app!="job", app=~".+"', 'env="prod"']),
  ]
  if (random.chance(0.12))
    matchers.push(matcher(random, random.pick(['app', 'env', 'zone', 'level', 'status', 'path'])))
  return `{${matchers.join(', ')}}`
}

function matcher(random: Random, name: string): string {
  const op = random.pick(['=', '=', '!=', '=~', '!~'])
  return `${name}${op}${JSON.stringify(random.pick(op.includes('~') ? PATTERNS : VALUES))}`
}

function stage(random: Random): string {
  const kind = random.next()
  if (kind < 0.2) return lineFilter(random)
  if (kind < 0.4) return '| json'
  if (kind < 0.48) return random.pick(['| logfmt', '| logfmt --strict', '| logfmt --keep-empty'])
  if (kind < 0.52)
    return random.pick([
      '| json st="status", u="user.id"',
      '| logfmt st="status"',
      '| unpack',
      '| decolorize',
      '| regexp "(?P<user>\\\\w+)"',
    ])
  if (kind < 0.58) return `| drop ${random.pick(NAMES)}${random.chance(0.3) ? '="error"' : ''}`
  if (kind < 0.61) return `| keep ${random.pick(NAMES)}, ${random.pick(NAMES)}`
  if (kind < 0.65)
    return random.pick([
      '| line_format "{{.level}} {{.status}}"',
      '| label_format level=status',
      '| label_format user="{{.app}}"',
    ])
  return `| ${labelFilter(random, 0)}`
}

function lineFilter(random: Random): string {
  const op = random.pick(['|=', '|=', '!=', '|~', '!~', '|>', '!>'])
  const pool = op.endsWith('=') ? LINE_TEXTS : op.endsWith('~') ? PATTERNS : LINE_PATTERNS
  const operands = Array.from({ length: random.chance(0.2) ? 2 : 1 }, () => JSON.stringify(random.pick(pool)))
  return `${op} ${operands.join(' or ')}`
}

function labelFilter(random: Random, depth: number): string {
  if (depth < 2 && random.chance(0.25)) {
    const joined = `${labelFilter(random, depth + 1)} ${random.pick(['and', 'or', ','])} ${labelFilter(random, depth + 1)}`
    return depth > 0 ? `(${joined})` : joined
  }
  const name = random.pick(NAMES)
  const kind = random.next()
  if (kind < 0.55) return matcher(random, name)
  const op = random.pick(['==', '=', '!=', '>', '>=', '<', '<='])
  if (kind < 0.85) return `${name} ${op} ${random.pick(NUMBERS)}`
  if (kind < 0.93) return `${name} ${op} ${random.pick(['1h', '250ms', '12s'])}`
  return `${name} ${op} ${random.pick(['2KB', '500B', '1KiB'])}`
}
