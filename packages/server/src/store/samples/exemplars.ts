import { type LabelSet, labelSet } from '../../model/labels.ts'
import type { SampleBatch } from '../../model/sample-batch.ts'
import type { Driver } from '../driver.ts'
import { sqlString } from '../literal.ts'
import { mapCell } from '../tab-cell.ts'
import type { SampleRange } from './reader.ts'
import { EXEMPLARS } from './schema.ts'

/** An exemplar as it is read. */
export interface StoredExemplar {
  /** Id of its series. */
  readonly series: string
  readonly timeMs: number
  readonly value: number
  readonly labels: LabelSet
}

/** Exemplars in one answer. */
const MAX_EXEMPLARS = 10_000

/** Rows of EXEMPLARS_COLUMNS; empty when the batches have none. */
export function encodeExemplars(batches: readonly SampleBatch[]): Buffer {
  const rows: string[] = []
  for (const { tenant, seriesList, exemplars } of batches) {
    for (const { series, timeMs, value, labels } of exemplars ?? []) {
      const id = seriesList[series]?.id
      rows.push(`${tenant}\t${id}\t${(timeMs / 1000).toFixed(3).padStart(14, '0')}\t${value}\t${mapCell(labels)}\n`)
    }
  }
  return Buffer.from(rows.join(''))
}

/** Exemplars of some series in a range, by series and time; each once, the first 10,000. */
export async function readExemplars(driver: Driver, range: SampleRange): Promise<StoredExemplar[]> {
  if (range.ids.length === 0) return []
  const sql =
    `SELECT DISTINCT toString(series), toUnixTimestamp64Milli(ts), value, labels FROM ${EXEMPLARS} ` +
    `WHERE tenant = ${sqlString(range.tenant)} AND series IN (${range.ids.join(',')}) ` +
    `AND ts BETWEEN fromUnixTimestamp64Milli(toInt64(${Math.ceil(range.startMs)})) ` +
    `AND fromUnixTimestamp64Milli(toInt64(${Math.floor(range.endMs)})) ORDER BY series, ts LIMIT ${MAX_EXEMPLARS}`
  const answer = await driver.query(sql, 'JSONCompactEachRow', {
    lane: range.lane ?? 'query',
    timeoutMs: range.timeoutMs,
    ...(range.signal === undefined ? {} : { signal: range.signal }),
  })
  return answer
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [series, time, value, labels] = JSON.parse(line) as [string, string, number | null, Record<string, string>]
      return { series, timeMs: Number(time), value: value ?? Number.NaN, labels: labelSet(Object.entries(labels)) }
    })
}
