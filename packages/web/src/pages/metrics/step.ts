import { type RangeNs, stepFor } from '../../time/range.ts'

/** Points of a chart: about two for three pixels of a wide window. */
const wantedPoints = 400
/** What the API answers at most for each series. */
export const mostPoints = 11_000

const units: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]

/** Steps to choose from, milliseconds. */
const offered: readonly number[] = [
  1000, 5000, 10_000, 15_000, 30_000, 60_000, 300_000, 900_000, 3_600_000, 21_600_000, 86_400_000,
]

/** `15s`, `1h`: the greatest unit that the step is a whole number of. */
export function stepText(ms: number): string {
  const [name, size] = units.find(([, one]) => ms % one === 0) ?? ['ms', 1]
  return `${ms / size}${name}`
}

/** A step as `stepText` writes it, in milliseconds; undefined for anything else, and for a step of nothing. */
export function readStep(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text)
  if (match === null) return undefined
  const ms = Number(match[1]) * (units.find(([name]) => name === match[2])?.[1] ?? 0)
  return ms > 0 ? ms : undefined
}

const lengthMs = (range: RangeNs): number => Number((range.to - range.from) / 1_000_000n)

/** The round step that gives a range 160 to 400 points; never below a second: samples are seldom closer. */
export function autoStep(range: RangeNs): number {
  return Math.max(1000, stepFor(range, wantedPoints))
}

/** The step to ask with: the chosen one, as long as the range has no more points by it than the API answers. */
export function stepOf(chosen: number | undefined, range: RangeNs): number {
  if (chosen === undefined || lengthMs(range) / chosen > mostPoints - 2) return autoStep(range)
  return chosen
}

/** Steps that a range can be shown by. */
export function stepsFor(range: RangeNs): readonly number[] {
  const length = lengthMs(range)
  return offered.filter((step) => step <= length && length / step <= mostPoints - 2)
}

/** First and last point of a range: whole multiples of the step, so that the same times are asked for again and again. */
export function pointsOf(range: RangeNs, stepMs: number): { readonly startMs: number; readonly endMs: number } {
  const floor = (ns: bigint): number => Math.floor(Number(ns / 1_000_000n) / stepMs) * stepMs
  return { startMs: floor(range.from), endMs: floor(range.to) }
}
