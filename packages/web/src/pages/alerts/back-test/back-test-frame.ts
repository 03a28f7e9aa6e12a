import type { BackTestResponse } from '@girok/server/contract'
import type { ChartSpan } from '../../../charts/chart-props.ts'
import { type ChartFrame, frameOf } from '../../../charts/frame.ts'

type TestedAlert = BackTestResponse['alerts'][number]

/** What the query gave, as a chart draws it; undefined when the server could not part it from its threshold. */
export function frameOfTest({ values, startMs, endMs, intervalMs }: BackTestResponse): ChartFrame | undefined {
  if (values === undefined) return undefined
  const answered = values.map(({ labels, points }) => ({
    metric: labels,
    values: points.flatMap(([ms, value]) => (value === null ? [] : [[ms / 1000, String(value)] as const])),
  }))
  return frameOf(answered, startMs, endMs, intervalMs)
}

/** Stretches in which any alert fired, or else any was pending; none overlap. */
export function spansOfTest(alerts: readonly TestedAlert[]): readonly ChartSpan[] {
  const ofState = (state: 'pending' | 'firing'): readonly (readonly [number, number])[] =>
    joined(
      alerts.flatMap(({ spans }) =>
        spans.flatMap((span) => (span.state === state ? [[span.startMs, span.endMs] as const] : [])),
      ),
    )
  const firing = ofState('firing')
  const pending = ofState('pending').flatMap((span) => without(span, firing))
  return [
    ...pending.map(([from, to]) => ({ from: from / 1000, to: to / 1000, colour: 'warn' as const })),
    ...firing.map(([from, to]) => ({ from: from / 1000, to: to / 1000, colour: 'error' as const })),
  ]
}

type Stretch = readonly [from: number, to: number]

function joined(stretches: readonly Stretch[]): readonly Stretch[] {
  const found: [number, number][] = []
  for (const [from, to] of [...stretches].sort((a, b) => a[0] - b[0])) {
    const last = found.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else found.push([from, to])
  }
  return found
}

/** What is left of a stretch outside others, which are in order and do not overlap. */
function without([from, to]: Stretch, others: readonly Stretch[]): readonly Stretch[] {
  const left: Stretch[] = []
  let at = from
  for (const [start, end] of others) {
    if (end <= at || start >= to) continue
    if (start > at) left.push([at, start])
    at = Math.max(at, end)
  }
  if (at < to) left.push([at, to])
  return left
}

/** Where spans of an alert stand on a bar of the whole test: shares of its width, 0 to 1. */
export function barOfAlert(
  { spans }: TestedAlert,
  { startMs, endMs, intervalMs }: Pick<BackTestResponse, 'startMs' | 'endMs' | 'intervalMs'>,
): readonly { readonly state: 'pending' | 'firing'; readonly left: number; readonly width: number }[] {
  const whole = Math.max(1, endMs - startMs + intervalMs)
  return spans.map(({ state, startMs: from, endMs: to }) => ({
    state,
    left: (from - startMs) / whole,
    width: Math.max(0.001, (to - from) / whole),
  }))
}

/** Evaluations of one test at most: more can be told apart on no screen, and cost time. */
const mostEvaluations = 3000

/** How often a rule is tried out over a range: as often as its group runs, or more rarely for a long range. */
export function testInterval(startMs: number, endMs: number, groupMs: number): number {
  const rounds = Math.ceil((endMs - startMs) / mostEvaluations / groupMs)
  return groupMs * Math.max(1, rounds)
}
