import { GirokError } from '../../model/errors.ts'
import { LEVEL_FIELDS, type LevelScale, levelOfText } from '../../model/level-words.ts'
import type { Assembler } from '../batch/assembler.ts'
import { MAX_MALFORMED, type RefusalReason } from '../batch/refusals.ts'
import { abbreviate, type StreamDirectory, type StreamOutcome, UNLABELLED } from '../batch/stream-directory.ts'
import { instantOf } from '../decode/instant.ts'
import { JsonCursor } from '../decode/json-cursor.ts'
import { sameRange } from '../decode/same-bytes.ts'
import type { IngestLimits } from '../limits.ts'
import type { ItemError } from './bulk-items.ts'
import { TimeReader } from './document-time.ts'
import { FieldTree } from './field-tree.ts'
import { undatedIndex } from './index-name.ts'
import type { Mapping } from './mapping.ts'
import { metadataOf } from './message-form.ts'

const QUOTE = 0x22
const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b
/** JSON text of the longest word that could be a level, every letter an escape. */
const LONGEST_LEVEL = 98
const LEVEL_SCALES: readonly LevelScale[] = [...LEVEL_FIELDS.values()]

export interface DocumentOptions {
  readonly tenant: string
  readonly limits: IngestLimits
  readonly directory: StreamDirectory
  readonly mapping: Mapping
  readonly nowMs: number
}

/**
 * Makes records of documents: the line is the document's JSON as it stands in the body, or its message. One decoder
 * serves one request. The body must be valid UTF-8; messages are unescaped over themselves.
 *
 * A document whose labels are the bytes of the one before goes to the same stream without a look at any map.
 */
export class DocumentDecoder {
  readonly #body: Buffer
  readonly #assembler: Assembler
  readonly #options: DocumentOptions
  readonly #tree: FieldTree
  readonly #cursor: JsonCursor
  readonly #times = new TimeReader()
  readonly #refusedBefore = new Map<RefusalReason, number>()
  readonly #labelStart: Int32Array
  readonly #labelEnd: Int32Array
  #documents = 0
  #malformed = 0
  #index = ''
  #open: StreamOutcome | undefined
  #openKey = ''
  #seconds = 0
  #nanos = 0
  /** Where the JSON text of the document's time and level begins; -1: it has none. */
  #timeAt = -1
  #levelAt = -1

  constructor(body: Buffer, assembler: Assembler, options: DocumentOptions) {
    this.#body = body
    this.#assembler = assembler
    this.#options = options
    this.#tree = new FieldTree(options.mapping.fields)
    this.#cursor = new JsonCursor(body)
    this.#labelStart = new Int32Array(options.mapping.labels.length).fill(-1)
    this.#labelEnd = new Int32Array(options.mapping.labels.length)
  }

  /** Takes the document at `start` … `end`; gives why it was refused, or undefined. Throws for a hopeless body. */
  take(start: number, end: number, index: string): ItemError | undefined {
    this.#documents++
    const cursor = this.#cursor
    cursor.position = start
    cursor.end = end
    try {
      if (cursor.peek() !== OPEN_BRACE) cursor.fail('a document must be an object')
      const from = cursor.position
      this.#tree.read(cursor)
      const to = cursor.position
      cursor.finish()
      return this.#record(from, to, index)
    } catch (error) {
      if (!(error instanceof GirokError) || error.code !== 'bad_request') throw error
      if (++this.#malformed > MAX_MALFORMED) {
        throw new GirokError(
          'bad_request',
          `more than ${MAX_MALFORMED} documents are malformed, the last: ${error.message}`,
        )
      }
      return this.refuse('malformed_record', 'mapper_parsing_exception', `failed to parse: ${error.message}`)
    }
  }

  /** Counts an item that is not stored. */
  refuse(reason: RefusalReason, type: string, text: string): ItemError {
    this.#assembler.refusals.add(reason, 1, () => text)
    this.#refusedBefore.set(reason, (this.#refusedBefore.get(reason) ?? 0) + 1)
    return { status: 400, type, reason: text }
  }

  /** Call once after the last document. */
  finish(): void {
    if (this.#open !== undefined) this.#assembler.endStream(this.#open)
    this.#open = undefined
  }

  #record(start: number, end: number, index: string): ItemError | undefined {
    const wrong = this.#findTime()
    if (wrong !== undefined) return wrong
    const outcome = this.#streamOf(index)
    if (outcome.refused) return this.refuse(outcome.refused.reason, 'illegal_argument_exception', outcome.refused.text)
    const level = this.#level()
    const before = this.#assembler.count
    const message = this.#message()
    if (message < 0) this.#assembler.entry(this.#seconds, this.#nanos, start, end, level)
    else this.#messageEntry(start, end, message, level)
    return this.#assembler.count > before ? undefined : this.#refusedByLimits(outcome)
  }

