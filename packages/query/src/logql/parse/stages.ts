import type { Extraction, LabelFormatStage, LabelTarget, LineFilterOp, LineFilterOperand, Stage } from '../ast.ts'
import { linePatternFault } from '../line-pattern.ts'
import { nearestName } from '../operations.ts'
import { captureFault } from '../regex.ts'
import { RESERVED_WORDS, type TokenKind } from '../tokens.ts'
import type { Cursor } from './cursor.ts'
import { atIp, parseIpCall, parseLabelFilter } from './label-filter.ts'
import { finishMatcher } from './selector.ts'

const LINE_FILTER_OPS: ReadonlyMap<TokenKind, LineFilterOp> = new Map([
  ['|=', '|='],
  ['!=', '!='],
  ['|~', '|~'],
  ['!~', '!~'],
  ['|>', '|>'],
  ['!>', '!>'],
])
const STAGE_NAMES = RESERVED_WORDS.filter((word) =>
  /json|logfmt|regexp|pattern|unp|unw|_format|decol|drop|keep/.test(word),
)

/** Whether a stage begins at the cursor; `| unwrap …` is none, it ends the pipeline. */
export function atStage(cursor: Cursor): boolean {
  if (cursor.at('|')) return cursor.lookahead().kind !== 'unwrap'
  return LINE_FILTER_OPS.has(cursor.token.kind)
}

/** All stages at the cursor. */
export function parseStages(cursor: Cursor): Stage[] {
  const stages: Stage[] = []
  while (atStage(cursor)) stages.push(parseStage(cursor))
  return stages
}

function parseStage(cursor: Cursor): Stage {
  const op = LINE_FILTER_OPS.get(cursor.token.kind)
  if (op !== undefined) return parseLineFilter(cursor, op)
  const { start } = cursor.take()
  switch (cursor.token.kind) {
    case 'json':
      cursor.take()
      return { kind: 'json', extractions: parseExtractions(cursor), at: cursor.spanFrom(start) }
    case 'logfmt':
      return parseLogfmt(cursor, start)
    case 'regexp': {
      const pattern = takePattern(cursor, captureFault)
      return { kind: 'regexp', pattern, at: cursor.spanFrom(start) }
    }
    case 'pattern': {
      const pattern = takePattern(cursor, linePatternFault)
      return { kind: 'pattern', pattern, at: cursor.spanFrom(start) }
    }
    case 'unpack':
      cursor.take()
      return { kind: 'unpack', at: cursor.spanFrom(start) }
    case 'decolorize':
      cursor.take()
      return { kind: 'decolorize', at: cursor.spanFrom(start) }
    case 'line_format': {
      cursor.take()
      const template = cursor.expect('string').text
      return { kind: 'lineFormat', template, at: cursor.spanFrom(start) }
    }
    case 'label_format':
      return parseLabelFormat(cursor, start)
    case 'drop':
    case 'keep': {
      const kind = cursor.take().kind === 'drop' ? 'drop' : 'keep'
      return { kind, targets: parseTargets(cursor), at: cursor.spanFrom(start) }
    }
    case '(':
    case 'identifier': {
      if (atDistinct(cursor)) return parseDistinct(cursor, start)
      refuseUnknownStage(cursor)
      const filter = parseLabelFilter(cursor)
      return { kind: 'labelFilter', filter, at: cursor.spanFrom(start) }
    }
    default:
      return cursor.unexpected([], 'a stage such as json, logfmt or a label filter must follow |')
  }
}

/** `distinct` is a label name like any other, unless a name follows it. */
function atDistinct(cursor: Cursor): boolean {
  return (
    cursor.token.text.toLowerCase() === 'distinct' &&
    cursor.at('identifier') &&
    cursor.lookahead().kind === 'identifier'
  )
}

function parseDistinct(cursor: Cursor, start: number): Stage {
  cursor.take()
  const names: string[] = []
  do names.push(cursor.expect('identifier').text)
  while (cursor.takeIf(','))
  return { kind: 'distinct', names, at: cursor.spanFrom(start) }
}

