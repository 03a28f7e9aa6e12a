import { computed, signal } from '@preact/signals'
import type { TimeModel, TimeText } from '../../../explore/time-model.ts'
import { isoOf, type RangeNs } from '../../../time/range.ts'
import { isZone } from '../../../time/zone.ts'
import { changeParams, params } from '../address.ts'

/** The range of a page of alerts: in the address, the last hours by default. */
export interface PageTime extends TimeModel {
  readonly range: ReturnType<typeof signal<RangeNs | undefined>>
  /** Shows another time, Unix milliseconds. */
  show(fromMs: number, toMs: number): void
}

export function pageTime(defaultFrom: string): PageTime {
  const text = computed<TimeText>(() => {
    const zone = params.value.get('tz') ?? 'local'
    return {
      from: params.value.get('from') ?? defaultFrom,
      to: params.value.get('to') ?? 'now',
      zone: isZone(zone) ? zone : 'local',
    }
  })
  const change = ({ from, to, zone }: Partial<TimeText>, replace = false): void =>
    changeParams(
      {
        ...(from === undefined ? {} : { from: from === defaultFrom ? undefined : from }),
        ...(to === undefined ? {} : { to: to === 'now' ? undefined : to }),
        ...(zone === undefined ? {} : { tz: zone === 'local' ? undefined : zone }),
      },
      replace,
    )
  return {
    text,
    range: signal<RangeNs | undefined>(undefined),
    change,
    show: (fromMs, toMs) => {
      const iso = (ms: number): string => isoOf(BigInt(Math.round(ms)) * 1_000_000n)
      change({ from: iso(fromMs), to: iso(Math.max(toMs, fromMs + 1000)) })
    },
  }
}

/** Both ends in milliseconds. */
export function msOfRange({ from, to }: RangeNs): { readonly startMs: number; readonly endMs: number } {
  return { startMs: Number(from / 1_000_000n), endMs: Number(to / 1_000_000n) }
}
