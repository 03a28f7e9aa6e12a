import { basename } from 'node:path'
import type { RuleGroupBody, RuleLanguage } from '@girok/server/contract'
import { Failure } from '../failure.ts'

/** A file of rules, as bodies of the API. */
export interface RuleFileBodies {
  /** Its key `namespace`, else its name without the ending. */
  readonly namespace: string
  readonly groups: readonly RuleGroupBody[]
}

/** Reads a file of rules; rejects with Failure that names every fault with its place. */
export async function readRuleBodies(shown: string, path: string, language: RuleLanguage): Promise<RuleFileBodies> {
  const { bodyOf, findRuleFiles, readRuleFile } = await import('@girok/server/rules')
  const { files, faults } = findRuleFiles([path], '/')
  const [file] = files
  if (file === undefined) throw new Failure(faults[0] ?? `cannot read ${shown}`)
  const { groups, problems, namespace } = readRuleFile(file.text, shown, language)
  if (problems.length > 0) throw new Failure(problems.join('\n'))
  return { namespace: namespace ?? basename(path).replace(/\.ya?ml$/, ''), groups: groups.map(bodyOf) }
}
