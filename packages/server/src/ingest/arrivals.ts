import type { Counters } from '../model/counters.ts'
import type { CountLabels, ReceiverContext } from './receiver.ts'

/** Knows how many records have arrived and are neither stored nor refused yet. */
export interface Arrivals {
  readonly arrived: ReceiverContext['arrived']
  /** Records in flight now. */
  inFlight(source: CountLabels): number
}

export function createArrivals(counters: Pick<Counters, 'received' | 'receivedBytes'>): Arrivals {
  const underWay = new Map<string, number>()
  const keyOf = ({ receiver, tenant }: CountLabels) => `${receiver}\0${tenant}`
  return {
    arrived(source, records, bytes) {
      const labels = { receiver: source.receiver, tenant: source.tenant }
      counters.received.add(labels, records)
      counters.receivedBytes.add(labels, bytes)
      const key = keyOf(source)
      underWay.set(key, (underWay.get(key) ?? 0) + records)
      let settled = false
      return () => {
        if (settled) return
        settled = true
        const rest = (underWay.get(key) ?? 0) - records
        if (rest === 0) underWay.delete(key)
        else underWay.set(key, rest)
      }
    },
    inFlight: (source) => underWay.get(keyOf(source)) ?? 0,
  }
}
