import type { Dashboard } from '@girok/server/contract'
import { IconButton } from '../../../components/button.tsx'
import { timeControlOf } from '../../../explore/time-control.tsx'
import { t } from '../../../shell/i18n.ts'
import { Lazy } from '../../../shell/lazy.tsx'
import { navigate } from '../../../shell/router.ts'
import { address, changeAddress, refresh, saved, timeModel } from '../model/dashboard-state.ts'
import { slots } from '../slots.ts'
import { RefreshControl } from './refresh-control.tsx'
import { toggleKiosk } from './shortcuts.ts'

const TimeControl = timeControlOf(timeModel)

/** The name of the dashboard, its time, how often it is asked for, full screen. */
export function TitleBar({ dashboard }: { readonly dashboard: Dashboard }) {
  const { kiosk, panel } = address.value
  const origin = saved.value?.origin
  return (
    <div class="dash-title" role="toolbar" aria-label={t('dashboards.tools')}>
      <IconButton
        icon="left"
        label={panel === '' ? t('dashboards.toList') : t('dashboards.viewEnd')}
        testId={panel === '' ? 'to-list' : 'view-end'}
        onClick={() => (panel === '' ? navigate('/dashboards') : changeAddress({ panel: '' }))}
      />
      <h1 title={dashboard.description}>{dashboard.title}</h1>
      {origin === undefined || origin === 'stored' ? null : (
        <span class={`dash-origin ${origin}`}>{t(`dashboards.origin.${origin}`)}</span>
      )}
      <span class="spring" />
      {slots.title.map((load, index) => (
        <Lazy key={index} load={load} />
      ))}
      <TimeControl />
      <RefreshControl />
      <IconButton
        icon="history"
        label={t('dashboards.refresh')}
        shortcut="dashboard refresh"
        testId="refresh"
        onClick={refresh}
      />
      <IconButton
        icon="fullscreen"
        label={kiosk ? t('dashboards.kioskEnd') : t('dashboards.kiosk')}
        shortcut="dashboard kiosk"
        pressed={kiosk}
        testId="kiosk"
        onClick={toggleKiosk}
      />
    </div>
  )
}
