import {
  type CompiledStages,
  compileStages,
  NO_METADATA,
  type ProcessEntry,
  processEntry,
  StageProblem,
  type StageRun,
} from '@girok/query/process'
import { END_OF_TIME_SECONDS, type Metadata, type RecordBatch } from '../model/batch.ts'
import type { Counters } from '../model/counters.ts'
import { labelSet, makeStream, type Stream, UNKNOWN_SERVICE } from '../model/labels.ts'
import type { ChainStep } from './chain.ts'
import type { Process } from './processor.ts'

/** Stages that mean nothing where records come from many senders at once, and why. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['multiline', 'lines of one file may come in several requests, and those of many in one: join them in the agent'],
  ['cri', 'lines that were cut are joined where the file is read: in the agent'],
  ['tenant', 'the tenant of a record is that of the request that brought it, as tokens allow it'],
  ['metrics', 'metrics of stored lines are queries: count_over_time, rate and their like'],
])

/** Reads `pipeline.stages`. Throws `StageProblem`, its path beginning with the index of the stage. */
export function compileReceiverStages(config: unknown): CompiledStages {
  const compiled = compileStages(config, '')
  for (const name of compiled.names) {
    const why = REFUSED.get(name)
    if (why !== undefined) throw new StageProblem(name, `is no stage for records of receivers: ${why}`)
  }
  if (compiled.pauses)
    throw new StageProblem('rateLimit', 'needs drop: true here, because senders cannot be made to wait')
  return compiled
}

const NS = 1_000_000_000n
const MOST_TENANTS = 1_000

interface TenantStages {
  readonly run: StageRun
  readonly streams: WeakMap<ProcessEntry['labels'], Stream>
}

/** The stages of the configuration as a step of the chain: none when there are none. */
export function stageSteps(
  config: readonly unknown[],
  counters: Pick<Counters, 'dropped'>,
  now: () => number,
): ChainStep[] {
  if (config.length === 0) return []
  return [{ name: 'stages', counts: true, process: openStages(compileReceiverStages(config), counters, now) }]
}

/**
 * Stages as a processor. Lines become texts for it, and columns are made anew: nothing is written into the batch that is
 * given. What the stages take out is counted here, under the reasons that they give. Rates are limited per tenant.
 */
function openStages(compiled: CompiledStages, { dropped }: Pick<Counters, 'dropped'>, now: () => number): Process {
  const tenants = new Map<string, TenantStages>()
  let receiver = ''
  const stagesOf = (tenant: string): TenantStages => {
    const known = tenants.get(tenant)
    if (known !== undefined) return known
    if (tenants.size >= MOST_TENANTS) tenants.clear()
    const run = compiled.open({
      now,
      count: (_stage, reason, n) => dropped.add({ receiver, tenant, reason }, n),
    })
    const opened = { run, streams: new WeakMap() }
    tenants.set(tenant, opened)
    return opened
  }
  return (batch) => {
    receiver = batch.receiver
    return processed(batch, stagesOf(batch.tenant))
  }
}

function processed(batch: RecordBatch, { run, streams: known }: TenantStages): RecordBatch {
  const columns = new Columns(batch)
  for (let i = 0; i < batch.count; i++) {
    const { labels } = batch.streams[batch.stream[i]!]!
    const line = batch.bytes.toString('utf8', batch.lineStart[i], batch.lineEnd[i])
    const timeNs = BigInt(batch.seconds[i]!) * NS + BigInt(batch.nanos[i]!)
    const metadata = batch.metadata?.[i]
    const entry = processEntry(timeNs, line, labels, metadata === undefined ? NO_METADATA : pairsOf(metadata))
    const before = entry.metadata
    run.push(entry, (after) => {
      const stream =
        after.labels === labels ? batch.streams[batch.stream[i]!]! : streamOf(after.labels, batch.tenant, known)
      const own = after.metadata === before ? metadata : after.metadata.flat()
      columns.add(
        i,
        stream,
        after.timeNs === timeNs ? undefined : after.timeNs,
        after.line === line ? undefined : after.line,
        own,
      )
    })
  }
  return columns.batch()
}

function streamOf(
  labels: ProcessEntry['labels'],
  tenant: string,
  known: WeakMap<ProcessEntry['labels'], Stream>,
): Stream {
  const made = known.get(labels)
  if (made !== undefined) return made
  const set = labelSet(labels)
  // A stream has at least one label.
  const stream = makeStream(tenant, set.size > 0 ? set : labelSet([['service_name', UNKNOWN_SERVICE]]))
  known.set(labels, stream)
  return stream
}

function pairsOf(metadata: Metadata): [string, string][] {
  const pairs: [string, string][] = []
  for (let k = 0; k < metadata.length; k += 2) pairs.push([metadata[k]!, metadata[k + 1]!])
  return pairs
}

/** Columns of a batch in the making, of records of another. */
class Columns {
  private readonly from: RecordBatch
  private count = 0
  private readonly streams: Stream[] = []
  private readonly indexOfId = new Map<string, number>()
  private readonly stream: Uint32Array
  private readonly seconds: Float64Array
  private readonly nanos: Uint32Array
  private readonly level: Uint8Array
  private readonly lineStart: Uint32Array
  private readonly lineEnd: Uint32Array
  private readonly metadata: (Metadata | undefined)[] = []
  private readonly lines: Buffer[] = []
  private length = 0

  constructor(from: RecordBatch) {
    const { count } = from
    this.from = from
    this.stream = new Uint32Array(count)
    this.seconds = new Float64Array(count)
    this.nanos = new Uint32Array(count)
    this.level = new Uint8Array(count)
    this.lineStart = new Uint32Array(count)
    this.lineEnd = new Uint32Array(count)
  }

  /** Takes over record `i`, with another time and line where they are given. */
  add(
    i: number,
    stream: Stream,
    timeNs: bigint | undefined,
    line: string | undefined,
    metadata: Metadata | undefined,
  ): void {
    const { from } = this
    const at = this.count++
    this.stream[at] = this.indexOf(stream)
    const seconds = timeNs === undefined ? -1 : Number(timeNs / NS)
    // A time that cannot be stored stays what it was.
    const isKept = timeNs === undefined || seconds < 0 || seconds >= END_OF_TIME_SECONDS
    this.seconds[at] = isKept ? from.seconds[i]! : seconds
    this.nanos[at] = isKept ? from.nanos[i]! : Number(timeNs % NS)
    this.level[at] = from.level[i]!
    const text = line === undefined ? from.bytes.subarray(from.lineStart[i], from.lineEnd[i]) : Buffer.from(line)
    this.lines.push(text)
    this.lineStart[at] = this.length
    this.length += text.length
    this.lineEnd[at] = this.length
    this.metadata.push(metadata === undefined || metadata.length === 0 ? undefined : metadata)
  }

  batch(): RecordBatch {
    const { count, streams, stream, seconds, nanos, level, lineStart, lineEnd, metadata } = this
    return {
      tenant: this.from.tenant,
      receiver: this.from.receiver,
      ...{ count, streams, stream, seconds, nanos, level, lineStart, lineEnd },
      bytes: Buffer.concat(this.lines, this.length),
      metadata: metadata.some((own) => own !== undefined) ? metadata : undefined,
    }
  }

  private indexOf(stream: Stream): number {
    let index = this.indexOfId.get(stream.id)
    if (index === undefined) {
      index = this.streams.push(stream) - 1
      this.indexOfId.set(stream.id, index)
    }
    return index
  }
}
