import type { Panel, ThresholdColour } from '../../model/dashboard.ts'
import { colourMeaning } from './colours.ts'
import { itemsOf, type Json, jsonOf, numberOf, textOf } from './json.ts'
import type { Notes } from './notes.ts'

type Thresholds = NonNullable<Panel['thresholds']>

interface Step {
  readonly value: number | undefined
  readonly colour: ThresholdColour | undefined
}

/** Where thresholds of newer panels stand; every panel has some by default, whether they are shown or not. */
export function fieldThresholds(defaults: Json, kind: Panel['kind'], notes: Notes): Thresholds {
  const { mode, steps } = jsonOf(defaults.thresholds)
  const colourMode = textOf(jsonOf(defaults.color).mode)
  const style = textOf(jsonOf(jsonOf(defaults.custom).thresholdsStyle).mode) ?? 'off'
  const single = kind === 'value' || kind === 'gauge'
  const shown = single ? colourMode === undefined || colourMode === 'thresholds' : style !== 'off'
  if (!shown) return []
  const given = itemsOf(steps).map(({ value, color }) => ({
    value: numberOf(value),
    colour: colourMeaning(textOf(color) ?? ''),
  }))
  if (mode !== 'percentage') return thresholdsOf(given, notes)
  const [least, most] = [numberOf(defaults.min), numberOf(defaults.max)]
  if (least === undefined || most === undefined) {
    if (given.length > 1) notes.add('its thresholds in percent are left out: they need a least and a greatest value')
    return []
  }
  const scaled = given.map(({ value, colour }) => ({
    value: value === undefined ? undefined : least + ((most - least) * value) / 100,
    colour,
  }))
  return thresholdsOf(scaled, notes)
}

/** `thresholds: "80,90"` with `colors` of the three ranges. */
export function singleStatThresholds(panel: Json, notes: Notes): Thresholds {
  if (panel.colorValue !== true && panel.colorBackground !== true && jsonOf(panel.gauge).show !== true) return []
  const colours = Array.isArray(panel.colors) ? panel.colors.map((colour) => colourMeaning(textOf(colour) ?? '')) : []
  const values = (textOf(panel.thresholds) ?? '').split(',').flatMap((text) => numberOf(text.trim()) ?? [])
  if (values.length === 0) return []
  return thresholdsOf(
    [undefined, ...values].map((value, index) => ({ value, colour: colours[index] })),
    notes,
  )
}

/** `thresholds: [{op: 'gt', value, colorMode: 'critical'}]` of old graphs. */
export function graphThresholds(panel: Json, notes: Notes): Thresholds {
  const steps: Step[] = []
  for (const { op, value, colorMode, lineColor, fillColor } of itemsOf(panel.thresholds)) {
    const at = numberOf(value)
    if (at === undefined) continue
    if (op === 'lt') {
      notes.add(`the threshold below ${at} is left out: colours hold from a value upwards`)
      continue
    }
    const custom = colourMeaning(textOf(lineColor) ?? textOf(fillColor) ?? '')
    const named: ThresholdColour | undefined =
      colorMode === 'critical' ? 'error' : colorMode === 'warning' ? 'warn' : colorMode === 'ok' ? 'ok' : custom
    steps.push({ value: at, colour: named ?? 'info' })
  }
  return thresholdsOf(steps, notes)
}

/** The first step, without a value, holds below all others: nothing is shown for it where it says that all is well. */
function thresholdsOf(steps: readonly Step[], notes: Notes): Thresholds {
  const valued = steps
    .flatMap(({ value, colour }) =>
      value === undefined || !Number.isFinite(value) ? [] : [{ value, colour: colour ?? 'info' }],
    )
    .sort((a, b) => a.value - b.value)
    .slice(0, 49)
  const base = steps.find(({ value }) => value === undefined)?.colour
  const [first] = valued
  if (first === undefined || base === undefined || base === 'ok') return valued
  if (first.value > 0) return [{ value: 0, colour: base }, ...valued]
  notes.add(`below ${first.value} there is no colour here`)
  return valued
}
