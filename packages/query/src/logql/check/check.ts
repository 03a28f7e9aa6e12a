import { QueryError } from '../../text/error.ts'
import { queryErrorAt } from '../../text/position.ts'
import type {
  Expr,
  Extraction,
  LabelFilter,
  LabelFormatStage,
  LineFilterStage,
  LogExpr,
  RangeAggregation,
  Span,
  Stage,
} from '../ast.ts'
import { parseIpPattern } from '../ip-pattern.ts'
import { parseJsonPath } from '../json-path.ts'
import { lineFilterPatternFault } from '../line-pattern.ts'
import { parseLogQL } from '../parse/parse.ts'
import { printStage } from '../print/stages.ts'
import { regexFault } from '../regex.ts'
import { templateFault } from './template.ts'

const UNFORMATTABLE: ReadonlySet<string> = new Set(['__error__', '__error_details__'])
/** Stages that look at the line; a `line_format` with none of them after it changes no count. */
const READS_LINE: ReadonlySet<Stage['kind']> = new Set(['lineFilter', 'json', 'logfmt', 'regexp', 'pattern', 'unpack'])

export interface CheckOptions {
  /** False lets the regular expressions of `|~` and `!~` pass unread, for those who only write the query anew. */
  readonly lineRegexes?: boolean
}

/**
 * What is refused when the stages of a query are built: line filter expressions, `ip()` patterns, `json` and `logfmt`
 * expressions, templates. Throws QueryError; with the text that was parsed it has line and column, without it none.
 */
export function checkLogQL(expr: Expr, text?: string, options: CheckOptions = {}): void {
  switch (expr.kind) {
    case 'log':
      checkLog(expr, text, options)
      return
    case 'rangeAggregation':
      checkRange(expr, text, options)
      return
    case 'vectorAggregation':
    case 'labelReplace':
      checkLogQL(expr.inner, text, options)
      return
    case 'binary':
      checkLogQL(expr.left, text, options)
      checkLogQL(expr.right, text, options)
      return
    case 'vector':
    case 'number':
      return
  }
}

/** Parses and checks in one step. Throws QueryError. */
export function parseAndCheckLogQL(text: string): Expr {
  const expr = parseLogQL(text)
  checkLogQL(expr, text)
  return expr
}

function checkRange(expr: RangeAggregation, text: string | undefined, options: CheckOptions): void {
  const { log, unwrap } = expr.range
  // Where only lines are counted, a last line_format is left out, so that its template is never compiled.
  const countsBytes = expr.op === 'bytes_over_time' || expr.op === 'bytes_rate'
  checkLog(log, text, options, countsBytes ? log.stages.length : lastReaderOfLine(log.stages))
  for (const filter of unwrap?.filters ?? []) checkLabelFilter(filter, text)
}

function lastReaderOfLine(stages: readonly Stage[]): number {
  return stages.findLastIndex((stage) => READS_LINE.has(stage.kind))
}

function checkLog(
  log: LogExpr,
  text: string | undefined,
  { lineRegexes = true }: CheckOptions,
  formatsBefore = log.stages.length,
): void {
  for (const [index, stage] of log.stages.entries()) {
    if (stage.kind === 'lineFormat' && index > formatsBefore) continue
    const fault = stageFault(stage, lineRegexes)
    if (fault !== undefined) refuse(`stage '${printStage(stage)}': ${fault}`, stage.at, text)
    if (stage.kind === 'labelFilter') checkLabelFilter(stage.filter, text)
  }
}

function stageFault(stage: Stage, lineRegexes: boolean): string | undefined {
  switch (stage.kind) {
    case 'lineFilter':
      return lineFilterFault(stage, lineRegexes)
    case 'json':
      return extractionFault(stage.extractions, jsonFault)
    case 'logfmt':
      return extractionFault(stage.extractions, logfmtFault)
    case 'lineFormat':
      return templateFault(stage.template, 'line')
    case 'labelFormat':
      return labelFormatFault(stage)
    default:
      return undefined
  }
}

function lineFilterFault(stage: LineFilterStage, lineRegexes: boolean): string | undefined {
  for (const operand of stage.operands) {
    if (operand.kind === 'ip') {
      if (stage.op !== '|=' && stage.op !== '!=')
        return `ip: invalid operation: ip() goes with |= and !=, not with ${stage.op}`
      if (parseIpPattern(operand.value) === undefined) return ipFault(operand.value)
    } else if (stage.op === '|~' || stage.op === '!~') {
      const fault = lineRegexes ? regexFault(operand.value) : undefined
      if (fault !== undefined) return fault
    } else if (stage.op === '|>' || stage.op === '!>') {
      const fault = lineFilterPatternFault(operand.value)
      if (fault !== undefined) return fault
    }
  }
  return undefined
}

function ipFault(pattern: string): string {
  return `ip: invalid pattern: ${JSON.stringify(pattern)} is no address, CIDR block or range low-high`
}

function extractionFault(
  extractions: readonly Extraction[],
  faultOf: (expression: string) => string | undefined,
): string | undefined {
  for (const { name, expression } of extractions) {
    const fault = faultOf(expression)
    if (fault !== undefined) return `cannot parse expression [${name}]: ${fault}`
  }
  return undefined
}

function jsonFault(expression: string): string | undefined {
  const path = parseJsonPath(expression)
  return 'fault' in path ? path.fault : undefined
}

/** An expression of `logfmt` is one key: letters, digits and underscores, or anything in quotes. */
function logfmtFault(expression: string): string | undefined {
  if (/^\s*(?:[A-Za-z_]\w*|"[^"\]]*")\s*$/.test(expression)) return undefined
  const label = expression.replace(/\W/g, '_').replace(/^(?=\d)/, '_')
  return `${JSON.stringify(expression)} is no key: write it as its label is called, ${JSON.stringify(label)}`
}

function labelFormatFault(stage: LabelFormatStage): string | undefined {
  const targets = new Set<string>()
  for (const { name, value } of stage.assignments) {
    if (UNFORMATTABLE.has(name)) return `${name} cannot be formatted`
    if (targets.has(name)) return `multiple label name '${name}' not allowed in a single format operation`
    targets.add(name)
    const fault = value.kind === 'template' ? templateFault(value.text, 'label') : undefined
    if (fault !== undefined) return fault
  }
  return undefined
}

function checkLabelFilter(filter: LabelFilter, text: string | undefined): void {
  if (filter.kind === 'and' || filter.kind === 'or') {
    checkLabelFilter(filter.left, text)
    checkLabelFilter(filter.right, text)
  } else if (filter.kind === 'ip' && parseIpPattern(filter.pattern) === undefined) {
    refuse(ipFault(filter.pattern), filter.at, text)
  }
}

function refuse(message: string, at: Span, text: string | undefined): never {
  if (text !== undefined) throw queryErrorAt(text, at.start, message)
  throw new QueryError(`parse error: ${message}`, 0, 0)
}
