import { defineFunction } from './define-function.ts'
import type { PromDocEntry } from './doc.ts'

/** A function of the samples of one range, with the example on a gauge. */
function over(name: string, text: string): PromDocEntry {
  return defineFunction(name, ['range'], text, `${name}(node_memory_free_bytes[10m])`)
}

/** Functions of counters and of how values move. */
const MOVING: readonly PromDocEntry[] = [
  defineFunction(
    'rate',
    ['range'],
    'How much a counter grows per second on average over the range, resets accounted for, drawn out to the ends of the range.',
    'sum by (route) (rate(http_requests_total[5m]))',
  ),
  defineFunction(
    'increase',
    ['range'],
    'How much a counter grows over the range: its rate times the length of the range, so seldom a whole number.',
    'increase(http_requests_total{status=~"5.."}[1h])',
  ),
  defineFunction(
    'irate',
    ['range'],
    'Growth per second between the last two samples of a counter: quick to react, too jumpy for alerts.',
    'irate(node_cpu_seconds_total{mode="user"}[5m])',
  ),
  defineFunction(
    'delta',
    ['range'],
    'Difference between the end and the start of the range of a gauge, drawn out to the ends of the range.',
    'delta(cpu_temperature_celsius[2h])',
  ),
  defineFunction(
    'idelta',
    ['range'],
    'Difference between the last two samples of a gauge.',
    'idelta(queue_length[5m])',
  ),
  defineFunction(
    'deriv',
    ['range'],
    'Slope per second of a gauge, by a straight line fitted through the samples of the range.',
    'deriv(disk_used_bytes[1h])',
  ),
  defineFunction(
    'predict_linear',
    ['range', 'seconds'],
    'Where a straight line through the samples of a gauge will be that many seconds from now.',
    'predict_linear(disk_free_bytes[6h], 4 * 3600) < 0',
  ),
  defineFunction(
    'double_exponential_smoothing',
    ['range', 'smoothing', 'trend'],
    'A gauge smoothed with its trend; both factors lie between 0 and 1, lower ones weigh the past more.',
    'double_exponential_smoothing(queue_length[10m], 0.5, 0.1)',
  ),
  defineFunction(
    'resets',
    ['range'],
    'How often a counter went down within the range, which means that it started anew.',
    'resets(process_cpu_seconds_total[1d])',
  ),
  defineFunction('changes', ['range'], 'How often the value changed within the range.', 'changes(config_hash[1d])'),
]

/** Functions of all samples of a range. */
const OVER_TIME: readonly PromDocEntry[] = [
  over('avg_over_time', 'Mean of the samples of the range.'),
  over('min_over_time', 'Smallest sample of the range.'),
  over('max_over_time', 'Largest sample of the range.'),
  over('sum_over_time', 'Sum of the samples of the range.'),
  over('count_over_time', 'Number of samples in the range.'),
  over('stddev_over_time', 'Population standard deviation of the samples of the range.'),
  over('stdvar_over_time', 'Population variance of the samples of the range.'),
  over('mad_over_time', 'Median distance of the samples of the range from their median.'),
  over('first_over_time', 'Oldest sample of the range; keeps the name of the metric.'),
  over('last_over_time', 'Newest sample of the range; keeps the name of the metric.'),
  over('ts_of_first_over_time', 'Time of the oldest sample of the range, in seconds since 1970.'),
  over('ts_of_last_over_time', 'Time of the newest sample of the range, in seconds since 1970.'),
  over('ts_of_max_over_time', 'Time of the largest sample of the range, of several the last, in seconds since 1970.'),
  over('ts_of_min_over_time', 'Time of the smallest sample of the range, of several the last, in seconds since 1970.'),
  over('present_over_time', '1 for every series that has a sample in the range.'),
  defineFunction(
    'absent_over_time',
    ['range'],
    '1 when no series has a sample in the range, nothing otherwise; labels come from equality matchers.',
    'absent_over_time(up{job="api"}[1h])',
  ),
  defineFunction(
    'quantile_over_time',
    ['φ', 'range'],
    'Quantile φ (0 to 1) of the samples of the range, interpolated.',
    'quantile_over_time(0.95, queue_length[1h])',
  ),
]

export const RANGE_DOCS: readonly PromDocEntry[] = [...MOVING, ...OVER_TIME]
