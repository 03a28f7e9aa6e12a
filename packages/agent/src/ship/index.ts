import type { DestinationKind } from './destination.ts'

export type { DestinationKind } from './destination.ts'

/** Every kind of destination by its name; a kind is loaded when a configuration has it, because memory is short. */
export const DESTINATIONS: Readonly<Record<string, () => Promise<DestinationKind>>> = {
  girok: async () => (await import('./girok.ts')).girok as DestinationKind,
  loki: async () => (await import('./loki.ts')).loki as DestinationKind,
  otlp: async () => (await import('./otlp.ts')).otlp as DestinationKind,
  'remote-write': async () => (await import('./remote-write.ts')).remoteWrite as DestinationKind,
}
