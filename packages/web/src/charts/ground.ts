import { timeTicks } from '../time/ticks.ts'

/** Colours of the theme in force that a canvas needs. */
export interface Ground {
  readonly text: string
  readonly line: string
  readonly back: string
  readonly accent: string
}

export function groundOf(element: Element): Ground {
  const style = getComputedStyle(element)
  const token = (name: string): string => style.getPropertyValue(name).trim()
  return { text: token('--text-dim'), line: token('--line'), back: token('--bg'), accent: token('--accent') }
}

export const axisFont = '12px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif'

/** Splits and words of a time axis in a zone, for uPlot. Scales are in seconds. */
export function timeAxis(zone: string): {
  splits: (self: unknown, axis: number, min: number, max: number) => number[]
  values: (self: unknown, splits: number[]) => string[]
} {
  let texts = new Map<number, string>()
  return {
    splits: (self, _, min, max) => {
      const { width } = self as { readonly width: number }
      const ticks = timeTicks(min * 1000, max * 1000, zone, Math.max(2, Math.floor(width / 110)))
      texts = new Map(ticks.map(({ ms, text }) => [ms / 1000, text]))
      return ticks.map(({ ms }) => ms / 1000)
    },
    values: (_, splits) => splits.map((one) => texts.get(one) ?? ''),
  }
}
