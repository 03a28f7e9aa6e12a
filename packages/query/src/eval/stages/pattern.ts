import { linePatternFault, splitLinePattern } from '../../logql/line-pattern.ts'
import { QueryError } from '../../text/error.ts'
import { capturesOf } from '../pattern/match.ts'
import { hasAllNeeded, type StageCompiler } from './stage.ts'

/** `pattern "<method> <path>"`: the pieces between the literals become labels. */
export const compilePattern: StageCompiler<'pattern'> = (stage, context) => {
  const fault = linePatternFault(stage.pattern)
  if (fault !== undefined) throw new QueryError(`parse error : stage 'pattern' : ${fault}`, 0, 0)
  const parts = splitLinePattern(stage.pattern)
  return (state) => {
    if (hasAllNeeded(state, context)) return true
    for (const [name, value] of capturesOf(parts, state.line)) {
      if (context.needed === undefined || context.needed.has(name)) state.extract(name, value)
    }
    return true
  }
}
