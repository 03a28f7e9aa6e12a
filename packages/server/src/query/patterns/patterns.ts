import type { LogStore } from '../../store/store.ts'
import type { LogsTask } from '../logs.ts'
import type { Run } from '../run/runs.ts'
import { type Cluster, PatternMiner } from './miner.ts'
import { fittingPattern, patternText } from './pattern-text.ts'
import type { LinePattern, PatternsResult } from './results.ts'
import { readSample, type SampledEntry } from './sample.ts'

/**
 * Lines that patterns are made from. What was measured with a million lines of the common workload (2 cores): reading the
 * sample takes the engine 0.3 s, mining it this process another 0.3 s, and it grows with the number.
 */
export const PATTERN_LINES = 40_000
/** Patterns in an answer; rarer ones are left out. */
const MAX_PATTERNS = 300

/** Mines the patterns of a log query: exact counts up to {@link PATTERN_LINES} lines, beyond that estimates. */
export async function minePatterns(store: LogStore, task: LogsTask, stepNs: bigint, run: Run): Promise<PatternsResult> {
  const { entries, totalLines } = await readSample(store, task, PATTERN_LINES, run)
  const groups = await groupByPattern([entries], run)
  const stepSeconds = Number(stepNs) / 1e9
  const patterns = groups.map(({ pattern, members }) => summary(pattern, members, stepSeconds))
  patterns.sort((a, b) => b.count - a.count || (a.pattern < b.pattern ? -1 : 1))
  return { patterns: patterns.slice(0, MAX_PATTERNS), sampledLines: entries.length, totalLines }
}

/** Lines of one pattern. `set` is the index of the list that a member came in. */
export interface PatternGroup {
  readonly pattern: string
  readonly members: readonly { readonly sampled: SampledEntry; readonly set: number }[]
}

/** Groups lines by pattern, several lists together, so that the same lines have the same pattern in each. */
export async function groupByPattern(sets: readonly (readonly SampledEntry[])[], run: Run): Promise<PatternGroup[]> {
  const miner = new PatternMiner()
  const membersOf = new Map<Cluster, { sampled: SampledEntry; set: number }[]>()
  for (const [set, entries] of sets.entries()) {
    for (const sampled of entries) {
      const pause = run.breathe()
      if (pause) await pause
      const cluster = miner.add(sampled.entry.line, sampled.level)
      if (!cluster) continue
      const members = membersOf.get(cluster)
      if (members) members.push({ sampled, set })
      else membersOf.set(cluster, [{ sampled, set }])
    }
  }
  const byText = new Map<string, { sampled: SampledEntry; set: number }[]>()
  for (const [cluster, members] of membersOf) {
    const pause = run.breathe()
    if (pause) await pause
    const text = patternText(cluster.tokens, cluster.before, cluster.after)
    const pattern = fittingPattern(
      text,
      members.map(({ sampled }) => sampled.entry.line),
    )
    const others = byText.get(pattern)
    if (others) for (const member of members) others.push(member)
    else byText.set(pattern, members)
  }
  return [...byText].map(([pattern, members]) => ({ pattern, members }))
}

function summary(pattern: string, members: PatternGroup['members'], stepSeconds: number): LinePattern {
  const byLevel = new Map<string, Map<number, number>>()
  let count = 0
  for (const { sampled } of members) {
    const { entry, level, weight } = sampled
    let steps = byLevel.get(level)
    if (!steps) {
      steps = new Map()
      byLevel.set(level, steps)
    }
    const start = Math.floor(Number(entry.timeNs / 1_000_000n) / 1000 / stepSeconds) * stepSeconds
    steps.set(start, (steps.get(start) ?? 0) + weight)
    count += weight
  }
  const levels = [...byLevel].map(([level, steps]) => {
    const samples = wholeCounts([...steps].sort(([a], [b]) => a - b))
    return { level, samples, count: samples.reduce((sum, [, lines]) => sum + lines, 0) }
  })
  levels.sort((a, b) => b.count - a.count || (a.level < b.level ? -1 : 1))
  return { pattern, levels, count: Math.round(count), example: members[0]?.sampled.entry.line ?? '' }
}

/** Rounds so that the sum of any first ones is right to half a line; steps that come to nothing are left out. */
function wholeCounts(steps: readonly (readonly [number, number])[]): [number, number][] {
  const whole: [number, number][] = []
  let sum = 0
  let given = 0
  for (const [start, weight] of steps) {
    sum += weight
    const lines = Math.round(sum) - given
    if (lines <= 0) continue
    given += lines
    whole.push([start, lines])
  }
  return whole
}
