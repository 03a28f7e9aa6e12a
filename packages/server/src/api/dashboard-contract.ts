import type { Dashboard, DashboardOrigin } from '../model/dashboard.ts'

export type * from '../model/dashboard.ts'
export type { UnitName } from '../model/unit.ts'

/** GET /girok/v1/dashboards */
export interface DashboardsResponse {
  readonly dashboards: readonly ListedDashboard[]
  /** Files of `dashboards.path` that are no dashboards, with what is wrong. */
  readonly faults: readonly { readonly file: string; readonly message: string }[]
}

export interface ListedDashboard {
  /** In addresses: `/d/ID`. Of built-in ones and files a word (`training`, the file's name), else 16 hex digits. */
  readonly id: string
  readonly title: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly origin: DashboardOrigin
  readonly panels: number
  /** ISO 8601; absent for built-in ones. */
  readonly updatedAt?: string
}

/**
 * GET /girok/v1/dashboards/ID; POST /girok/v1/dashboards {dashboard} → 201; PUT /girok/v1/dashboards/ID {dashboard, version}
 * and DELETE ?version= answer 409 when it is no longer at that version, 403 for what is built in or a file. PUT with version
 * 0 makes a dashboard with that id (16 hex digits) → 201, or 409 when there is one.
 */
export interface DashboardResponse {
  readonly id: string
  readonly origin: DashboardOrigin
  /** From 1, rises with each change; 0 for what cannot be saved. */
  readonly version: number
  readonly createdAt?: string
  readonly updatedAt?: string
  /** Name of the file, of origin `file`. */
  readonly file?: string
  readonly dashboard: Dashboard
  /** Answer to POST and PUT: queries that cannot be parsed, with their place (`panels[3].queries[0].expr`). They are kept. */
  readonly warnings?: readonly { readonly where: string; readonly what: string }[]
}

/** GET /girok/v1/dashboards/ID/versions: newest first; the last 50 are kept. GET …/versions/N is a DashboardResponse. */
export interface DashboardVersionsResponse {
  readonly versions: readonly { readonly version: number; readonly at: string; readonly title: string }[]
}

/** POST /girok/v1/dashboards/check {dashboard}: as it would be kept. 400 tells what is wrong with it. Nothing is saved. */
export interface DashboardCheckResponse {
  readonly dashboard: Dashboard
  /** Queries that cannot be parsed, with their place. */
  readonly warnings: readonly { readonly where: string; readonly what: string }[]
}

/** POST /girok/v1/dashboards/import with the JSON of a Grafana dashboard: what became of it. Nothing is saved. */
export interface DashboardImportResponse {
  readonly dashboard: Dashboard
  /** Each part that was left out or changed in meaning: where it stands, and why. */
  readonly unsupported: readonly { readonly where: string; readonly what: string }[]
}
