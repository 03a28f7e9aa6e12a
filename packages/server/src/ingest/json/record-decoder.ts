import type { Metadata } from '../../model/batch.ts'
import { GirokError } from '../../model/errors.ts'
import { levelOfText } from '../../model/level-words.ts'
import { type Assembler, MAX_RECORDS_PER_REQUEST, tooManyRecords } from '../batch/assembler.ts'
import { labelName } from '../batch/label-name.ts'
import { hasMetadataName, metadataName } from '../batch/metadata-name.ts'
import { MAX_MALFORMED } from '../batch/refusals.ts'
import { abbreviate, type StreamDirectory, type StreamOutcome, UNLABELLED } from '../batch/stream-directory.ts'
import { type Instant, instantOf } from '../decode/instant.ts'
import { JsonCursor } from '../decode/json-cursor.ts'
import { forEachLine } from '../decode/lines.ts'
import { parseEpoch, parseTime } from '../decode/time-text.ts'
import type { IngestLimits } from '../limits.ts'
import { FieldFinder, type FoundField, scaleOf } from './field-finder.ts'
import type { IngestQuery } from './ingest-query.ts'

const QUOTE = 0x22
const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b

export interface RecordDecoderOptions {
  readonly tenant: string
  readonly limits: IngestLimits
  readonly directory: StreamDirectory
  readonly query: IngestQuery
  readonly nowMs: number
  /** Labels of every record besides the query's; unlike those they do not keep the record's own service from being one. */
  readonly labels?: readonly (readonly [string, string])[]
  /** Structured metadata of every record: names as they are stored. */
  readonly metadata?: Metadata
  /** Member of a record that is an object and may hold the level and the service where the record itself has none. */
  readonly nested?: string
}

/** What is known of a record besides its text. */
export interface RecordAround {
  /** Time of records that hold none that can be read. Default: the time of arrival, and bad times are refused. */
  readonly timeMs?: number
  /** Added to the metadata of all records. */
  readonly metadata?: Metadata
}

/**
 * Decodes the bodies of /ingest into an assembler. Records without a time get the time of arrival, a nanosecond apart,
 * so that they stay in order. One decoder serves one request. The body must be valid UTF-8 and may be overwritten.
 *
 * Measured: 1.7 µs of CPU for a JSON line of 209 bytes with a time and a level, up to and with the processors.
 */
export class RecordDecoder {
  readonly #body: Buffer
  readonly #assembler: Assembler
  readonly #options: RecordDecoderOptions
  readonly #finder: FieldFinder
  readonly #cursor: JsonCursor
  readonly #values: JsonCursor
  /** Begins the key of every stream of this request in the directory. */
  readonly #queryLabels: string
  #around: RecordAround = {}
  #records = 0
  #malformed = 0
  #openKey = ''
  #openOutcome: StreamOutcome | undefined

  constructor(body: Buffer, assembler: Assembler, options: RecordDecoderOptions) {
    this.#body = body
    this.#assembler = assembler
    this.#options = options
    this.#finder = new FieldFinder(options.query, options.nested)
    this.#cursor = new JsonCursor(body)
    this.#values = new JsonCursor(body)
    this.#queryLabels = JSON.stringify([...(options.labels ?? []), ...options.query.labels])
  }

