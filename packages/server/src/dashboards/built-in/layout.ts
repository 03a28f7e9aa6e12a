import type { DashboardVariable, Panel, PanelQuery, QueryLanguage } from '../../model/dashboard.ts'

const COLUMNS = 24
const REFS = 'ABCDEFGH'

/** A query before its letter is known. */
export type QueryDraft = Omit<PanelQuery, 'ref'>

/** A panel before its place is known. */
export interface PanelDraft extends Omit<Panel, 'id' | 'place' | 'queries'> {
  /** Columns; panels without a width share what is left of their row. */
  readonly width?: number
  readonly queries: readonly QueryDraft[]
}

export interface PanelRow {
  /** Rows of 32 pixels. */
  readonly height: number
  readonly panels: readonly PanelDraft[]
}

/** Panels of rows that stand below one another, numbered from 1, their queries lettered. */
export function panelsOf(rows: readonly PanelRow[]): readonly Panel[] {
  const panels: Panel[] = []
  let y = 0
  for (const { height, panels: drafts } of rows) {
    const given = drafts.reduce((sum, { width = 0 }) => sum + width, 0)
    const open = drafts.filter(({ width }) => width === undefined).length
    let x = 0
    let left = COLUMNS - given
    let waiting = open
    for (const { width, queries, ...draft } of drafts) {
      const w = width ?? Math.floor(left / waiting)
      if (width === undefined) {
        left -= w
        waiting--
      }
      panels.push({
        ...draft,
        id: panels.length + 1,
        place: { x, y, w, h: height },
        queries: queries.map((query, index) => ({ ref: REFS[index] as string, ...query })),
      })
      x += w
    }
    y += height
  }
  return panels
}

/** A PromQL query over time. */
export function promql(expr: string, legend?: string): QueryDraft {
  return draft('promql', expr, legend)
}

/** A LogQL query over time, or of records. */
export function logql(expr: string, legend?: string): QueryDraft {
  return draft('logql', expr, legend)
}

/** The query, evaluated once at the end of the range. */
export function atEnd(query: QueryDraft): QueryDraft {
  return { ...query, instant: true }
}

function draft(language: QueryLanguage, expr: string, legend: string | undefined): QueryDraft {
  return { language, expr, ...(legend === undefined ? {} : { legend }) }
}

/** A variable of all values that a label of a metric has: several can be chosen, at first all are. */
export function valuesOfMetric(name: string, label: string, metric: string, labelName = name): DashboardVariable {
  return {
    kind: 'labels',
    source: 'metrics',
    name,
    label,
    labelName,
    match: metric,
    multi: true,
    includeAll: true,
    // Also series without the label.
    allValue: '.*',
  }
}

/** A variable that says which `job` of the records a dashboard reads. */
export function jobOfRecords(job: string): DashboardVariable {
  return { kind: 'labels', source: 'logs', name: 'log_job', label: 'Log job', labelName: 'job', current: [job] }
}

/** Good from 0, worth a look from `warn`, bad from `error`. */
export function goodBelow(warn: number, error?: number): NonNullable<Panel['thresholds']> {
  return [
    { value: 0, colour: 'ok' },
    { value: warn, colour: 'warn' },
    ...(error === undefined ? [] : [{ value: error, colour: 'error' } as const]),
  ]
}

/** A gauge of how full something is, 0 to 1. */
export function fullness(title: string, expr: string, warn: number, error: number): PanelDraft {
  const thresholds = goodBelow(warn, error)
  return { title, kind: 'gauge', unit: 'ratio', min: 0, max: 1, thresholds, queries: [promql(expr)] }
}
