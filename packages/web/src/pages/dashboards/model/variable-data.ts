import type { DashboardVariable } from '@girok/server/contract'
import { isAbort } from '../../../api/error.ts'
import * as loki from '../../../api/loki.ts'
import * as prometheus from '../../../api/prometheus.ts'
import type { RangeNs } from '../../../time/range.ts'
import { fetchLogVector, fetchMetricVector } from './fetch-query.ts'
import { interpolateQuery, type Scope } from './interpolate.ts'
import { keptValues } from './variables.ts'

/** Values of a variable that comes from data, in a range. Throws ApiError. */
export async function fetchVariable(
  variable: DashboardVariable,
  scope: Scope,
  range: RangeNs,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (variable.kind === 'labels') {
    const match =
      variable.match === undefined || variable.match === '' ? undefined : interpolateQuery(variable.match, scope)
    const values = await labelValues(variable.source, variable.labelName, match, range, signal)
    return keptValues(values, variable.regex)
  }
  if (variable.kind !== 'query') return []
  const fetch = variable.language === 'promql' ? fetchMetricVector : fetchLogVector
  const samples = await fetch(interpolateQuery(variable.expr, scope), range.to, signal)
  return keptValues(
    samples.map(({ metric }) => metric[variable.labelName] ?? ''),
    variable.regex,
  )
}

async function labelValues(
  source: 'metrics' | 'logs',
  name: string,
  match: string | undefined,
  { from, to }: RangeNs,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (source === 'logs') return loki.fetchLabelValues(name, match ?? '{}', from, to, signal)
  const scope = { startMs: Number(from / 1_000_000n), endMs: Number(to / 1_000_000n), match }
  return prometheus.fetchLabelValues(name, scope, signal)
}

/** Words of why values could not be had; '' for a question that was taken back. */
export function variableFault(error: unknown): string {
  if (isAbort(error)) return ''
  return error instanceof Error ? error.message : String(error)
}
