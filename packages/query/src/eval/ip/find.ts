import { type IpRange, parseIpAddress, parseIpPattern } from '../../logql/ip-pattern.ts'
import { QueryError } from '../../text/error.ts'
import type { TextTest } from '../regex/test.ts'

/**
 * Where an address may begin: a digit with a point among the next three characters (and one more behind), or hexadecimal
 * digits before a colon. What follows is taken as far as its alphabet goes and is an address or none; the search goes on
 * behind it. So `x10.0.0.7` has one, and `::ffff:10.0.0.7` has one of version 6 only.
 */
const BEGINNING = /(\d(?=[\s\S]{0,2}\.)(?=[\s\S]{3}))|(?=::[\da-fA-F][\s\S]{2}|[\da-fA-F]{1,4}:)(?=[\s\S]{5})/g
const V4_RUN = /[\d.]+/y
const V6_RUN = /[\da-fA-F:.]+/y

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
  return (text) => {
    BEGINNING.lastIndex = 0
    for (let found = BEGINNING.exec(text); found !== null; found = BEGINNING.exec(text)) {
      const run = found[1] === undefined ? V6_RUN : V4_RUN
      run.lastIndex = found.index
      run.test(text)
      if (isWithin(text.slice(found.index, run.lastIndex), range)) return true
      // The character that ended the run is passed over as well.
      BEGINNING.lastIndex = run.lastIndex + 1
    }
    return false
  }
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
