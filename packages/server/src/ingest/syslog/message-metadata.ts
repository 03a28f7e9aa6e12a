import type { Metadata } from '../../model/batch.ts'
import type { IngestLimits } from '../limits.ts'
import { FACILITIES } from './facilities.ts'
import type { SyslogMessage } from './message.ts'
import type { Labelled } from './message-streams.ts'
import { KEPT_SEVERITIES } from './severities.ts'
import { readData } from './structured-data.ts'

/** What structured data may cost where limits say nothing. */
const MAX_PAIRS = 128
const MAX_BYTES = 65_536
/** Room for what is not structured data: at most 9 pairs with short names and values of at most 255 bytes. */
const OTHER_PAIRS = 10
const OTHER_BYTES = 4096
const NONE: Metadata = []

/** Makes the structured metadata of messages: what of the header is no label, and the structured data within bounds. */
export class MessageMetadata {
  readonly #maxPairs: number
  readonly #maxBytes: number

  constructor(limits: IngestLimits) {
    const { maxStructuredMetadataEntriesCount: pairs, maxStructuredMetadataSize: bytes } = limits
    this.#maxPairs = Math.max(0, (pairs > 0 ? Math.min(pairs, MAX_PAIRS) : MAX_PAIRS) - OTHER_PAIRS)
    this.#maxBytes = Math.max(0, (bytes > 0 ? Math.min(bytes, MAX_BYTES) : MAX_BYTES) - OTHER_BYTES)
  }

  /** `labelled`: what is a label already. `timed`: the record has the message's own time, which is else kept as `sent_at`. */
  of(bytes: Buffer, message: SyslogMessage, labelled: Labelled, timed: boolean, ascii: boolean): Metadata {
    const { priority } = message
    const pairs: string[] = []
    const add = (name: string, start: number, end: number): void => {
      if (end > start)
        pairs.push(name, ascii ? bytes.toString('latin1', start, end) : bytes.toString('utf8', start, end))
    }
    if (message.format === 'none') pairs.push('syslog_format', 'none')
    if (!labelled.service_name) add('app_name', message.appStart, message.appEnd)
    if (!labelled.host) add('host', message.hostStart, message.hostEnd)
    if (!labelled.facility && priority >= 0) pairs.push('facility', FACILITIES[priority >> 3]!)
    const severity = priority < 0 ? undefined : KEPT_SEVERITIES.get(priority & 7)
    if (severity !== undefined) pairs.push('severity', severity)
    add('procid', message.processStart, message.processEnd)
    add('msgid', message.idStart, message.idEnd)
    add('sequence', message.sequenceStart, message.sequenceEnd)
    if (!timed) add('sent_at', message.timeStart, message.timeEnd)
    if (message.dataEnd > message.dataStart) this.#addData(bytes, message, pairs, ascii)
    return pairs.length === 0 ? NONE : pairs
  }

  #addData(bytes: Buffer, message: SyslogMessage, pairs: string[], ascii: boolean): void {
    let size = 0
    let leftOut = 0
    const first = pairs.length
    readData(bytes, message.dataStart, message.dataEnd, ascii ? 'latin1' : 'utf8', (name, value) => {
      if (value === '') return
      const cost = name.length + (ascii ? value.length : Buffer.byteLength(value)) + 1
      let at = 0
      while (at < pairs.length && pairs[at] !== name) at += 2
      if (size + cost > this.#maxBytes || (at === pairs.length && (at - first) / 2 >= this.#maxPairs)) {
        leftOut++
        return
      }
      size += cost
      if (at === pairs.length) pairs.push(name, value)
      // The same parameter again, such as the addresses of `origin`.
      else pairs[at + 1] += `,${value}`
    })
    if (leftOut > 0) pairs.push('structured_data_left_out', String(leftOut))
  }
}
