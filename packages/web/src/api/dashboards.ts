import type {
  Dashboard,
  DashboardCheckResponse,
  DashboardImportResponse,
  DashboardResponse,
  DashboardsResponse,
  DashboardVersionsResponse,
} from '@girok/server/contract'
import { getJson, request } from './client.ts'

const path = '/girok/v1/dashboards'

/** Every dashboard of the tenant, and files that are none. */
export function fetchDashboards(signal?: AbortSignal): Promise<DashboardsResponse> {
  return getJson(path, signal === undefined ? {} : { signal })
}

/** One dashboard. ApiError 404 when there is none of that id. */
export function fetchDashboard(id: string, signal?: AbortSignal): Promise<DashboardResponse> {
  return getJson(`${path}/${encodeURIComponent(id)}`, signal === undefined ? {} : { signal })
}

/** Keeps a new dashboard. */
export function createDashboard(dashboard: Dashboard): Promise<DashboardResponse> {
  return getJson(path, { method: 'POST', body: { dashboard } })
}

/** Keeps a dashboard in place of the version that it was read at. ApiError 409 when it is no longer at that version. */
export function putDashboard(id: string, version: number, dashboard: Dashboard): Promise<DashboardResponse> {
  return getJson(`${path}/${encodeURIComponent(id)}`, { method: 'PUT', body: { dashboard, version } })
}

/** ApiError 409 when it is no longer at that version. */
export async function deleteDashboard(id: string, version: number): Promise<void> {
  await request(`${path}/${encodeURIComponent(id)}`, { method: 'DELETE', params: { version } })
}

/** Earlier versions of a dashboard, newest first. */
export function fetchVersions(id: string, signal?: AbortSignal): Promise<DashboardVersionsResponse> {
  return getJson(`${path}/${encodeURIComponent(id)}/versions`, signal === undefined ? {} : { signal })
}

export function fetchVersion(id: string, version: number): Promise<DashboardResponse> {
  return getJson(`${path}/${encodeURIComponent(id)}/versions/${version}`)
}

/** A dashboard as the server would keep it, and queries that cannot be parsed. ApiError 400 tells what is wrong with it. */
export function checkDashboard(dashboard: unknown): Promise<DashboardCheckResponse> {
  return getJson(`${path}/check`, { method: 'POST', body: { dashboard } })
}

/** What becomes of the JSON of a dashboard of Grafana; nothing is kept. */
export function importDashboard(given: unknown): Promise<DashboardImportResponse> {
  return getJson(`${path}/import`, { method: 'POST', body: given })
}
