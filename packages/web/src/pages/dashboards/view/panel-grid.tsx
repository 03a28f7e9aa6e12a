import { Icon } from '../../../components/icon.tsx'
import { t } from '../../../shell/i18n.ts'
import { editing } from '../edit/hooks.ts'
import { isClosed, panels, range, scopeOf, toggleRow } from '../model/dashboard-state.ts'
import { interpolateText } from '../model/interpolate.ts'
import type { ShownPanel } from '../model/repeat.ts'
import { EditMenu } from '../panels/edit-menu.tsx'
import { PanelFrame } from '../panels/panel-frame.tsx'

/** The panels in their places; on narrow screens one below the other. */
export function PanelGrid() {
  const shown = panels.value
  if (shown.length === 0) return <p class="dash-message">{t('dashboards.empty')}</p>
  return (
    <div class="dash-scroll">
      <div class={editing.value ? 'dash-grid editing' : 'dash-grid'} data-testid="dashboard-grid">
        {shown.map((one) => (
          <div
            key={one.id}
            class={one.panel.kind === 'row' ? 'dash-cell row' : 'dash-cell'}
            style={{
              '--x': one.place.x + 1,
              '--y': one.place.y + 1,
              '--w': one.place.w,
              '--h': one.place.h,
            }}
          >
            {one.panel.kind === 'row' ? <Row shown={one} /> : <PanelFrame shown={one} />}
          </div>
        ))}
      </div>
    </div>
  )
}

/** The heading of panels that open and close together. */
function Row({ shown }: { readonly shown: ShownPanel }) {
  const { id, panel, scoped } = shown
  const open = !isClosed(panel, id)
  const now = range.value
  const title = now === undefined ? panel.title : interpolateText(panel.title, scopeOf(now, 15_000, scoped))
  return (
    <section class="dash-row" aria-label={title} data-row-panel={id} tabIndex={editing.value ? 0 : undefined}>
      <h2>
        <button type="button" aria-expanded={open} data-testid={`row-${id}`} onClick={() => toggleRow(id)}>
          <Icon name={open ? 'down' : 'right'} size={14} />
          {title}
        </button>
      </h2>
      <EditMenu shown={shown} title={title} />
    </section>
  )
}
