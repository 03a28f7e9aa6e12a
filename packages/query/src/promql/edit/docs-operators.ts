import type { PromDoc, PromDocEntry } from './doc.ts'

function operator(name: string, text: string, example: string): PromDocEntry {
  return [name, { kind: 'operator', signature: `a ${name} b`, text, example, experimental: false }]
}

function modifier(name: string, signature: string, text: string, example: string, experimental = false): PromDocEntry {
  const doc: PromDoc = { kind: 'modifier', signature, text, example, experimental }
  return [name, doc]
}

const COMPARING = 'keeps the series of which it is true; with bool it gives 1 or 0'

const OPERATORS: readonly PromDocEntry[] = [
  operator('+', 'Sum of two values.', 'bytes_in + bytes_out'),
  operator('-', 'Difference of two values; in front of an expression the negative value.', 'capacity - used'),
  operator('*', 'Product of two values.', 'cpu_load * 100'),
  operator('/', 'Quotient of two values; division by zero gives an infinity or NaN.', 'used / capacity'),
  operator('%', 'Remainder of a division, with the sign of the left side.', 'time() % 3600'),
  operator('^', 'Power; of several the right one is taken first.', '2 ^ level'),
  operator('atan2', 'Angle of the point whose coordinates are the two values, in radians.', 'north atan2 east'),
  operator('==', `Equal: ${COMPARING}.`, 'up == 0'),
  operator('!=', `Not equal: ${COMPARING}.`, 'replicas_ready != replicas_wanted'),
  operator('>', `Greater: ${COMPARING}.`, 'queue_length > 100'),
  operator('<', `Less: ${COMPARING}.`, 'free_slots < 5'),
  operator('>=', `Greater or equal: ${COMPARING}.`, 'cpu_load >= bool 0.9'),
  operator('<=', `Less or equal: ${COMPARING}.`, 'disk_free_bytes <= 1e9'),
  operator('and', 'Series of the left side that have a partner on the right.', 'errors > 10 and on (job) up == 1'),
  operator(
    'or',
    'All series of the left side, and those of the right that have no partner there.',
    'errors or vector(0)',
  ),
  operator(
    'unless',
    'Series of the left side that have no partner on the right.',
    'up == 0 unless on (job) maintenance',
  ),
]

const MODIFIERS: readonly PromDocEntry[] = [
  modifier('by', 'sum by (label, …) (v)', 'Groups by these labels and drops all others.', 'sum by (job) (up)'),
  modifier('without', 'sum without (label, …) (v)', 'Groups by all labels but these.', 'sum without (instance) (up)'),
  modifier('bool', 'a > bool b', 'Makes a comparison give 1 or 0 instead of leaving series out.', 'up == bool 1'),
  modifier(
    'on',
    'a / on (label, …) b',
    'Pairs series of both sides that agree in these labels.',
    'errors / on (job, route) requests',
  ),
  modifier(
    'ignoring',
    'a / ignoring (label, …) b',
    'Pairs series of both sides that agree in all labels but these.',
    'errors / ignoring (status) requests',
  ),
  modifier(
    'group_left',
    'a * on (label, …) group_left (label, …) b',
    'Lets several series of the left side have the same partner, whose listed labels they take over.',
    'rate(http_requests_total[5m]) * on (instance) group_left (version) build_info',
  ),
  modifier(
    'group_right',
    'a * on (label, …) group_right (label, …) b',
    'Lets several series of the right side have the same partner, whose listed labels they take over.',
    'build_info * on (instance) group_right (version) rate(http_requests_total[5m])',
  ),
  modifier(
    'fill',
    'a + fill (number) b',
    'Lets series without a partner be paired with this value, on either side.',
    'errors + fill (0) retries',
    true,
  ),
  modifier(
    'fill_left',
    'a + fill_left (number) b',
    'Lets series of the right side without a partner be paired with this value.',
    'errors + fill_left (0) retries',
    true,
  ),
  modifier(
    'fill_right',
    'a + fill_right (number) b',
    'Lets series of the left side without a partner be paired with this value.',
    'errors + fill_right (0) retries',
    true,
  ),
  modifier(
    'offset',
    'selector offset duration',
    'Looks that long into the past, with a minus sign into the future.',
    'up - up offset 1d',
  ),
  modifier(
    '@',
    'selector @ time',
    'Looks at this time (seconds since 1970, start() or end() of the query) instead of the evaluation time.',
    'topk(5, rate(http_requests_total[1h] @ end()))',
  ),
  modifier(
    'anchored',
    'range anchored',
    'Takes the last sample before the range for its first, so that increase gives what was counted.',
    'increase(http_requests_total[1h] anchored)',
    true,
  ),
  modifier(
    'smoothed',
    'range smoothed',
    'Interpolates the values at both ends of the range from the samples around them.',
    'rate(http_requests_total[5m] smoothed)',
    true,
  ),
]

export const OPERATOR_DOCS: readonly PromDocEntry[] = [...OPERATORS, ...MODIFIERS]
