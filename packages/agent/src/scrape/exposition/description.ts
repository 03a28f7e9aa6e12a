import type { MetricType } from '../../model/sink.ts'
import { ExpositionError } from './error.ts'
import type { ExpositionFormat } from './format.ts'
import { unescapeText } from './labels.ts'
import type { ExpositionItem } from './reader.ts'

/** A HELP, TYPE or UNIT line: one thing that is said of a metric family. */
export interface DescriptionLine {
  readonly metric: string
  readonly help?: string
  readonly type?: MetricType
  readonly unit?: string
}

const NAME = /^(?:([a-zA-Z_:][a-zA-Z0-9_:]*)|"((?:[^"\\]|\\.)+)")(?=[ \t]|$)/

const TEXT_TYPES: ReadonlyMap<string, MetricType> = new Map([
  ['counter', 'counter'],
  ['gauge', 'gauge'],
  ['histogram', 'histogram'],
  ['gaugehistogram', 'gaugehistogram'],
  ['summary', 'summary'],
  ['info', 'info'],
  ['stateset', 'stateset'],
  ['unknown', 'unknown'],
  ['untyped', 'unknown'],
])

/**
 * Reads what stands behind `HELP`, `TYPE` or `UNIT`.
 * @throws ExpositionError
 */
export function readDescription(
  kind: Exclude<ExpositionItem, 'sample'>,
  text: string,
  format: ExpositionFormat,
  line: number,
): DescriptionLine {
  const match = NAME.exec(text)
  if (match === null) throw new ExpositionError(`expected the name of a metric behind ${kind.toUpperCase()}`, line)
  const metric = match[1] ?? unescapeText(match[2] as string)
  const behind = text.slice(match[0].length)
  const rest = format === 'text' ? behind.replace(/^[ \t]+/, '') : behind.slice(1)
  if (kind === 'help') return { metric, help: format === 'text' ? unescapeHelp(rest) : unescapeText(rest) }
  if (kind === 'unit') {
    if (rest !== '' && !metric.endsWith(`_${rest}`)) {
      throw new ExpositionError(`the unit ${JSON.stringify(rest)} is not the end of the name ${metric}`, line)
    }
    return { metric, unit: rest }
  }
  const word = format === 'text' ? rest.trimEnd() : rest
  const type = word === 'untyped' && format === 'openmetrics' ? undefined : TEXT_TYPES.get(word)
  if (type === undefined) throw new ExpositionError(`${JSON.stringify(word)} is no type of a metric`, line)
  return { metric, type }
}

/** In the help of the text format a quote needs no escape, so a backslash before it is one. */
function unescapeHelp(text: string): string {
  return text.replace(/\\[\\n]/g, (pair) => (pair === '\\n' ? '\n' : '\\'))
}
