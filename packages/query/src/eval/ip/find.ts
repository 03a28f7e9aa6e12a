import { type IpRange, parseIpAddress, parseIpPattern } from '../../logql/ip-pattern.ts'
import { QueryError } from '../../text/error.ts'
import type { TextTest } from '../regex/test.ts'

const V4_RUN = /\d[\d.]{6,}/g
const V6_RUN = /[\da-fA-F:][\da-fA-F:.]+/g

/** Whether a text has an address within the pattern (an address, a CIDR block, `low-high`) anywhere in it. */
export function compileIpTest(pattern: string): TextTest {
  const range = parseIpPattern(pattern)
  if (range === undefined) {
    throw new QueryError(
      `parse error : ip: invalid pattern (${pattern}): write an address, a CIDR block or low-high`,
      0,
      0,
    )
  }
  return range.version === 4 ? (text) => hasV4(text, range) : (text) => hasV6(text, range)
}

function hasV4(text: string, range: IpRange): boolean {
  for (const run of text.match(V4_RUN) ?? []) {
    // A full stop behind an address belongs to the sentence.
    if (isWithin(run.replace(/\.+$/, ''), range)) return true
  }
  return false
}

function hasV6(text: string, range: IpRange): boolean {
  for (const run of text.match(V6_RUN) ?? []) {
    if (!run.includes(':')) continue
    if (isWithin(run, range) || isWithin(run.replace(/[.:]$/, ''), range)) return true
  }
  return false
}

function isWithin(text: string, range: IpRange): boolean {
  const address = parseIpAddress(text)
  return (
    address !== undefined &&
    address.version === range.version &&
    address.value >= range.low &&
    address.value <= range.high
  )
}
