import type { MetricDescription, Sample } from '../../model/sink.ts'
import { readDescription } from './description.ts'
import { readExemplar } from './exemplar.ts'
import { Families } from './families.ts'
import type { ExpositionFormat } from './format.ts'
import { readSeries } from './labels.ts'
import { ExpositionReader } from './reader.ts'

/**
 * All samples and descriptions of an exposition, read at once; for what is read rarely.
 * @param nowMs time of samples that tell none
 * @throws ExpositionError with the number of the line
 */
export function parseExposition(
  bytes: Buffer,
  format: ExpositionFormat,
  nowMs: number,
): { readonly samples: Sample[]; readonly descriptions: MetricDescription[] } {
  const reader = new ExpositionReader(bytes, format)
  const families = new Families()
  const samples: Sample[] = []
  for (let item = reader.next(); item !== undefined; item = reader.next()) {
    const { start, end, line } = reader
    if (item !== 'sample') {
      families.tell(readDescription(item, bytes.toString('utf8', start, end), format, line))
      continue
    }
    const { value, exemplarStart, exemplarEnd } = reader
    const timeMs = reader.timeMs ?? nowMs
    const sample = { labels: readSeries(bytes, start, end, families.type, line), value, timeMs }
    if (exemplarEnd === 0) samples.push(sample)
    else {
      const exemplar = readExemplar(bytes, exemplarStart, exemplarEnd, line)
      samples.push({ ...sample, exemplar: { ...exemplar, timeMs: exemplar.timeMs ?? timeMs } })
    }
  }
  return { samples, descriptions: families.takeChanged() }
}
