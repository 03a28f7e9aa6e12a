import type { BackTestResponse } from '@girok/server/contract'
import { labelText } from '../output/entries.ts'
import { safeText } from '../output/safe.ts'

/** Characters of a row. */
const WIDTH = 60
const MOST_ROWS = 20

type Recorded = NonNullable<BackTestResponse['recorded']>
type Span = BackTestResponse['alerts'][number]['spans'][number]

/**
 * What a rule would have done. A row for each alert, from left to right the time of the test: `#` it fired, `-` it was
 * pending, `.` neither. Of a recording rule a row for each series.
 */
export function backTestText(title: string, test: BackTestResponse): string {
  const { fired, firingMs, evaluations, intervalMs, failures, recorded } = test
  const done = recorded === undefined ? firedText(fired, firingMs) : recordedText(recorded)
  const lines = [
    `${title}: ${done}; ${countText(evaluations, 'evaluation')}, one every ${timeSpan(intervalMs)}`,
    ...(recorded === undefined ? alertRows(test) : seriesRows(recorded)),
  ]
  const [failure] = failures.first
  if (failure !== undefined) {
    lines.push(
      `  ${countText(failures.count, 'evaluation')} failed, first at ${new Date(failure.atMs).toISOString()}: ${failure.error}`,
    )
  }
  return lines.map((line) => `${safeText(line)}\n`).join('')
}

function alertRows({ alerts, alertsFound, startMs, endMs }: BackTestResponse): string[] {
  const lines: string[] = []
  const ends = [startMs, endMs].map((ms) => `${new Date(ms).toISOString().slice(0, 19)}Z`)
  if (alerts.length > 0) lines.push(`  ${ends[0]}${(ends[1] ?? '').padStart(WIDTH - (ends[0]?.length ?? 0))}`)
  for (const { labels, spans } of alerts.slice(0, MOST_ROWS)) {
    const firing = spans.filter(({ state }) => state === 'firing')
    const ms = firing.reduce((sum, span) => sum + span.endMs - span.startMs, 0)
    lines.push(`  ${picture(spans, startMs, endMs)}  ${labelText(labels)} ${firedText(firing.length, ms)}`)
  }
  if (alertsFound > MOST_ROWS) lines.push(`  and ${alertsFound - Math.min(MOST_ROWS, alerts.length)} more`)
  return lines
}

function seriesRows({ series, seriesFound }: Recorded): string[] {
  const lines = series.slice(0, MOST_ROWS).map(({ labels, samples, ...values }) => {
    const { __name__: _, ...others } = labels
    const numbers = (['min', 'mean', 'max', 'last'] as const).map((name) => `${name} ${numberText(values[name])}`)
    return `  ${labelText(others)} ${countText(samples, 'sample')}: ${numbers.join(', ')}`
  })
  if (seriesFound > lines.length) lines.push(`  and ${seriesFound - lines.length} more`)
  return lines
}

/** Six digits say enough of a number in a table; null is none that is finite. */
function numberText(value: number | null): string {
  return value === null ? '-' : String(Number(value.toPrecision(6)))
}

function recordedText({ samples, seriesFound }: Recorded): string {
  if (samples === 0) return 'would have written nothing'
  return `would have written ${countText(samples, 'sample')} of ${seriesFound} series`
}

function countText(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

/** A character stands for its part of the time; what fired in it shows, however short. */
function picture(spans: readonly Span[], startMs: number, endMs: number): string {
  const cells = Array<string>(WIDTH).fill('.')
  const cellMs = Math.max(1, endMs - startMs) / WIDTH
  for (const state of ['pending', 'firing'] as const) {
    for (const span of spans) {
      if (span.state !== state) continue
      const from = Math.min(WIDTH - 1, Math.floor((span.startMs - startMs) / cellMs))
      const to = Math.max(from + 1, Math.ceil((span.endMs - startMs) / cellMs))
      cells.fill(state === 'firing' ? '#' : '-', from, to)
    }
  }
  return cells.join('')
}

function firedText(times: number, ms: number): string {
  if (times === 0) return 'never fired'
  return `fired ${times === 1 ? 'once' : `${times} times`}, ${timeSpan(ms)}`
}

function timeSpan(ms: number): string {
  const seconds = Math.round(ms / 1000)
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count}${unit}`])).join('') || '0s'
}
