import { useSignalEffect } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Button } from '../../../components/button.tsx'
import { t } from '../../../shell/i18n.ts'
import { useShortcuts } from '../../../shell/keys.ts'
import { Lazy } from '../../../shell/lazy.tsx'
import { navigate } from '../../../shell/router.ts'
import { address, changeAddress, dashboard, load, loadFault, panels, startDashboard } from '../model/dashboard-state.ts'
import { PanelFrame } from '../panels/panel-frame.tsx'
import { PointMenu } from '../panels/point-menu.tsx'
import { slots } from '../slots.ts'
import { PanelGrid } from './panel-grid.tsx'
import { dashboardShortcuts, endKiosk } from './shortcuts.ts'
import { TitleBar } from './title-bar.tsx'
import { VariableBar } from './variable-bar.tsx'

/** One dashboard: its bars and its panels, or one of them alone. */
export function DashboardView({ id }: { readonly id: string }) {
  useEffect(() => startDashboard(id), [id])
  useShortcuts(dashboardShortcuts)
  const shown = dashboard.value
  const { kiosk, panel } = address.value
  useSignalEffect(() => {
    const title = dashboard.value?.title
    if (title !== undefined) document.title = `${title} · ${t('app.name')}`
  })
  useEffect(() => {
    // The bar of the app lies outside of this page.
    document.documentElement.toggleAttribute('data-kiosk', kiosk)
    return () => document.documentElement.removeAttribute('data-kiosk')
  }, [kiosk])
  useEffect(() => {
    const left = (): void => {
      if (document.fullscreenElement === null) endKiosk()
    }
    document.addEventListener('fullscreenchange', left)
    return () => document.removeEventListener('fullscreenchange', left)
  }, [])

  const fault = loadFault.value
  if (fault !== undefined) {
    return (
      <div class="dash-message" role="alert" data-testid="dashboard-fault">
        <p>{fault.status === 404 ? t('dashboards.notFound') : `${t('dashboards.loadFault')} ${fault.message}`}</p>
        <p class="notice-actions">
          {fault.status === 404 ? null : <Button label={t('error.retry')} onClick={() => void load(id)} />}
          <Button label={t('dashboards.toList')} onClick={() => navigate('/dashboards')} />
        </p>
      </div>
    )
  }
  if (shown === undefined) return <p class="dash-message">{t('dashboards.loading')}</p>
  return (
    <div class={panel === '' ? 'dash' : 'dash solo'} data-testid="dashboard-page">
      <TitleBar dashboard={shown} />
      <VariableBar dashboard={shown} />
      {slots.bar.map((slot, index) => (
        <Lazy key={index} load={slot} />
      ))}
      {panel === '' ? <PanelGrid /> : <Solo id={panel} />}
      <PointMenu />
    </div>
  )
}

/** One panel as large as the page. */
function Solo({ id }: { readonly id: string }) {
  const shown = panels.value.find((one) => one.id === id)
  if (shown === undefined) {
    return (
      <div class="dash-message">
        <p>{t('dashboards.panelGone')}</p>
        <Button label={t('dashboards.viewEnd')} onClick={() => changeAddress({ panel: '' })} />
      </div>
    )
  }
  return (
    <div class="dash-solo">
      <PanelFrame shown={shown} solo />
    </div>
  )
}
