import type { SampleState } from '../../api/contract.ts'
import type { SampleControl } from '../../api/route.ts'
import type { LogStore } from '../../store/store.ts'
import { readSettings, writeSettings } from '../settings.ts'
import { SAMPLE_LABEL } from './label.ts'
import { HISTORY_MS, type Player } from './player.ts'

interface ControlOptions {
  readonly player: Player
  readonly store: Pick<LogStore, 'deleteByLabel' | 'samples'>
  readonly tenant: string
  readonly dataDir: string
  readonly linesPerSecond: number
}

/** Switches the samples and remembers the choice in the data directory. */
export function createSampleControl(options: ControlOptions): SampleControl {
  const { player, store, tenant, dataDir, linesPerSecond } = options
  const state = (): SampleState => ({ running: player.running, linesPerSecond })

  async function setRunning(running: boolean): Promise<SampleState> {
    if (running) player.start()
    else await player.stop()
    writeSettings(dataDir, { ...readSettings(dataDir), sampleRunning: running })
    return state()
  }

  return {
    state,
    setRunning,
    async remove() {
      await setRunning(false)
      await store.deleteByLabel(tenant, SAMPLE_LABEL, 'true')
      await store.samples.deleteByLabel(tenant, SAMPLE_LABEL, 'true')
      return state()
    },
  }
}

/** Whether a tenant has no sample series with samples of the last minutes, to the hour. */
export function hasNoSamples(store: Pick<LogStore, 'samples'>, tenant: string, nowMs: number): boolean {
  const [startNs, endNs] = [nowMs - HISTORY_MS, nowMs].map((ms) => BigInt(ms) * 1_000_000n) as [bigint, bigint]
  for (const { labels } of store.samples.series.list(tenant, startNs, endNs)) if (labels.has(SAMPLE_LABEL)) return false
  return true
}
