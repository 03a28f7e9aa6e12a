import { MenuItem, Popover } from '../../../components/popover.tsx'
import { t } from '../../../shell/i18n.ts'
import { relativeMs } from '../../../time/range.ts'
import { address, changeAddress, dashboard, timeText } from '../model/dashboard-state.ts'

const choices = ['off', '5s', '10s', '30s', '1m', '5m', '15m', '1h']

/** How often the dashboard is asked for by itself. */
export function RefreshControl() {
  const now = address.value.refresh ?? dashboard.value?.refresh ?? 'off'
  const words = (choice: string): string => (choice === 'off' ? t('dashboards.refreshOff') : choice)
  const fixed = relativeMs(timeText.value.to) === undefined
  return (
    <Popover
      label={t('dashboards.refreshEvery')}
      testId="refresh-every"
      align="end"
      class="dash-refresh"
      text={<span>{words(fixed ? 'off' : now)}</span>}
    >
      {(close) => (
        <div class="menu">
          <h3>{t('dashboards.refreshEvery')}</h3>
          {fixed ? <p class="hint dash-hint">{t('dashboards.refreshFixed')}</p> : null}
          {[...new Set([...choices, now])].map((choice) => (
            <MenuItem
              key={choice}
              label={words(choice)}
              checked={choice === now}
              testId={`refresh-${choice}`}
              onClick={() => {
                changeAddress({ refresh: choice }, true)
                close()
              }}
            />
          ))}
        </div>
      )}
    </Popover>
  )
}
