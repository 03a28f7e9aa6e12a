import type { LineFilterOp, LineFilterOperand } from '../../logql/ast.ts'
import { lineFilterPatternFault, splitLinePattern } from '../../logql/line-pattern.ts'
import { QueryError } from '../../text/error.ts'
import { compileIpTest } from '../ip/find.ts'
import { fitsPattern } from '../pattern/match.ts'
import { compileSearch, type TextTest } from '../regex/test.ts'
import type { StageCompiler } from './stage.ts'

/** `|= != |~ !~ |> !>` with or-chains. Positive operators need one operand to hold, negative ones all to fail. */
export const compileLineFilter: StageCompiler<'lineFilter'> = (stage) => {
  const tests = stage.operands.map((operand) => compileOperand(stage.op, operand))
  const negative = stage.op.startsWith('!')
  if (tests.length === 1) {
    const only = tests[0] as TextTest
    return negative ? (state) => !only(state.line) : (state) => only(state.line)
  }
  return (state) => {
    for (const test of tests) if (test(state.line)) return !negative
    return negative
  }
}

function compileOperand(op: LineFilterOp, operand: LineFilterOperand): TextTest {
  const { value } = operand
  if (operand.kind === 'ip') {
    if (op !== '|=' && op !== '!=') throw new QueryError(`parse error : ip: invalid operation ${op}`, 0, 0)
    return compileIpTest(value)
  }
  switch (op) {
    case '|=':
    case '!=':
      return (line) => line.includes(value)
    case '|~':
    case '!~':
      return compileSearch(value)
    case '|>':
    case '!>': {
      const fault = lineFilterPatternFault(value)
      if (fault !== undefined) throw new QueryError(`parse error : ${fault}`, 0, 0)
      const parts = splitLinePattern(value)
      return (line) => fitsPattern(parts, line)
    }
  }
}
