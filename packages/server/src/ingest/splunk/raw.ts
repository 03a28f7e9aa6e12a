import type { Assembler } from '../batch/assembler.ts'
import { arrivalOf, type EventOptions } from './events.ts'
import { streamOf } from './streams.ts'

const NEWLINE = 0x0a
const RETURN = 0x0d

/** Decodes the bodies of `/services/collector/raw`: each line that is not empty is a record. Returns how many there were. */
export function decodeRaw(body: Buffer, assembler: Assembler, options: EventOptions): number {
  const { tenant, limits, directory, defaults, time, nowMs } = options
  let records = 0
  for (let start = 0; start < body.length; ) {
    const newline = body.indexOf(NEWLINE, start)
    const next = newline === -1 ? body.length : newline
    const end = next > start && body[next - 1] === RETURN ? next - 1 : next
    if (end > start) {
      const { seconds, nanos } = time ?? arrivalOf(nowMs, records)
      assembler.entry(seconds, nanos, start, end)
      records++
    }
    start = next + 1
  }
  assembler.endStream(streamOf(defaults, tenant, limits, directory))
  return records
}
