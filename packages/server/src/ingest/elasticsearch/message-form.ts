import type { Metadata } from '../../model/batch.ts'
import { hasMetadataName, metadataName } from '../batch/metadata-name.ts'
import type { JsonCursor } from '../decode/json-cursor.ts'

const QUOTE = 0x22
const OPEN_BRACE = 0x7b
const LETTER_N = 0x6e
/** Objects further down keep their JSON text. */
const MAX_DEPTH = 16

/**
 * Structured metadata of the document at the cursor, which must be valid: all its fields but those whose value begins at
 * a place of `used`, null and empty ones. Objects are flattened (`host.name` becomes `host_name`), lists keep their JSON text.
 */
export function metadataOf(cursor: JsonCursor, used: ReadonlySet<number>): Metadata {
  const pairs = new Map<string, string>()
  flatten(cursor, '', 1, used, pairs)
  return [...pairs].flat()
}

function flatten(
  cursor: JsonCursor,
  prefix: string,
  depth: number,
  used: ReadonlySet<number>,
  pairs: Map<string, string>,
): void {
  for (let more = cursor.openObject('a document'); more; more = cursor.nextMember()) {
    const name = prefix + cursor.key()
    const first = cursor.peek()
    const start = cursor.position
    if (used.has(start)) {
      cursor.skipValue()
      continue
    }
    if (first === OPEN_BRACE && depth < MAX_DEPTH) {
      flatten(cursor, `${name}.`, depth + 1, used, pairs)
      continue
    }
    let text: string
    if (first === QUOTE) text = cursor.readString()
    else {
      cursor.skipValue()
      text = first === LETTER_N ? '' : cursor.bytes.toString('utf8', start, cursor.position)
    }
    if (text !== '' && hasMetadataName(name)) pairs.set(metadataName(name), text)
  }
}
