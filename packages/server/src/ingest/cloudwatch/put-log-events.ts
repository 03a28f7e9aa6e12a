import { type Assembled, Assembler } from '../batch/assembler.ts'
import type { StreamDirectory } from '../batch/stream-directory.ts'
import { instantOf } from '../decode/instant.ts'
import { JsonCursor } from '../decode/json-cursor.ts'
import { readWholeNumber } from '../decode/whole-number.ts'
import { acceptedTimes, type IngestLimits } from '../limits.ts'
import { AwsError } from './error.ts'
import { groupNameOf, invalid, serialized, streamNameOf } from './parameters.ts'

/** Limits of the service: bytes of all messages with 26 more for each, events, and hours between first and last. */
const MAX_BYTES = 1_048_576
const BYTES_PER_EVENT = 26
const MAX_EVENTS = 10_000
const MAX_SPAN_MS = 24 * 3_600_000

export interface PutOptions {
  readonly tenant: string
  readonly receiver: string
  readonly limits: IngestLimits
  readonly directory: StreamDirectory
  readonly nowMs: number
}

/** Which events were refused for their time, as the service tells it: they stand at either end, being in order. */
export interface RejectedEvents {
  /** Place behind the last that is too old. */
  readonly tooOldLogEventEndIndex?: number
  /** Place of the first that is too new. */
  readonly tooNewLogEventStartIndex?: number
}

export interface PutEvents {
  readonly assembled: Assembled
  readonly group: string
  readonly stream: string
  readonly firstMs: number
  readonly lastMs: number
  readonly rejected: RejectedEvents | undefined
}

/**
 * Decodes PutLogEvents. Labels are `log_group` and `log_stream`. A request that breaks a rule of the service (sizes, order,
 * span) throws AwsError and stores nothing. The body must be valid UTF-8 and is overwritten.
 */
export function decodePutLogEvents(body: Buffer, options: PutOptions): PutEvents {
  const { tenant, receiver, limits, directory, nowMs } = options
  const assembler = new Assembler(tenant, receiver, body, limits, nowMs)
  const cursor = new JsonCursor(body)
  const names = new Map<string, string>()
  let events: EventReader | undefined
  serialized(() => {
    for (let more = cursor.openObject('the body'); more; more = cursor.nextMember()) {
      const name = cursor.key()
      if (name === 'logGroupName' || name === 'logStreamName') names.set(name, textAt(cursor, name))
      else if (name === 'logEvents') {
        assembler.restart()
        events = new EventReader(cursor, assembler, limits, nowMs)
        events.read()
      } else cursor.skipValue()
    }
    cursor.finish()
  })
  const group = groupNameOf(names.get('logGroupName'))
  const stream = streamNameOf(names.get('logStreamName'))
  if (events === undefined || events.count === 0) {
    throw invalid('logEvents', undefined, 'Member must have length greater than or equal to 1')
  }
  const outcome = directory.outcome(tenant, JSON.stringify([group, stream]), limits, () => [
    ['log_group', group],
    ['log_stream', stream],
  ])
  assembler.endStream(outcome)
  const { firstMs, lastMs, rejected } = events
  return { assembled: assembler.finish(), group, stream, firstMs, lastMs, rejected }
}

/** Reads the list of events into an assembler, checking the service's rules. */
class EventReader {
  count = 0
  firstMs = 0
  lastMs = 0
  readonly #cursor: JsonCursor
  readonly #assembler: Assembler
  readonly #oldestMs: number
  readonly #newestMs: number
  readonly #maxMessage: number
  #bytes = 0
  #tooOldEnd = -1
  #tooNewStart = -1

  constructor(cursor: JsonCursor, assembler: Assembler, limits: IngestLimits, nowMs: number) {
    this.#cursor = cursor
    this.#assembler = assembler
    const { maxLineSize } = limits
    const { oldestMs, newestMs } = acceptedTimes(limits, nowMs)
    this.#oldestMs = oldestMs
    this.#newestMs = newestMs
    this.#maxMessage = maxLineSize > 0 ? maxLineSize : Number.POSITIVE_INFINITY
  }

  get rejected(): RejectedEvents | undefined {
    if (this.#tooOldEnd === -1 && this.#tooNewStart === -1) return undefined
    return {
      ...(this.#tooOldEnd !== -1 && { tooOldLogEventEndIndex: this.#tooOldEnd }),
      ...(this.#tooNewStart !== -1 && { tooNewLogEventStartIndex: this.#tooNewStart }),
    }
  }

  read(): void {
    const cursor = this.#cursor
    for (let item = cursor.openArray('logEvents'); item; item = cursor.nextItem()) this.#event()
  }

  #event(): void {
    const cursor = this.#cursor
    let timestamp = -1
    let start = -1
    let end = -1
    for (let more = cursor.openObject('an event'); more; more = cursor.nextMember()) {
      const name = cursor.key()
      if (name === 'timestamp') timestamp = readWholeNumber(cursor, 'a timestamp must be whole milliseconds since 1970')
      else if (name === 'message') {
        textInPlaceAt(cursor, 'message')
        start = cursor.textStart
        end = cursor.textEnd
      } else cursor.skipValue()
    }
    const place = this.count++
    const member = (name: string) => `logEvents.${place + 1}.member.${name}`
    if (this.count > MAX_EVENTS) {
      throw invalid('logEvents', '(too many)', `Member must have length less than or equal to ${MAX_EVENTS}`)
    }
    if (timestamp === -1) throw invalid(member('timestamp'), undefined, 'Member must not be null')
    if (start === end) throw invalid(member('message'), '', 'Member must have length greater than or equal to 1')
    this.#checkSize(end - start)
    this.#checkOrder(timestamp, place)
    if (timestamp < this.#oldestMs) this.#tooOldEnd = place + 1
    else if (timestamp > this.#newestMs && this.#tooNewStart === -1) this.#tooNewStart = place
    const { seconds, nanos } = instantOf(timestamp)
    this.#assembler.entry(seconds, nanos, start, end)
  }

  #checkSize(bytes: number): void {
    if (bytes > this.#maxMessage) {
      throw new AwsError(
        'InvalidParameterException',
        `Log event too large: ${bytes} bytes exceeds limit of ${this.#maxMessage} (limits.maxLineSize)`,
      )
    }
    this.#bytes += bytes + BYTES_PER_EVENT
    if (this.#bytes > MAX_BYTES) {
      throw new AwsError('InvalidParameterException', `Upload too large: more than ${MAX_BYTES} bytes`)
    }
  }

  #checkOrder(timestamp: number, place: number): void {
    if (place === 0) this.firstMs = timestamp
    else if (timestamp < this.lastMs) {
      throw new AwsError(
        'InvalidParameterException',
        'Log events in a single PutLogEvents request must be in chronological order.',
      )
    }
    this.lastMs = timestamp
    if (timestamp - this.firstMs > MAX_SPAN_MS) {
      throw new AwsError(
        'InvalidParameterException',
        'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
      )
    }
  }
}

function textAt(cursor: JsonCursor, name: string): string {
  if (cursor.peek() !== 0x22) cursor.fail(`${name} must be a text`)
  return cursor.readString()
}

function textInPlaceAt(cursor: JsonCursor, name: string): void {
  if (cursor.peek() !== 0x22) cursor.fail(`${name} must be a text`)
  cursor.readTextInPlace()
}
