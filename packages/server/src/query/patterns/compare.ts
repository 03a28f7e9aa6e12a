import type { LogStore } from '../../store/store.ts'
import type { LogsTask } from '../logs.ts'
import type { TimeSpan } from '../pushdown/time.ts'
import type { Run } from '../run/runs.ts'
import { isBeyondChance } from './chance.ts'
import { liftOfFields } from './field-lift.ts'
import { groupByPattern, PATTERN_LINES } from './patterns.ts'
import type { ComparedPattern, CompareResult, PatternChange } from './results.ts'
import { readSample } from './sample.ts'

const MAX_PATTERNS = 300
/** A share that is this many times as large, or as small, has changed, if that is beyond chance. */
const CHANGED_TIMES = 1.5

/** Compares the lines of a log query in its span with those in a base span. */
export async function compareSpans(store: LogStore, task: LogsTask, base: TimeSpan, run: Run): Promise<CompareResult> {
  const now = await readSample(store, task, PATTERN_LINES / 2, run)
  const then = await readSample(store, { ...task, span: base }, PATTERN_LINES / 2, run)
  const groups = await groupByPattern([now.entries, then.entries], run)
  const patterns = groups.map(({ pattern, members }): ComparedPattern & { readonly weight: number } => {
    const weights = [0, 0]
    const lines = [0, 0]
    const levels = new Map<string, number>()
    for (const { sampled, set } of members) {
      weights[set] = (weights[set] as number) + sampled.weight
      lines[set] = (lines[set] as number) + 1
      levels.set(sampled.level, (levels.get(sampled.level) ?? 0) + sampled.weight)
    }
    const [level = ''] = [...levels].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0] ?? []
    const [count, baseCount] = weights as [number, number]
    const share = count / Math.max(1, now.totalLines)
    const baseShare = baseCount / Math.max(1, then.totalLines)
    return {
      pattern,
      level,
      count: Math.round(count),
      baseCount: Math.round(baseCount),
      change: changeOf(lines as [number, number], share, baseShare, now.entries.length, then.entries.length),
      weight: Math.abs(share - baseShare),
    }
  })
  patterns.sort(
    (a, b) =>
      ORDER.indexOf(a.change) - ORDER.indexOf(b.change) || b.weight - a.weight || (a.pattern < b.pattern ? -1 : 1),
  )
  return {
    patterns: patterns.slice(0, MAX_PATTERNS).map(({ weight: _, ...shown }) => shown),
    fields: await liftOfFields(now.entries, then.entries, run),
    sampledLines: now.entries.length,
    totalLines: now.totalLines,
    baseSampledLines: then.entries.length,
    baseTotalLines: then.totalLines,
  }
}

const ORDER: readonly PatternChange[] = ['new', 'gone', 'changed', 'same']

function changeOf(
  [lines, baseLines]: readonly [number, number],
  share: number,
  baseShare: number,
  sampled: number,
  baseSampled: number,
): PatternChange {
  if (baseLines === 0) return 'new'
  if (lines === 0) return 'gone'
  const times = share / baseShare
  if (times < CHANGED_TIMES && times > 1 / CHANGED_TIMES) return 'same'
  return isBeyondChance(lines, sampled, baseLines, baseSampled) ? 'changed' : 'same'
}
