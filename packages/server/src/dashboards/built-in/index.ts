import type { Dashboard } from '../../model/dashboard.ts'
import { girok } from './girok.ts'

/** Dashboards that every server has, by the word that stands in their address: `/d/girok`. */
export const builtInDashboards: Readonly<Record<string, Dashboard>> = { girok }
