import type { Labels, Meters } from '@girok/examples'
import type { SampleBatch } from '../../model/sample-batch.ts'
import { createRegistry, type Registry } from '../../telemetry/registry.ts'
import { createRegistrySamples, type RegistrySamples } from '../registry-samples.ts'
import { SAMPLE_LABEL } from './label.ts'

/** The targets that sample programs have opened, with a registry each. */
export interface SampleTargets {
  /** What `Stage.meters` is to be. */
  readonly meters: (target: Labels) => Meters
  /** Reads all targets at this time, as a scrape would. */
  scrape(timeMs: number): void
  /** Ends the series of all targets. */
  end(timeMs: number): void
  /** One batch per target of what was read since the last call. */
  finish(): SampleBatch[]
}

export function createSampleTargets(tenant: string): SampleTargets {
  const targets: { readonly registry: Registry; readonly samples: RegistrySamples }[] = []
  return {
    meters(target) {
      const registry = createRegistry()
      registry.gauge('up', 'Whether the last scrape of the target worked.', () => 1)
      const labels = { ...target, [SAMPLE_LABEL]: 'true' }
      targets.push({ registry, samples: createRegistrySamples({ tenant, receiver: 'sample', labels }) })
      return {
        counter: (name, help) => registry.counter(name, help),
        gauge: (name, help) => registry.settableGauge(name, help),
        histogram: (name, help, bounds) => registry.histogram(name, help, bounds),
      }
    },
    scrape(timeMs) {
      for (const { registry, samples } of targets) samples.read(registry, timeMs)
    },
    end(timeMs) {
      for (const { samples } of targets) samples.end(timeMs)
    },
    finish: () => targets.map(({ samples }) => samples.finish()),
  }
}
