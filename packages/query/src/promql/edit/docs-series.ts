import { defineFunction } from './define-function.ts'
import type { PromDocEntry } from './doc.ts'

/** A part of a date; without an argument of the evaluation time. */
function date(name: string, text: string, example = `${name}()`): PromDocEntry {
  return defineFunction(name, ['times'], `${text}, in UTC; of the evaluation time when no vector is given.`, example)
}

const LABELS: readonly PromDocEntry[] = [
  defineFunction(
    'label_replace',
    ['v', 'target', 'replacement', 'source', 'regex'],
    'Sets a label from another one: where the whole source matches, $1 … and groups by name stand for its parts.',
    'label_replace(up, "host", "$1", "instance", "(.*):.*")',
  ),
  defineFunction(
    'label_join',
    ['v', 'target', 'separator', 'source'],
    'Sets a label to the values of others, joined by a separator.',
    'label_join(up, "where", "/", "region", "zone")',
  ),
  defineFunction(
    'info',
    ['v', 'labels'],
    'Adds the labels of the matching info series (target_info), all of them or those that are listed.',
    'info(rate(http_requests_total[5m]), {k8s_cluster_name=~".+"})',
  ),
]

const ORDER: readonly PromDocEntry[] = [
  defineFunction('sort', ['v'], 'Series of an instant query by rising value.', 'sort(sum by (route) (requests))'),
  defineFunction('sort_desc', ['v'], 'Series of an instant query by falling value.', 'sort_desc(queue_length)'),
  defineFunction(
    'sort_by_label',
    ['v', 'label'],
    'Series of an instant query by the values of labels, numbers within them by their size.',
    'sort_by_label(up, "job", "instance")',
  ),
  defineFunction(
    'sort_by_label_desc',
    ['v', 'label'],
    'Series of an instant query by the values of labels, the last first.',
    'sort_by_label_desc(up, "instance")',
  ),
]

const TIMES: readonly PromDocEntry[] = [
  defineFunction('time', [], 'The evaluation time in seconds since 1970.', 'time() - process_start_time_seconds'),
  defineFunction(
    'timestamp',
    ['v'],
    'The time of every sample in seconds since 1970; of anything but a selector the evaluation time.',
    'time() - timestamp(up)',
  ),
  date('year', 'Year', 'year(vector(1700000000))'),
  date('month', 'Month, 1 to 12'),
  date('day_of_month', 'Day of the month, 1 to 31'),
  date('day_of_week', 'Day of the week, 0 for Sunday to 6', 'day_of_week() == 0'),
  date('day_of_year', 'Day of the year, 1 to 366'),
  date('days_in_month', 'Number of days of the month, 28 to 31'),
  date('hour', 'Hour, 0 to 23', 'hour() >= 9 and hour() < 17'),
  date('minute', 'Minute, 0 to 59'),
  defineFunction('start', [], 'The first time of the query in seconds since 1970.', 'time() - start()'),
  defineFunction('end', [], 'The last time of the query in seconds since 1970.', 'end() - time()'),
  defineFunction('step', [], 'Seconds from one time of the query to the next.', 'rate(http_requests_total[step()])'),
  defineFunction(
    'range',
    [],
    'Seconds from the first time of the query to the last; also a duration.',
    'max_over_time(up[range()])',
  ),
]

const SCALARS: readonly PromDocEntry[] = [
  defineFunction(
    'absent',
    ['v'],
    '1 when the vector has no series, nothing otherwise; labels come from equality matchers.',
    'absent(up{job="api"})',
  ),
  defineFunction(
    'scalar',
    ['v'],
    'The value of a vector of one series as a number; NaN for any other.',
    'scalar(sum(up))',
  ),
  defineFunction('vector', ['number'], 'One series without labels that has this value.', 'sum(up) or vector(0)'),
  defineFunction('pi', [], 'The number π.', 'cos(vector(pi()))'),
  defineFunction(
    'max_of',
    ['a', 'b'],
    'The larger of two numbers; also of two durations.',
    'rate(http_requests_total[max_of(5m, 4 * step())])',
  ),
  defineFunction(
    'min_of',
    ['a', 'b'],
    'The smaller of two numbers; also of two durations.',
    'predict_linear(queue_length[1h], min_of(3600, scalar(horizon_seconds)))',
  ),
]

export const SERIES_DOCS: readonly PromDocEntry[] = [...LABELS, ...ORDER, ...TIMES, ...SCALARS]
