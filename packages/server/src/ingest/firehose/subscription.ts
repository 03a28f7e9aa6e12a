import type { Assembler } from '../batch/assembler.ts'
import { type StreamDirectory, UNLABELLED } from '../batch/stream-directory.ts'
import { instantOf } from '../decode/instant.ts'
import type { JsonCursor } from '../decode/json-cursor.ts'
import { readWholeNumber } from '../decode/whole-number.ts'
import type { IngestLimits } from '../limits.ts'

/** Where the service writes the type; it stands first. */
const HEAD_BYTES = 4096

export interface SubscriptionOptions {
  readonly tenant: string
  readonly limits: IngestLimits
  readonly directory: StreamDirectory
  /** Besides `log_group` and `log_stream`. */
  readonly labels: readonly (readonly [string, string])[]
}

/** Whether a text is what CloudWatch Logs sends to subscribers. */
export function isSubscription(body: Buffer, start: number, end: number): boolean {
  const head = body.toString('latin1', start, Math.min(end, start + HEAD_BYTES))
  return /^\s*\{/.test(head) && /"messageType"\s*:\s*"(?:DATA|CONTROL)_MESSAGE"/.test(head)
}

/**
 * Decodes one message of a subscription at the cursor. Labels are `log_group` and `log_stream`, the account becomes
 * metadata; a control message only tests the way and holds nothing. Returns how many events there were; throws
 * `bad_request` and takes back what it added when the message is not one. Overwrites it.
 */
export function decodeSubscription(cursor: JsonCursor, assembler: Assembler, options: SubscriptionOptions): number {
  try {
    return decode(cursor, assembler, options)
  } catch (error) {
    assembler.restartStream()
    throw error
  }
}

function decode(cursor: JsonCursor, assembler: Assembler, options: SubscriptionOptions): number {
  const texts = new Map<string, string>()
  // The account is known before the events in what the service sends; else their metadata lack it.
  let events = 0
  for (let more = cursor.openObject('a subscription message'); more; more = cursor.nextMember()) {
    const name = cursor.key()
    const first = cursor.peek()
    if (name === 'logEvents') {
      assembler.restartStream()
      events = readEvents(cursor, assembler, texts.get('owner'))
    } else if (first === 0x22) texts.set(name, cursor.readString())
    else cursor.skipValue()
  }
  if (texts.get('messageType') === 'CONTROL_MESSAGE') {
    assembler.restartStream()
    return 0
  }
  const group = texts.get('logGroup') ?? ''
  const stream = texts.get('logStream') ?? ''
  assembler.endStream(outcomeOf(group, stream, options))
  return events
}

function readEvents(cursor: JsonCursor, assembler: Assembler, owner = ''): number {
  const metadata = owner === '' ? undefined : ['aws_account', owner]
  let events = 0
  for (let item = cursor.openArray('logEvents'); item; item = cursor.nextItem()) {
    let ms = -1
    let start = -1
    let end = -1
    for (let more = cursor.openObject('an event'); more; more = cursor.nextMember()) {
      const name = cursor.key()
      const first = cursor.peek()
      if (name === 'timestamp') ms = readWholeNumber(cursor, 'a timestamp must be whole milliseconds since 1970')
      else if (name === 'message' && first === 0x22) {
        cursor.readTextInPlace()
        start = cursor.textStart
        end = cursor.textEnd
      } else cursor.skipValue()
    }
    if (ms === -1 || start === -1) cursor.fail('an event needs a timestamp and a message')
    events++
    const { seconds, nanos } = instantOf(ms)
    if (metadata === undefined) assembler.entry(seconds, nanos, start, end)
    else assembler.entryWithMetadata(seconds, nanos, start, end, metadata)
  }
  return events
}

function outcomeOf(group: string, stream: string, { tenant, limits, directory, labels }: SubscriptionOptions) {
  const key = `subscription ${JSON.stringify([group, stream, labels])}`
  return directory.outcome(tenant, key, limits, () => {
    const pairs = [...labels, ['log_group', group], ['log_stream', stream]] as [string, string][]
    const given = new Map(pairs.filter(([, value]) => value !== ''))
    return given.size > 0 ? given : UNLABELLED
  })
}
