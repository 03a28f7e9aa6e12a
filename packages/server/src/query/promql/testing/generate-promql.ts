import type { Random } from '../../testing/random.ts'

const RANGE_FUNCTIONS = [
  'rate',
  'increase',
  'delta',
  'irate',
  'idelta',
  'deriv',
  'changes',
  'resets',
  'avg_over_time',
  'count_over_time',
  'last_over_time',
  'max_over_time',
  'min_over_time',
  'present_over_time',
  'stddev_over_time',
  'sum_over_time',
  'absent_over_time',
]
const RANGES = ['30s', '1m', '5m', '17m', '1h']
const AGGREGATIONS = ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev']
const GROUPINGS = ['', ' by (job)', ' by (job, zone)', ' without (instance)', ' by (__name__)']

/** A query over the series of `generateSamples`. */
export function generatePromQL(random: Random): string {
  return expression(random, 2)
}

function expression(random: Random, depth: number): string {
  if (depth === 0) return leaf(random)
  switch (random.below(8)) {
    case 0:
      return `${random.pick(AGGREGATIONS)}${random.pick(GROUPINGS)} (${leaf(random)})`
    case 1:
      return `${random.pick(['abs', 'ceil', 'sgn'])}(${expression(random, depth - 1)})`
    case 2:
      return `${expression(random, depth - 1)} ${random.pick(['*', '+', '-', '>', '<=', '> bool'])} ${random.below(50)}`
    case 3: {
      const grouping = random.pick([' by (job)', ' by (zone)', ''])
      const op = random.pick(['/', '-', 'and', 'or', 'unless', '>'])
      return `sum${grouping} (${leaf(random)}) ${op} sum${grouping} (${leaf(random)})`
    }
    case 4:
      return `max_over_time((${random.pick(AGGREGATIONS)} by (job) (${leaf(random)}))[${random.pick(RANGES)}:1m])`
    case 5:
      return `max_over_time(rate(${selector(random)}[${random.pick(RANGES)}])[${random.pick(RANGES)}:45s]${offset(random)})`
    case 6:
      return `quantile by (job) (0.9, ${leaf(random)})`
    default:
      return leaf(random)
  }
}

function leaf(random: Random): string {
  switch (random.below(7)) {
    case 0:
    case 1:
      return `${selector(random)}${offset(random)}`
    case 2:
      return `quantile_over_time(0.${random.below(10)}, ${selector(random)}[${random.pick(RANGES)}]${offset(random)})`
    case 3:
      return `timestamp(${selector(random)}${offset(random)})`
    default: {
      const fn = random.pick(RANGE_FUNCTIONS)
      return `${fn}(${selector(random)}[${random.pick(RANGES)}]${offset(random)})`
    }
  }
}

function selector(random: Random): string {
  const metric = random.pick(['requests_total', 'errors_total', 'temperature', 'latency_bucket'])
  const matchers = random.pick(['', '{job="api"}', '{zone!=""}', '{instance=~"i[0-2]",job!="x"}', '{zone=~"a|"}'])
  return random.chance(0.1) ? '{__name__=~"requests_total|temperature"}' : `${metric}${matchers}`
}

function offset(random: Random): string {
  if (random.chance(0.8)) return ''
  return random.pick([' offset 5m', ' offset -90s', ' offset 1h', ' @ end()', ' @ 1782000000', ' @ start() offset 3m'])
}
