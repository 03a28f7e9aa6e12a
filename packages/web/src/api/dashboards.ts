import type { DashboardResponse, DashboardsResponse } from '@girok/server/contract'
import { getJson } from './client.ts'

const path = '/girok/v1/dashboards'

/** Every dashboard of the tenant, and files that are none. */
export function fetchDashboards(signal?: AbortSignal): Promise<DashboardsResponse> {
  return getJson(path, signal === undefined ? {} : { signal })
}

/** One dashboard. ApiError 404 when there is none of that id. */
export function fetchDashboard(id: string, signal?: AbortSignal): Promise<DashboardResponse> {
  return getJson(`${path}/${encodeURIComponent(id)}`, signal === undefined ? {} : { signal })
}
