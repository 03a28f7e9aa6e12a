/**
 * Names of metrics and labels as OpenTelemetry's specification of compatibility with Prometheus has them
 * (https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/): other characters become
 * underscores, the unit and `total` are suffixes.
 */

/** Units as UCUM writes them, and their names in Prometheus. */
const UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    d: 'days',
    h: 'hours',
    min: 'minutes',
    s: 'seconds',
    ms: 'milliseconds',
    us: 'microseconds',
    ns: 'nanoseconds',
    By: 'bytes',
    KiBy: 'kibibytes',
    MiBy: 'mebibytes',
    GiBy: 'gibibytes',
    TiBy: 'tibibytes',
    KBy: 'kilobytes',
    MBy: 'megabytes',
    GBy: 'gigabytes',
    TBy: 'terabytes',
    m: 'meters',
    V: 'volts',
    A: 'amperes',
    J: 'joules',
    W: 'watts',
    g: 'grams',
    Cel: 'celsius',
    Hz: 'hertz',
    '1': '',
    '%': 'percent',
  }),
)

const PER_UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries({ s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week', mo: 'month', y: 'year' }),
)

/** What of a metric decides about its name. */
export interface NamedMetric {
  readonly name: string
  readonly unit: string
  readonly kind: string
  readonly isMonotonic: boolean
}

/** The name of a metric (its family) in Prometheus; empty when nothing is left of it. */
export function metricName({ name, unit, kind, isMonotonic }: NamedMetric): string {
  let tokens = name.split(/[^a-zA-Z0-9:]+/).filter((token) => token !== '')
  for (const suffix of unitTokens(unit)) if (!tokens.includes(suffix)) tokens.push(suffix)
  if (kind === 'sum' && isMonotonic) tokens = [...tokens.filter((token) => token !== 'total'), 'total']
  if (kind === 'gauge' && unit.trim() === '1') tokens = [...tokens.filter((token) => token !== 'ratio'), 'ratio']
  const joined = tokens.join('_')
  return /^[0-9]/.test(joined) ? `_${joined}` : joined
}

/** The unit's name in Prometheus, for the metric's description: `seconds`, `bytes_per_second`. */
export function unitName(unit: string): string {
  return unitTokens(unit).join('_')
}

function unitTokens(unit: string): string[] {
  const [main = '', per] = unit.trim().split('/', 2)
  const tokens: string[] = []
  const mainName = unitWord(main, UNITS)
  if (mainName !== '') tokens.push(...mainName.split('_'))
  const perName = per === undefined ? '' : unitWord(per, PER_UNITS)
  if (perName !== '') tokens.push('per', ...perName.split('_'))
  return tokens
}

/** Annotations in braces are no units. */
function unitWord(text: string, names: ReadonlyMap<string, string>): string {
  const word = text.trim()
  if (word === '' || word.includes('{') || word.includes('}')) return ''
  return (
    names.get(word) ??
    word
      .split(/[^a-zA-Z0-9:]+/)
      .filter((token) => token !== '')
      .join('_')
  )
}

/** The name of a label for an attribute. */
export function labelName(attribute: string): string {
  const name = attribute.replace(/[^a-zA-Z0-9_]/g, '_')
  return /^[0-9]/.test(name) ? `key_${name}` : name
}
