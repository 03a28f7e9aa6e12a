import { place } from '../../shell/router.ts'
import { DashboardList } from './list/dashboard-list.tsx'
import { DashboardView } from './view/dashboard-view.tsx'

/** The list of dashboards, or the one that the address names. */
export function DashboardsPage() {
  const { path } = place.value
  const id = /^\/d\/([^/]+)$/.exec(path)?.[1]
  return id === undefined ? <DashboardList /> : <DashboardView key={id} id={decodedId(id)} />
}

function decodedId(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    // Not an id that the server gave: it will say that there is none.
    return id
  }
}
