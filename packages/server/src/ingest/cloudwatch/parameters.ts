import { GirokError } from '../../model/errors.ts'
import { JsonCursor } from '../decode/json-cursor.ts'
import { AwsError } from './error.ts'

const QUOTE = 0x22
const OPEN_BRACKET = 0x5b
const OPEN_BRACE = 0x7b
const LETTER_N = 0x6e

const GROUP_NAME = /^[.\-_/#A-Za-z0-9]{1,512}$/
const STREAM_NAME = /^[^:*]{1,512}$/

/** Texts, numbers and booleans of the request's object, by name; lists and objects are passed over. */
export type Parameters = ReadonlyMap<string, string | number | boolean>

/** Reads the body of a small operation; valid UTF-8. Throws AwsError. */
export function readParameters(body: Buffer): Parameters {
  const found = new Map<string, string | number | boolean>()
  const cursor = new JsonCursor(body)
  serialized(() => {
    for (let more = cursor.openObject('the body'); more; more = cursor.nextMember()) {
      const name = cursor.key()
      const first = cursor.peek()
      const start = cursor.position
      if (first === QUOTE) found.set(name, cursor.readString())
      else {
        cursor.skipValue()
        if (first === OPEN_BRACE || first === OPEN_BRACKET || first === LETTER_N) continue
        found.set(name, JSON.parse(cursor.bytes.toString('latin1', start, cursor.position)))
      }
    }
    cursor.finish()
  })
  return found
}

/** Runs what reads JSON; its faults are told in the service's words. */
export function serialized<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof GirokError) || error instanceof AwsError || error.code !== 'bad_request') throw error
    throw new AwsError('SerializationException', error.message)
  }
}

export function groupNameOf(value: unknown): string {
  if (typeof value === 'string' && GROUP_NAME.test(value)) return value
  throw invalid('logGroupName', value, 'Member must have 1 to 512 of the characters a-z A-Z 0-9 _ - / . #')
}

export function streamNameOf(value: unknown): string {
  if (typeof value === 'string' && STREAM_NAME.test(value)) return value
  throw invalid('logStreamName', value, 'Member must have 1 to 512 characters without : and *')
}

/** The service's sentence for a member that breaks a rule. */
export function invalid(member: string, value: unknown, rule: string): AwsError {
  const shown = value === undefined ? 'null' : JSON.stringify(value).slice(0, 100)
  return new AwsError(
    'InvalidParameterException',
    `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: ${rule}`,
  )
}
