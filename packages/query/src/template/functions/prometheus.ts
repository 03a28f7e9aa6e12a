import { parseOrderedDuration } from '../../text/duration.ts'
import { defineFunction, defineVariadic } from '../define-function.ts'
import { FunctionFault } from '../error.ts'
import { GoStruct } from '../struct.ts'
import { Duration } from '../time/duration.ts'
import { type CallScope, type GoFunction, GoInt, StringMap, typeName, type Value } from '../value.ts'
import { escapeQuery } from './escape.ts'
import {
  humanize,
  humanize1024,
  humanizePercentage,
  humanizeSeconds,
  humanizeTimestamp,
  timeOfSeconds,
} from './humanize.ts'
import { expander, regex, replaceMatches } from './regex.ts'
import type { FunctionTable } from './table.ts'
import * as text from './text.ts'

/** What templates of alerts look at besides their data; given to `execute` as context. */
export interface AlertTemplateContext {
  /** Answers an instant query at the time of evaluation. Throws with a message for people. */
  readonly query: (expression: string) => readonly AlertTemplateSample[]
  readonly nowMs: number
  /** Where people reach the server: `https://girok.example/base`. */
  readonly externalUrl: string
}

export interface AlertTemplateSample {
  readonly labels: ReadonlyMap<string, string>
  readonly value: number
}

/** A sample as templates see it: `.Labels` and `.Value`. */
class TemplateSample extends GoStruct {
  readonly labels: StringMap
  readonly value: number

  constructor({ labels, value }: AlertTemplateSample) {
    const map = new StringMap(labels)
    super(
      '*template.sample',
      new Map<string, Value>([
        ['Labels', map],
        ['Value', value],
      ]),
    )
    this.labels = map
    this.value = value
  }
}

function numberOf(value: Value): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Duration) return Number(value.value) / 1e9
  if (value instanceof GoInt) return Number(value.value)
  if (typeof value === 'string') {
    const read = value.trim() === '' ? Number.NaN : Number(value)
    if (!Number.isNaN(read)) return read
    if (/^[+-]?inf(?:inity)?$/i.test(value)) return value.startsWith('-') ? -Infinity : Infinity
    if (/^nan$/i.test(value)) return Number.NaN
    throw new FunctionFault(`strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax`)
  }
  throw new FunctionFault(`can't convert ${value === null ? '<nil>' : typeName(value)} to float`)
}

function sampleOf(value: Value): TemplateSample {
  if (value instanceof TemplateSample) return value
  throw new FunctionFault('expected a sample of a query')
}

function samplesOf(value: Value): readonly TemplateSample[] {
  if (Array.isArray(value)) return value.map(sampleOf)
  throw new FunctionFault('expected the samples of a query')
}

const contextOf = ({ context }: CallScope): AlertTemplateContext => context as AlertTemplateContext
const number = (show: (value: number) => Value): GoFunction =>
  defineFunction(['any'], ([value]) => show(numberOf(value)))
const words = (change: (value: string) => string): GoFunction => defineFunction(['string'], ([value]) => change(value))

function durationNs(value: string): bigint {
  const negative = value.startsWith('-')
  const read = parseOrderedDuration(negative ? value.slice(1) : value)
  if ('fault' in read) throw new FunctionFault(read.fault)
  return negative ? -read.ns : read.ns
}

/** Throws what Go says of a pattern that has to be good. */
function checkPattern(pattern: string): void {
  try {
    regex(pattern)
  } catch (error) {
    if (!(error instanceof FunctionFault)) throw error
    throw new FunctionFault(`regexp: Compile(\`${pattern}\`): ${error.message}`)
  }
}

/** Without an address there is no path. */
function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname.replace(/\/$/, '') : ''
}

function graphPath(expression: string, tab: 0 | 1): string {
  return `/graph?g0.expr=${escapeQuery(expression)}&g0.tab=${tab}`
}

/** Functions that Prometheus gives to the templates of alerting rules, by its reference of templates. */
export const PROMETHEUS: FunctionTable = new Map<string, GoFunction>([
  [
    'query',
    defineFunction(['string'], ([expression], scope) => {
      let samples: readonly AlertTemplateSample[]
      try {
        samples = contextOf(scope).query(expression)
      } catch (error) {
        throw new FunctionFault(error instanceof Error ? error.message : String(error))
      }
      scope.spend(samples.length * 10)
      return samples.map((sample) => new TemplateSample(sample))
    }),
  ],
  [
    'first',
    defineFunction(['any'], ([list]) => {
      const [first] = samplesOf(list)
      if (first === undefined) throw new FunctionFault('first() called on vector with no elements')
      return first
    }),
  ],
  ['label', defineFunction(['string', 'any'], ([name, sample]) => sampleOf(sample).labels.get(name) ?? '')],
  ['value', defineFunction(['any'], ([sample]) => sampleOf(sample).value)],
  ['strvalue', defineFunction(['any'], ([sample]) => sampleOf(sample).labels.get('__value__') ?? '')],
  ['args', defineVariadic([], 'any', (_, rest) => new Map(rest.map((one, at) => [`arg${at}`, one])))],
  [
    'sortByLabel',
    defineFunction(['string', 'any'], ([name, list]) => {
      const key = (sample: TemplateSample): string => sample.labels.get(name) ?? ''
      return [...samplesOf(list)].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
    }),
  ],
  [
    'reReplaceAll',
    defineFunction(['string', 'string', 'string'], ([pattern, replacement, value], scope) => {
      checkPattern(pattern)
      return replaceMatches(pattern, value, expander(replacement, pattern), scope)
    }),
  ],
  [
    'match',
    defineFunction(['string', 'string'], ([pattern, value], scope) => {
      scope.spend(value.length / 4)
      return regex(pattern).matcher(value).find()
    }),
  ],
  ['title', words(text.toTitle)],
  ['toUpper', words(text.toUpper)],
  ['toLower', words(text.toLower)],
  ['safeHtml', words((value) => value)],
  ['urlQueryEscape', words(escapeQuery)],
  ['stripPort', words((value) => /^(?:\[([^\]]*)\]|([^:]*)):[^:]*$/.exec(value)?.slice(1).find(Boolean) ?? value)],
  ['stripDomain', words((value) => value.replace(/^([^.:]*[A-Za-z][^.:]*)\.[^:]*(:.*)?$/, '$1$2'))],
  ['graphLink', words((expression) => graphPath(expression, 0))],
  ['tableLink', words((expression) => graphPath(expression, 1))],
  ['externalURL', defineFunction([], (_, scope) => contextOf(scope).externalUrl)],
  ['pathPrefix', defineFunction([], (_, scope) => pathOf(contextOf(scope).externalUrl))],
  ['humanize', number(humanize)],
  ['humanize1024', number(humanize1024)],
  ['humanizeDuration', number(humanizeSeconds)],
  ['humanizePercentage', number(humanizePercentage)],
  ['humanizeTimestamp', number(humanizeTimestamp)],
  ['toTime', number(timeOfSeconds)],
  ['toDuration', number((value) => new Duration(BigInt(Math.round(value * 1e9))))],
  ['now', defineFunction([], (_, scope) => contextOf(scope).nowMs / 1000)],
  ['parseDuration', defineFunction(['string'], ([value]) => Number(durationNs(value)) / 1e9)],
  ['parseDurationTime', defineFunction(['string'], ([value]) => new Duration(durationNs(value)))],
])
