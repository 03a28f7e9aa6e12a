import { compilePipeline, type LogEntry, type LogExpr, type LogRow, matchesSelector } from '@girok/query'
import type { RecordBatch } from '../../model/batch.ts'
import type { Stream } from '../../model/labels.ts'
import { LEVELS } from '../../model/level.ts'

/** Remembered verdicts per stream; cleared when full, so that many short-lived streams cannot grow memory. */
const MAX_REMEMBERED_STREAMS = 10_000

/**
 * Finds a tenant's matching records in stored batches and runs the query's pipeline on them.
 *
 * @param fallThrough looks for names in the selector in the records, as long as no stream of the tenant has come by that has
 *   such a label
 */
export function batchMatcher(log: LogExpr, tenant: string, fallThrough: boolean): (batch: RecordBatch) => LogEntry[] {
  const unseen = new Set(fallThrough ? log.selector.matchers.map(({ name }) => name) : [])
  let { pipeline, selects } = compiled(log, unseen)
  const verdicts = new Map<string, boolean>()
  const learn = (streams: readonly Stream[]): void => {
    const before = unseen.size
    for (const { labels } of streams) for (const name of unseen) if (labels.has(name)) unseen.delete(name)
    if (unseen.size === before) return
    verdicts.clear()
    ;({ pipeline, selects } = compiled(log, unseen))
  }
  const wanted = (stream: Stream): boolean => {
    let verdict = verdicts.get(stream.id)
    if (verdict === undefined) {
      if (verdicts.size >= MAX_REMEMBERED_STREAMS) verdicts.clear()
      verdict = selects(stream.labels)
      verdicts.set(stream.id, verdict)
    }
    return verdict
  }
  return (batch) => {
    if (batch.tenant !== tenant) return []
    if (unseen.size > 0) learn(batch.streams)
    const streamWanted = batch.streams.map(wanted)
    if (!streamWanted.includes(true)) return []
    const entries: LogEntry[] = []
    for (let i = 0; i < batch.count; i++) {
      if (!streamWanted[batch.stream[i] as number]) continue
      const entry = pipeline.process(rowOf(batch, i))
      if (entry) entries.push(entry)
    }
    return entries
  }
}

/** The query, with matchers of the fields of these names as its first stage. */
function compiled(log: LogExpr, fields: ReadonlySet<string>) {
  const matchers = log.selector.matchers.filter(({ name }) => fields.has(name))
  const selector = { ...log.selector, matchers: log.selector.matchers.filter(({ name }) => !fields.has(name)) }
  const first = matchers.length === 0 ? [] : [{ kind: 'fieldMatch', matchers, at: selector.at } as const]
  return {
    pipeline: compilePipeline({ ...log, stages: [...first, ...log.stages] }),
    selects: matchesSelector(selector),
  }
}

/** Record `i` of a batch as evaluation sees it; the same as it will look when read from the store. */
export function rowOf(batch: RecordBatch, i: number): LogRow {
  const metadata: (readonly [string, string])[] = []
  const pairs = batch.metadata?.[i]
  if (pairs) for (let k = 0; k + 1 < pairs.length; k += 2) metadata.push([pairs[k] as string, pairs[k + 1] as string])
  const level = LEVELS[batch.level[i] as number]
  if (level) metadata.push(['detected_level', level])
  return {
    timeNs: BigInt(batch.seconds[i] as number) * 1_000_000_000n + BigInt(batch.nanos[i] as number),
    stream: (batch.streams[batch.stream[i] as number] as Stream).labels,
    metadata,
    line: batch.bytes.toString('utf8', batch.lineStart[i], batch.lineEnd[i]),
  }
}
