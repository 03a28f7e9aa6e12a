import type { RecordBatch } from '../../packages/server/src/model/batch.ts'
import { labelSet, makeStream } from '../../packages/server/src/model/labels.ts'
import { batchOfRecords } from '../../packages/server/src/model/line-batch.ts'

/** The last midnight but two, so that every batch lies on several days and none in the future. */
const MIDNIGHT_MS = Math.floor(Date.now() / 86_400_000 - 2) * 86_400_000

export const TENANT = 'kill'

/** Days that batch `number` lies on: the engine commits each by itself. */
export function dayCount(number: number): number {
  return 1 + (number % 4)
}

export function lineCount(number: number): number {
  return 4 * (1 + ((number * 37) % 250))
}

/** The same for the same number, in every process of a test that does not itself run across midnight twice. */
export function makeBatch(number: number): RecordBatch {
  const days = dayCount(number)
  const stream = makeStream(TENANT, labelSet([['app', `app-${number % 50}`]]))
  const records = Array.from({ length: lineCount(number) }, (_, i) => ({
    stream,
    timeMs: MIDNIGHT_MS + ((i % days) - 2) * 86_400_000 + i,
    line: `batch ${number} line ${i}`,
  }))
  return batchOfRecords(TENANT, 'test', records)
}
