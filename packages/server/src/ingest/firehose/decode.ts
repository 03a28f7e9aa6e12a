import { GirokError } from '../../model/errors.ts'
import { type Assembled, Assembler, MAX_RECORDS_PER_REQUEST, tooManyRecords } from '../batch/assembler.ts'
import { JsonCursor } from '../decode/json-cursor.ts'
import { forEachLine } from '../decode/lines.ts'
import type { IngestQuery } from '../json/ingest-query.ts'
import { RecordDecoder } from '../json/record-decoder.ts'
import { decodeSubscription, isSubscription, type SubscriptionOptions } from './subscription.ts'
import type { Unpacked } from './unpack.ts'

const OPEN_BRACKET = 0x5b
const OPEN_BRACE = 0x7b

export interface DecodeOptions extends SubscriptionOptions {
  readonly receiver: string
  readonly nowMs: number
  /** How plain records are read, as at /ingest. */
  readonly query: IngestQuery
}

/**
 * Makes records of what a delivery holds, in its order: messages of CloudWatch subscriptions, JSON values one after another
 * or in an array, else lines of text. What cannot be read is refused by itself, because the service sends all of a
 * delivery again after an error.
 */
export function decodeDelivery({ body, ranges, fault }: Unpacked, options: DecodeOptions): Assembled {
  const { tenant, receiver, limits, nowMs } = options
  const assembler = new Assembler(tenant, receiver, body, limits, nowMs)
  const plain = new RecordDecoder(body, assembler, options)
  let events = 0
  for (const range of ranges) {
    if (range === undefined) {
      assembler.refusals.add('malformed_record', 1, () => fault)
      continue
    }
    const { start, end } = range
    if (isSubscription(body, start, end)) {
      plain.close()
      events += readSubscriptions(body, start, end, assembler, options)
      if (events > MAX_RECORDS_PER_REQUEST) throw tooManyRecords('events')
      continue
    }
    const values = jsonValues(body, start, end)
    if (values === undefined) forEachLine(body, (from, to) => plain.decodeRecord(from, to), start, end)
    else for (let i = 0; i < values.length; i += 2) plain.decodeRecord(values[i] as number, values[i + 1] as number)
  }
  plain.close()
  return assembler.finish()
}

/** One message or several, one after another. */
function readSubscriptions(
  body: Buffer,
  start: number,
  end: number,
  assembler: Assembler,
  options: SubscriptionOptions,
): number {
  const cursor = new JsonCursor(body, start, end)
  let events = 0
  try {
    while (cursor.peek() !== -1) events += decodeSubscription(cursor, assembler, options)
  } catch (error) {
    if (!(error instanceof GirokError) || error.code !== 'bad_request') throw error
    assembler.refusals.add('malformed_record', 1, () => `a message of a subscription cannot be read: ${error.message}`)
  }
  return events
}

/** Starts and ends, in turn, of the objects and arrays' items that make up a text; undefined when it is something else. */
function jsonValues(body: Buffer, start: number, end: number): number[] | undefined {
  const cursor = new JsonCursor(body, start, end)
  const values: number[] = []
  const pass = () => {
    cursor.peek()
    values.push(cursor.position)
    cursor.skipValue()
    values.push(cursor.position)
  }
  try {
    for (let next = cursor.peek(); next !== -1; next = cursor.peek()) {
      if (next === OPEN_BRACE) pass()
      else if (next !== OPEN_BRACKET) return undefined
      else for (let item = cursor.openArray('a record'); item; item = cursor.nextItem()) pass()
    }
  } catch (error) {
    if (error instanceof GirokError) return undefined
    throw error
  }
  return values
}
