import type { DashboardEntry, KeptDashboard } from '../../dashboards/book.ts'
import { checkDashboard } from '../../dashboards/check.ts'
import { importGrafana } from '../../dashboards/grafana/import.ts'
import { queryFaults } from '../../dashboards/query-faults.ts'
import { GirokError } from '../../model/errors.ts'
import type {
  DashboardCheckResponse,
  DashboardImportResponse,
  DashboardResponse,
  DashboardsResponse,
  DashboardVersionsResponse,
  ListedDashboard,
} from '../contract.ts'
import { jsonOf, memberOf, versionParameter, wholeOf } from '../json-body.ts'
import { json, type RouteFamily } from '../route.ts'

/**
 * Dashboards of a tenant. Reading and writing need the scope `query`, as for views: a dashboard holds nothing that its
 * author could not ask for.
 */
export const dashboards: RouteFamily = ({ dashboards: context }) => {
  const path = '/girok/v1/dashboards'
  const one = `${path}/:id`
  const shared = { scope: 'query', errors: 'json' } as const
  return [
    {
      ...shared,
      methods: ['GET'],
      path,
      handle: async ({ tenant }) =>
        json({
          dashboards: (await context.book.list(tenant)).map(listed),
          faults: context.files.faults(),
        } satisfies DashboardsResponse),
    },
    {
      ...shared,
      methods: ['POST'],
      path,
      handle: async ({ tenant, body }) =>
        json(answer(await context.book.create(tenant, memberOf(body, 'dashboard'))), 201),
    },
    {
      ...shared,
      methods: ['POST'],
      path: `${path}/check`,
      handle: ({ body }) => {
        const dashboard = checkDashboard(memberOf(body, 'dashboard'))
        return json({ dashboard, warnings: queryFaults(dashboard) } satisfies DashboardCheckResponse)
      },
    },
    {
      ...shared,
      methods: ['POST'],
      path: `${path}/import`,
      handle: ({ body }) => json(importGrafana(jsonOf(body)) satisfies DashboardImportResponse),
    },
    {
      ...shared,
      methods: ['GET'],
      path: one,
      handle: async ({ tenant, path }) => json(answer(await context.book.get(tenant, path.id ?? ''))),
    },
    {
      ...shared,
      methods: ['PUT'],
      path: one,
      handle: async ({ tenant, path, body }) => {
        const version = memberOf(body, 'version')
        if (!Number.isSafeInteger(version) || (version as number) < 0) {
          throw new GirokError(
            'bad_request',
            'the body needs version: the number that the dashboard had when it was read, or 0 for a new one',
          )
        }
        const given = memberOf(body, 'dashboard')
        const kept = await context.book.replace(tenant, path.id ?? '', version as number, given)
        return json(answer(kept), version === 0 ? 201 : 200)
      },
    },
    {
      ...shared,
      methods: ['DELETE'],
      path: one,
      handle: async ({ tenant, path, params }) => {
        await context.book.remove(tenant, path.id ?? '', versionParameter(params))
        return { status: 204 }
      },
    },
    {
      ...shared,
      methods: ['GET'],
      path: `${one}/versions`,
      handle: async ({ tenant, path }) => {
        const found = await context.book.versions(tenant, path.id ?? '')
        const versions = found.map(({ version, atMs, title }) => ({ version, at: new Date(atMs).toISOString(), title }))
        return json({ versions } satisfies DashboardVersionsResponse)
      },
    },
    {
      ...shared,
      methods: ['GET'],
      path: `${one}/versions/:version`,
      handle: async ({ tenant, path }) =>
        json(answer(await context.book.version(tenant, path.id ?? '', wholeOf(path.version ?? '')))),
    },
  ]
}

function listed({ updatedMs, ...entry }: DashboardEntry): ListedDashboard {
  return { ...entry, ...(updatedMs !== undefined && { updatedAt: new Date(updatedMs).toISOString() }) }
}

function answer({ createdMs, updatedMs, ...kept }: KeptDashboard): DashboardResponse {
  return {
    ...kept,
    ...(createdMs !== undefined && { createdAt: new Date(createdMs).toISOString() }),
    ...(updatedMs !== undefined && { updatedAt: new Date(updatedMs).toISOString() }),
  }
}
