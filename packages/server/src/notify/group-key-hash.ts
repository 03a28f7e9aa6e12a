import { createHash } from 'node:crypto'

/** What far ends know a group of alerts by: SHA-256 of its key in hexadecimal, as Alertmanager makes it. */
export function groupKeyHash(groupKey: string): string {
  return createHash('sha256').update(groupKey).digest('hex')
}
