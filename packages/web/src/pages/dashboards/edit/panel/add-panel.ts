import type { Dashboard, PanelKind, QueryLanguage } from '@girok/server/contract'
import { withNew } from '../arrange.ts'

/** A query that is to become a panel. */
export interface Asked {
  readonly language: QueryLanguage
  readonly expr: string
  readonly kind: PanelKind
}

/** A dashboard with a panel of a query at its end. */
export function withQueryPanel(dashboard: Dashboard, { language, expr, kind }: Asked, title: string): Dashboard {
  const { panels, id } = withNew(dashboard.panels, kind, title, (row) => row.collapsed !== true)
  const queries = [{ ref: 'A', language, expr }]
  return { ...dashboard, panels: panels.map((panel) => (panel.id === id ? { ...panel, queries } : panel)) }
}

/** An empty dashboard of the last hour. */
export function emptyDashboard(title: string): Dashboard {
  return { title, time: { from: 'now-1h', to: 'now' }, variables: [], panels: [] }
}
