import { Gauge } from '../../../charts/gauge.tsx'
import { thresholdOf } from '../../../charts/marks.ts'
import { formatValue } from '../../../charts/unit.ts'
import { course } from '../../../charts/value-tiles.tsx'
import { locale, n, t } from '../../../shell/i18n.ts'
import { type Tile, tilesOf } from '../model/tiles.ts'
import type { PanelBodyProps } from './body-props.ts'

/** Numbers at once; more would be too small to read. */
const mostTiles = 60

/** Single numbers, large, with their course; or on gauges. */
export function NumberPanel({ shown: { panel }, content, title }: PanelBodyProps) {
  const { tables, measure } = content
  const all = tilesOf(tables, panel.reduce ?? 'last')
  const tiles = all.slice(0, mostTiles)
  const format = (value: number): string => formatValue(value, measure.unit, locale(), 4, panel.decimals)
  const { thresholds = [] } = panel
  const share = measure.unit === 'ratio' ? 1 : 100
  const [least, most] = [panel.min ?? 0, panel.max ?? (isShare(measure.unit) ? share : greatest(tiles))]
  // Of a lone number the title says what it is.
  const nameOf = (tile: Tile): string => (tiles.length === 1 ? '' : tile.name)
  return (
    <div class={tiles.length === 1 ? 'dash-numbers alone' : 'dash-numbers'} data-testid="numbers">
      {tiles.map((tile) => {
        const value = tile.value ?? undefined
        const name = nameOf(tile)
        if (panel.kind === 'gauge') {
          const words = { name: name === '' ? title : name, value: value === undefined ? '–' : format(value) }
          return (
            <Gauge
              key={tile.name}
              value={value}
              min={least}
              max={most}
              thresholds={thresholds}
              format={format}
              name={name}
              label={t('dashboards.gauge', { ...words, min: format(least), max: format(most) })}
            />
          )
        }
        const colour = value === undefined ? undefined : thresholdOf(value, thresholds)
        return (
          <div key={tile.name} class="dash-number" data-colour={colour ?? ''}>
            {name === '' ? null : (
              <p class="value-name" title={name} dir="ltr">
                {name}
              </p>
            )}
            <p class={colour === undefined ? 'value-number' : `value-number at-${colour}`} data-testid="number">
              {value === undefined ? '–' : format(value)}
            </p>
            {tile.course === undefined || tile.course.length < 2 ? null : (
              <svg class="value-course" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
                <path d={course(tile.course)} stroke="var(--accent)" vector-effect="non-scaling-stroke" />
              </svg>
            )}
          </div>
        )
      })}
      {all.length > tiles.length ? (
        <p class="hint">{t('dashboards.tableMore', { shown: n(tiles.length), count: n(all.length) })}</p>
      ) : null}
    </div>
  )
}

function isShare(unit: string): boolean {
  return unit === 'ratio' || unit === 'percent'
}

/** The end of a gauge that has none: the greatest number ever seen, so that none leaves the rim. */
function greatest(tiles: readonly Tile[]): number {
  const numbers = tiles.flatMap(({ value, course = [] }) => [value ?? 0, ...course.map((one) => one ?? 0)])
  return numbers.reduce((most, one) => Math.max(most, one), 0) || 1
}
