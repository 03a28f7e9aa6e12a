import { stringify } from 'yaml'
import { json, type RouteFamily, text } from '../route.ts'

/** The limits of a tenant under Loki's names: as JSON for Logs Drilldown, as YAML for people. */
export const lokiLimits: RouteFamily = ({ reads, version }) => [
  {
    methods: ['GET'],
    path: '/loki/api/v1/drilldown-limits',
    scope: 'query',
    errors: 'text',
    handle: () => json({ limits: reads.limits, pattern_ingester_enabled: true, version: `girok-${version}` }),
  },
  {
    methods: ['GET'],
    path: '/config/tenant/v1/limits',
    scope: 'query',
    errors: 'text',
    handle: () => text(stringify(reads.limits)),
  },
]
