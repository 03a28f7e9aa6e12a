import { t } from '../shell/i18n.ts'
import { type LegendProps, SeriesLimit } from './legend.tsx'
import { isolate, toggle } from './visibility.ts'

/** The names of the series alone, for small charts: a click switches one off, with a key held it leaves it alone. */
export function LegendList({ series, inks, names, hidden, left, onHidden, onAll }: LegendProps) {
  const all = series.map(({ name }) => name)
  return (
    <div class="legend-list" role="group" aria-label={t('charts.legend')} data-testid="legend">
      {series.map(({ name }) => {
        const off = hidden.has(name)
        return (
          <button
            key={name}
            type="button"
            class={off ? 'legend-toggle off' : 'legend-toggle'}
            aria-pressed={!off}
            title={name}
            data-testid="legend-toggle"
            onClick={(event) => {
              const next = event.shiftKey || event.ctrlKey || event.metaKey ? isolate : toggle
              onHidden(next(hidden, name, all))
            }}
          >
            <i class="swatch" style={{ background: off ? 'transparent' : inks.get(name)?.colour }} />
            <span dir="ltr">{names.get(name) ?? name}</span>
          </button>
        )
      })}
      <SeriesLimit shown={series.length} left={left} onAll={onAll} />
    </div>
  )
}
