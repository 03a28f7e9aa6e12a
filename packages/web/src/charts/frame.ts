/** Series as the query API answers them: Unix seconds and numbers as text. */
export interface AnsweredSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (readonly [number, string])[]
}

export interface ChartSeries {
  /** `{level="error"}`; unique within a frame. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** Name for people, where the labels alone do not make it. */
  readonly title?: string
  /** Name of the series whose colour it has, in a broken line: the same at another time. */
  readonly like?: string
  /** One per time of the frame; null where there is no number: no sample, NaN or infinite. */
  readonly values: readonly (number | null)[]
  /** Samples that are no numbers a chart could place: NaN, +Inf, -Inf. */
  readonly odd: number
}

/** Series on one ladder of times, as charts draw them. */
export interface ChartFrame {
  /** Unix seconds, rising. */
  readonly times: readonly number[]
  readonly stepSeconds: number
  readonly series: readonly ChartSeries[]
}

/** Ladders longer than this are not filled up: times without any sample are then left out. */
const mostTimes = 20_000

/**
 * Puts series on one ladder of times from `startMs` to `endMs`. Every step of it is there, so that a time without a
 * sample is a gap and not a line drawn over it.
 */
export function frameOf(
  answered: readonly AnsweredSeries[],
  startMs: number,
  endMs: number,
  stepMs: number,
): ChartFrame {
  const at = new Set<number>()
  if (stepMs > 0 && (endMs - startMs) / stepMs < mostTimes) {
    for (let ms = startMs; ms <= endMs; ms += stepMs) at.add(ms / 1000)
  }
  for (const { values } of answered) for (const [seconds] of values) at.add(seconds)
  const times = [...at].sort((a, b) => a - b)
  const place = new Map(times.map((time, index) => [time, index]))
  const names = new Set<string>()
  const series = answered.map(({ metric, values }) => {
    const row: (number | null)[] = new Array(times.length).fill(null)
    let odd = 0
    for (const [seconds, text] of values) {
      const value = numberOf(text)
      if (Number.isFinite(value)) row[place.get(seconds) ?? 0] = value
      else odd += 1
    }
    const name = uniqueName(seriesName(metric), names)
    return { name, labels: metric, values: row, odd }
  })
  return { times, stepSeconds: stepMs / 1000, series }
}

/** `+Inf` is how the API spells what Number() calls Infinity. */
function numberOf(text: string): number {
  return text.endsWith('Inf') ? Number.NaN : Number(text)
}

function uniqueName(name: string, taken: Set<string>): string {
  let unique = name
  for (let count = 2; taken.has(unique); count += 1) unique = `${name} (${count})`
  taken.add(unique)
  return unique
}

/** `{level="error", service_name="api"}`; the series without labels is `{}`. */
export function seriesName(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`
}

/** Name for people: its title, or the value alone where all series differ in one and the same label. */
export function shortNames(series: readonly ChartSeries[]): ReadonlyMap<string, string> {
  const keys = new Set(series.flatMap(({ labels }) => Object.keys(labels)))
  const [only] = keys
  const alone = keys.size === 1 && only !== undefined
  return new Map(
    series.map(({ name, labels, title }) => {
      const value = title ?? (alone ? labels[only] : undefined)
      return [name, value === undefined || value === '' ? name : value]
    }),
  )
}
