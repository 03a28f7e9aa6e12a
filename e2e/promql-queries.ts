/** Queries over the series of promql-samples.ts that Prometheus 2.42 and 3 answer alike. */

const COUNTERS = ['requests_total', 'requests_total{code="500"}', 'requests_total{job=~"a.*|web",code!="404"}']
const GAUGES = ['temperature', 'temperature{zone="east"}', 'memory_bytes', 'odd{kind!="inf"}', 'gone', 'sparse', 'up']
const SELECTORS = [
  ...COUNTERS,
  ...GAUGES,
  'odd',
  '{job="db"}',
  '{__name__=~"up|gone"}',
  'nothing',
  'up{instance!~".*-0:.*"}',
]
const OF_COUNTER = ['rate', 'increase', 'irate', 'resets']
const OF_GAUGE = ['delta', 'idelta', 'deriv', 'changes']
const OVER_TIME = ['avg', 'min', 'max', 'sum', 'count', 'stddev', 'stdvar', 'last', 'present', 'absent'].map(
  (name) => `${name}_over_time`,
)
const OF_VECTOR = [
  'abs',
  'ceil',
  'floor',
  'exp',
  'ln',
  'log2',
  'log10',
  'sqrt',
  'sgn',
  'timestamp',
  'absent',
  'atan',
  'asinh',
  'tanh',
  'deg',
  'rad',
  'sort',
  'sort_desc',
]
const AGGREGATIONS = ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar']
const GROUPINGS = [
  '',
  ' by (job)',
  ' by (job, code)',
  ' without (instance)',
  ' by ()',
  ' without (job, zone)',
  ' by (nothing)',
]
const RANGES = ['1m', '5m', '20m']
/** Not atan2, which kept names of metrics before 3.0, nor %, whose answer is another when the last bit is. */
const ARITHMETIC = ['+', '-', '*', '/', '^']
const COMPARISON = ['==', '!=', '>', '<', '>=', '<=']

const HANDWRITTEN = [
  '1',
  '"text"',
  '-2 ^ 2',
  '1 + 2 * 3 % 4 ^ 0.5',
  '1 > bool 2',
  'time()',
  'pi()',
  'vector(time())',
  'scalar(up{instance="db-0:90"})',
  'scalar(up)',
  'up + on (instance) group_right temperature',
  'temperature * on (job) group_left (version, region) job_info',
  'sum by (job) (rate(requests_total[5m])) / on (job) group_left (region) job_info',
  'rate(requests_total{code="500"}[5m]) / ignoring (code) sum without (code) (rate(requests_total[5m]))',
  'requests_total / ignoring (code) group_left sum without (code) (requests_total)',
  'up and temperature > 20',
  'up and on (instance) temperature > 20',
  'up or gone',
  'up unless on (job) up{job="api"}',
  'temperature{zone="east"} or temperature{zone="west"}',
  'histogram_quantile(0.9, rate(latency_seconds_bucket[5m]))',
  'histogram_quantile(0.5, sum by (le) (rate(latency_seconds_bucket[5m])))',
  'histogram_quantile(0.99, sum by (job, le) (latency_seconds_bucket))',
  'histogram_quantile(-1, latency_seconds_bucket)',
  'histogram_quantile(2, latency_seconds_bucket)',
  'histogram_quantile(0, latency_seconds_bucket)',
  'histogram_quantile(0.5, latency_seconds_bucket{le!="+Inf"})',
  'rate(latency_seconds_sum[5m]) / rate(latency_seconds_count[5m])',
  'label_replace(up, "host", "$1", "instance", "(.*):.*")',
  'label_replace(up, "job", "", "", "")',
  `label_replace(up, "both", "\${1}-$2", "instance", "(.*)-(\\\\d).*")`,
  'label_join(up, "both", "/", "job", "instance", "none")',
  'clamp(temperature, 19, 20.5)',
  'clamp_min(temperature, 20)',
  'clamp_max(temperature, 20)',
  'clamp(temperature, 5, 4)',
  'round(temperature, 0.5)',
  'round(temperature)',
  'predict_linear(temperature[10m], 3600)',
  'quantile_over_time(0.3, temperature[5m])',
  'quantile_over_time(2, temperature[5m])',
  'quantile by (job) (0.4, temperature)',
  'quantile(0.5, requests_total)',
  'topk(3, temperature)',
  'bottomk(2, temperature)',
  'topk by (job) (1, requests_total)',
  'bottomk without (instance) (1, temperature)',
  'count_values("value", up)',
  'count_values by (job) ("v", up)',
  'count(up == 0) or vector(0)',
  'max_over_time(rate(requests_total[2m])[20m:1m])',
  'avg_over_time((temperature - 20)[10m:30s])',
  'sum_over_time(up[10m:])',
  'min_over_time(sum by (job) (temperature)[15m:2m] offset 5m)',
  'rate(requests_total[5m] offset 10m)',
  'sin(temperature) + cos(temperature) * tan(temperature)',
  'temperature % 3',
  'temperature{zone="east"} % on (instance) up',
  'temperature offset 1h',
  'temperature offset -10m',
  'temperature @ end()',
  'temperature @ start()',
  'rate(requests_total[5m] @ end())',
  'sum(rate(requests_total[5m] @ start() offset 1m))',
  'absent(nothing{a="b",c=~"d"})',
  'absent(up)',
  'absent(sum(nothing))',
  'absent_over_time(nothing{a="b"}[5m])',
  'absent_over_time(gone{kind="stale"}[5m])',
  'timestamp(up)',
  'timestamp(timestamp(up))',
  'time() - timestamp(sparse)',
  'changes(up[10m])',
  'resets(odd[10m])',
  'count_over_time({__name__=~".+"}[1m])',
  'sum(count_over_time({job=~".+"}[1m])) by (__name__)',
  'count by (__name__) ({__name__!=""})',
  '-temperature',
  '+temperature',
  '-(temperature)',
  'temperature > bool 20',
  '20 < bool temperature',
  'temperature > 20 < 21',
  '2 ^ 3 ^ 2',
  '(2 ^ 3) ^ 2',
  '1 / 0',
  '-1 / 0',
  '0 / 0',
  '5 % 0',
  '-5 % 3',
  '5 % -3',
  '5.5 % 2',
  'odd == odd',
  'odd != odd',
  'odd{kind="nan"} > 5',
  'sum(odd)',
  'avg(odd)',
  'max(odd)',
  'min(odd)',
  'stddev(odd{kind=~"tiny|huge"})',
  'topk(5, odd)',
  'bottomk(5, odd)',
  'sort(odd)',
  'quantile(0.5, odd)',
  'avg_over_time(odd[5m])',
  'up{job=~""}',
  'up{nothing=""}',
  'up{nothing!=""}',
  '{job!~"api|db",__name__="up"}',
  'minute(vector(1136239445))',
  'month()',
  'year()',
  'day_of_month(vector(0))',
  'day_of_year()',
  'days_in_month(vector(1456790399))',
  'sum by (job) (up) + sum by (job) (temperature)',
  'up + temperature',
  'up == temperature',
  'sum(up) + 1',
  '1 + sum(up)',
  'up * 2',
  '2 * up',
  'sum(up) > 3',
  '3 > sum(up)',
  'up == bool 1',
  'job_info * 0 + 5',
  'group(up) by (job)',
  'sum(sum by (job) (up))',
  'exp(vector(1000))',
  'ln(vector(0))',
  'ln(vector(-1))',
  'sqrt(vector(-1))',
  '0x1F',
  '1e3',
  '.5',
  'Inf',
  '-Inf',
  'NaN',
  'sgn(temperature - 20)',
  'deriv(temperature[10m])',
  'holt_winters(temperature[10m], 0.5, 0.1)',
]

