import { GirokError } from '../../model/errors.ts'
import { decodeContent } from '../decode/content-encoding.ts'
import { tooLarge } from '../decode/output-limit.ts'
import { validUtf8 } from '../decode/utf8.ts'

/** One body made of the texts of all records. */
export interface Unpacked {
  readonly body: Buffer
  /** Where the record's text stands in the body; undefined when it is no base64 or could not be decompressed. */
  readonly ranges: readonly ({ readonly start: number; readonly end: number } | undefined)[]
  /** Why the first such record could not be. */
  readonly fault: string
}

/** Decompresses the records that are gzip; together at most `maxBytes` (0: no limit) come out, else `body_too_large`. */
export async function unpack(records: readonly (Buffer | undefined)[], maxBytes: number): Promise<Unpacked> {
  const texts: Buffer[] = []
  const ranges: Unpacked['ranges'][number][] = []
  let length = 0
  let fault = ''
  for (const [place, record] of records.entries()) {
    const left = maxBytes > 0 ? maxBytes - length : 0
    if (maxBytes > 0 && left <= 0) throw tooLarge(maxBytes)
    const text = await unpackOne(record, left).catch((error) => {
      if (!(error instanceof GirokError)) throw error
      if (error.code === 'body_too_large') throw tooLarge(maxBytes)
      fault ||= `record ${place}: ${error.message}`
      return undefined
    })
    if (text === undefined) {
      ranges.push(undefined)
      continue
    }
    ranges.push({ start: length, end: length + text.length })
    texts.push(text)
    length += text.length
  }
  return { body: Buffer.concat(texts), ranges, fault }
}

async function unpackOne(record: Buffer | undefined, maxBytes: number): Promise<Buffer> {
  if (record === undefined) throw new GirokError('bad_request', 'data is not base64')
  const isGzip = record[0] === 0x1f && record[1] === 0x8b
  return validUtf8(await decodeContent(record, isGzip ? 'gzip' : '', maxBytes), maxBytes)
}
