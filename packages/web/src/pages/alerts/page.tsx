import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { Lazy, type Load } from '../../shell/lazy.tsx'
import { navigate, place } from '../../shell/router.ts'
import { params } from './address.ts'
import { Overview } from './overview/overview.tsx'
import { placeOfLink } from './parts/linked-place.ts'
import { Tabs } from './tabs.tsx'

const overview = async (): Promise<ComponentType> => Overview
const rule: Load = () => import('./rule/rule-page.tsx').then((m) => m.RulePage)
const edit: Load = () => import('./edit/edit-page.tsx').then((m) => m.EditPage)

/** What each address below /alerts shows; code of its own but for the first. */
const views: readonly (readonly [address: RegExp, load: Load])[] = [
  [/^\/alerts$/, overview],
  [/^\/alerts\/new$/, edit],
  [/^\/alerts\/rules\/[^/]+\/edit$/, edit],
  [/^\/alerts\/rules\/[^/]+$/, rule],
  [/^\/alerts\/silences$/, () => import('./silences/silences-page.tsx').then((m) => m.SilencesPage)],
  [
    /^\/alerts\/notifications$/,
    () => import('./notifications/notifications-page.tsx').then((m) => m.NotificationsPage),
  ],
  [/^\/alerts\/routes$/, () => import('./routes/routes-page.tsx').then((m) => m.RoutesPage)],
  [
    /^\/alerts\/contact-points$/,
    () => import('./contact-points/contact-points-page.tsx').then((m) => m.ContactPointsPage),
  ],
  [/^\/alerts\/monitors$/, () => import('./monitors/monitors-page.tsx').then((m) => m.MonitorsPage)],
]

/** Everything about alerts; the address says which part. An unknown one shows the list of rules. */
export function AlertsPage() {
  const { path, search } = place.value
  const linked = placeOfLink(path, params.value)
  useEffect(() => {
    if (linked !== undefined) navigate(...linked, true)
  }, [path, search])
  const load = views.find(([address]) => address.test(path))?.[1] ?? overview
  return (
    <div class="setup sources alerts" data-testid="alerts">
      <div class="setup-column">
        <Tabs />
        <Lazy load={load} key={path} />
      </div>
    </div>
  )
}
