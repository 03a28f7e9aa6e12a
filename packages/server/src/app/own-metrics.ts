import type { ReceiverContext } from '../ingest/receiver.ts'
import type { Registry } from '../telemetry/registry.ts'
import { createRegistrySamples } from './registry-samples.ts'

export interface OwnMetricsOptions {
  readonly registry: Registry
  readonly tenant: string
  /** Label `instance`: tells servers apart that write to one store. */
  readonly instance: string
  readonly intervalMs: number
  /** Counts and stores. */
  readonly submitSamples: ReceiverContext['submitSamples']
  /** Called before each reading: brings values up to date that take time to find. */
  readonly refresh: () => Promise<void>
  readonly log: (message: string, fields: Readonly<Record<string, unknown>>) => void
  readonly now: () => number
}

export interface OwnMetrics {
  /** Reads and stores no more; resolves when what was read is stored or given up. */
  stop(): Promise<void>
}

/** As counters call it; its own log has the same name. */
const RECEIVER = 'girok'

/**
 * Stores Girok's metrics in Girok, as if it scraped itself: at once, then every interval. A reading that cannot be stored
 * is dropped, since the next one tells the same story; failures are told once until something is stored again.
 */
export function startOwnMetrics(options: OwnMetricsOptions): OwnMetrics {
  const { registry, tenant, instance, submitSamples, refresh, log, now } = options
  const samples = createRegistrySamples({ tenant, receiver: RECEIVER, labels: { job: 'girok', instance } })
  let said = ''
  let storing: Promise<void> | undefined

  async function store(): Promise<void> {
    try {
      await refresh()
      samples.read(registry, now())
      await submitSamples(samples.finish())
      said = ''
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      if (text !== said) log('own metrics could not be stored', { error: text })
      said = text
    }
  }

  const tick = (): void => {
    // A store that takes longer than the interval gets one reading at a time.
    if (storing !== undefined) return
    storing = store().finally(() => {
      storing = undefined
    })
  }
  tick()
  const timer = setInterval(tick, options.intervalMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await storing
    },
  }
}
