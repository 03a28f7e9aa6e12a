import { GirokError } from '../../model/errors.ts'
import { JsonCursor } from '../decode/json-cursor.ts'
import { readWholeNumber } from '../decode/whole-number.ts'
import { HecError } from './answer.ts'

/** Reads the body of `/services/collector/ack`: `{"acks":[0,1,2]}`. Valid UTF-8. */
export function readAckQuery(body: Buffer): number[] {
  const numbers: number[] = []
  const cursor = new JsonCursor(body)
  let found = false
  try {
    for (let more = cursor.openObject('the body'); more; more = cursor.nextMember()) {
      if (cursor.key() !== 'acks') {
        cursor.skipValue()
        continue
      }
      found = true
      for (let item = cursor.openArray('acks'); item; item = cursor.nextItem())
        numbers.push(readWholeNumber(cursor, 'acks holds something that is no number given as ackId'))
    }
    cursor.finish()
  } catch (error) {
    if (!(error instanceof GirokError)) throw error
    throw new HecError('invalidFormat', error.message)
  }
  if (!found) throw new HecError('invalidFormat', 'send {"acks":[…]} with the numbers that were given as ackId')
  return numbers
}

/** The channel of a request: the header, else the parameter; undefined when there is none. */
export function channelOf(header: string, query: URLSearchParams): string | undefined {
  const channel = header || query.get('channel') || undefined
  if (channel !== undefined && !/^[\x21-\x7e]{1,128}$/.test(channel)) {
    throw new HecError('invalidChannel', 'a channel is a GUID, or at least 1 to 128 visible ASCII characters')
  }
  return channel
}
