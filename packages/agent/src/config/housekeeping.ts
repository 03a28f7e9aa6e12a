import type { CompiledRule } from '../housekeeping/rule.ts'
import { type ConfigPath, checked, type Located, problemAt } from './checked.ts'

/**
 * Reads the rules of housekeeping; what they need is loaded when there are some.
 * @throws ConfigProblem at the rule that is wrong
 */
export async function housekeepingOf(
  rules: readonly unknown[],
  yaml: Located,
  at: ConfigPath,
  folder: string,
): Promise<readonly CompiledRule[]> {
  if (rules.length === 0) return []
  const { compileRule, housekeepingRule } = await import('../housekeeping/index.ts')
  return rules.map((rule, i) => {
    const path = [...at, i]
    const read = checked(housekeepingRule, rule, yaml, path)
    try {
      return compileRule(read, folder)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw problemAt(yaml, path, error.message)
    }
  })
}
