import { setImmediate as breath } from 'node:timers/promises'
import type { Random } from '@girok/examples'
import type { RecordBatch } from '../../model/batch.ts'
import { batchOfRecords } from '../../model/line-batch.ts'
import type { SampleBatch } from '../../model/sample-batch.ts'
import { createEnsemble, type Ensemble, type Line } from './ensemble.ts'
import { createSampleTargets, type SampleTargets } from './targets.ts'

export interface PlayerOptions {
  readonly tenant: string
  /** All workloads together; 0 < n ≤ 20. */
  readonly linesPerSecond: number
  readonly submit: (batch: RecordBatch) => Promise<unknown>
  readonly submitSamples: (batch: SampleBatch) => Promise<unknown>
  /** True when there is nothing from the last minutes: the programs are then played for a while before the start, too. */
  readonly needsHistory: () => boolean
  readonly onError: (error: unknown) => void
  readonly random?: Random
  readonly now?: () => number
}

export interface Player {
  readonly running: boolean
  start(): void
  /** Ends the series; resolves when the last batch has been stored. */
  stop(): Promise<void>
}

interface Playing {
  readonly ensemble: Ensemble
  readonly targets: SampleTargets
}

const TICK_MS = 1_000
const SCRAPE_TICKS = 10
/** So that charts have a shape at once; see {@link Player.start}. */
export const HISTORY_MS = 15 * 60_000
const HISTORY_STEP_MS = 15_000
/** A write of few rows waits for others: some 100 ms each. */
const STEPS_STORED_TOGETHER = 10

/**
 * Plays the example programs, mixed by their shares: once a second a batch of records, every ten seconds what a scrape
 * would find. Both come from the same steps, so that metrics and records tell the same story. A start without samples of
 * the last minutes first plays a quarter of an hour in a moment: 13,500 lines and 25,000 samples for 2 s of CPU, with requests
 * served in between.
 */
export function createPlayer(options: PlayerOptions): Player {
  const { tenant, linesPerSecond, submit, submitSamples, onError } = options
  const now = options.now ?? Date.now
  let timer: NodeJS.Timeout | undefined
  let playing: Playing | undefined
  let writing: Promise<unknown> = Promise.resolve()
  let owed = 0
  let ticks = 0

  async function storeLines(lines: readonly Line[]): Promise<void> {
    if (lines.length > 0) await submit(batchOfRecords(tenant, 'sample', lines))
  }

  function scrape({ ensemble, targets }: Playing, timeMs: number): void {
    ensemble.measure()
    targets.scrape(timeMs)
  }

  async function storeMetrics({ targets }: Playing): Promise<void> {
    await Promise.all(targets.finish().map(submitSamples))
  }

  async function playHistory(started: Playing, endMs: number): Promise<void> {
    const count = Math.round((linesPerSecond * HISTORY_STEP_MS) / 1_000)
    const lines: Line[] = []
    const steps = HISTORY_MS / HISTORY_STEP_MS
    for (let step = 1; step <= steps; step++) {
      // It may have been stopped meanwhile.
      if (playing !== started) return
      const timeMs = endMs - HISTORY_MS + step * HISTORY_STEP_MS
      lines.push(...(await started.ensemble.play(count, timeMs, HISTORY_STEP_MS)))
      scrape(started, timeMs)
      if (step % STEPS_STORED_TOGETHER === 0) await Promise.all([storeLines(lines.splice(0)), storeMetrics(started)])
      // Requests are served in between.
      await breath()
    }
  }

  function tick(current: Playing): void {
    owed += (linesPerSecond * TICK_MS) / 1_000
    const count = Math.floor(owed)
    owed -= count
    const endMs = now()
    const isScraped = ++ticks % SCRAPE_TICKS === 0
    writing = writing
      .then(async () => {
        await storeLines(await current.ensemble.play(count, endMs, TICK_MS))
        if (!isScraped) return
        scrape(current, endMs)
        await storeMetrics(current)
      })
      .catch(onError)
  }

  return {
    get running() {
      return timer !== undefined
    },
    start() {
      if (timer) return
      const startMs = now()
      const hasHistory = options.needsHistory()
      const targets = createSampleTargets(tenant)
      const ensemble = createEnsemble({
        tenant,
        random: options.random ?? Math.random,
        meters: targets.meters,
        startMs: hasHistory ? startMs - HISTORY_MS : startMs,
      })
      const started = { ensemble, targets }
      playing = started
      if (hasHistory) writing = writing.then(() => playHistory(started, startMs)).catch(onError)
      timer = setInterval(() => tick(started), TICK_MS)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      timer = undefined
      const stopping = playing
      playing = undefined
      await writing
      if (stopping === undefined) return
      // Charts end here, not when the last values are too old.
      stopping.targets.end(now())
      await storeMetrics(stopping).catch(onError)
      await stopping.ensemble.close()
    },
  }
}
