import { quoteText } from '../../text/go-quote.ts'
import type { AtModifier, Duration, Matcher, MatrixSelector, Subquery, VectorSelector } from '../ast.ts'
import { canNameMetric, wordKind } from '../lex/tokens.ts'
import { NAME_LABEL } from '../parse/selector.ts'
import { printDuration, printOffset } from './duration.ts'

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** A text in double quotes that scans back to the same text; U+FFFD, which no text may hold as such, is escaped. */
export function printText(value: string): string {
  return quoteText(value).replaceAll('\ufffd', '\\ufffd')
}

/** A label as it stands in lists and matchers: in quotes when it is no plain name. */
export function printLabel(name: string): string {
  return LABEL_NAME.test(name) ? name : printText(name)
}

function printMatcher({ name, op, value }: Matcher): string {
  return `${printLabel(name)}${op}${printText(value)}`
}

/** Matchers in the order of their texts, as Prometheus prints them; the name before the braces where it can stand there. */
function printMatchers({ name, matchers }: VectorSelector): string {
  const naming = matchers.findIndex(
    (matcher) => matcher.name === NAME_LABEL && matcher.op === '=' && matcher.value === name,
  )
  const texts = matchers
    .filter((_, index) => index !== naming)
    .map(printMatcher)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  if (name === undefined || naming < 0) return `{${texts.join(',')}}`
  // Before the braces a name excludes other matchers of the name.
  const alone = matchers.every((matcher, index) => index === naming || matcher.name !== NAME_LABEL)
  if (!alone || !isBareName(name)) return `{${[printText(name), ...texts].join(',')}}`
  return texts.length === 0 ? name : `${name}{${texts.join(',')}}`
}

function isBareName(name: string): boolean {
  const kind = wordKind(name) ?? 'identifier'
  // A name like fill is a word of the grammar only before a parenthesis, which never follows a selector.
  return METRIC_NAME.test(name) && (canNameMetric(kind) || kind.startsWith('fill'))
}

function printAt(atTime: AtModifier | undefined): string {
  if (atTime === undefined) return ''
  return typeof atTime === 'number' ? ` @ ${(atTime / 1000).toFixed(3)}` : ` @ ${atTime}()`
}

function printOffsetOf(offset: Duration | undefined): string {
  return offset === undefined ? '' : ` offset ${printOffset(offset)}`
}

function printExtended(selector: VectorSelector): string {
  return selector.extended === undefined ? '' : ` ${selector.extended}`
}

export function printVectorSelector(selector: VectorSelector): string {
  return `${printMatchers(selector)}${printAt(selector.atTime)}${printExtended(selector)}${printOffsetOf(selector.offset)}`
}

export function printMatrixSelector({ selector, range }: MatrixSelector): string {
  const modifiers = `${printExtended(selector)}${printAt(selector.atTime)}${printOffsetOf(selector.offset)}`
  return `${printMatchers(selector)}[${printDuration(range)}]${modifiers}`
}

/** `[1h:5m] @ end() offset 1d` */
export function printSubqueryTimes({ range, step, atTime, offset }: Subquery): string {
  const window = `[${printDuration(range)}:${step === undefined ? '' : printDuration(step)}]`
  return `${window}${printAt(atTime)}${printOffsetOf(offset)}`
}
