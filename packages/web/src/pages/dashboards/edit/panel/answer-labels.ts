import type { PanelQuery } from '@girok/server/contract'
import { askedOnce } from '../../../../explore/editor/asked-once.ts'
import { range, scopeOf } from '../../model/dashboard-state.ts'
import { fetchLogVector, fetchMetricVector } from '../../model/fetch-query.ts'
import { interpolateQuery } from '../../model/interpolate.ts'

/** Steps are not known before the panel is drawn; labels are the same with any. */
const anyStepMs = 60_000

/** Names of the labels that the series of a query have now, for its legend; none while it cannot be answered. */
export function answerLabels({ language, expr }: PanelQuery): Promise<readonly string[]> {
  const shown = range.peek()
  if (shown === undefined || expr.trim() === '') return Promise.resolve([])
  const asked = interpolateQuery(expr, scopeOf(shown, anyStepMs))
  const fetch = language === 'promql' ? fetchMetricVector : fetchLogVector
  return askedOnce(`legend ${language} ${asked}`, [], async () => {
    const samples = await fetch(asked, shown.to, AbortSignal.timeout(10_000))
    return [...new Set(samples.flatMap(({ metric }) => Object.keys(metric)))].sort()
  })
}

/** The label that is being written before the cursor of a legend: behind `{{`. */
export function openLabel(legend: string, at: number): { readonly from: number; readonly typed: string } | undefined {
  const match = /\{\{\s*([\w.:-]*)$/.exec(legend.slice(0, at))
  return match === null ? undefined : { from: match.index, typed: match[1] ?? '' }
}

/** A legend with a label put in at the cursor, in place of the beginning of it, and where the cursor then stands. */
export function withLabel(legend: string, at: number, label: string): { readonly text: string; readonly at: number } {
  const open = openLabel(legend, at)
  const before = legend.slice(0, open?.from ?? at)
  const behind = legend.slice(at).replace(open === undefined ? /^/ : /^[\w.:-]*\s*\}{0,2}/, '')
  const word = `{{${label}}}`
  return { text: before + word + behind, at: before.length + word.length }
}