  /** Finds the document's time; an error when the first of the time fields holds something else. */
  #findTime(): ItemError | undefined {
    const { times, fields } = this.#options.mapping
    this.#timeAt = -1
    for (let rank = 0; rank < times.length; rank++) {
      const field = times[rank]!
      const slot = this.#tree.find(field)
      if (slot < 0) continue
      const start = this.#tree.start(slot)
      const end = this.#tree.end(slot)
      const time = this.#times.read(this.#body, start, end)
      if (time === 'none') continue
      if (time !== undefined) {
        this.#seconds = time.seconds
        this.#nanos = time.nanos
        this.#timeAt = start
        return undefined
      }
      if (rank > 0) continue
      const shown = abbreviate(this.#body.toString('utf8', start, Math.min(end, start + 400)), 80)
      const text = `failed to parse field [${fields[field]}] of type [date]: ${shown} is not a time from 1970 to 2106: send RFC 3339 or a number since 1970`
      return this.refuse('invalid_timestamp', 'mapper_parsing_exception', text)
    }
    const arrival = instantOf(this.#options.nowMs, this.#documents - 1)
    this.#seconds = arrival.seconds
    this.#nanos = arrival.nanos
    return undefined
  }

  #level(): number {
    const { levels } = this.#options.mapping
    this.#levelAt = -1
    for (let i = 0; i < levels.length; i++) {
      const slot = this.#tree.find(levels[i]!)
      if (slot < 0) continue
      const start = this.#tree.start(slot)
      const length = this.#tree.end(slot) - start
      if (length > LONGEST_LEVEL) return 0
      const text = this.#text(start, start + length)
      const level = levelOfText(text, LEVEL_SCALES[i]!)
      if (level > 0) this.#levelAt = start
      return level
    }
    return 0
  }

  /** Slot of the message, when that is to be the line; else -1. */
  #message(): number {
    for (const field of this.#options.mapping.messages) {
      const slot = this.#tree.find(field)
      if (slot >= 0) return slot
    }
    return -1
  }

  #messageEntry(start: number, end: number, message: number, level: number): void {
    const tree = this.#tree
    const cursor = this.#cursor
    const at = tree.start(message)
    const used = new Set([at, this.#timeAt, this.#levelAt])
    for (const { field } of this.#options.mapping.labels) {
      const slot = this.#scalarSlot(field)
      if (slot >= 0) used.add(tree.start(slot))
    }
    cursor.position = start
    cursor.end = end
    const metadata = metadataOf(cursor, used)
    // Last, because it destroys the JSON text of the message.
    cursor.position = at
    let lineEnd = tree.end(message)
    let lineStart = at
    if (this.#body[at] === QUOTE) {
      cursor.readTextInPlace()
      lineStart = cursor.textStart
      lineEnd = cursor.textEnd
    }
    this.#assembler.entryWithMetadata(this.#seconds, this.#nanos, lineStart, lineEnd, metadata, level)
    // What stands there now is no label's text any more.
    this.#labelStart.fill(-2)
  }

  /** The stream of the document that was read last; it is open afterwards unless it is refused. */
  #streamOf(index: string): StreamOutcome {
    if (this.#open !== undefined && this.#hasLabelsOfLast(index)) return this.#open
    const { tenant, limits, directory, mapping } = this.#options
    const pairs: [string, string][] = []
    if (mapping.indexLabel !== '' && index !== '') {
      pairs.push([mapping.indexLabel, mapping.keepIndexDates ? index : undatedIndex(index)])
    }
    let key = JSON.stringify([mapping.indexLabel, pairs[0]?.[1] ?? ''])
    for (let i = 0; i < mapping.labels.length; i++) {
      const { name, field } = mapping.labels[i]!
      const slot = this.#scalarSlot(field)
      this.#labelStart[i] = slot < 0 ? -1 : this.#tree.start(slot)
      this.#labelEnd[i] = slot < 0 ? -1 : this.#tree.end(slot)
      const value = slot < 0 ? '' : this.#text(this.#tree.start(slot), this.#tree.end(slot))
      if (value === '') continue
      key += `${name}=${value.length}:${value}`
      pairs.push([name, value])
    }
    this.#index = index
    if (this.#open !== undefined && key === this.#openKey) return this.#open
    this.finish()
    const outcome = directory.outcome(tenant, key, limits, () => new Map(pairs.length > 0 ? pairs : UNLABELLED))
    if (outcome.refused) return outcome
    this.#openKey = key
    this.#open = outcome
    return outcome
  }

  #hasLabelsOfLast(index: string): boolean {
    if (index !== this.#index) return false
    const { labels } = this.#options.mapping
    for (let i = 0; i < labels.length; i++) {
      const slot = this.#scalarSlot(labels[i]!.field)
      const before = this.#labelStart[i]!
      if (slot < 0 || before < 0) {
        if (slot >= 0 || before !== -1) return false
        continue
      }
      const start = this.#tree.start(slot)
      const length = this.#tree.end(slot) - start
      if (length !== this.#labelEnd[i]! - before || !sameRange(this.#body, before, start, length)) return false
    }
    return true
  }

  /** Objects and arrays are no labels. */
  #scalarSlot(field: number): number {
    const slot = this.#tree.find(field)
    if (slot < 0) return slot
    const first = this.#body[this.#tree.start(slot)]
    return first === OPEN_BRACE || first === OPEN_BRACKET ? -1 : slot
  }

  #text(start: number, end: number): string {
    if (this.#body[start] !== QUOTE) return this.#body.toString('latin1', start, end)
    const cursor = this.#cursor
    cursor.position = start
    cursor.end = end
    return cursor.readString()
  }

  /** The assembler tells reasons when a stream ends; so this one ends here, and the next document opens it again. */
  #refusedByLimits(outcome: StreamOutcome): ItemError {
    this.#assembler.endStream(outcome)
    for (const { reason, count, example } of this.#assembler.refusals.groups()) {
      const before = this.#refusedBefore.get(reason) ?? 0
      if (count === before) continue
      this.#refusedBefore.set(reason, count)
      const text = before === 0 ? example : `as an earlier document of this request: ${example}`
      return { status: 400, type: 'illegal_argument_exception', reason: text }
    }
    throw new Error('a document was neither stored nor refused')
  }
}
