import type { ApiContext, Route, RouteFamily } from '../route.ts'
import { agents } from './agents.ts'
import { alertingBackTest } from './alerting-back-test.ts'
import { alertingConfig } from './alerting-config.ts'
import { alertingContactPoints } from './alerting-contact-points.ts'
import { alertingHistory } from './alerting-history.ts'
import { alertingMonitors } from './alerting-monitors.ts'
import { alertingOverview } from './alerting-overview.ts'
import { alertingRules } from './alerting-rules.ts'
import { alertmanagerAlerts } from './alertmanager-alerts.ts'
import { alertmanagerSilences } from './alertmanager-silences.ts'
import { alertmanagerStatus } from './alertmanager-status.ts'
import { dashboards } from './dashboards.ts'
import { exportLogs } from './export.ts'
import { fields } from './fields.ts'
import { health } from './health.ts'
import { lokiDelete } from './loki-delete.ts'
import { lokiDetected } from './loki-detected.ts'
import { lokiIndex } from './loki-index.ts'
import { lokiLegacy } from './loki-legacy.ts'
import { lokiLimits } from './loki-limits.ts'
import { lokiQuery } from './loki-query.ts'
import { lokiRules } from './loki-rules.ts'
import { lokiStatus } from './loki-status.ts'
import { lokiVolume } from './loki-volume.ts'
import { mimirRules } from './mimir-rules.ts'
import { patterns } from './patterns.ts'
import { prometheusAdmin } from './prometheus-admin.ts'
import { prometheusCatalog } from './prometheus-catalog.ts'
import { prometheusFederate } from './prometheus-federate.ts'
import { prometheusQuery } from './prometheus-query.ts'
import { prometheusRead } from './prometheus-read.ts'
import { prometheusRules } from './prometheus-rules.ts'
import { prometheusStatus } from './prometheus-status.ts'
import { prometheusSyntax } from './prometheus-syntax.ts'
import { promqlExplain } from './promql-explain.ts'
import { sample } from './sample.ts'
import { samples } from './samples.ts'
import { setup } from './setup.ts'
import { sources } from './sources.ts'
import { status } from './status.ts'
import { targets } from './targets.ts'
import { views } from './views.ts'

/** All families of HTTP routes; a test holds this list against the folder. */
export const routeFamilies: Readonly<Record<string, RouteFamily>> = {
  agents,
  'alerting-config': alertingConfig,
  'alerting-contact-points': alertingContactPoints,
  'alerting-history': alertingHistory,
  'alerting-monitors': alertingMonitors,
  'alerting-overview': alertingOverview,
  'alerting-back-test': alertingBackTest,
  'alerting-rules': alertingRules,
  'alertmanager-alerts': alertmanagerAlerts,
  'alertmanager-silences': alertmanagerSilences,
  'alertmanager-status': alertmanagerStatus,
  dashboards,
  export: exportLogs,
  fields,
  health,
  'loki-delete': lokiDelete,
  'loki-detected': lokiDetected,
  'loki-index': lokiIndex,
  'loki-legacy': lokiLegacy,
  'loki-limits': lokiLimits,
  'loki-query': lokiQuery,
  'loki-rules': lokiRules,
  'loki-status': lokiStatus,
  'loki-volume': lokiVolume,
  'mimir-rules': mimirRules,
  patterns,
  'prometheus-admin': prometheusAdmin,
  'prometheus-catalog': prometheusCatalog,
  'prometheus-federate': prometheusFederate,
  'prometheus-query': prometheusQuery,
  'prometheus-read': prometheusRead,
  'prometheus-rules': prometheusRules,
  'prometheus-status': prometheusStatus,
  'prometheus-syntax': prometheusSyntax,
  'promql-explain': promqlExplain,
  sample,
  samples,
  setup,
  sources,
  status,
  targets,
  views,
}

export function allRoutes(context: ApiContext): Route[] {
  return Object.values(routeFamilies).flatMap((family) => family(context))
}
