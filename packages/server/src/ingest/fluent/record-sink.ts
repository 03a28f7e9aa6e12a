import { GirokError } from '../../model/errors.ts'
import { type Assembled, Assembler } from '../batch/assembler.ts'
import { labelName } from '../batch/label-name.ts'
import { hasMetadataName, metadataName } from '../batch/metadata-name.ts'
import { MAX_MALFORMED, type RefusalReason } from '../batch/refusals.ts'
import { type StreamDirectory, type StreamOutcome, UNLABELLED } from '../batch/stream-directory.ts'
import type { IngestLimits } from '../limits.ts'
import type { FieldRoles, FieldRules, RoleOfField } from './field-roles.ts'
import { MAX_DEPTH, writeJson, writeKey } from './json-text.ts'
import type { ForwardMessage } from './message.ts'
import { ARRAY, MAP, MsgpackCursor, NIL, TEXT } from './msgpack.ts'
import { TextBuffer } from './text-buffer.ts'
import { type EventTime, readTime } from './time.ts'

const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const NEWLINE = 0x0a
const SLASH = 0x2f

const NOTHING = Buffer.alloc(0)

export interface RecordSinkOptions {
  readonly receiver: string
  readonly tenant: string
  readonly limits: IngestLimits
  readonly directory: StreamDirectory
  readonly rules: FieldRules
  readonly roles: FieldRoles
  readonly nowMs: number
}

/**
 * Puts the records of Forward messages into a batch: as JSON text straight from MessagePack, or as the text of the only
 * field that is left. Records that break a rule are refused one by one; bytes that are not MessagePack throw `bad_request`.
 *
 * Measured by bench/decode.mjs.
 */
export class RecordSink {
  readonly #options: RecordSinkOptions
  readonly #assembler: Assembler
  readonly #lines = new TextBuffer()
  readonly #scratch = new TextBuffer()
  readonly #time: EventTime = { seconds: 0, nanos: 0, isMarker: false }
  /** Where the values of the record's label fields stand, by index into the rules; an end of 0: it has none. */
  readonly #labelStart: Uint32Array
  readonly #labelEnd: Uint32Array
  #labels = 0
  #tag = ''
  #tagKey = ''
  #nowMs: number
  #metadata: string[] = []
  #malformed = 0
  readonly #outcomes = new Map<string, StreamOutcome>()
  #openKey = ''
  #open: StreamOutcome | undefined

  constructor(options: RecordSinkOptions) {
    this.#options = options
    this.#nowMs = options.nowMs
    this.#assembler = new Assembler(options.tenant, options.receiver, NOTHING, options.limits, options.nowMs)
    this.#labelStart = new Uint32Array(options.rules.labels.length)
    this.#labelEnd = new Uint32Array(options.rules.labels.length)
  }

  /** Texts in which invalid UTF-8 was replaced. */
  get repaired(): number {
    return this.#lines.repaired
  }

  /** Adds the records of a message that stands in these bytes and arrived then. */
  add({ tag, mode, start, end }: ForwardMessage, bytes: Buffer, nowMs: number): void {
    const cursor = new MsgpackCursor(bytes, start, end)
    this.#tag = tag
    this.#tagKey = `${tag.length}:${tag}`
    this.#nowMs = nowMs
    if (mode === 'message') {
      this.#timed(cursor, start)
    } else if (mode === 'packed') {
      while (cursor.position < end) this.#entry(cursor)
    } else {
      for (let left = cursor.openArray('the entries'); left > 0; left--) this.#entry(cursor)
    }
  }