/** What both have to refuse. */
export const REFUSED = [
  '',
  'up{',
  'rate(up)',
  'up + on (job) temperature',
  'up + temperature{',
  'sum(up) by',
  'unknown(up)',
  'up[5m]',
  '"a" + 1',
  '1 > 2',
  'up + on (job) up',
  'topk(up)',
  '{}',
  '{a=~".*"}',
  'up offset',
  'up and 1',
  'label_replace(up, "a", "b", "c", "(")',
  'histogram_quantile(up, 0.5)',
  'up[5m:',
  'time(1)',
  'up{a="b"}{c="d"}',
  'sum without by (a) (up)',
  'requests_total / ignoring (code) requests_total',
  'up @ x',
  'sum(1)',
  'abs(1)',
  'scalar(1)',
  'vector(up)',
  '1 and 2',
  'up == on (instance) group_left up{',
]

/** The handwritten queries, and generated ones up to `count` in all; each once. */
export function queriesFrom(random: () => number, count: number): string[] {
  const queries = new Set(HANDWRITTEN)
  for (let tries = 0; queries.size < count && tries < 50 * count; tries++) queries.add(vector(random, 3))
  return [...queries]
}

function withoutSubquery(make: () => string): string {
  let text = make()
  while (text.includes(':')) text = make()
  return text
}

function vector(random: () => number, depth: number): string {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
  const below = () => vector(random, depth - 1)
  if (depth === 0) return pick(SELECTORS)
  const kind = random()
  if (kind < 0.1) return pick(SELECTORS)
  if (kind < 0.25) return `${pick(OF_COUNTER)}(${pick(COUNTERS)}[${pick(RANGES)}])`
  if (kind < 0.35) return `${pick(OF_GAUGE)}(${pick(GAUGES)}[${pick(RANGES)}])`
  if (kind < 0.45) return `${pick(OVER_TIME)}(${pick(SELECTORS)}[${pick(RANGES)}]${random() < 0.2 ? ' offset 7m' : ''})`
  // The steps of a subquery within another stand at the borders of its ranges, which belonged to them before 3.0.
  if (kind < 0.55)
    return `${pick(OVER_TIME)}(${withoutSubquery(below)}[${pick(['4m', '10m'])}:${pick(['30s', '1m', '100s'])}])`
  if (kind < 0.65) return `${pick(OF_VECTOR)}(${below()})`
  if (kind < 0.85) {
    const aggregation = pick(AGGREGATIONS)
    const inner = below()
    // Of a NaN or an infinity alone the spread was 0 before 3.0.
    const isSpread = /^std/.test(aggregation) && /odd|ln|log|sqrt|exp|\^|\//.test(inner)
    return `${isSpread ? 'sum' : aggregation}${pick(GROUPINGS)} (${inner})`
  }
  if (kind < 0.9) return `(${below()}) ${pick(ARITHMETIC)} ${pick(['2', '0.5', '-3', '1000'])}`
  if (kind < 0.94) return `(${below()}) ${pick(COMPARISON)} ${pick(['', 'bool '])}${pick(['0', '1', '20', '1e5'])}`
  const selector = pick(SELECTORS)
  const op = pick([...ARITHMETIC, ...COMPARISON, 'and', 'or', 'unless'])
  return `sum by (job) (${selector}) ${op} sum by (job) (${below()})`
}
