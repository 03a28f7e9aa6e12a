import type { LogQLDoc } from './doc.ts'

type Entry = readonly [string, LogQLDoc]

function fn(name: string, signature: string, text: string, example: string): Entry {
  return [name, { kind: 'function', signature, text, example }]
}

/** A range aggregation of unwrapped values. */
function unwrapped(name: string, text: string): Entry {
  const example = `${name}({app="api"} | logfmt | unwrap took [5m]) by (route)`
  return fn(name, `${name}(log-range with unwrap) [by|without (…)]`, text, example)
}

export const RANGE_DOCS: readonly Entry[] = [
  fn(
    'count_over_time',
    'count_over_time(log-range)',
    'Number of lines in the range.',
    'count_over_time({app="api"} |= "error" [5m])',
  ),
  fn(
    'rate',
    'rate(log-range)',
    'Lines per second; with unwrap, the sum of the values per second.',
    'sum by (level) (rate({app="api"} | json [1m]))',
  ),
  fn(
    'rate_counter',
    'rate_counter(log-range with unwrap)',
    'Increase per second of a counter found in the lines; resets are accounted for.',
    'rate_counter({app="api"} | logfmt | unwrap requests_total [5m])',
  ),
  fn(
    'bytes_over_time',
    'bytes_over_time(log-range)',
    'Bytes of the lines in the range.',
    'sum(bytes_over_time({app="api"}[1h]))',
  ),
  fn(
    'bytes_rate',
    'bytes_rate(log-range)',
    'Bytes of lines per second.',
    'sum by (app) (bytes_rate({env="prod"}[5m]))',
  ),
  fn(
    'present_over_time',
    'present_over_time(log-range)',
    '1 for every series that has a line in the range. Beyond Loki.',
    'count(present_over_time({app="api"} | json | keep user_id [1h]))',
  ),
  fn(
    'absent_over_time',
    'absent_over_time(log-range)',
    '1 when nothing in the range matches, no series otherwise: for alerts on silence.',
    'absent_over_time({app="cron"}[1h])',
  ),
  fn(
    'sum_over_time',
    'sum_over_time(log-range with unwrap)',
    'Sum of the unwrapped values.',
    'sum by (user) (sum_over_time({app="api"} | logfmt | unwrap bytes(sent) [5m]))',
  ),
  unwrapped('avg_over_time', 'Mean of the unwrapped values.'),
  unwrapped('min_over_time', 'Smallest unwrapped value.'),
  unwrapped('max_over_time', 'Largest unwrapped value.'),
  unwrapped('stdvar_over_time', 'Population variance of the unwrapped values.'),
  unwrapped('stddev_over_time', 'Population standard deviation of the unwrapped values.'),
  unwrapped('first_over_time', 'First unwrapped value of the range.'),
  unwrapped('last_over_time', 'Last unwrapped value of the range.'),
  fn(
    'quantile_over_time',
    'quantile_over_time(φ, log-range with unwrap) [by|without (…)]',
    'Quantile φ (0 to 1) of the unwrapped values, interpolated.',
    'quantile_over_time(0.99, {app="api"} | json | unwrap duration(took) [5m]) by (route)',
  ),
]

/** An aggregation of series that takes no number. */
function vector(name: string, text: string): Entry {
  return fn(name, `${name} [by|without (…)] (vector)`, text, `${name} by (app) (rate({env="prod"}[5m]))`)
}

export const VECTOR_DOCS: readonly Entry[] = [
  vector('sum', 'Sum of the series, over all or within each group.'),
  vector('avg', 'Mean of the series, over all or within each group.'),
  vector('min', 'Smallest value, over all or within each group.'),
  vector('max', 'Largest value, over all or within each group.'),
  vector('count', 'Number of series, over all or within each group.'),
  vector('stddev', 'Population standard deviation over the series.'),
  vector('stdvar', 'Population variance over the series.'),
  fn(
    'topk',
    'topk [by|without (…)] (k, vector)',
    'The k series with the largest values.',
    'topk(5, sum by (path) (rate({app="api"} | json [5m])))',
  ),
  fn(
    'bottomk',
    'bottomk [by|without (…)] (k, vector)',
    'The k series with the smallest values.',
    'bottomk(5, sum by (pod) (rate({app="api"}[5m])))',
  ),
  fn(
    'approx_topk',
    'approx_topk(k, vector)',
    'The k largest series of an instant query, by a sketch where exactness costs too much.',
    'approx_topk(10, sum by (ip) (count_over_time({app="api"} | json [5m])))',
  ),
  fn(
    'count_values',
    'count_values [by|without (…)] ("label", vector)',
    'How many series have which value, by the label that takes the value. Beyond Loki.',
    'count_values("restarts", sum by (pod) (count_over_time({app="api"} |= "started" [1h])))',
  ),
  fn(
    'sort',
    'sort(vector)',
    'Series of an instant query by rising value.',
    'sort(sum by (app) (rate({env="prod"}[5m])))',
  ),
  fn(
    'sort_desc',
    'sort_desc(vector)',
    'Series of an instant query by falling value.',
    'sort_desc(sum by (app) (rate({env="prod"}[5m])))',
  ),
  fn(
    'label_replace',
    'label_replace(vector, "target", "replacement", "source", "regex")',
    'Sets a label from another one: where the whole source matches, $1 … stand for its groups.',
    'label_replace(rate({app="api"}[5m]), "host", "$1", "instance", "(.*):.*")',
  ),
  fn(
    'vector',
    'vector(number)',
    'One series without labels that has this value.',
    'sum(rate({app="api"}[5m])) or vector(0)',
  ),
]