  /** Notes one record, or what cannot be told apart into records, as refused. */
  refuse(reason: RefusalReason, why: () => string): void {
    this.#assembler.refusals.add(reason, 1, () => `record of tag ${JSON.stringify(this.#tag.slice(0, 100))}: ${why()}`)
    if (++this.#malformed <= MAX_MALFORMED) return
    throw new GirokError('bad_request', `more than ${MAX_MALFORMED} bad records: ${this.#assembler.refusals.text()}`)
  }

  /** The batch; the sink must not be used afterwards. */
  finish(): Assembled {
    if (this.#open !== undefined) this.#assembler.endStream(this.#open)
    const { bytes, length } = this.#lines
    this.#assembler.foreignText(bytes.subarray(0, length))
    return this.#assembler.finish()
  }

  /** `[time, record]`, or `[[time, metadata], record]` as Fluent Bit has it from version 2.1 on. */
  #entry(cursor: MsgpackCursor): void {
    const start = cursor.position
    if (cursor.kind() !== ARRAY || cursor.openArray('an entry') !== 2) {
      this.#refuseAt(cursor, start, 1, 'malformed_record', 'an entry must be an array of time and record')
      return
    }
    this.#timed(cursor, cursor.position)
  }

  /** A time and a record at the cursor. */
  #timed(cursor: MsgpackCursor, start: number): void {
    this.#metadata = []
    if (!this.#readTime(cursor)) {
      const why = 'the time must be an EventTime, or a number of seconds since 1970'
      this.#refuseAt(cursor, start, 2, 'invalid_timestamp', why)
    } else if (this.#time.isMarker) cursor.skip()
    else if (cursor.kind() !== MAP) this.#refuseAt(cursor, start, 2, 'malformed_record', 'a record must be a map')
    else {
      const { length } = this.#lines
      if (!this.#record(cursor)) {
        this.#lines.length = length
        const why = `a record must not be nested deeper than ${MAX_DEPTH}, nor have maps or arrays as names of fields`
        this.#refuseAt(cursor, start, 2, 'malformed_record', why)
      }
    }
  }

  #refuseAt(cursor: MsgpackCursor, start: number, values: number, reason: RefusalReason, why: string): void {
    this.refuse(reason, () => `${why} (byte ${start})`)
    cursor.position = start
    for (let i = 0; i < values; i++) cursor.skip()
  }

