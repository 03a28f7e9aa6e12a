import { GirokError } from '../../model/errors.ts'
import { MAX_RECORDS_PER_REQUEST, tooManyRecords } from '../batch/assembler.ts'
import { JsonCursor } from '../decode/json-cursor.ts'
import { ActionLine } from './action-line.ts'
import type { BulkItems } from './bulk-items.ts'
import type { DocumentDecoder } from './document-decoder.ts'

const NEWLINE = 0x0a

/**
 * Walks over the lines of a bulk request: an action, then its document; the last line may lack its newline, and empty lines
 * between are passed over. A document that is wrong fails alone; a wrong action fails the request with `bad_request`,
 * because then nobody knows which line is what.
 */
export function decodeBulk(body: Buffer, documents: DocumentDecoder, items: BulkItems, usualIndex: string): void {
  const line = new ActionLine(new JsonCursor(body))
  let number = 0
  for (let start = 0; start < body.length; ) {
    number++
    const end = endOfLine(body, start)
    if (isBlank(body, start, end)) {
      start = end + 1
      continue
    }
    readAction(line, number, start, end)
    start = end + 1
    if (items.length >= MAX_RECORDS_PER_REQUEST) throw tooManyRecords('actions')
    const { action } = line
    const index = line.index === '' ? usualIndex : line.index
    items.add(action, index, line.id)
    if (action !== 'delete') {
      number++
      if (start >= body.length) malformed(number - 1, `[${action}] is followed by no document`)
    }
    const documentEnd = endOfLine(body, start)
    if (action === 'index' || action === 'create') {
      const error = documents.take(start, documentEnd, index)
      if (error !== undefined) items.refuse(error)
    } else {
      const text = `[${action}] is not supported: records are never changed; send [create] or [index]`
      items.refuse(documents.refuse('malformed_record', 'illegal_argument_exception', text))
    }
    if (action !== 'delete') start = documentEnd + 1
  }
  documents.finish()
}

function readAction(line: ActionLine, number: number, start: number, end: number): void {
  try {
    line.read(start, end)
  } catch (error) {
    if (!(error instanceof GirokError)) throw error
    malformed(number, error.message)
  }
}

function malformed(line: number, what: string): never {
  throw new GirokError('bad_request', `Malformed action/metadata line [${line}], ${what}`)
}

function endOfLine(body: Buffer, start: number): number {
  const found = body.indexOf(NEWLINE, start)
  return found < 0 ? body.length : found
}

function isBlank(body: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (body[i]! > 0x20) return false
  return true
}
