import { getJson } from '../../../api/client.ts'
import type { Entry, Labels } from '../../../api/entry.ts'
import { ApiError } from '../../../api/error.ts'
import { fetchLogs, type Series } from '../../../api/loki.ts'
import { fetchInstant, fetchRange } from '../../../api/prometheus.ts'
import { t } from '../../../shell/i18n.ts'
import type { FetchQuery, InstantSample } from './panel-answer.ts'

/** Lines that a panel of records shows; the log page shows the rest. */
export const panelLines = 200

/** `+Inf` is how the APIs spell what Number() calls Infinity. */
function numberOf(text: string): number {
  return text === '+Inf' ? Number.POSITIVE_INFINITY : text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text)
}

/** A PromQL expression at the end of a range; a scalar is one sample without labels. */
export async function fetchMetricVector(expr: string, endNs: bigint, signal: AbortSignal): Promise<InstantSample[]> {
  const { value } = await fetchInstant(expr, Number(endNs / 1_000_000n), signal)
  switch (value.type) {
    case 'vector':
      return value.result.map(({ metric, value: [, text] }) => ({ metric, value: numberOf(text) }))
    case 'matrix':
      return value.result.map(({ metric, values }) => ({ metric, value: numberOf(values.at(-1)?.[1] ?? 'NaN') }))
    default:
      return [{ metric: {}, value: numberOf(value.result[1]) }]
  }
}

interface LogAnswer {
  readonly data: { readonly resultType: string; readonly result: readonly unknown[] }
}

/** A LogQL expression of numbers at the end of a range. */
export async function fetchLogVector(expr: string, endNs: bigint, signal: AbortSignal): Promise<InstantSample[]> {
  const answer = await getJson<LogAnswer>('/loki/api/v1/query', {
    params: { query: expr, time: String(endNs) },
    signal,
  })
  const { resultType, result } = answer.data
  if (resultType === 'scalar') return [{ metric: {}, value: numberOf(String(result[1])) }]
  if (resultType !== 'vector') throw notNumbers()
  return (result as readonly { readonly metric: Labels; readonly value: readonly [number, string] }[]).map(
    ({ metric, value }) => ({ metric, value: numberOf(value[1]) }),
  )
}

/** Numbers of either language over a range, at startMs + k · stepMs. */
export async function fetchSeries(
  language: 'promql' | 'logql',
  expr: string,
  times: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
  signal: AbortSignal,
): Promise<readonly Series[]> {
  const { startMs, endMs, stepMs } = times
  if (language === 'promql') return (await fetchRange(expr, startMs, endMs, stepMs, signal)).series
  const params = { query: expr, start: `${startMs}000000`, end: `${endMs}000000`, step: `${stepMs}ms` }
  const answer = await getJson<LogAnswer>('/loki/api/v1/query_range', { params, signal })
  if (answer.data.resultType !== 'matrix') throw notNumbers()
  return answer.data.result as readonly Series[]
}

/** The newest records of a range. */
export async function fetchLines(
  expr: string,
  from: bigint,
  to: bigint,
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  const request = { query: expr, start: from, end: to, limit: panelLines, direction: 'backward' as const }
  return (await fetchLogs(request, signal)).entries
}

/** Asks the server for one query of a panel. */
export const fetchQuery: FetchQuery = async ({ query, expr, kind }, request, abort) => {
  const { language } = query
  const { from, to } = request.range
  if (kind === 'lines') return { query, expr, kind, entries: await fetchLines(expr, from, to, abort) }
  if (kind === 'series') return { query, expr, kind, series: await fetchSeries(language, expr, request, abort) }
  const samples = await (language === 'promql' ? fetchMetricVector : fetchLogVector)(expr, to, abort)
  return { query, expr, kind, samples }
}

function notNumbers(): ApiError {
  return new ApiError(400, t('dashboards.notNumbers'), t('dashboards.notNumbersHint'))
}
