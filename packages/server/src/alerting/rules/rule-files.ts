import type { RuleLanguage } from '../../model/rules.ts'
import type { RuleGroup } from './rule.ts'
import { type RuleFile, readRuleFile } from './rule-file.ts'
import { findRuleFiles } from './rule-paths.ts'

export interface RuleFileSource {
  readonly language: RuleLanguage
  /** What patterns are relative to. */
  readonly folder: string
  readonly patterns: readonly string[]
  /** Files that are part of the program. */
  readonly texts?: readonly { readonly path: string; readonly text: string }[]
  /** Of groups that say none, in milliseconds; undefined: as for all groups. */
  readonly intervalMs?: number | undefined
  readonly queryOffsetMs?: number | undefined
}

type Terms = Pick<RuleFileSource, 'intervalMs' | 'queryOffsetMs'>

/** What a file held when it was read last, and for whom. */
interface KnownFile {
  readonly text: string
  readonly terms: Terms
  readonly file: RuleFile
}

/** Files as they are now. */
export interface RuleFilesNow {
  readonly groups: readonly RuleGroup[]
  /** Every fault, also of files that cannot be read. */
  readonly faults: readonly string[]
  /** Whether files, or what is wrong with them, are others than at the look before. */
  readonly changed: boolean
}

/**
 * Looks at files of rules. What a file holds is read once for each text that it has. A file that several sources of a
 * language name counts once.
 *
 * @param sources asked for at each look; throws an Error that is written for users
 */
export function createRuleFiles(sources: () => readonly RuleFileSource[]): () => RuleFilesNow {
  let known = new Map<string, KnownFile>()
  let unreadableBefore = ''
  return () => {
    const next: typeof known = new Map()
    const unreadable: string[] = []
    for (const { language, folder, patterns, texts = [], ...terms } of sources()) {
      const { files, faults } = findRuleFiles(patterns, folder)
      unreadable.push(...faults)
      for (const { path, text } of [...texts, ...files]) {
        const key = `${language} ${path}`
        if (next.has(key)) continue
        const before = known.get(key)
        const isSame = before?.text === text && isAlike(before.terms, terms)
        next.set(key, isSame ? before : { text, terms, file: withTerms(readRuleFile(text, path, language), terms) })
      }
    }
    const changed =
      next.size !== known.size ||
      unreadable.join('\n') !== unreadableBefore ||
      [...next].some(([key, one]) => known.get(key) !== one)
    known = next
    unreadableBefore = unreadable.join('\n')
    const read = [...next.values()].map(({ file }) => file)
    return {
      groups: read.flatMap(({ groups }) => groups),
      faults: [...unreadable, ...read.flatMap(({ problems }) => problems)],
      changed,
    }
  }
}

function isAlike(a: Terms, b: Terms): boolean {
  return a.intervalMs === b.intervalMs && a.queryOffsetMs === b.queryOffsetMs
}

/** The file with what its source says to groups that say nothing. */
function withTerms(file: RuleFile, { intervalMs, queryOffsetMs }: Terms): RuleFile {
  const groups = file.groups.map((group) => ({
    ...group,
    intervalMs: group.intervalMs ?? intervalMs,
    queryOffsetMs: group.queryOffsetMs ?? queryOffsetMs,
  }))
  return { ...file, groups }
}
