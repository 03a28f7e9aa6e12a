import { useEffect, useRef } from 'preact/hooks'
import { timeText } from '../../../charts/tables.tsx'
import { MenuItem } from '../../../components/popover.tsx'
import { t } from '../../../shell/i18n.ts'
import { navigate } from '../../../shell/router.ts'
import { address, zoomTo } from '../model/dashboard-state.ts'
import { explorePaths, exploreSearch } from './explore-link.ts'
import { closePoint, point } from './point-state.ts'
import { answerOf, showLogsBehind } from './show-logs.ts'

/** What can be done with a point of a chart, beside the point. */
export function PointMenu() {
  const box = useRef<HTMLDivElement>(null)
  const chosen = point.value
  useEffect(() => {
    const element = box.current
    if (element === null || chosen === undefined) return
    const before = document.activeElement
    element.querySelector<HTMLElement>('button')?.focus()
    const away = (event: PointerEvent): void => {
      if (!element.contains(event.target as Node)) closePoint()
    }
    // The click that opened it is still on its way.
    const timer = setTimeout(() => document.addEventListener('pointerdown', away))
    return () => {
      clearTimeout(timer)
      document.removeEventListener('pointerdown', away)
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [chosen])
  useEffect(() => closePoint, [])
  if (chosen === undefined) return null
  const { shown, content, at } = chosen
  const { request } = content.answer
  const from = answerOf(content, at)
  const run = (act: () => void) => (): void => {
    closePoint()
    act()
  }
  const half = 10 * request.stepMs
  return (
    <div
      ref={box}
      class="dash-point popover"
      role="dialog"
      aria-label={t('dashboards.pointAt', { time: timeText(at.time, address.value.zone) })}
      data-testid="point-menu"
      style={{
        left: `${Math.max(8, Math.min(at.clientX + 8, window.innerWidth - 268))}px`,
        top: `${Math.max(8, Math.min(at.clientY + 8, window.innerHeight - 190))}px`,
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        closePoint()
      }}
    >
      <div class="menu">
        <h3>{t('dashboards.pointAt', { time: timeText(at.time, address.value.zone) })}</h3>
        {at.series === undefined ? null : <p class="hint dash-hint">{at.series.title ?? at.series.name}</p>}
        <MenuItem
          label={t('dashboards.logsBehind')}
          testId="point-logs"
          onClick={run(() => void showLogsBehind(shown, content, at))}
        />
        {from === undefined ? null : (
          <MenuItem
            label={t('dashboards.explore')}
            testId="point-explore"
            onClick={run(() => navigate(explorePaths[from.query.language], exploreSearch(from.expr, request.range)))}
          />
        )}
        <MenuItem
          label={t('dashboards.zoomHere')}
          testId="point-zoom"
          onClick={run(() => zoomTo(at.time * 1000 - half, at.time * 1000 + half))}
        />
      </div>
    </div>
  )
}