/** `| jason` and `| jsn |= …`: a lone word is no filter; say which stage was likely meant. */
function refuseUnknownStage(cursor: Cursor): void {
  if (!cursor.at('identifier')) return
  const next = cursor.lookahead().kind
  if (next !== 'end' && next !== '|' && next !== '|=' && next !== 'range' && next !== 'string') return
  const near = nearestName(cursor.token.text, STAGE_NAMES)
  const hint = near === undefined ? 'a label filter needs an operator and a value' : `did you mean ${near}?`
  cursor.fail(`syntax error: unexpected IDENTIFIER ${cursor.token.text} after |: ${hint}`)
}

function parseLineFilter(cursor: Cursor, op: LineFilterOp): Stage {
  const start = cursor.take().start
  const operands = [parseLineFilterOperand(cursor)]
  while (cursor.takeIf('or')) operands.push(parseLineFilterOperand(cursor))
  return { kind: 'lineFilter', op, operands: withoutEmptyChoices(op, operands), at: cursor.spanFrom(start) }
}

/** `|= "a" or ""`: an empty alternative is none, or the filter would let everything through. */
function withoutEmptyChoices(op: LineFilterOp, operands: LineFilterOperand[]): LineFilterOperand[] {
  if (operands.length === 1 || (op !== '|=' && op !== '|~')) return operands
  const chosen = operands.filter(({ kind, value }) => kind === 'ip' || value !== '')
  return chosen.length > 0 ? chosen : operands.slice(0, 1)
}

function parseLineFilterOperand(cursor: Cursor): LineFilterOperand {
  const start = cursor.token.start
  if (atIp(cursor)) {
    const value = parseIpCall(cursor)
    return { kind: 'ip', value, at: cursor.spanFrom(start) }
  }
  const value = cursor.expect('string').text
  return { kind: 'text', value, at: cursor.spanFrom(start) }
}

function takePattern(cursor: Cursor, faultOf: (pattern: string) => string | undefined): string {
  const stage = cursor.take().kind
  const pattern = cursor.expect('string')
  const fault = faultOf(pattern.text)
  if (fault !== undefined) cursor.fail(`stage '${stage}': ${fault}`, pattern.start)
  return pattern.text
}

function parseLogfmt(cursor: Cursor, start: number): Stage {
  cursor.take()
  let strict = false
  let keepEmpty = false
  while (cursor.at('flag')) {
    if (cursor.take().text === '--strict') strict = true
    else keepEmpty = true
  }
  return { kind: 'logfmt', strict, keepEmpty, extractions: parseExtractions(cursor), at: cursor.spanFrom(start) }
}

function parseExtractions(cursor: Cursor): Extraction[] {
  const extractions: Extraction[] = []
  if (!cursor.at('identifier')) return extractions
  do {
    const name = cursor.expect('identifier').text
    extractions.push({ name, expression: cursor.takeIf('=') ? cursor.expect('string').text : name })
  } while (cursor.takeIf(','))
  return extractions
}

function parseLabelFormat(cursor: Cursor, start: number): LabelFormatStage {
  cursor.take()
  const assignments: LabelFormatStage['assignments'][number][] = []
  do {
    const name = cursor.expect('identifier').text
    cursor.expect('=')
    if (cursor.at('identifier')) {
      assignments.push({ name, value: { kind: 'label', name: cursor.take().text } })
    } else {
      if (!cursor.at('string')) cursor.unexpected(['identifier', 'string'])
      assignments.push({ name, value: { kind: 'template', text: cursor.take().text } })
    }
  } while (cursor.takeIf(','))
  return { kind: 'labelFormat', assignments, at: cursor.spanFrom(start) }
}

function parseTargets(cursor: Cursor): LabelTarget[] {
  const targets: LabelTarget[] = []
  do {
    const name = cursor.expect('identifier')
    const op = cursor.token.kind
    if (op === '=' || op === '!=' || op === '=~' || op === '!~') {
      cursor.take()
      targets.push({ name: name.text, matcher: finishMatcher(cursor, name.text, op, name.start) })
    } else {
      targets.push({ name: name.text })
    }
  } while (cursor.takeIf(','))
  return targets
}
