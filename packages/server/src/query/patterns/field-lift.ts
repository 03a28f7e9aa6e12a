import type { Labels } from '@girok/query'
import type { FieldSummary } from '../engine.ts'
import { fieldReader } from '../fields.ts'
import type { Run } from '../run/runs.ts'
import { isBeyondChance } from './chance.ts'
import type { FieldLift } from './results.ts'
import type { SampledEntry } from './sample.ts'

const MAX_FIELDS = 200
/** Of one field; further values are not counted. A field with more tells lines apart, not ranges. */
const MAX_VALUES = 2000
const SHOWN_FIELDS = 30
const SHOWN_VALUES = 10
const DOUBTFUL = 1e-3
/** Longer values are texts. */
const MAX_VALUE_LENGTH = 200

interface Tally {
  readonly name: string
  readonly origin: FieldSummary['origin']
  readonly values: Map<string, Counts>
}

/** Of a value: what its sampled lines stand for, and how many they are; now and in the base. */
interface Counts {
  readonly weights: [number, number]
  readonly lines: [number, number]
}

/**
 * How much more frequent a value is than in the base: the ratio of its shares, each with half a line added to the count
 * and one line to the total, so that values missing on one side have a finite lift and rare ones a modest one:
 * ((count + w/2) / (total + w)) / ((baseCount + v/2) / (baseTotal + v)), where w and v are the lines that one sampled
 * line stands for on average, 1 when all were read.
 */
export function liftOf(count: number, total: number, baseCount: number, baseTotal: number, w = 1, v = 1): number {
  return (count + w / 2) / (total + w) / ((baseCount + v / 2) / (baseTotal + v))
}

/**
 * The fields (labels, metadata, and what `json` or `logfmt` finds) whose values tell two lists of lines apart, best first.
 * A value tells as much as the larger of its two shares times the logarithm of its lift, and next to nothing when chance
 * may have made the difference.
 */
export async function liftOfFields(
  entries: readonly SampledEntry[],
  baseEntries: readonly SampledEntry[],
  run: Run,
): Promise<FieldLift[]> {
  const tallies = new Map<string, Tally>()
  const totals: [number, number] = [0, 0]
  const fieldsOf = fieldReader()
  for (const [side, list] of [entries, baseEntries].entries()) {
    for (const { entry, weight } of list) {
      const pause = run.breathe()
      if (pause) await pause
      totals[side] = (totals[side] as number) + weight
      for (const { origin, fields } of fieldsOf(entry)) add(tallies, origin, fields, side, weight)
    }
  }
  const [total, baseTotal] = totals
  const w = entries.length === 0 ? 1 : total / entries.length
  const v = baseEntries.length === 0 ? 1 : baseTotal / baseEntries.length
  const lifted = [...tallies.values()].map(({ name, origin, values }) => {
    const telling = [...values].map(([value, { weights, lines }]) => {
      const [count, baseCount] = weights
      const lift = liftOf(count, total, baseCount, baseTotal, w, v)
      const share = Math.max(count / Math.max(1, total), baseCount / Math.max(1, baseTotal))
      const certain = isBeyondChance(lines[0], entries.length, lines[1], baseEntries.length)
      return {
        value,
        count: Math.round(count),
        baseCount: Math.round(baseCount),
        lift,
        telling: share * Math.abs(Math.log(lift)) * (certain ? 1 : DOUBTFUL),
      }
    })
    telling.sort((a, b) => b.telling - a.telling || (a.value < b.value ? -1 : 1))
    return { name, origin, telling }
  })
  lifted.sort((a, b) => (b.telling[0]?.telling ?? 0) - (a.telling[0]?.telling ?? 0) || (a.name < b.name ? -1 : 1))
  return lifted.slice(0, SHOWN_FIELDS).map(({ name, origin, telling }) => ({
    name,
    origin,
    values: telling
      .slice(0, SHOWN_VALUES)
      .map(({ telling: _, lift, ...shown }) => ({ ...shown, lift: Number(lift.toPrecision(6)) })),
  }))
}

function add(
  tallies: Map<string, Tally>,
  origin: FieldSummary['origin'],
  fields: Labels,
  side: number,
  weight: number,
): void {
  for (const [name, value] of fields) {
    if (name.startsWith('__') || value.length > MAX_VALUE_LENGTH) continue
    let tally = tallies.get(name)
    if (!tally) {
      if (tallies.size >= MAX_FIELDS) continue
      tally = { name, origin, values: new Map() }
      tallies.set(name, tally)
    }
    let counts = tally.values.get(value)
    if (!counts) {
      if (tally.values.size >= MAX_VALUES) continue
      counts = { weights: [0, 0], lines: [0, 0] }
      tally.values.set(value, counts)
    }
    counts.weights[side] = (counts.weights[side] as number) + weight
    counts.lines[side] = (counts.lines[side] as number) + 1
  }
}
