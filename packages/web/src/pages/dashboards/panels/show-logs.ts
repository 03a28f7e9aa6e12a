import { isAbort } from '../../../api/error.ts'
import { fetchLabels, fetchLabelValues } from '../../../api/loki.ts'
import type { ChartPoint } from '../../../charts/chart-props.ts'
import { toast } from '../../../components/toast.tsx'
import { navigate } from '../../../shell/router.ts'
import type { RangeNs } from '../../../time/range.ts'
import { scopeOf } from '../model/dashboard-state.ts'
import { type KnownStreams, logsBehind } from '../model/logs-behind.ts'
import type { QueryAnswer } from '../model/panel-answer.ts'
import type { ShownPanel } from '../model/repeat.ts'
import type { PanelContent } from './content.ts'
import { exploreSearch } from './explore-link.ts'

/** The query that a series of a drawing came from; the first when that cannot be told any more. */
export function answerOf({ answer, frame }: PanelContent, at: ChartPoint | undefined): QueryAnswer | undefined {
  const owners = answer.answers.flatMap((one) => {
    const count = one.kind === 'series' ? one.series.length : one.kind === 'instant' ? one.samples.length : 0
    return Array.from({ length: count }, () => one)
  })
  const index = at?.series === undefined ? -1 : frame.series.indexOf(at.series)
  return (owners.length === frame.series.length ? owners[index] : undefined) ?? answer.answers[0]
}

/** Goes to the records behind a point, a step before and behind it; without a point, to those of the whole range. */
export async function showLogsBehind(
  shown: ShownPanel,
  content: PanelContent,
  at: ChartPoint | undefined,
): Promise<void> {
  const { request } = content.answer
  const range = at === undefined ? request.range : around(at.time * 1000, request.stepMs)
  const from = answerOf(content, at)
  const query = from === undefined ? undefined : { language: from.query.language, expr: from.expr }
  const labels = at?.series?.labels ?? Object.fromEntries(shown.scoped)
  try {
    const wanted = shown.panel.logs === undefined && query?.language !== 'logql'
    const streams = wanted ? await knownStreams(range) : nothingKnown
    const scope = scopeOf(request.range, request.stepMs, shown.scoped)
    navigate('/logs', exploreSearch(logsBehind(shown.panel, query, labels, scope, streams), range))
  } catch (error) {
    if (!isAbort(error)) toast(error instanceof Error ? error.message : String(error))
  }
}

const nothingKnown: KnownStreams = { labels: new Set(), services: new Set() }

async function knownStreams({ from, to }: RangeNs): Promise<KnownStreams> {
  const [labels, services] = await Promise.all([
    fetchLabels('{}', from, to),
    fetchLabelValues('service_name', '{}', from, to),
  ])
  return { labels: new Set(labels), services: new Set(services) }
}

function around(ms: number, stepMs: number): RangeNs {
  const reach = Math.max(stepMs, 15_000)
  return { from: BigInt(Math.round(ms - reach)) * 1_000_000n, to: BigInt(Math.round(ms + reach)) * 1_000_000n }
}
