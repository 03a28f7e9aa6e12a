import { mapPoints, withPoints } from '../../../eval/vector/columns.ts'
import { sortByLabels } from '../labels.ts'
import type { PromSeries } from '../series.ts'
import { hashLabels } from './hash.ts'

const HASHES = 2 ** 64

/** At each step the first k series of a group, by their labels. */
export function limitSeries(members: readonly PromSeries[], counts: Float64Array): PromSeries[] {
  const taken = new Uint32Array(counts.length)
  return restricted(sortByLabels(members), (k) => {
    if ((taken[k] as number) >= Math.trunc(counts[k] as number)) return false
    taken[k] = (taken[k] as number) + 1
    return true
  })
}

/**
 * A part of the series, chosen by the hash of their labels: the same ones each time, and a negative ratio chooses exactly
 * those that 1 + ratio leaves out.
 */
export function limitRatio(series: readonly PromSeries[], ratios: Float64Array): PromSeries[] {
  return series.flatMap((one) => {
    const place = Number(hashLabels(one.labels)) / HASHES
    return restricted([one], (k) => {
      const ratio = Math.max(-1, Math.min(1, ratios[k] as number))
      return ratio >= 0 ? place < ratio : place >= 1 + ratio
    })
  })
}

function restricted(series: readonly PromSeries[], keeps: (k: number) => boolean): PromSeries[] {
  return withPoints(series.map((one) => mapPoints(one, one.labels, (value, k) => (keeps(k) ? value : undefined))))
}
