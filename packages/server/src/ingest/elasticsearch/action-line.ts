import { GirokError } from '../../model/errors.ts'
import type { JsonCursor } from '../decode/json-cursor.ts'
import { sameRange } from '../decode/same-bytes.ts'
import type { BulkAction } from './bulk-items.ts'
import { checkIndex } from './index-name.ts'

const QUOTE = 0x22
const LETTER_N = 0x6e
const ACTIONS: readonly string[] = ['index', 'create', 'update', 'delete'] satisfies BulkAction[]

/**
 * Reads the lines that say what to do with the document that follows: `{"create":{"_index":"app","_id":"1"}}`. Senders
 * repeat them byte for byte, or change the id alone, so that little of a line is read anew.
 */
export class ActionLine {
  action: BulkAction = 'index'
  /** Empty: the line names none. */
  index = ''
  /** As a JSON string. */
  id: string | undefined
  readonly #cursor: JsonCursor
  #lastStart = 0
  #lastLength = -1
  #indexStart = 0
  #indexEnd = 0
  #indexText = ''

  constructor(cursor: JsonCursor) {
    this.#cursor = cursor
  }

  /** Reads the line at `start` … `end`; throws `bad_request`, because without it nobody knows which line is what. */
  read(start: number, end: number): void {
    if (this.#isLast(start, end)) return
    const cursor = this.#cursor
    cursor.position = start
    cursor.end = end
    if (!cursor.openObject('an action')) throw new GirokError('bad_request', 'the action is missing: {}')
    const action = cursor.key()
    if (!ACTIONS.includes(action)) {
      const shown = JSON.stringify(action.slice(0, 60))
      throw new GirokError('bad_request', `expected field [create], [delete], [index] or [update] but found ${shown}`)
    }
    this.action = action as BulkAction
    this.#readMetadata()
    if (cursor.nextMember()) cursor.fail('an action has one member')
    cursor.finish()
    this.#lastStart = start
    // With an id every line is a new one.
    this.#lastLength = this.id === undefined ? end - start : -1
  }

  #readMetadata(): void {
    const cursor = this.#cursor
    let index = ''
    this.id = undefined
    for (let more = cursor.openObject(`"${this.action}"`); more; more = cursor.nextMember()) {
      const name = cursor.key()
      const first = cursor.peek()
      const at = cursor.position
      if (name === '_index' && first !== LETTER_N) index = this.#readIndex(first)
      else if (name === '_id' && first !== LETTER_N) {
        cursor.skipValue()
        const text = cursor.bytes.toString('utf8', at, cursor.position)
        if (first === QUOTE) this.id = text
        else if (/^-?\d/.test(text)) this.id = JSON.stringify(text)
        else throw new GirokError('bad_request', '_id must be a string')
      } else cursor.skipValue()
    }
    this.index = index
  }

  #readIndex(first: number): string {
    const cursor = this.#cursor
    if (first !== QUOTE) throw new GirokError('bad_request', '_index must be a string')
    const { bytes, position: start } = cursor
    const length = this.#indexEnd - this.#indexStart
    if (length > 0 && sameRange(bytes, this.#indexStart, start, length)) {
      cursor.position += length
      return this.#indexText
    }
    this.#indexText = checkIndex(cursor.readString())
    this.#indexStart = start
    this.#indexEnd = cursor.position
    return this.#indexText
  }

  #isLast(start: number, end: number): boolean {
    return end - start === this.#lastLength && sameRange(this.#cursor.bytes, this.#lastStart, start, this.#lastLength)
  }
}
