import type { Driver } from './driver.ts'

const TIMEOUT_MS = 30_000
const NEWLINE = 0x0a

/** Rows of a SELECT as arrays of its columns; for tables that are read as a whole, in chunks. 64-bit integers are text. */
export async function* readRows(driver: Driver, sql: string): AsyncGenerator<readonly string[]> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of driver.stream(sql, 'JSONCompactEachRow', { lane: 'interactive', timeoutMs: TIMEOUT_MS })) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      yield JSON.parse(bytes.toString('utf8', start, end)) as string[]
      start = end + 1
    }
    rest = bytes.subarray(start)
  }
  if (rest.length > 0) yield JSON.parse(rest.toString()) as string[]
}
