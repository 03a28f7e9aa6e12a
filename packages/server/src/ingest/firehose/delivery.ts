import { JsonCursor } from '../decode/json-cursor.ts'

/** What a request holds: records of a delivery stream, or the one text of a CloudWatch subscription. */
export interface FirehoseDelivery {
  /** Of a delivery stream; undefined: as a Lambda function forwards it, `{"awslogs":{"data":"…"}}`. */
  readonly requestId: string | undefined
  /** Still compressed where they came so; undefined where the data is not base64. */
  readonly records: readonly (Buffer | undefined)[]
}

/** Reads the body of a delivery; valid UTF-8. Throws `bad_request`. The body is overwritten. */
export function readDelivery(body: Buffer): FirehoseDelivery {
  const cursor = new JsonCursor(body)
  const records: (Buffer | undefined)[] = []
  let requestId: string | undefined
  let known = false
  for (let more = cursor.openObject('the body'); more; more = cursor.nextMember()) {
    const name = cursor.key()
    const first = cursor.peek()
    if (name === 'requestId' && first === 0x22) requestId = cursor.readString()
    else if (name === 'records') {
      known = true
      for (let item = cursor.openArray('records'); item; item = cursor.nextItem())
        records.push(dataAt(cursor, 'a record'))
    } else if (name === 'awslogs') {
      known = true
      records.push(dataAt(cursor, 'awslogs'))
    } else cursor.skipValue()
  }
  cursor.finish()
  if (!known) cursor.fail('neither "records" of a Firehose delivery nor "awslogs" of a subscription', 0)
  return { requestId, records }
}

/** The bytes of `{"data":"base64"}`; undefined when they are none. */
function dataAt(cursor: JsonCursor, where: string): Buffer | undefined {
  let data: Buffer | undefined
  let isThere = false
  for (let more = cursor.openObject(where); more; more = cursor.nextMember()) {
    if (cursor.key() !== 'data') {
      cursor.skipValue()
      continue
    }
    if (cursor.peek() !== 0x22) cursor.fail(`data of ${where} must be a text in base64`)
    cursor.readTextInPlace()
    const text = cursor.bytes.toString('latin1', cursor.textStart, cursor.textEnd)
    data = isBase64(text) ? Buffer.from(text, 'base64') : undefined
    isThere = true
  }
  return isThere ? data : cursor.fail(`${where} has no "data"`)
}

/** One class of characters, because groups that repeat cost stack for each of millions of characters. */
function isBase64(text: string): boolean {
  const digits = text.endsWith('==') ? text.slice(0, -2) : text.endsWith('=') ? text.slice(0, -1) : text
  return digits.length % 4 !== 1 && !/[^A-Za-z0-9+/_-]/.test(digits)
}
