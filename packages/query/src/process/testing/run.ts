import { compileStages } from '../compile.ts'
import { processEntry } from '../entry.ts'
import { MetricTable } from '../metric-table.ts'
import { textOfValue } from '../value.ts'

/** 2024-01-15T00:00:00Z. */
export const NOW_MS = 1_705_276_800_000

export interface Outcome {
  readonly line: string
  readonly labels: Record<string, string>
  readonly extracted: Record<string, string | undefined>
  readonly metadata: Record<string, string>
  readonly tenant: string | undefined
  readonly timeNs: bigint
}

export interface Ran {
  readonly out: readonly Outcome[]
  /** `stage/reason` of entries taken out and of faults. */
  readonly dropped: readonly string[]
  readonly faults: readonly string[]
  readonly metrics: MetricTable
  readonly pauseUntilMs: number
}

/** Sends lines through stages, one each `everyMs`, and flushes at the end. */
export function runStages(
  config: unknown,
  lines: readonly string[],
  {
    labels = { job: 'test' },
    everyMs = 0,
    random = Math.random,
  }: {
    readonly labels?: Record<string, string>
    readonly everyMs?: number
    readonly random?: () => number
  } = {},
): Ran {
  let nowMs = NOW_MS
  const dropped: string[] = []
  const faults: string[] = []
  const metrics = new MetricTable(() => nowMs)
  const run = compileStages(config, 'stages').open({
    now: () => nowMs,
    count: (stage, reason, n) => {
      for (let i = 0; i < n; i++) dropped.push(`${stage}/${reason}`)
    },
    fault: (stage, reason) => faults.push(`${stage}/${reason}`),
    metrics,
    random,
  })
  const set = new Map(Object.entries(labels))
  const out: Outcome[] = []
  const take = (entry: ReturnType<typeof processEntry>) => {
    const extracted = [...(entry.extracted ?? [])].map(([name, value]) => [name, textOfValue(value)] as const)
    out.push({
      line: entry.line,
      labels: Object.fromEntries([...entry.labels].sort()),
      extracted: Object.fromEntries(extracted),
      metadata: Object.fromEntries(entry.metadata),
      tenant: entry.tenant,
      timeNs: entry.timeNs,
    })
  }
  for (const line of lines) {
    run.push(processEntry(BigInt(nowMs) * 1_000_000n, line, set), take)
    nowMs += everyMs
    run.flush(nowMs, false, take)
  }
  run.flush(nowMs, true, take)
  return { out, dropped, faults, metrics, pauseUntilMs: run.pauseUntilMs() }
}
