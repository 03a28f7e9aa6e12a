import { GirokError } from '../../../model/errors.ts'
import type { StateStore } from '../../../store/state/state-store.ts'
import type { Clock } from '../clock.ts'
import type { Acknowledgement, Acknowledgements } from './acknowledgements.ts'

/** Kind of the entries in the store; their key is the fingerprint. */
export const ACKNOWLEDGEMENTS = 'acknowledgement'

export interface AcknowledgementOptions {
  readonly tenant: string
  readonly store: StateStore
  readonly clock: Clock
  /** Since when an alert has been firing; undefined: it is not. Milliseconds since the epoch. */
  readonly firingSince: (fingerprint: string) => number | undefined
  /** Called after each change that people made and that is durable, for the history of the alert. */
  readonly changed?: (
    fingerprint: string,
    change: 'acknowledged' | 'unacknowledged',
    acknowledgement: Acknowledgement,
  ) => void
}

export interface KeptAcknowledgements extends Acknowledgements {
  /** The alert is over: its acknowledgement goes, if it has one. */
  forget(fingerprint: string): Promise<void>
}

/** Reads what was acknowledged before. */
export async function openAcknowledgements(options: AcknowledgementOptions): Promise<KeptAcknowledgements> {
  const { tenant, store, clock, firingSince, changed } = options
  const kept = new Map<string, Acknowledgement>()
  for (const { key, body } of await store.load(tenant, ACKNOWLEDGEMENTS)) kept.set(key, JSON.parse(body))

  /** Holds the change at once and gives it up again when it cannot be written. */
  async function write(fingerprint: string, next: Acknowledgement | undefined): Promise<void> {
    const before = kept.get(fingerprint)
    const hold = (value: Acknowledgement | undefined): void => {
      if (value === undefined) kept.delete(fingerprint)
      else kept.set(fingerprint, value)
    }
    hold(next)
    try {
      await store.put(tenant, ACKNOWLEDGEMENTS, [
        { key: fingerprint, body: next === undefined ? undefined : JSON.stringify(next) },
      ])
    } catch (error) {
      if (kept.get(fingerprint) === next) hold(before)
      throw error
    }
  }

  return {
    async set(fingerprint, by, comment) {
      const startsAtMs = firingSince(fingerprint)
      if (startsAtMs === undefined) throw new GirokError('not_found', `no alert ${fingerprint} is firing now`)
      const acknowledgement = { by, comment, atMs: clock.now(), startsAtMs }
      await write(fingerprint, acknowledgement)
      changed?.(fingerprint, 'acknowledged', acknowledgement)
    },
    async remove(fingerprint) {
      const acknowledgement = kept.get(fingerprint)
      if (acknowledgement === undefined) {
        throw new GirokError('not_found', `the alert ${fingerprint} is not acknowledged`)
      }
      await write(fingerprint, undefined)
      changed?.(fingerprint, 'unacknowledged', acknowledgement)
    },
    of(fingerprint, startsAtMs) {
      const acknowledgement = kept.get(fingerprint)
      if (acknowledgement === undefined) return undefined
      // Reports may move the start of a firing back; what started after it was acknowledged is another firing.
      return startsAtMs <= Math.max(acknowledgement.atMs, acknowledgement.startsAtMs) ? acknowledgement : undefined
    },
    async forget(fingerprint) {
      if (kept.has(fingerprint)) await write(fingerprint, undefined)
    },
  }
}
