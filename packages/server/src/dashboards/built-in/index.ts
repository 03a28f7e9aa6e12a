import type { Dashboard } from '../../model/dashboard.ts'
import { ads } from './ads.ts'
import { api } from './api.ts'
import { girok } from './girok.ts'
import { gpu } from './gpu.ts'
import { host } from './host.ts'
import { inference } from './inference.ts'
import { training } from './training.ts'

/** Dashboards that every server has, by the word that stands in their address: `/d/girok`. */
export const builtInDashboards: Readonly<Record<string, Dashboard>> = {
  training,
  inference,
  gpu,
  api,
  ads,
  host,
  girok,
}
