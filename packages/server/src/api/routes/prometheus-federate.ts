import { EXPOSITION_TYPE, exposition } from '../prometheus/exposition.ts'
import { externalLabelsOf, withExternal } from '../prometheus/external-labels.ts'
import { lastSamples } from '../prometheus/last-samples.ts'
import { matchersOf } from '../prometheus/matchers.ts'
import type { Route, RouteFamily } from '../route.ts'

/** Rows of text that go out at once. */
const ROWS_PER_PIECE = 500

/** The newest samples of the series that `match[]` names, for another Prometheus to scrape. */
export const prometheusFederate: RouteFamily = ({ prom, store, scraping, now }) => {
  const federate: Route['handle'] = async ({ params, tenant, signal }) => {
    const { lookbackMs, timeoutMs, maxSamples } = prom.defaults
    const selectors = await matchersOf(params)
    const nowMs = Math.floor(now())
    const stored = await lastSamples(store, selectors, { tenant, nowMs, lookbackMs, timeoutMs, maxSamples, signal })
    const external = externalLabelsOf(scraping, tenant)
    const samples = stored.map(({ labels, ...sample }) => ({ ...sample, labels: withExternal(labels, external) }))
    return { status: 200, headers: { 'content-type': EXPOSITION_TYPE }, body: inPieces(exposition(samples)) }
  }
  return ['/federate', '/prometheus/federate'].map((path) => ({
    methods: ['GET'],
    path,
    scope: 'query',
    errors: 'prometheus',
    handle: federate,
  }))
}

async function* inPieces(rows: Iterable<string>): AsyncGenerator<string> {
  let piece: string[] = []
  for (const row of rows) {
    piece.push(row)
    if (piece.length < ROWS_PER_PIECE) continue
    yield piece.join('')
    piece = []
  }
  yield piece.join('')
}
