import type { Panel } from '../../model/dashboard.ts'
import { itemsOf, type Json, jsonOf, numberOf, textOf } from './json.ts'
import type { Notes } from './notes.ts'
import { REDUCERS } from './reducers.ts'
import { fieldThresholds, graphThresholds, singleStatThresholds } from './thresholds.ts'
import { unitOf } from './units.ts'

/** How values of a panel are shown. */
export type Look = Pick<Panel, 'unit' | 'decimals' | 'min' | 'max' | 'scale' | 'thresholds' | 'reduce'>

/** Numbers as a panel of any age gives them, before they are checked. */
interface RawLook {
  readonly unit?: string | undefined
  readonly decimals?: unknown
  readonly min?: unknown
  readonly max?: unknown
  readonly logarithmic?: boolean
  readonly thresholds?: Panel['thresholds']
  readonly reducer?: string | undefined
}

/** Older panels say it beside their queries, newer ones under `fieldConfig`. */
export function lookOf(panel: Json, kind: Panel['kind'], notes: Notes): Look {
  const raw = panel.fieldConfig === undefined ? oldLook(panel, kind, notes) : fieldLook(panel, kind, notes)
  return checkedLook(raw, kind, notes)
}

function fieldLook(panel: Json, kind: Panel['kind'], notes: Notes): RawLook {
  const defaults = jsonOf(jsonOf(panel.fieldConfig).defaults)
  const scale = jsonOf(jsonOf(defaults.custom).scaleDistribution)
  const options = jsonOf(panel.options)
  const { calcs, values } = jsonOf(options.reduceOptions)
  if (itemsOf(defaults.mappings).some((mapping) => !isForNothing(mapping)))
    notes.add('its words for values are left out: numbers are shown')
  if (values === true) notes.add('shows one value of each series, not all values')
  if (scale.type === 'symlog') notes.add('its scale is logarithmic here: what is not above 0 is not shown')
  const [reducer, ...others] = Array.isArray(calcs) ? calcs.flatMap((one) => textOf(one) ?? []) : []
  if (others.length > 0) notes.add(`of its values ${[reducer, ...others].join(', ').slice(0, 200)} the first is shown`)
  return {
    unit: textOf(defaults.unit) ?? textOf(jsonOf(options.yAxis).unit) ?? textOf(jsonOf(panel.yAxis).format),
    decimals: defaults.decimals,
    min: defaults.min,
    max: defaults.max,
    logarithmic: scale.type === 'log' || scale.type === 'symlog',
    thresholds: fieldThresholds(defaults, kind, notes),
    reducer,
  }
}

/** Words for a value that is not there: newer panels have them by default. */
function isForNothing({ type, options }: Json): boolean {
  const { match } = jsonOf(options)
  return type === 'special' && (match === 'null' || match === 'nan' || match === 'null+nan' || match === 'empty')
}

function oldLook(panel: Json, kind: Panel['kind'], notes: Notes): RawLook {
  const [left, right] = itemsOf(panel.yaxes)
  if (left !== undefined) {
    const overrides = itemsOf(panel.seriesOverrides)
    if (right !== undefined && overrides.some(({ yaxis }) => yaxis === 2)) {
      notes.add('its right axis is left out: all series have the left one')
    }
    const base = numberOf(left.logBase) ?? 1
    return {
      unit: textOf(left.format),
      decimals: panel.decimals ?? left.decimals,
      min: left.min,
      max: left.max,
      logarithmic: base > 1,
      thresholds: graphThresholds(panel, notes),
    }
  }
  const yAxis = jsonOf(panel.yAxis)
  const gauge = jsonOf(panel.gauge)
  const words = [...itemsOf(panel.valueMaps), ...itemsOf(panel.rangeMaps)].some(({ value, from, text }) => {
    // Every old panel says "N/A" for what is not there.
    return textOf(text) !== undefined && value !== 'null' && from !== 'null'
  })
  if (words) notes.add('its words for values are left out: numbers are shown')
  for (const name of ['prefix', 'postfix']) {
    const text = textOf(panel[name])
    if (text !== undefined) notes.add(`its ${name} ${JSON.stringify(text.slice(0, 60))} is left out`)
  }
  return {
    unit: textOf(panel.format) ?? textOf(yAxis.format),
    decimals: panel.decimals,
    min: kind === 'gauge' ? (gauge.minValue ?? 0) : undefined,
    max: kind === 'gauge' ? (gauge.maxValue ?? 100) : undefined,
    logarithmic: (numberOf(yAxis.logBase) ?? 1) > 1,
    thresholds: singleStatThresholds(panel, notes),
    // Old single values were means unless told otherwise.
    reducer: kind === 'value' || kind === 'gauge' ? (textOf(panel.valueName) ?? 'avg') : undefined,
  }
}

function checkedLook(raw: RawLook, kind: Panel['kind'], notes: Notes): Look {
  const found = raw.unit === undefined ? undefined : unitOf(raw.unit)
  if (found?.told !== undefined) notes.add(found.told)
  const decimals = numberOf(raw.decimals)
  const [min, max] = [numberOf(raw.min), numberOf(raw.max)]
  const reduce = kind === 'value' || kind === 'gauge' ? reducerOf(raw.reducer, notes) : undefined
  return {
    ...(found !== undefined && { unit: found.unit }),
    ...(decimals !== undefined && decimals >= 0 && decimals <= 20 && { decimals: Math.round(decimals) }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(raw.logarithmic === true && { scale: 'log' as const }),
    ...(raw.thresholds !== undefined && raw.thresholds.length > 0 && { thresholds: raw.thresholds }),
    ...(reduce !== undefined && reduce !== 'last' && { reduce }),
  }
}

function reducerOf(name: string | undefined, notes: Notes): Panel['reduce'] {
  if (name === undefined) return undefined
  const found = REDUCERS.get(name)
  if (found !== undefined && found !== 'count') return found
  notes.add(`shows the last value: there is no ${name.slice(0, 60)} of values`)
  return 'last'
}
