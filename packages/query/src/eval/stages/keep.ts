import { PRESERVE_ERROR_LABEL } from '../labels.ts'
import { compileMatcher } from '../matcher.ts'
import type { StageCompiler } from './stage.ts'

/** `keep a, b="x"`: removes every label that is not named, or whose value fails its matcher. Errors stay. */
export const compileKeep: StageCompiler<'keep'> = (stage) => {
  const targets = stage.targets.map(({ name, matcher }) => ({
    name,
    test: matcher === undefined ? undefined : compileMatcher(matcher),
  }))
  return (state) => {
    for (const name of state.labelNames()) {
      if (name === PRESERVE_ERROR_LABEL) continue
      const value = state.get(name) as string
      const kept = targets.some((target) => target.name === name && (target.test === undefined || target.test(value)))
      if (!kept) state.remove(name)
    }
    return true
  }
}
