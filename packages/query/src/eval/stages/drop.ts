import { ERROR_DETAILS_LABEL, ERROR_LABEL } from '../labels.ts'
import { compileMatcher } from '../matcher.ts'
import type { LineState } from '../pipeline/line-state.ts'
import type { StageCompiler } from './stage.ts'

/** `drop a, b="x"`: removes labels, with a matcher only where the value satisfies it. */
export const compileDrop: StageCompiler<'drop'> = (stage) => {
  const targets = stage.targets.map(({ name, matcher }) => ({
    name,
    test: matcher === undefined ? undefined : compileMatcher(matcher),
  }))
  return (state) => {
    for (const { name, test } of targets) {
      const value = labelValue(state, name)
      if (value === undefined || (test !== undefined && !test(value))) continue
      if (name === ERROR_LABEL) state.error = ''
      else if (name === ERROR_DETAILS_LABEL) state.errorDetails = ''
      else state.remove(name)
    }
    return true
  }
}

function labelValue(state: LineState, name: string): string | undefined {
  if (name === ERROR_LABEL) return state.error
  if (name === ERROR_DETAILS_LABEL) return state.errorDetails
  return state.get(name)
}
