import type { Assembler } from '../batch/assembler.ts'
import { instantOf } from '../decode/instant.ts'
import { forEachLine } from '../decode/lines.ts'
import type { EventOptions } from './events.ts'
import { streamOf } from './streams.ts'

/** Decodes the bodies of `/services/collector/raw`: each line that is not empty is a record. Returns how many there were. */
export function decodeRaw(body: Buffer, assembler: Assembler, options: EventOptions): number {
  const { tenant, limits, directory, defaults, time, nowMs } = options
  let records = 0
  forEachLine(body, (start, end) => {
    const { seconds, nanos } = time ?? instantOf(nowMs, records)
    assembler.entry(seconds, nanos, start, end)
    records++
  })
  assembler.endStream(streamOf(defaults, tenant, limits, directory))
  return records
}
