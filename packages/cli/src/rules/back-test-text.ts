import type { BackTestResponse } from '@girok/server/contract'
import { labelText } from '../output/entries.ts'
import { safeText } from '../output/safe.ts'

/** Characters of a row. */
const WIDTH = 60
const MOST_ROWS = 20

type Span = BackTestResponse['alerts'][number]['spans'][number]

/** A row for each alert, from left to right the time of the test: `#` it fired, `-` it was pending, `.` neither. */
export function backTestText(title: string, test: BackTestResponse): string {
  const { alerts, alertsFound, fired, firingMs, evaluations, intervalMs, startMs, endMs, failures } = test
  const lines = [
    `${title}: ${firedText(fired, firingMs)}; ${evaluations} evaluation${evaluations === 1 ? '' : 's'}, one every ${timeSpan(intervalMs)}`,
  ]
  const ends = [startMs, endMs].map((ms) => `${new Date(ms).toISOString().slice(0, 19)}Z`)
  if (alerts.length > 0) lines.push(`  ${ends[0]}${(ends[1] ?? '').padStart(WIDTH - (ends[0]?.length ?? 0))}`)
  for (const { labels, spans } of alerts.slice(0, MOST_ROWS)) {
    const firing = spans.filter(({ state }) => state === 'firing')
    const ms = firing.reduce((sum, span) => sum + span.endMs - span.startMs, 0)
    lines.push(`  ${picture(spans, startMs, endMs)}  ${labelText(labels)} ${firedText(firing.length, ms)}`)
  }
  if (alertsFound > MOST_ROWS) lines.push(`  and ${alertsFound - Math.min(MOST_ROWS, alerts.length)} more`)
  const [failure] = failures.first
  if (failure !== undefined) {
    lines.push(
      `  ${failures.count} evaluation${failures.count === 1 ? '' : 's'} failed, first at ${new Date(failure.atMs).toISOString()}: ${failure.error}`,
    )
  }
  return lines.map((line) => `${safeText(line)}\n`).join('')
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
