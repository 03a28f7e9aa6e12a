import { captureFault } from '../../logql/regex.ts'
import { QueryError } from '../../text/error.ts'
import { compileRe2 } from '../regex/test.ts'
import type { StageCompiler } from './stage.ts'

/** `regexp`: named groups of the first match become labels; a line that does not match stays as it is. */
export const compileRegexp: StageCompiler<'regexp'> = (stage, context) => {
  const fault = captureFault(stage.pattern)
  if (fault !== undefined) throw new QueryError(`parse error : stage 'regexp' : ${fault}`, 0, 0)
  const compiled = compileRe2(stage.pattern)
  const groups = Object.entries(compiled.namedGroups())
    .map(([name, index]) => ({ name, index: index as number }))
    .filter(({ name }) => context.needed === undefined || context.needed.has(name))
  return (state) => {
    // The yes-or-no test runs on an automaton and is many times faster than finding the groups.
    if (groups.length === 0 || !compiled.test(state.line)) return true
    const match = compiled.matcher(state.line)
    if (!match.find()) return true
    for (const { name, index } of groups) state.extract(name, match.group(index) ?? '')
    return true
  }
}
