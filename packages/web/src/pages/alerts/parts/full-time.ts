import { formatNs } from '../../../time/zone.ts'

/** A time in full: `2026-11-20 14:03:09`, in the zone of the browser. */
export function fullTime(iso: string): string {
  const ms = Date.parse(iso)
  return Number.isNaN(ms) ? iso : formatNs(BigInt(ms) * 1_000_000n, 'local', 0)
}
