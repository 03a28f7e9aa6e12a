import { labelName } from '../batch/label-name.ts'

/** Styles of tags that stand in the name. */
export interface TagStyles {
  /** `name,tag=value` */
  readonly influxdb: boolean
  /** `name;tag=value` */
  readonly graphite: boolean
}

/** What a metric's values are about. Timers are in milliseconds, the others have the unit that they have. */
export type StatsdType = 'counter' | 'gauge' | 'timer' | 'histogram' | 'set'

export interface MetricLine {
  readonly type: StatsdType
  /** As sent, tags in the name included; the same text is the same series. */
  readonly identity: string
  /** One or more, as sent: a gauge's may begin with a sign, a set's are any text. */
  readonly values: readonly string[]
  /** 0 < rate ≤ 1 */
  readonly rate: number
}

const TYPES: Readonly<Record<string, StatsdType>> = {
  c: 'counter',
  m: 'counter',
  g: 'gauge',
  ms: 'timer',
  h: 'histogram',
  d: 'histogram',
  s: 'set',
}

/** Between the parts of an identity; a line holds no NUL. */
const SEPARATOR = '\0'

/**
 * Parses `name:value|type|@rate|#tag:value,tag`, with several values (`name:1:2|ms`) where the type is not a set. What
 * DogStatsD adds besides (container, external data, cardinality, time) is passed over. Returns text that tells what is
 * wrong with a line that is none.
 */
export function parseMetric(line: string): MetricLine | string {
  const bar = line.indexOf('|')
  const colon = line.indexOf(':')
  if (colon <= 0 || bar < colon) return 'is not of the form name:value|type'
  if (line.includes(SEPARATOR)) return 'holds a NUL byte'
  const [typeText = '', ...sections] = line.slice(bar + 1).split('|')
  const type = Object.hasOwn(TYPES, typeText) ? TYPES[typeText] : undefined
  if (type === undefined) return `has the type ${JSON.stringify(typeText.slice(0, 20))}: use c, g, ms, h, d or s`
  let rate = 1
  let tags = ''
  for (const section of sections) {
    if (section.startsWith('@')) {
      rate = Number(section.slice(1))
      if (!(rate > 0 && rate <= 1)) return `has the sample rate ${JSON.stringify(section.slice(0, 20))}: use 0 to 1`
    } else if (section.startsWith('#')) tags = section.slice(1)
  }
  const text = line.slice(colon + 1, bar)
  const values = type === 'set' ? [text] : text.split(':')
  if (type !== 'set') {
    for (const value of values) {
      if (!isNumber(value)) return `has the value ${JSON.stringify(value.slice(0, 40))}, which is no number`
    }
  } else if (text === '') return 'has no value'
  return { type, identity: `${line.slice(0, colon)}${SEPARATOR}${tags}`, values, rate }
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/

function isNumber(text: string): boolean {
  return NUMBER.test(text) && Number.isFinite(Number(text))
}

/** Name and labels of an identity, in the words of Prometheus: what is no letter, digit or _ becomes _. */
export function readIdentity(
  identity: string,
  styles: TagStyles,
  prefix: string,
): { readonly name: string; readonly labels: ReadonlyMap<string, string> } {
  const [before = '', tags = ''] = identity.split(SEPARATOR)
  const labels = new Map<string, string>()
  let name = before
  const separator =
    styles.influxdb && styles.graphite ? /[,;]/ : styles.influxdb ? /,/ : styles.graphite ? /;/ : undefined
  if (separator !== undefined) {
    const [bare = '', ...own] = before.split(separator)
    name = bare
    for (const tag of own) addTag(labels, tag, '=')
  }
  if (tags !== '') for (const tag of tags.split(',')) addTag(labels, tag, ':')
  // Names of metrics follow the same rule.
  return { name: labelName(prefix + name), labels }
}

/** Events and service checks have the same tags. */
export function addTag(labels: Map<string, string>, tag: string, separator: string): void {
  if (tag === '') return
  const at = tag.indexOf(separator)
  const name = at < 0 ? tag : tag.slice(0, at)
  // A tag without a value only says that it is there.
  const value = at < 0 ? 'true' : tag.slice(at + 1)
  if (name === '' || value === '') return
  const escaped = labelName(name)
  // Names that begin so are Prometheus' own.
  labels.set(escaped.startsWith('__') ? `tag${escaped}` : escaped, value)
}
