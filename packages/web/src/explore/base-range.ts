import { type RangeNs, resolveRange } from '../time/range.ts'

/** What a range is compared with, besides a range of one's own: the time right before it, or the same time earlier. */
export const basePresets = ['previous', 'day', 'week'] as const
export type BasePreset = (typeof basePresets)[number]

const dayNs = 86_400_000_000_000n

export function isPreset(base: string): base is BasePreset {
  return (basePresets as readonly string[]).includes(base)
}

/** `from/to` as the address holds a range of one's own. */
export function ownBase(from: string, to: string): string {
  return `${from}/${to}`
}

/** The two ends of a base of one's own; undefined for a preset. */
export function endsOf(base: string): { readonly from: string; readonly to: string } | undefined {
  const [from, to, more] = base.split('/')
  return from === undefined || to === undefined || more !== undefined ? undefined : { from, to }
}

/** The base range for a range; undefined when the address holds something else. */
export function resolveBase(base: string, range: RangeNs, nowMs: number): RangeNs | undefined {
  if (base === 'previous') return { from: range.from - (range.to - range.from), to: range.from }
  if (base === 'day') return { from: range.from - dayNs, to: range.to - dayNs }
  if (base === 'week') return { from: range.from - 7n * dayNs, to: range.to - 7n * dayNs }
  const ends = endsOf(base)
  return ends === undefined ? undefined : resolveRange(ends, nowMs)
}
