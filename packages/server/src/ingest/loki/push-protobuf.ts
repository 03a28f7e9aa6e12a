import type { Assembler } from '../batch/assembler.ts'
import { lineRange } from '../batch/line-range.ts'
import { metadataName } from '../batch/metadata-name.ts'
import type { ProtobufReader } from '../decode/protobuf.ts'
import type { IngestLimits } from '../limits.ts'
import { type LabelTextOptions, outcomeOf } from './label-text.ts'

/**
 * Decodes Loki's `PushRequest` message (pkg/push/push.proto, Apache-2.0): streams (1) of labels (1) and entries (2) of
 * timestamp (1), line (2), structured metadata (3). Returns the number of streams. Lines stay where they stand in the
 * message, unless they are not valid UTF-8. Throws `bad_request`.
 */
export function decodePushProtobuf(reader: ProtobufReader, assembler: Assembler, options: LabelTextOptions): number {
  let streams = 0
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field !== 1) continue
    streams++
    const outer = reader.enter('streams')
    let labels = ''
    for (let member = reader.next(); member !== 0; member = reader.next()) {
      if (member === 1) labels = reader.text('labels')
      else if (member === 2) {
        const around = reader.enter('entries')
        decodeEntry(reader, assembler, options.limits)
        reader.leave(around)
      }
    }
    reader.leave(outer)
    assembler.endStream(outcomeOf(labels, options))
  }
  return streams
}

function decodeEntry(reader: ProtobufReader, assembler: Assembler, limits: IngestLimits): void {
  let seconds = 0
  let nanos = 0
  let lineStart = 0
  let lineEnd = 0
  let metadata: Map<string, string> | undefined
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) {
      const outer = reader.enter('timestamp')
      for (let part = reader.next(); part !== 0; part = reader.next()) {
        if (part === 1) {
          reader.expect(0, 'seconds')
          seconds = reader.value
        } else if (part === 2) {
          reader.expect(0, 'nanos')
          nanos = reader.value
        }
      }
      reader.leave(outer)
    } else if (field === 2) {
      reader.expect(2, 'line')
      lineStart = reader.start
      lineEnd = reader.stop
    } else if (field === 3) {
      metadata ??= new Map()
      const outer = reader.enter('structuredMetadata')
      let name = ''
      let value = ''
      for (let part = reader.next(); part !== 0; part = reader.next()) {
        if (part === 1) name = reader.text('name')
        else if (part === 2) value = reader.text('value')
      }
      reader.leave(outer)
      metadata.set(metadataName(name), value)
    }
  }
  if (nanos > 999_999_999) reader.fail(`a timestamp with ${nanos} nanoseconds`)
  ;[lineStart, lineEnd] = lineRange(reader.bytes, lineStart, lineEnd, assembler, limits)
  if (metadata === undefined) assembler.entry(seconds, nanos, lineStart, lineEnd)
  else assembler.entryWithMetadata(seconds, nanos, lineStart, lineEnd, [...metadata].flat())
}
