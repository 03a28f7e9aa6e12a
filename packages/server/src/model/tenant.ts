import { GirokError } from './errors.ts'

/** Loki's rule for X-Scope-OrgID: 1–150 bytes of letters, digits and `!-_.*'()`; never `.` or `..`. */
const TENANT = /^[A-Za-z0-9!\-_.*'()]{1,150}$/

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
