import { t } from '../shell/i18n.ts'
import type { Threshold } from './chart-props.ts'
import type { ChartSeries } from './frame.ts'
import { thresholdOf } from './marks.ts'
import type { Ink } from './palette.ts'
import { summaryOf } from './statistics.ts'

interface ValueTilesProps {
  readonly series: readonly ChartSeries[]
  readonly inks: ReadonlyMap<string, Ink>
  readonly names: ReadonlyMap<string, string>
  readonly format: (value: number) => string
  readonly thresholds: readonly Threshold[]
}

/** The newest value of each series in great letters, with its course below. */
export function ValueTiles({ series, inks, names, format, thresholds }: ValueTilesProps) {
  return (
    <div class={series.length === 1 ? 'value-tiles alone' : 'value-tiles'} data-testid="value-tiles">
      {series.map((one) => {
        const { last, min, max } = summaryOf(one)
        const colour = last === undefined ? undefined : thresholdOf(last, thresholds)
        return (
          <section key={one.name} class="value-tile">
            <p class="value-name" title={one.name} dir="ltr">
              {names.get(one.name) ?? one.name}
            </p>
            <p class={colour === undefined ? 'value-number' : `value-number at-${colour}`}>
              {last === undefined ? '–' : format(last)}
            </p>
            <svg class="value-course" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
              <path d={course(one.values)} stroke={inks.get(one.name)?.colour} vector-effect="non-scaling-stroke" />
            </svg>
            {min === undefined || max === undefined ? null : (
              <p class="hint">{t('charts.between', { min: format(min), max: format(max) })}</p>
            )}
          </section>
        )
      })}
    </div>
  )
}

/** A line through the values over a box of 100 by 24; a gap lifts the pen. */
export function course(values: readonly (number | null)[]): string {
  const present = values.filter((value) => value !== null)
  const [min, max] = [Math.min(...present), Math.max(...present)]
  const span = max - min || 1
  let path = ''
  let down = false
  for (const [at, value] of values.entries()) {
    if (value === null) {
      down = false
      continue
    }
    const x = (at / Math.max(1, values.length - 1)) * 100
    const y = 22 - ((value - min) / span) * 20
    path += `${down ? 'L' : 'M'}${x.toFixed(2)} ${y.toFixed(2)}`
    down = true
  }
  return path
}
