import { randomUUID } from 'node:crypto'
import { exporters, type Labels, type Meters, type Random, type Run, type Workload, workloads } from '@girok/examples'
import { createHierarchy, formatted, type Handler } from '@girok/sdk'
import { jsonFormatter } from '@girok/sdk/formatters'
import { labelSet, makeStream, type Stream } from '../../model/labels.ts'
import { SAMPLE_LABEL } from './label.ts'

export interface EnsembleOptions {
  readonly tenant: string
  readonly random: Random
  readonly meters: (target: Labels) => Meters
  /** When the programs begin, milliseconds since the epoch. */
  readonly startMs: number
}

/** Workloads that run on played time. */
export interface Ensemble {
  /** The next lines, `count` of them, evenly spread over `spanMs` before `endMs`. */
  play(count: number, endMs: number, spanMs: number): Promise<Line[]>
  /** Brings the metrics of exporters up to the time that has been played. */
  measure(): void
  close(): Promise<void>
}

export interface Line {
  readonly stream: Stream
  readonly timeMs: number
  readonly line: string
  readonly metadata: string[]
}

const WAITING_SHORTENED = 100

export function createEnsemble({ tenant, random, meters, startMs }: EnsembleOptions): Ensemble {
  // The run shows which start of the server wrote a line, and what structured metadata looks like.
  const metadata = ['sample_run', randomUUID().slice(0, 8)]
  const waiting: Line[] = []
  let timeMs = startMs
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
      meters,
      now: () => timeMs + waitedMs,
      async sleep(ms) {
        waitedMs += Math.max(0, ms)
      },
    })
    return { run, share: workload.share }
  })
  const machines = exporters.map((exporter) => exporter.open({ random, meters, now: () => timeMs }))
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
    async play(count, endMs, spanMs) {
      while (waiting.length < count) {
        timeMs = Math.floor(endMs - spanMs + ((waiting.length + 1) * spanMs) / count)
        stepFromMs = waitedMs
        await choose().step()
      }
      timeMs = endMs
      return waiting.splice(0, count)
    },
    measure() {
      for (const machine of machines) machine.measure()
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
