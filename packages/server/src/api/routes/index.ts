import type { ApiContext, Route, RouteFamily } from '../route.ts'
import { exportLogs } from './export.ts'
import { fields } from './fields.ts'
import { health } from './health.ts'
import { lokiIndex } from './loki-index.ts'
import { lokiQuery } from './loki-query.ts'
import { lokiStatus } from './loki-status.ts'
import { sample } from './sample.ts'
import { setup } from './setup.ts'
import { status } from './status.ts'
import { views } from './views.ts'

/** All families of HTTP routes; a test holds this list against the folder. */
export const routeFamilies: Readonly<Record<string, RouteFamily>> = {
  export: exportLogs,
  fields,
  health,
  'loki-index': lokiIndex,
  'loki-query': lokiQuery,
  'loki-status': lokiStatus,
  sample,
  setup,
  status,
  views,
}

export function allRoutes(context: ApiContext): Route[] {
  return Object.values(routeFamilies).flatMap((family) => family(context))
}
