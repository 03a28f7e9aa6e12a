import { timeText } from '../time.ts'
import { csvRow, labelText } from './entries.ts'
import { safeText } from './safe.ts'

/** One value of a metric query. `value` is the server's text: it holds more digits than a number may. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly ns: bigint
  readonly value: string
}

export const SAMPLE_FORMS = ['table', 'json', 'csv'] as const
export type SampleForm = (typeof SAMPLE_FORMS)[number]

/** The whole answer as text. A table has one row per series and time, values flush right. */
export function samplesText(samples: readonly Sample[], form: SampleForm): string {
  switch (form) {
    case 'json':
      return samples
        .map(({ labels, ns, value }) => `${JSON.stringify({ timestamp: timeText(ns), metric: labels, value })}\n`)
        .join('')
    case 'csv':
      return [['timestamp', 'metric', 'value'], ...samples.map(cells)].map(csvRow).join('')
    case 'table': {
      const rows = [['TIME', 'METRIC', 'VALUE'], ...samples.map(cells)]
      const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
      const [time, metric, value] = [width(0), width(1), width(2)]
      const line = (row: readonly string[]) =>
        `${row[0]?.padEnd(time)}  ${row[1]?.padEnd(metric)}  ${row[2]?.padStart(value)}\n`
      return rows.map((row) => safeText(line(row))).join('')
    }
  }
}

function cells({ labels, ns, value }: Sample): string[] {
  return [timeText(ns), labelText(labels), value]
}
