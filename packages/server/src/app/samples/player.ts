import { randomUUID } from 'node:crypto'
import type { RecordBatch } from '../../model/batch.ts'
import { labelSet, makeStream, type Stream } from '../../model/labels.ts'
import { batchOfRecords } from '../../model/line-batch.ts'
import { workloads } from './index.ts'
import type { Random, Workload } from './workload.ts'

/** The label that marks sample records, and by which they are removed. */
export const SAMPLE_LABEL = 'girok_sample'

export interface PlayerOptions {
  readonly tenant: string
  /** All workloads together; 0 < n ≤ 20. */
  readonly linesPerSecond: number
  readonly submit: (batch: RecordBatch) => Promise<unknown>
  readonly onError: (error: unknown) => void
  readonly random?: Random
  readonly now?: () => number
}

export interface Player {
  readonly running: boolean
  start(): void
  /** Resolves when the last batch has been stored. */
  stop(): Promise<void>
}

interface Source {
  readonly workload: Workload
  readonly stream: Stream
  readonly next: (timestamp: string) => string
}

const TICK_MS = 1_000

/** Plays the workloads: once a second a batch, the workloads mixed by their shares. */
export function createPlayer(options: PlayerOptions): Player {
  const random = options.random ?? Math.random
  const now = options.now ?? Date.now
  const run = randomUUID().slice(0, 8)
  const sources: Source[] = workloads.map((workload) => ({
    workload,
    stream: makeStream(options.tenant, labelSet(Object.entries({ ...workload.labels, [SAMPLE_LABEL]: 'true' }))),
    next: workload.open(random),
  }))
  const total = workloads.reduce((sum, workload) => sum + workload.share, 0)
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<unknown> = Promise.resolve()
  let owed = 0

  function chooseSource(): Source {
    let rest = random() * total
    for (const source of sources) {
      rest -= source.workload.share
      if (rest < 0) return source
    }
    return sources[0] as Source
  }

  function tick(): void {
    owed += (options.linesPerSecond * TICK_MS) / 1_000
    const count = Math.floor(owed)
    owed -= count
    if (count === 0) return
    const endMs = now()
    const records = Array.from({ length: count }, (_, i) => {
      const timeMs = Math.floor(endMs - TICK_MS + ((i + 1) * TICK_MS) / count)
      const { stream, next } = chooseSource()
      // The run shows which start of the server wrote it, and what structured metadata looks like.
      return { stream, timeMs, line: next(new Date(timeMs).toISOString()), metadata: ['sample_run', run] }
    })
    writing = options.submit(batchOfRecords(options.tenant, 'sample', records)).catch(options.onError)
  }

  return {
    get running() {
      return timer !== undefined
    },
    start() {
      if (timer) return
      timer = setInterval(tick, TICK_MS)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      timer = undefined
      await writing
    },
  }
}
