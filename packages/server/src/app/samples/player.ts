import { randomUUID } from 'node:crypto'
import { type Random, type Run, type Workload, workloads } from '@girok/examples'
import { createHierarchy, formatted, type Handler } from '@girok/sdk'
import { jsonFormatter } from '@girok/sdk/formatters'
import type { RecordBatch } from '../../model/batch.ts'
import { labelSet, makeStream, type Stream } from '../../model/labels.ts'
import { batchOfRecords } from '../../model/line-batch.ts'

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

interface Line {
  readonly stream: Stream
  readonly timeMs: number
  readonly line: string
  readonly metadata: string[]
}

/** Workloads that run on played time. */
interface Ensemble {
  /** The next lines, `count` of them, evenly spread over the time before `endMs`. */
  play(count: number, endMs: number): Promise<Line[]>
  close(): Promise<void>
}

const TICK_MS = 1_000
const WAITING_SHORTENED = 100

/** Plays the example programs: once a second a batch, the programs mixed by their shares. */
export function createPlayer(options: PlayerOptions): Player {
  const now = options.now ?? Date.now
  let timer: NodeJS.Timeout | undefined
  let ensemble: Ensemble | undefined
  let writing: Promise<unknown> = Promise.resolve()
  let owed = 0

  function tick(playing: Ensemble): void {
    owed += (options.linesPerSecond * TICK_MS) / 1_000
    const count = Math.floor(owed)
    owed -= count
    if (count === 0) return
    const endMs = now()
    writing = writing
      .then(() => playing.play(count, endMs))
      .then((lines) => options.submit(batchOfRecords(options.tenant, 'sample', lines)))
      .catch(options.onError)
  }

  return {
    get running() {
      return timer !== undefined
    },
    start() {
      if (timer) return
      const playing = createEnsemble(options.tenant, options.random ?? Math.random)
      ensemble = playing
      timer = setInterval(() => tick(playing), TICK_MS)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      timer = undefined
      const stopping = ensemble
      ensemble = undefined
      await writing
      await stopping?.close()
    },
  }
}

function createEnsemble(tenant: string, random: Random): Ensemble {
  // The run shows which start of the server wrote a line, and what structured metadata looks like.
  const metadata = ['sample_run', randomUUID().slice(0, 8)]
  const waiting: Line[] = []
  let timeMs = 0
  // What a program waits for passes at once: it shows in the durations that it logs, and, shortened, in the order of records.
  let waitedMs = 0
  let stepFromMs = 0

  const players = workloads.map((workload) => {
    const hierarchy = createHierarchy({ now: () => timeMs + Math.floor((waitedMs - stepFromMs) / WAITING_SHORTENED) })
    const streams = streamsOf(workload, tenant)
    hierarchy.root.setLevel('INFO').addHandler(collector(streams, (line) => waiting.push({ ...line, metadata })))
    const run: Run = workload.open({
      hierarchy,
      random,
      now: () => timeMs + waitedMs,
      async sleep(ms) {
        waitedMs += Math.max(0, ms)
      },
    })
    return { run, share: workload.share }
  })
  const total = players.reduce((sum, { share }) => sum + share, 0)

  function choose(): Run {
    let rest = random() * total
    for (const { run, share } of players) {
      rest -= share
      if (rest < 0) return run
    }
    return (players[0] as (typeof players)[number]).run
  }

  return {
    async play(count, endMs) {
      while (waiting.length < count) {
        timeMs = Math.floor(endMs - TICK_MS + ((waiting.length + 1) * TICK_MS) / count)
        stepFromMs = waitedMs
        await choose().step()
      }
      return waiting.splice(0, count)
    },
    async close() {
      await Promise.all(players.map(({ run }) => run.close()))
    },
  }
}

function streamsOf({ labels }: Workload, tenant: string): ReadonlyMap<string, Stream> {
  const marked = Object.entries(labels).map(([logger, own]) => {
    return [logger, makeStream(tenant, labelSet(Object.entries({ ...own, [SAMPLE_LABEL]: 'true' })))] as const
  })
  return new Map(marked)
}

function collector(streams: ReadonlyMap<string, Stream>, add: (line: Omit<Line, 'metadata'>) => void): Handler {
  const formatter = jsonFormatter()
  return {
    name: 'samples',
    level: 0,
    handle(record) {
      const stream = streams.get(record.logger.split('.', 1)[0] ?? '')
      if (stream === undefined) throw new Error(`the logger ${record.logger} has no labels: add them to the workload`)
      add({ stream, timeMs: record.timeMs, line: formatted(record, formatter) })
    },
  }
}
