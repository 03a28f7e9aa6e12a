import { GirokError } from './errors.ts'

/** Loki's rule for X-Scope-OrgID: 1–150 bytes of letters, digits and `!-_.*'()`; never `.` or `..`. */
const TENANT = /^[A-Za-z0-9!\-_.*'()]{1,150}$/
/** Between the ids of a read over several tenants; no id can hold it. */
const SEPARATOR = '|'

/** Returns the id, or throws `bad_request` saying what a tenant id may look like. */
export function checkTenant(id: string): string {
  if (!TENANT.test(id) || id === '.' || id === '..') {
    throw new GirokError(
      'bad_request',
      `tenant id ${JSON.stringify(id.slice(0, 160))} is not valid: use 1 to 150 letters, digits or !-_.*'()`,
    )
  }
  return id
}

/** As {@link checkTenant} for `a|b`: the ids in order, each once. */
export function checkTenants(ids: string): string {
  return [...new Set(ids.split(SEPARATOR).map(checkTenant))].sort().join(SEPARATOR)
}

/** The tenants that a read is over; nearly always one. */
export function tenantsOf(tenant: string): readonly string[] {
  return tenant.split(SEPARATOR)
}

/** The label that tells streams of several tenants apart. */
export const TENANT_LABEL = '__tenant_id__'
