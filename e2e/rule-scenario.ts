/**
 * One script of samples and the rules over it, for Prometheus and for Girok. Samples lie a step apart and are written before
 * they are looked at, so that an evaluation at any moment of a step sees the same in both: what is compared are steps, and the
 * offsets of groups within them do not matter.
 */

export const STEP_MS = 2_000
/** Steps of the script. */
export const STEPS = 42
export const RESEND_DELAY_MS = 5_000
export const EXTERNAL_LABELS: Readonly<Record<string, string>> = { site: 'east', severity: 'none' }

/** How long a receiver takes an alert for firing, as both programs tell it with each report. */
export const VALID_MS = 4 * Math.max(STEP_MS, RESEND_DELAY_MS)

/**
 * The only group: rules see what those before them write. Windows are whole steps long, so that they hold the same samples
 * wherever in a step they end.
 */
export const RULES = `groups:
  - name: scenario
    interval: 2s
    rules:
      - alert: Hot
        expr: temperature > 80
        for: 6s
        labels:
          severity: '{{ if gt $value 95.0 }}critical{{ else }}warning{{ end }}'
          room: ''
        annotations:
          summary: '{{ $labels.instance }} in {{ $labels.room }} is at {{ $value | humanize }}'
      - alert: Scorching
        expr: temperature > 95
        annotations:
          summary: '{{ $externalLabels.site }}: {{ printf "%.1f" $value }} of {{ with query "count(temperature)" }}{{ . | first | value }}{{ end }}'
      - alert: StaysHot
        expr: temperature > 80
        for: 2s
        keep_firing_for: 6s
      - record: room:temperature:avg
        expr: avg by (room) (temperature)
      - alert: RoomHot
        expr: room:temperature:avg > 70
        for: 4s
        labels: {floor: '{{ $labels.room | toUpper }}'}
      - alert: Gone
        expr: absent(temperature{instance="c"})
        for: 2s
        annotations: {summary: '{{ $labels.instance }} is gone'}
      - alert: Twice
        expr: temperature > 80
        labels: {instance: same}
      - alert: Busy
        expr: rate(requests_total[8s]) > 100
        for: 2s
      - alert: ManyFire
        expr: count(ALERTS{alertstate="firing",alertname!="ManyFire"}) > 3
      - alert: Broken
        expr: temperature{instance="a"} > 95
        annotations: {summary: '{{ query "nothing" | first }}'}
`

/** Undefined ends the series. */
export type ScriptValue = number | undefined

interface Script {
  readonly labels: Readonly<Record<string, string>>
  /** Nothing where the series has no sample. */
  readonly at: (step: number) => ScriptValue | 'nothing'
}

const within = (step: number, ...spans: readonly (readonly [number, number])[]): boolean =>
  spans.some(([from, to]) => step >= from && step <= to)

const SCRIPTS: readonly Script[] = [
  {
    labels: { __name__: 'temperature', instance: 'a', room: 'north' },
    // Long enough, too short, and again before what was resolved is forgotten.
    at: (step) => (within(step, [4, 12], [24, 30]) ? (step > 8 ? 99 : 85) : 20),
  },
  {
    labels: { __name__: 'temperature', instance: 'b', room: 'north' },
    at: (step) => (within(step, [6, 7], [10, 16]) ? 90 : 30),
  },
  {
    labels: { __name__: 'temperature', instance: 'c', room: 'south' },
    at: (step) => (step === 18 ? undefined : within(step, [19, 28]) ? 'nothing' : step >= 29 ? 98.5 : 25),
  },
  {
    labels: { __name__: 'requests_total', instance: 'a' },
    at: (step) => 10_000 + 100 * step + 200 * Math.max(0, Math.min(step, 20) - 12),
  },
]

/** Samples of the whole script, the first at `startMs`. */
export function scriptSamples(startMs: number): {
  readonly labels: Readonly<Record<string, string>>
  readonly samples: readonly (readonly [timeMs: number, value: ScriptValue])[]
}[] {
  return SCRIPTS.map(({ labels, at }) => {
    const samples: [number, ScriptValue][] = []
    for (let step = 0; step < STEPS; step++) {
      const value = at(step)
      if (value !== 'nothing') samples.push([startMs + step * STEP_MS, value])
    }
    return { labels, samples }
  })
}

/** A report of an alert, times as steps. */
export interface ScenarioReport {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: number
  /** The step of its end, or the one in which it was reported as firing. */
  readonly at: number
  readonly resolved: boolean
}

/** What a program made of the scenario. */
export interface ScenarioOutcome {
  /** Each once, in order of alert and step. */
  readonly reports: readonly ScenarioReport[]
  /** Values of `ALERTS` and `ALERTS_FOR_STATE` (as a step) by labels: one for each step, null where there is none. */
  readonly series: Readonly<Record<string, readonly (number | null)[]>>
  /** Steps at the end, by alert: its state, since when, and its value. */
  readonly alerts: readonly string[]
}

/** The step that a time is in. */
export function stepOf(startMs: number, timeMs: number): number {
  return Math.floor((timeMs - startMs) / STEP_MS)
}

/** Puts reports in order, each once. */
export function ordered(reports: readonly ScenarioReport[]): ScenarioReport[] {
  // What began before the script depends on when the programs were started.
  const ofScript = reports.filter(({ startsAt }) => startsAt >= 0)
  const sorted = (record: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
  const named = ofScript.map(({ labels, annotations, startsAt, at, resolved }) => {
    const report = { labels: sorted(labels), annotations: sorted(annotations), startsAt, at, resolved }
    const place = [JSON.stringify(report.labels), String(startsAt).padStart(3, '0'), String(at).padStart(3, '0')]
    return { key: `${place.join(' ')} ${resolved} ${JSON.stringify(report.annotations)}`, report }
  })
  const once = new Map(named.map(({ key, report }) => [key, report]))
  return [...once].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, report]) => report)
}
