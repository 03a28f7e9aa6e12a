import { zonedTime } from '../zoned-time.ts'

const utc = zonedTime('UTC')

/** RFC 3339 in UTC with as many digits of the second as are needed: how Loki's first API writes times. */
export function rfc3339(timeNs: bigint): string {
  return utc(timeNs).replace(/\.?0+Z$/, 'Z')
}
