import { parseOrderedDuration } from '@girok/query'
import { z } from 'zod'
import type { KeyMeta } from '../../../model/options/kinds.ts'

/** A duration in Prometheus' grammar (`1h30m`, `5m`), in milliseconds; optional. */
export function prometheusDuration({ zero = true }: { zero?: boolean } = {}) {
  const allowed = `a duration such as 30s, 5m or 1h30m${zero ? '' : ', above zero'}`
  return z
    .unknown()
    .transform((value, context): number => {
      const read = parseOrderedDuration(String(value))
      if ('ns' in read && (zero || read.ns > 0n)) return Number(read.ns / 1_000_000n)
      const fault = 'ns' in read ? 'cannot be zero' : read.fault
      context.addIssue({ code: 'custom', message: `${fault}: write ${allowed}` })
      return z.NEVER
    })
    .optional()
    .meta({ kind: 'duration', allowed } satisfies KeyMeta)
}

/** `1h30m`: the form that both Prometheus and Go read. Whole milliseconds. */
export function printDuration(ms: number): string {
  if (ms === 0) return '0s'
  let rest = ms
  let text = ''
  for (const [unit, factor] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const) {
    const count = Math.floor(rest / factor)
    if (count > 0) text += `${count}${unit}`
    rest -= count * factor
  }
  return text
}
