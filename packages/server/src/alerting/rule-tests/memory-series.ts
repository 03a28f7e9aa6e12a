import { compileMatcher } from '@girok/query'
import type { Matcher, SampleSeries, SelectorRead } from '@girok/query/promql'
import { type LabelSet, labelsText } from '../../model/labels.ts'
import { bitsOf, setStaleMarker } from '../../model/sample-batch.ts'

interface Held {
  readonly labels: LabelSet
  readonly times: number[]
  /** Undefined: the series has ended. */
  readonly values: (number | undefined)[]
}

/** Samples of a test, in memory: what rules write is there for the rules after them. */
export class MemorySeries {
  readonly #series = new Map<string, Held>()

  /** Times of a series must rise; a second sample of the same time takes the place of the first. */
  add(labels: LabelSet, timeMs: number, value: number | undefined): void {
    const key = labelsText(labels)
    let held = this.#series.get(key)
    if (held === undefined) {
      held = { labels, times: [], values: [] }
      this.#series.set(key, held)
    }
    if (held.times.at(-1) === timeMs) {
      held.values[held.values.length - 1] = value
      return
    }
    held.times.push(timeMs)
    held.values.push(value)
  }

  read({ selector, startMs, endMs }: SelectorRead): SampleSeries[] {
    const matches = selector.matchers.map(compiled)
    const found: SampleSeries[] = []
    for (const { labels, times, values } of this.#series.values()) {
      if (!matches.every((one) => one(labels))) continue
      const from = times.findIndex((time) => time > startMs)
      if (from < 0) continue
      let to = times.length
      while (to > from && (times[to - 1] as number) > endMs) to--
      if (to > from)
        found.push({ labels, times: Float64Array.from(times.slice(from, to)), values: column(values.slice(from, to)) })
    }
    return found
  }
}

function compiled(matcher: Matcher): (labels: LabelSet) => boolean {
  const test = compileMatcher(matcher)
  return (labels) => test(labels.get(matcher.name) ?? '')
}

function column(values: readonly (number | undefined)[]): Float64Array {
  const numbers = new Float64Array(values.length)
  const bits = bitsOf(numbers)
  for (const [i, value] of values.entries()) {
    if (value === undefined) setStaleMarker(bits, i)
    else numbers[i] = value
  }
  return numbers
}