  #readTime(cursor: MsgpackCursor): boolean {
    if (cursor.kind() !== ARRAY) return readTime(cursor, this.#time, this.#nowMs)
    if (cursor.openArray('a time') !== 2 || !readTime(cursor, this.#time, this.#nowMs)) return false
    if (cursor.kind() !== MAP) return false
    for (let left = cursor.openMap('metadata'); left > 0; left--) {
      if (cursor.kind() === TEXT) {
        cursor.openText('a name')
        this.#addMetadata(cursor.bytes.toString('utf8', cursor.textStart, cursor.textEnd), this.#valueText(cursor))
      } else {
        cursor.skip()
        cursor.skip()
      }
    }
    return true
  }

  /** False when the record breaks a rule; then the cursor stands anywhere. */
  #record(cursor: MsgpackCursor): boolean {
    const { bytes } = cursor
    const lines = this.#lines
    const lineStart = lines.length
    let nameStart = 0
    let nameEnd = 0
    let textStart = 0
    let textEnd = 0
    /** Whether a field that could be the line waits for whether others come. */
    let waits = false
    let written = 0
    this.#forgetLabels()
    for (let left = cursor.openMap('a record'); left > 0; left--) {
      let field: RoleOfField | undefined
      const isText = cursor.kind() === TEXT
      if (isText) {
        cursor.openText('a name')
        field = this.#options.roles.of(bytes, cursor.textStart, cursor.textEnd)
        if (field !== undefined && field.role !== 'line' && this.#takeField(cursor, field)) continue
        if (field?.role === 'line' && written === 0 && !waits && cursor.kind() === TEXT) {
          nameStart = cursor.textStart
          nameEnd = cursor.textEnd
          cursor.openText('a text')
          textStart = cursor.textStart
          textEnd = cursor.textEnd
          waits = true
          continue
        }
      }
      if (waits) {
        lines.byte(OPEN_BRACE)
        lines.quoted(bytes, nameStart, nameEnd)
        lines.byte(COLON)
        lines.quoted(bytes, textStart, textEnd)
        waits = false
        written++
      }
      lines.byte(written++ === 0 ? OPEN_BRACE : COMMA)
      if (isText) {
        lines.quoted(bytes, cursor.textStart, cursor.textEnd)
        lines.byte(COLON)
      } else if (!writeKey(cursor, lines)) return false
      if (!writeJson(cursor, lines, 1)) return false
    }
    if (waits)
      lines.text(bytes, textStart, textEnd > textStart && bytes[textEnd - 1] === NEWLINE ? textEnd - 1 : textEnd)
    else {
      if (written === 0) lines.byte(OPEN_BRACE)
      lines.byte(CLOSE_BRACE)
    }
    this.#store(bytes, lineStart)
    return true
  }

  #store(bytes: Buffer, lineStart: number): void {
    const { seconds, nanos } = this.#time
    const lines = this.#lines
    this.#useStream(bytes)
    const { count } = this.#assembler
    if (this.#metadata.length === 0) this.#assembler.entry(seconds, nanos, lineStart, lines.length)
    else this.#assembler.entryWithMetadata(seconds, nanos, lineStart, lines.length, this.#metadata)
    if (this.#assembler.count === count) lines.length = lineStart
    const cap = this.#options.limits.maxDecompressedBytes
    if (cap > 0 && lines.length > cap) {
      throw new GirokError(
        'body_too_large',
        `a message's lines have more than limits.maxDecompressedBytes (${cap} bytes)`,
      )
    }
  }

  /** Takes the value at the cursor as label or metadata; false, with the cursor where it was, when it is no scalar. */
  #takeField(cursor: MsgpackCursor, { role, name, index }: RoleOfField): boolean {
    const kind = cursor.kind()
    if (kind === MAP || kind === ARRAY) return false
    if (role === 'metadata') {
      this.#addMetadata(name, this.#valueText(cursor))
      return true
    }
    const start = cursor.position
    cursor.skip()
    if (kind === NIL) return true
    if (this.#labelEnd[index] === 0) this.#labels++
    this.#labelStart[index] = start
    this.#labelEnd[index] = cursor.position
    return true
  }

  #addMetadata(name: string, text: string): void {
    if (text === '' || !hasMetadataName(name)) return
    const normal = metadataName(name)
    const metadata = this.#metadata
    for (let i = 0; i < metadata.length; i += 2) {
      if (metadata[i] !== normal) continue
      metadata[i + 1] = text
      return
    }
    metadata.push(normal, text)
  }

  #forgetLabels(): void {
    if (this.#labels === 0) return
    this.#labels = 0
    this.#labelEnd.fill(0)
  }

  /** The value at the cursor, which is passed: a text as it is, nil as nothing, others as JSON. */
  #valueText(cursor: MsgpackCursor): string {
    const kind = cursor.kind()
    if (kind === TEXT) {
      cursor.openText('a text')
      return cursor.bytes.toString('utf8', cursor.textStart, cursor.textEnd)
    }
    const start = cursor.position
    cursor.skip()
    if (kind === NIL) return ''
    const scratch = this.#scratch
    scratch.length = 0
    // In text of its own, so that what is nested too deep does not leave the cursor within.
    if (!writeJson(new MsgpackCursor(cursor.bytes, start, cursor.position), scratch)) return ''
    return scratch.bytes.toString('utf8', 0, scratch.length)
  }

  /** The records that follow belong to the stream of the tag and of the record's labels. */
  #useStream(bytes: Buffer): void {
    let key = this.#tagKey
    if (this.#labels > 0) {
      for (let i = 0; i < this.#labelEnd.length; i++) {
        const end = this.#labelEnd[i]!
        if (end === 0) continue
        const start = this.#labelStart[i]!
        key += `\n${i}:${end - start}:${bytes.toString('latin1', start, end)}`
      }
    }
    if (this.#open !== undefined) {
      if (key === this.#openKey) return
      this.#assembler.endStream(this.#open)
    }
    let outcome = this.#outcomes.get(key)
    if (outcome === undefined) {
      outcome = this.#outcomeOf(bytes)
      this.#outcomes.set(key, outcome)
    }
    this.#openKey = key
    this.#open = outcome
  }

  #outcomeOf(bytes: Buffer): StreamOutcome {
    const { tenant, limits, directory, rules } = this.#options
    const pairs: [string, string][] = []
    if (rules.tagLabel !== '' && this.#tag !== '') pairs.push([rules.tagLabel, this.#tag])
    for (let i = 0; i < this.#labelEnd.length; i++) {
      const end = this.#labelEnd[i]!
      if (end === 0) continue
      const text = this.#valueText(new MsgpackCursor(bytes, this.#labelStart[i]!, end))
      // Docker writes the name of a container as a path.
      const isPath = rules.labels[i] === 'container_name' && text.charCodeAt(0) === SLASH
      if (text !== '') pairs.push([labelName(rules.labels[i]!), isPath ? text.slice(1) : text])
    }
    return directory.outcome(tenant, JSON.stringify(pairs), limits, () => (pairs.length > 0 ? pairs : UNLABELLED))
  }
}
