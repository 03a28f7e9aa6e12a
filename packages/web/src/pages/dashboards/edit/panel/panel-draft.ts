import type { Panel, PanelKind, PanelQuery } from '@girok/server/contract'
import { withFields } from './list-order.ts'

/** What a kind of panel can be given; forms show no field that would do nothing. */
export interface KindTraits {
  readonly queries: boolean
  readonly unit: boolean
  /** Ends of its axis or dial. */
  readonly ends: boolean
  readonly scale: boolean
  readonly thresholds: boolean
  readonly reduce: boolean
  readonly transformations: boolean
  readonly logs: boolean
  readonly text: boolean
}

const none: KindTraits = {
  queries: false,
  unit: false,
  ends: false,
  scale: false,
  thresholds: false,
  reduce: false,
  transformations: false,
  logs: false,
  text: false,
}
const numbers: KindTraits = { ...none, queries: true, unit: true, transformations: true, logs: true }
const axes: KindTraits = { ...numbers, ends: true, scale: true, thresholds: true }

export const kindTraits: Readonly<Record<PanelKind, KindTraits>> = {
  line: axes,
  bar: axes,
  stacked: { ...axes, scale: false },
  heatmap: { ...numbers },
  gauge: { ...numbers, ends: true, thresholds: true, reduce: true },
  value: { ...numbers, thresholds: true, reduce: true },
  table: numbers,
  logs: { ...none, queries: true },
  text: { ...none, text: true },
  row: none,
}

/** The first letter that no query of a panel has. */
export function nextRef(queries: readonly PanelQuery[]): string {
  const taken = new Set(queries.map(({ ref }) => ref))
  for (let round = 0; ; round += 1) {
    for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') {
      const ref = round === 0 ? letter : `${letter}${round}`
      if (!taken.has(ref)) return ref
    }
  }
}

/** With an empty query in the language of the one before. */
export function withNewQuery(panel: Panel): Panel {
  const language = panel.kind === 'logs' ? 'logql' : (panel.queries.at(-1)?.language ?? 'promql')
  const query: PanelQuery = { ref: nextRef(panel.queries), language, expr: '' }
  return { ...panel, queries: [...panel.queries, query] }
}

const absent = <T>(list: readonly T[] | undefined): readonly T[] | undefined =>
  list === undefined || list.length === 0 ? undefined : list

const filled = (text: string | undefined): string | undefined => (text?.trim() === '' ? undefined : text)

function tidiedQuery(query: PanelQuery): PanelQuery {
  return withFields(query, {
    expr: query.expr.trim(),
    legend: filled(query.legend),
    instant: query.instant || undefined,
    hidden: query.hidden || undefined,
  })
}

/** A panel as it is kept: without what its kind has no use for and what is the same as nothing. */
export function tidied(panel: Panel): Panel {
  const traits = kindTraits[panel.kind]
  const when = <T>(wanted: boolean, value: T | undefined): T | undefined => (wanted ? value : undefined)
  const thresholds = [...(panel.thresholds ?? [])].sort((a, b) => a.value - b.value)
  return withFields(panel, {
    title: panel.title.trim(),
    description: filled(panel.description),
    queries: traits.queries ? panel.queries.map(tidiedQuery) : [],
    unit: when(traits.unit, panel.unit),
    decimals: when(traits.unit, panel.decimals),
    min: when(traits.ends, panel.min),
    max: when(traits.ends, panel.max),
    scale: when(traits.scale && panel.scale === 'log', panel.scale),
    thresholds: when(traits.thresholds, absent(thresholds)),
    reduce: when(traits.reduce && panel.reduce !== 'last', panel.reduce),
    transformations: when(traits.transformations, absent(panel.transformations)),
    logs: when(traits.logs, filled(panel.logs)),
    text: when(traits.text, panel.text ?? ''),
    collapsed: when(panel.kind === 'row', panel.collapsed || undefined),
  })
}

/** Why a panel cannot be taken: the least of its axis is not below the greatest. */
export function endsFault({ kind, min, max }: Panel): boolean {
  return kindTraits[kind].ends && min !== undefined && max !== undefined && min >= max
}