  /** Plain text: every line that is not empty is a record. Returns how many there were. */
  decodeText(): number {
    forEachLine(this.#body, (start, end) => {
      this.#countRecord()
      this.#useStream([])
      this.#entryNow(start, end)
    })
    return this.close()
  }

  /**
   * An array of records, one value over several lines, or one value a line. In an array a syntax error fails the whole
   * request; in lines only its line. Returns how many records there were, refused ones included.
   */
  decodeJson(): number {
    const cursor = this.#cursor
    // A byte order mark, as some Windows programs put it.
    if (cursor.bytes[0] === 0xef && cursor.bytes[1] === 0xbb && cursor.bytes[2] === 0xbf) cursor.position = 3
    const first = cursor.peek()
    if (first === -1) return 0
    const start = cursor.position
    if (first === OPEN_BRACKET) {
      for (let item = cursor.openArray('the body'); item; item = cursor.nextItem()) this.#record()
      cursor.finish()
    } else if (this.#isOneDocument(start)) {
      cursor.position = start
      this.#record()
    } else {
      const lineRecord = (from: number, to: number) => {
        cursor.position = from
        cursor.end = to
        this.#lineRecord()
      }
      forEachLine(this.#body, lineRecord, start)
    }
    return this.close()
  }

  /**
   * One record at `start` … `end` of the body, which is JSON or any other text. What is no JSON is a line as it stands.
   * Call {@link close} after the last one.
   */
  decodeRecord(start: number, end: number, around: RecordAround = {}): void {
    const cursor = this.#cursor
    this.#around = around
    cursor.position = start
    cursor.end = end
    this.#countRecord()
    if (cursor.peek() === OPEN_BRACE && this.#isObject()) {
      this.#object(start, end)
      return
    }
    this.#useStream([])
    this.#entryNow(start, end)
  }

  /** Whether an object and nothing else stands from the cursor on; notes its fields. */
  #isObject(): boolean {
    try {
      this.#pass()
      this.#cursor.finish()
      return true
    } catch (error) {
      if (error instanceof GirokError) return false
      throw error
    }
  }

  /** True for a single value that is spread over several lines; lines of values each fail here at the second value. */
  #isOneDocument(start: number): boolean {
    const cursor = this.#cursor
    try {
      cursor.position = start
      cursor.skipValue()
      cursor.finish()
      return true
    } catch (error) {
      if (error instanceof GirokError) return false
      throw error
    }
  }

  #lineRecord(): void {
    const cursor = this.#cursor
    if (cursor.peek() === -1) return
    const start = cursor.position
    let end: number
    try {
      end = this.#pass()
      cursor.finish()
    } catch (error) {
      if (!(error instanceof GirokError)) throw error
      this.#countRecord()
      this.#assembler.refusals.add('malformed_record', 1, () => {
        return `record ${this.#records} is not JSON (${error.message} of the body): send Content-Type: text/plain for lines of plain text`
      })
      if (++this.#malformed > MAX_MALFORMED) {
        throw new GirokError('bad_request', `more than ${MAX_MALFORMED} records: ${this.#assembler.refusals.text()}`)
      }
      return
    }
    this.#take(start, end)
  }

  #record(): void {
    this.#cursor.peek()
    const start = this.#cursor.position
    this.#take(start, this.#pass())
  }

  /** Passes the value at the cursor, noting its fields if it is an object; returns where it ends. */
  #pass(): number {
    const cursor = this.#cursor
    if (cursor.peek() === OPEN_BRACE) this.#finder.read(cursor)
    else cursor.skipValue()
    return cursor.position
  }

  /** Makes a record of the value that was passed last. */
  #take(start: number, end: number): void {
    this.#countRecord()
    const first = this.#body[start]
    if (first === OPEN_BRACE) {
      this.#object(start, end)
      return
    }
    this.#useStream([])
    if (first === QUOTE) {
      const line = this.#textInPlace(start)
      this.#entryNow(line.start, line.end)
    } else this.#entryNow(start, end)
  }

  #object(start: number, end: number): void {
    const { query } = this.#options
    const finder = this.#finder
    const labels: [string, string][] = []
    for (const name of query.labelFields) {
      const value = this.#scalar(finder.label(name))
      if (value !== undefined) labels.push([labelName(name), value])
    }
    const service = this.#scalar(finder.service)
    if (service !== undefined) labels.push(['service_name', service])
    let time: Instant | undefined
    if (finder.time && !this.#isNull(finder.time)) {
      time = this.#time(finder.time)
      if (time === undefined && this.#around.timeMs === undefined) return
      time ??= this.#arrival()
    } else time = this.#arrival()
    this.#useStream(labels)
    const levelText = this.#scalar(finder.level)
    const level =
      finder.level && levelText !== undefined
        ? levelOfText(levelText, query.levelNumbers ?? scaleOf(finder.level.name))
        : 0
    if (!finder.message) {
      this.#entry(time, start, end, level)
      return
    }
    const metadata = this.#metadata()
    const { message } = finder
    const line = this.#body[message.start] === QUOTE ? this.#textInPlace(message.start) : message
    this.#entry(time, line.start, line.end, level, metadata)
  }

  #entry({ seconds, nanos }: Instant, start: number, end: number, level = 0, own: Metadata = []): void {
    const ofAll = this.#options.metadata ?? []
    const around = this.#around.metadata ?? []
    if (own.length + ofAll.length + around.length === 0) this.#assembler.entry(seconds, nanos, start, end, level)
    else this.#assembler.entryWithMetadata(seconds, nanos, start, end, [...own, ...ofAll, ...around], level)
  }

  /** Undefined when the record was refused. */
  #time(field: FoundField): Instant | undefined {
    const text = this.#body[field.start] === QUOTE ? this.#text(field) : this.#raw(field)
    const time = this.#body[field.start] === QUOTE ? parseTime(text) : parseEpoch(text)
    if (time === undefined && this.#around.timeMs === undefined) {
      this.#assembler.refusals.add('invalid_timestamp', 1, () => {
        const shown = abbreviate(this.#raw({ ...field, end: Math.min(field.end, field.start + 400) }), 80)
        return `record ${this.#records}: field ${JSON.stringify(abbreviate(field.name, 80))} holds ${shown}, which is not a time from 1970 to 2106: send RFC 3339 or a number since 1970, name another field by ?time_field=, or take the time of arrival by an empty ?time_field=`
      })
    }
    return time
  }

  #arrival(): Instant {
    return instantOf(this.#around.timeMs ?? this.#options.nowMs, this.#records - 1)
  }

  #entryNow(start: number, end: number): void {
    this.#entry(this.#arrival(), start, end)
  }

  #metadata(): string[] {
    const finder = this.#finder
    const used = new Set([finder.time?.start, finder.message?.start, finder.level?.start])
    for (const name of this.#options.query.labelFields) used.add(finder.label(name)?.start)
    const pairs = new Map<string, string>()
    for (const member of finder.members) {
      if (used.has(member.start) || !hasMetadataName(member.name)) continue
      pairs.set(metadataName(member.name), this.#body[member.start] === QUOTE ? this.#text(member) : this.#raw(member))
    }
    return [...pairs].flat()
  }

  #textInPlace(start: number): { start: number; end: number } {
    this.#values.position = start
    this.#values.readTextInPlace()
    return { start: this.#values.textStart, end: this.#values.textEnd }
  }

  #text(field: FoundField): string {
    this.#values.position = field.start
    return this.#values.readString()
  }

  #raw(field: FoundField): string {
    return this.#body.toString('utf8', field.start, field.end)
  }

  #isNull(field: FoundField): boolean {
    return this.#body[field.start] === 0x6e
  }

  /** Text of a string, number or boolean. */
  #scalar(field: FoundField | undefined): string | undefined {
    if (field === undefined || this.#isNull(field)) return undefined
    const first = this.#body[field.start]
    if (first === QUOTE) return this.#text(field)
    return first === OPEN_BRACE || first === OPEN_BRACKET ? undefined : this.#raw(field)
  }

  /** The records that follow belong to the stream of the query's labels and these. */
  #useStream(own: readonly (readonly [string, string])[]): void {
    let key = this.#queryLabels
    for (const [name, value] of own) key += `${name}=${value.length}:${value}`
    if (this.#openOutcome !== undefined) {
      if (key === this.#openKey) return
      this.#assembler.endStream(this.#openOutcome)
    }
    const { tenant, limits, directory, query, labels = [] } = this.#options
    this.#openKey = key
    this.#openOutcome = directory.outcome(tenant, key, limits, () => {
      const given = new Map([...labels, ...query.labels, ...own].filter(([, value]) => value !== ''))
      return given.size > 0 ? given : UNLABELLED
    })
  }

  #countRecord(): void {
    if (++this.#records > MAX_RECORDS_PER_REQUEST) throw tooManyRecords()
  }

  /** Ends the last stream; returns how many records there were. */
  close(): number {
    if (this.#openOutcome !== undefined) this.#assembler.endStream(this.#openOutcome)
    return this.#records
  }
}
