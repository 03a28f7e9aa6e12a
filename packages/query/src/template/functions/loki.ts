import { quoteText } from '../../text/go-quote.ts'
import { parseByteSize, parseGoDuration } from '../../text/quantity.ts'
import { defineFunction } from '../define-function.ts'
import { FunctionFault } from '../error.ts'
import { parseDecimalInteger } from '../numbers.ts'
import { GoTime } from '../time/time.ts'
import type { CallScope, GoFunction } from '../value.ts'
import { escapeQuery } from './escape.ts'
import { CHARACTERS_PER_UNIT, expander, regex, replaceMatches } from './regex.ts'
import { readTime } from './sprig.ts'
import type { FunctionTable } from './table.ts'
import * as text from './text.ts'
import { unescapeQuery } from './unescape-query.ts'

function countMatches(pattern: string, value: string, scope: CallScope): bigint {
  scope.spend(value.length / CHARACTERS_PER_UNIT)
  const matcher = regex(pattern).matcher(value)
  let count = 0n
  let lastEnd = -1
  while (matcher.find()) {
    if (matcher.start() === matcher.end() && matcher.start() === lastEnd) continue
    lastEnd = matcher.end()
    count++
  }
  return count
}

function seconds(value: string): number {
  const parsed = parseGoDuration(value)
  if (parsed.fault !== undefined) throw new FunctionFault(parsed.fault)
  return Number(parsed.value) / 1e9
}

function sizeInBytes(value: string): number {
  const parsed = parseByteSize(value)
  if (parsed.fault !== undefined) throw new FunctionFault(parsed.fault)
  return parsed.value
}

const NS_PER_UNIT: ReadonlyMap<number, bigint> = new Map([
  [5, 86_400_000_000_000n],
  [10, 1_000_000_000n],
  [13, 1_000_000n],
  [16, 1_000n],
  [19, 1n],
])

/** A time from days, seconds, milli-, micro- or nanoseconds since 1970; how many digits there are tells which. */
function unixToTime(epoch: string): GoTime {
  const number = parseDecimalInteger(epoch)
  if (number === undefined) {
    const reason = /^[+-]?\d+$/.test(epoch) ? 'value out of range' : 'invalid syntax'
    throw new FunctionFault(`unable to parse time '${epoch}': strconv.ParseInt: parsing ${quoteText(epoch)}: ${reason}`)
  }
  const unit = NS_PER_UNIT.get(epoch.length)
  if (unit === undefined) throw new FunctionFault(`unable to parse time '${epoch}': %!w(<nil>)`)
  return GoTime.ofUnixNano(number * unit)
}

const one = (change: (value: string) => string): GoFunction => defineFunction(['string'], ([value]) => change(value))

/** Functions that Loki adds for `line_format` and `label_format`; these take the text first. */
export const LOKI: FunctionTable = new Map<string, GoFunction>([
  ['ToLower', one(text.toLower)],
  ['ToUpper', one(text.toUpper)],
  [
    'Replace',
    defineFunction(['string', 'string', 'string', 'int'], ([value, from, to, count], scope) =>
      text.replaceText(value, from, to, count, scope),
    ),
  ],
  ['Trim', defineFunction(['string', 'string'], ([value, set]) => text.trimSet(value, set, true, true))],
  ['TrimLeft', defineFunction(['string', 'string'], ([value, set]) => text.trimSet(value, set, true, false))],
  ['TrimRight', defineFunction(['string', 'string'], ([value, set]) => text.trimSet(value, set, false, true))],
  ['TrimPrefix', defineFunction(['string', 'string'], ([value, prefix]) => text.withoutPrefix(value, prefix))],
  ['TrimSuffix', defineFunction(['string', 'string'], ([value, suffix]) => text.withoutSuffix(value, suffix))],
  ['TrimSpace', one(text.trimSpace)],
  [
    'regexReplaceAll',
    defineFunction(['string', 'string', 'string'], ([pattern, value, replacement], scope) =>
      replaceMatches(pattern, value, expander(replacement, pattern), scope),
    ),
  ],
  [
    'regexReplaceAllLiteral',
    defineFunction(['string', 'string', 'string'], ([pattern, value, replacement], scope) =>
      replaceMatches(pattern, value, () => replacement, scope),
    ),
  ],
  ['count', defineFunction(['string', 'string'], ([pattern, value], scope) => countMatches(pattern, value, scope))],
  ['urlencode', one(escapeQuery)],
  ['urldecode', one(unescapeQuery)],
  ['bytes', defineFunction(['string'], ([value]) => sizeInBytes(value))],
  ['duration', defineFunction(['string'], ([value]) => seconds(value))],
  ['duration_seconds', defineFunction(['string'], ([value]) => seconds(value))],
  ['unixEpochMillis', defineFunction(['time.Time'], ([time]) => String(time.unixMilli()))],
  ['unixEpochNanos', defineFunction(['time.Time'], ([time]) => String(time.unixNano()))],
  [
    'toDateInZone',
    defineFunction(['string', 'string', 'string'], ([layout, zone, value]) => readTime(layout, zone, value)),
  ],
  ['unixToTime', defineFunction(['string'], ([epoch]) => unixToTime(epoch))],
  ['alignLeft', defineFunction(['int', 'string'], ([count, value], scope) => text.align(count, value, 'left', scope))],
  [
    'alignRight',
    defineFunction(['int', 'string'], ([count, value], scope) => text.align(count, value, 'right', scope)),
  ],
])
