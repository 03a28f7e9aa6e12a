import type { Assembler } from '../batch/assembler.ts'
import { lineRange } from '../batch/line-range.ts'
import { metadataName } from '../batch/metadata-name.ts'
import { NameTable } from '../decode/name-table.ts'
import type { ProtobufReader } from '../decode/protobuf.ts'
import { TextSlices } from '../decode/text-slices.ts'
import { type Attributes, emptyFields, type OtlpOptions, OtlpSink, type RecordFields } from './sink.ts'
import { readNanoseconds } from './time.ts'
import { type AnyValue, flattenValue, readAnyValue, readKeyValue, valueText } from './value.ts'

/**
 * Decodes `ExportLogsServiceRequest` (opentelemetry-proto, logs/v1). Returns the number of records. Messages are walked,
 * not built; a record makes no object of its own, and a body of text stays where it stands. Throws `bad_request`.
 */
export function decodeOtlpProtobuf(reader: ProtobufReader, assembler: Assembler, options: OtlpOptions): number {
  const decoder = new Decoder(reader, assembler, options)
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field !== 1) continue
    const outer = reader.enter('resource_logs')
    decoder.resourceLogs()
    reader.leave(outer)
  }
  return decoder.sink.records
}

const NO_ATTRIBUTES: Attributes = { pairs: [], dropped: 0 }
/** Names of attributes, as metadata is named. */
const NAMES = new NameTable(metadataName)
const WORDS = new NameTable((word) => word)

class Decoder {
  readonly sink: OtlpSink
  readonly #reader: ProtobufReader
  readonly #assembler: Assembler
  readonly #options: OtlpOptions
  readonly #fields: RecordFields = emptyFields()
  readonly #texts: TextSlices

  constructor(reader: ProtobufReader, assembler: Assembler, options: OtlpOptions) {
    this.sink = new OtlpSink(assembler, options)
    this.#reader = reader
    this.#assembler = assembler
    this.#options = options
    this.#texts = new TextSlices(reader.bytes)
  }

  resourceLogs(): void {
    const reader = this.#reader
    // The resource may stand behind its records, so it is looked for first.
    const from = reader.position
    let resource = NO_ATTRIBUTES
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field !== 1) continue
      const outer = reader.enter('resource')
      resource = this.#attributes(1, 2).attributes
      reader.leave(outer)
    }
    this.sink.startResource(resource)
    reader.position = from
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field !== 2) continue
      const outer = reader.enter('scope_logs')
      this.#scopeLogs()
      reader.leave(outer)
    }
    this.sink.endResource()
  }

  #scopeLogs(): void {
    const reader = this.#reader
    const from = reader.position
    let scope = { name: '', version: '', attributes: NO_ATTRIBUTES }
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field !== 1) continue
      const outer = reader.enter('scope')
      scope = this.#attributes(3, 4)
      reader.leave(outer)
    }
    this.sink.startScope(scope.name, scope.version, scope.attributes)
    reader.position = from
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field !== 2) continue
      const outer = reader.enter('log_records')
      this.#record()
      reader.leave(outer)
    }
  }

  /** The rest of a resource (attributes 1, dropped 2) or scope (name 1, version 2, attributes 3, dropped 4). */
  #attributes(attributesAt: number, droppedAt: number): { name: string; version: string; attributes: Attributes } {
    const reader = this.#reader
    const pairs: [string, AnyValue][] = []
    let dropped = 0
    let name = ''
    let version = ''
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field === attributesAt) {
        const outer = reader.enter('attributes')
        pairs.push(readKeyValue(reader))
        reader.leave(outer)
      } else if (field === droppedAt) {
        reader.expect(0, 'dropped_attributes_count')
        dropped = reader.value
      } else if (field === 1) name = reader.text('name')
      else if (field === 2) version = reader.text('version')
    }
    return { name, version, attributes: { pairs, dropped } }
  }

  /** An attribute of a record: the hot path, in which names are looked up and values cut out of one text. */
  #attribute(into: string[]): void {
    const reader = this.#reader
    let keyStart = 0
    let keyStop = 0
    let value: AnyValue = null
    for (let part = reader.next(); part !== 0; part = reader.next()) {
      if (part === 1) {
        reader.expect(2, 'key')
        keyStart = reader.start
        keyStop = reader.stop
      } else if (part === 2) {
        const outer = reader.enter('value')
        value = readAnyValue(reader, 0, this.#texts)
        reader.leave(outer)
      }
    }
    if (value instanceof Map) {
      const name = reader.bytes.toString('utf8', keyStart, keyStop)
      flattenValue(name, value, (flat, text) => into.push(metadataName(flat), text))
      return
    }
    const text = valueText(value)
    if (text !== '') into.push(NAMES.read(reader.bytes, keyStart, keyStop), text)
  }

  #record(): void {
    const reader = this.#reader
    const fields = this.#fields
    const { attributes } = fields
    reset(fields)
    let line: readonly [number, number] = [0, 0]
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      switch (field) {
        case 1:
          readNanoseconds(reader, 'time_unix_nano', fields.time)
          break
        case 2:
          reader.expect(0, 'severity_number')
          fields.severityNumber = reader.value
          break
        case 3:
          fields.severityText = this.#word('severity_text')
          break
        case 5: {
          const outer = reader.enter('body')
          line = this.#body()
          reader.leave(outer)
          break
        }
        case 6: {
          const outer = reader.enter('attributes')
          this.#attribute(attributes)
          reader.leave(outer)
          break
        }
        case 7:
          reader.expect(0, 'dropped_attributes_count')
          fields.dropped = reader.value
          break
        case 8:
          reader.expect(5, 'flags')
          fields.flags = reader.bytes.readUInt32LE(reader.position - 4)
          break
        case 9:
          fields.traceId = this.#id('trace_id')
          break
        case 10:
          fields.spanId = this.#id('span_id')
          break
        case 11:
          readNanoseconds(reader, 'observed_time_unix_nano', fields.observed)
          break
        case 12:
          fields.eventName = this.#word('event_name')
          break
      }
    }
    this.sink.record(fields, line[0], line[1])
  }

  /** A text is taken as it stands; anything else is written. */
  #body(): readonly [number, number] {
    const reader = this.#reader
    const from = reader.position
    const { bytes } = reader
    let text: readonly [number, number] | undefined
    let other = false
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field === 1) {
        reader.expect(2, 'string_value')
        text = [reader.start, reader.stop]
        other = false
      } else if (field <= 7) other = true
    }
    if (!other) return text ? lineRange(bytes, text[0], text[1], this.#assembler, this.#options.limits) : [0, 0]
    reader.position = from
    const written = Buffer.from(valueText(readAnyValue(reader)))
    const start = this.#assembler.foreignText(written)
    return [start, start + written.length]
  }

  #id(name: string): string {
    const { bytes, start, stop } = this.#reader
    this.#reader.expect(2, name)
    for (let i = start; i < stop; i++) if (bytes[i] !== 0) return bytes.toString('hex', start, stop)
    return ''
  }

  /** A text that is one of few. */
  #word(name: string): string {
    const reader = this.#reader
    reader.expect(2, name)
    return WORDS.read(reader.bytes, reader.start, reader.stop)
  }
}

function reset(fields: RecordFields): void {
  fields.severityNumber = 0
  fields.severityText = ''
  fields.traceId = ''
  fields.spanId = ''
  fields.flags = 0
  fields.dropped = 0
  fields.eventName = ''
  fields.time.seconds = 0
  fields.time.nanos = 0
  fields.observed.seconds = 0
  fields.observed.nanos = 0
  fields.attributes.length = 0
}
