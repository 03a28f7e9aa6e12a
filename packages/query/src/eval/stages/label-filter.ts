import type { CompareOp, LabelFilter } from '../../logql/ast.ts'
import { compileIpTest } from '../ip/find.ts'
import { compileMatcher } from '../matcher.ts'
import type { LineState } from '../pipeline/line-state.ts'
import { type Parsed, parseByteSize, parseFloat64, parseGoDuration } from '../values/parse.ts'
import { LABEL_FILTER_ERROR } from './parser-error.ts'
import type { StageCompiler, StageStep } from './stage.ts'

export const compileLabelFilterStage: StageCompiler<'labelFilter'> = (stage) => compileLabelFilter(stage.filter)

/**
 * A test of the line's labels. Comparisons of numbers, durations and sizes drop a line without the label and keep one
 * whose value is none, with `__error__` set unless an earlier error stands.
 */
export function compileLabelFilter(filter: LabelFilter): StageStep {
  switch (filter.kind) {
    case 'string': {
      const { name } = filter.matcher
      const test = compileMatcher(filter.matcher)
      return (state) => test(state.text(name))
    }
    case 'number':
      return compileComparison(filter.name, filter.op, filter.value, parseFloat64)
    case 'duration':
      return compileComparison(filter.name, filter.op, plainNumber(filter.valueNs), parseGoDuration)
    case 'bytes':
      return compileComparison(filter.name, filter.op, filter.value, parseByteSize)
    case 'ip': {
      const { name } = filter
      const test = compileIpTest(filter.pattern)
      const wanted = filter.op === '='
      return (state) => {
        if (state.error !== '') return true
        const value = state.get(name)
        return value !== undefined && test(value) === wanted
      }
    }
    case 'and': {
      const left = compileLabelFilter(filter.left)
      const right = compileLabelFilter(filter.right)
      // Both sides run: the right one may note an error even when the left has already decided.
      return (state) => {
        const leftHolds = left(state)
        return right(state) && leftHolds
      }
    }
    case 'or': {
      const left = compileLabelFilter(filter.left)
      const right = compileLabelFilter(filter.right)
      return (state) => left(state) || right(state)
    }
  }
}

function compileComparison(
  name: string,
  op: CompareOp,
  bound: number | bigint,
  parse: (text: string) => Parsed<number | bigint>,
): StageStep {
  const holds = comparison(op)
  let lastText: string | undefined
  let lastParsed: Parsed<number | bigint> | undefined
  return (state: LineState) => {
    const text = state.get(name)
    if (text === undefined) return false
    if (text !== lastText || lastParsed === undefined) {
      lastParsed = parse(text)
      lastText = text
    }
    if (lastParsed.fault === undefined) return holds(lastParsed.value, bound)
    if (state.error === '') state.fail(LABEL_FILTER_ERROR, lastParsed.fault)
    return true
  }
}

/** Numbers and bigints compare exactly with one another under `<`; `===` would never be true between them. */
function comparison(op: CompareOp): (left: number | bigint, right: number | bigint) => boolean {
  switch (op) {
    case '==':
      return (left, right) => left <= right && left >= right
    case '!=':
      return (left, right) => !(left <= right && left >= right)
    case '>':
      return (left, right) => left > right
    case '>=':
      return (left, right) => left >= right
    case '<':
      return (left, right) => left < right
    case '<=':
      return (left, right) => left <= right
  }
}

function plainNumber(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
