import type { ReceiverRequest, ReceiverResponse } from '../receiver.ts'
import { answer, causeBody } from './answer.ts'
import type { BulkAction, BulkItems } from './bulk-items.ts'
import type { DocumentDecoder } from './document-decoder.ts'
import { checkIndex } from './index-name.ts'

/** Reads a request whose body is one document, on as many lines as it likes. Throws `bad_request` for an impossible index. */
export function decodeSingle(
  body: Buffer,
  documents: DocumentDecoder,
  items: BulkItems,
  request: Pick<ReceiverRequest, 'path'>,
  action: BulkAction,
): void {
  const { index = '', id } = request.path
  items.add(action, checkIndex(index), id === undefined ? undefined : JSON.stringify(id))
  const error = documents.take(0, body.length, index)
  if (error !== undefined) items.refuse(error)
  documents.finish()
}

/** The answer for a single document: 201, or its error as that of the request. */
export function singleAnswer(request: ReceiverRequest, items: BulkItems, nextId: () => string): ReceiverResponse {
  const error = items.errors.get(0)
  if (error !== undefined) {
    return answer(request, error.status, causeBody(error))
  }
  const body = {
    _index: items.indices[0],
    _id: JSON.parse(items.ids[0] ?? `"${nextId()}"`),
    _version: 1,
    result: 'created',
    _shards: { total: 1, successful: 1, failed: 0 },
    _seq_no: 0,
    _primary_term: 1,
  }
  return answer(request, 201, JSON.stringify(body))
}
