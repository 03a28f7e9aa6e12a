import { randomUUID } from 'node:crypto'
import type { RecordBatch } from '../../model/batch.ts'
import { labelSet, makeStream, type Stream } from '../../model/labels.ts'
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
    const lines = Array.from({ length: count }, (_, i) => {
      const timeMs = Math.floor(endMs - TICK_MS + ((i + 1) * TICK_MS) / count)
      const source = chooseSource()
      return { source, timeMs, line: source.next(new Date(timeMs).toISOString()) }
    })
    writing = options.submit(toBatch(options.tenant, sources, lines)).catch(options.onError)
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

  function toBatch(
    tenant: string,
    all: readonly Source[],
    lines: readonly { source: Source; timeMs: number; line: string }[],
  ): RecordBatch {
    const texts = lines.map(({ line }) => Buffer.from(line))
    const lineStart = new Uint32Array(lines.length)
    const lineEnd = new Uint32Array(lines.length)
    let offset = 0
    texts.forEach((bytes, i) => {
      lineStart[i] = offset
      offset += bytes.length
      lineEnd[i] = offset
    })
    return {
      tenant,
      receiver: 'sample',
      count: lines.length,
      streams: all.map((source) => source.stream),
      stream: Uint32Array.from(lines, ({ source }) => all.indexOf(source)),
      seconds: Float64Array.from(lines, ({ timeMs }) => Math.floor(timeMs / 1_000)),
      nanos: Uint32Array.from(lines, ({ timeMs }) => (timeMs % 1_000) * 1_000_000),
      level: new Uint8Array(lines.length),
      bytes: Buffer.concat(texts),
      lineStart,
      lineEnd,
      // Which run of the server wrote it; also shows what structured metadata looks like.
      metadata: lines.map(() => ['sample_run', run]),
    }
  }
}
