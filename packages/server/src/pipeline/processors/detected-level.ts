import { z } from 'zod'
import type { Metadata, RecordBatch } from '../../model/batch.ts'
import type { Stream } from '../../model/labels.ts'
import { LEVELS } from '../../model/level.ts'
import { LEVEL_FIELDS, levelOfText } from '../../model/level-words.ts'
import { levelOfLine } from '../level-scan.ts'
import { defineProcessor } from '../processor.ts'

const DETECTED = 'detected_level'
const UNKNOWN = LEVELS.indexOf('unknown')

/**
 * Fills the level column of records whose receiver left it empty: from metadata `detected_level`, then a level label of
 * the stream, then a level in metadata, then the line, else `unknown`.
 */
export const detectedLevel = defineProcessor<Record<string, never>>({
  name: 'detected-level',
  summary: 'Finds the level of each record: in labels, metadata, JSON or logfmt fields, or words of the line',
  options: z.strictObject({}),
  example: {},
  open: () => {
    const ofStream = new WeakMap<Stream, number>()
    return (batch) => detect(batch, ofStream)
  },
})

function detect(batch: RecordBatch, ofStream: WeakMap<Stream, number>): RecordBatch {
  const { count, stream, bytes, lineStart, lineEnd } = batch
  const streamLevels = batch.streams.map((one) => levelOfStream(one, ofStream))
  const level = new Uint8Array(batch.level.length)
  let metadata = batch.metadata
  for (let i = 0; i < count; i++) {
    const own = batch.metadata?.[i]
    if (own !== undefined && own.length > 0) {
      const given = valueNamed(own, DETECTED)
      if (given !== undefined) {
        const known = given === 'unknown' ? UNKNOWN : levelOfText(given, 'pino')
        // A word that the column has no place for stays where it is, and the column stays empty rather than contradict it.
        if (known === 0) continue
        if (metadata === batch.metadata) metadata = batch.metadata!.slice()
        ;(metadata as (Metadata | undefined)[])[i] = without(own, DETECTED)
        level[i] = known
        continue
      }
    }
    level[i] =
      batch.level[i]! ||
      streamLevels[stream[i]!]! ||
      (own === undefined ? 0 : levelOfMetadata(own)) ||
      levelOfLine(bytes, lineStart[i]!, lineEnd[i]!) ||
      UNKNOWN
  }
  return { ...batch, level, metadata }
}

function levelOfStream(stream: Stream, known: WeakMap<Stream, number>): number {
  let level = known.get(stream)
  if (level === undefined) {
    level = 0
    for (const [name, value] of stream.labels) level ||= levelOfField(name, value)
    known.set(stream, level)
  }
  return level
}

function levelOfMetadata(metadata: Metadata): number {
  for (let k = 0; k < metadata.length; k += 2) {
    const level = levelOfField(metadata[k]!, metadata[k + 1]!)
    if (level !== 0) return level
  }
  return 0
}

function levelOfField(name: string, value: string): number {
  if (name.length > 16) return 0
  const scale = LEVEL_FIELDS.get(name.toLowerCase())
  return scale === undefined ? 0 : levelOfText(value, scale)
}

function valueNamed(metadata: Metadata, name: string): string | undefined {
  for (let k = 0; k < metadata.length; k += 2) if (metadata[k] === name) return metadata[k + 1]
  return undefined
}

function without(metadata: Metadata, name: string): Metadata | undefined {
  const rest: string[] = []
  for (let k = 0; k < metadata.length; k += 2) if (metadata[k] !== name) rest.push(metadata[k]!, metadata[k + 1]!)
  return rest.length === 0 ? undefined : rest
}
