import { urlOf } from '../../shell/base.ts'
import { type MessageKey, t } from '../../shell/i18n.ts'
import { follow, place } from '../../shell/router.ts'

const tabs: readonly (readonly [path: string, title: MessageKey])[] = [
  ['/alerts', 'alerts.tab.rules'],
  ['/alerts/silences', 'alerts.tab.silences'],
  ['/alerts/notifications', 'alerts.tab.notifications'],
  ['/alerts/routes', 'alerts.tab.routes'],
  ['/alerts/contact-points', 'alerts.tab.contactPoints'],
  ['/alerts/monitors', 'alerts.tab.monitors'],
]

/** The parts of the page of alerts. */
export function Tabs() {
  const { path } = place.value
  return (
    <nav class="alert-tabs" aria-label={t('alerts.tabs')}>
      {tabs.map(([to, title]) => (
        <a
          key={to}
          class="alert-tab"
          href={urlOf(to)}
          aria-current={
            path === to || (to === '/alerts' && /^\/alerts\/(?:new|rules)\b/.test(path)) ? 'page' : undefined
          }
          onClick={(event) => follow(event, to)}
        >
          {t(title)}
        </a>
      ))}
    </nav>
  )
}
