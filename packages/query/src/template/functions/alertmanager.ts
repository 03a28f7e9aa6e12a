import { defineFunction, defineVariadic } from '../define-function.ts'
import { FunctionFault } from '../error.ts'
import { encodeGoJson, JsonFault } from '../format/go-json.ts'
import { GoTime } from '../time/time.ts'
import { loadZone } from '../time/zone.ts'
import { type CallScope, type GoFunction, GoList, GoObject, StringMap, type Value } from '../value.ts'
import { PROMETHEUS } from './prometheus.ts'
import { expander, regex, replaceMatches } from './regex.ts'
import { readTime } from './sprig.ts'
import type { FunctionTable } from './table.ts'
import * as text from './text.ts'
import { toEnglishTitle } from './title-case.ts'
import { unescapeQuery } from './unescape-query.ts'

/** What templates of notifications look at besides their data; given to `execute` as context. */
export interface NotificationTemplateContext {
  readonly nowMs: number
  readonly routeLabels: ReadonlyMap<string, string>
}

/** A text that is taken for HTML or for an address as it is, and so not escaped in HTML. */
export class SafeText extends GoObject {
  readonly typeName: 'template.HTML' | 'template.URL'
  private readonly value: string

  constructor(typeName: 'template.HTML' | 'template.URL', value: string) {
    super()
    this.typeName = typeName
    this.value = value
  }

  override toString(): string {
    return this.value
  }
}

/** A `[]string`. */
export class TextList extends GoList {
  override typeName = '[]string'
}

/** The texts of a `[]string` argument. */
export function textsOf(value: Value): readonly string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value
  throw new FunctionFault('expected a list of texts')
}

const contextOf = ({ context }: CallScope): NotificationTemplateContext => context as NotificationTemplateContext
const words = (change: (value: string) => Value): GoFunction => defineFunction(['string'], ([value]) => change(value))
const nowOf = (scope: CallScope): GoTime => GoTime.ofUnixNano(BigInt(contextOf(scope).nowMs) * 1_000_000n)

function inZone(name: string, time: Value): GoTime {
  const zone = loadZone(name)
  if (zone === undefined) throw new FunctionFault(`unknown time zone ${name}`)
  return (time as GoTime).in(zone)
}

function listOf(value: Value): readonly Value[] {
  if (value === null) return []
  if (Array.isArray(value)) return value
  throw new FunctionFault('expected a list')
}

function dictionary(rest: readonly Value[]): Map<string, Value> {
  if (rest.length % 2 !== 0) throw new FunctionFault('dict requires an even number of arguments')
  const made = new Map<string, Value>()
  for (let at = 0; at < rest.length; at += 2) {
    const key = rest[at]
    if (typeof key !== 'string') throw new FunctionFault('dict keys must be strings')
    made.set(key, rest[at + 1])
  }
  return made
}

function json(value: Value): string {
  try {
    return encodeGoJson(value)
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error
    throw new FunctionFault(error.message)
  }
}

/** Functions that Alertmanager gives to the templates of notifications. */
export const ALERTMANAGER: FunctionTable = new Map<string, GoFunction>([
  ['toUpper', words(text.toUpper)],
  ['toLower', words(text.toLower)],
  ['title', words(toEnglishTitle)],
  ['trimSpace', words(text.trimSpace)],
  ['join', defineFunction(['string', 'any'], ([separator, list]) => textsOf(list).join(separator))],
  [
    'match',
    defineFunction(['string', 'string'], ([pattern, value], scope) => {
      scope.spend(value.length / 4)
      return regex(pattern).matcher(value).find()
    }),
  ],
  ['safeHtml', words((value) => new SafeText('template.HTML', value))],
  ['safeUrl', words((value) => new SafeText('template.URL', value))],
  ['urlUnescape', words(unescapeQuery)],
  [
    'reReplaceAll',
    defineFunction(['string', 'string', 'string'], ([pattern, replacement, value], scope) =>
      replaceMatches(pattern, value, expander(replacement, pattern), scope),
    ),
  ],
  ['stringSlice', defineVariadic([], 'string', (_, rest) => TextList.from(rest))],
  ['date', defineFunction(['string', 'time.Time'], ([layout, time]) => (time as GoTime).format(layout))],
  ['tz', defineFunction(['string', 'time.Time'], ([name, time]) => inZone(name, time))],
  ['now', defineFunction([], (_, scope) => nowOf(scope))],
  ['since', defineFunction(['time.Time'], ([time], scope) => nowOf(scope).since(time))],
  ['humanizeDuration', PROMETHEUS.get('humanizeDuration') as GoFunction],
  ['toDate', defineFunction(['string', 'string'], ([layout, value]) => readTime(layout, 'UTC', value))],
  ['toJson', defineFunction(['any'], ([value]) => json(value))],
  ['list', defineVariadic([], 'any', (_, rest) => [...rest])],
  ['append', defineVariadic(['any'], 'any', ([list], rest) => [...listOf(list), ...rest])],
  ['dict', defineVariadic([], 'any', (_, rest) => dictionary(rest))],
  ['routeLabels', defineFunction([], (_, scope) => new StringMap(contextOf(scope).routeLabels))],
])
