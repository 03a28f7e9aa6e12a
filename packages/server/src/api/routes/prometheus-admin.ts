import { GirokError } from '../../model/errors.ts'
import { PROMETHEUS_BASES } from '../prometheus/answer.ts'
import { seriesOfSelectors } from '../prometheus/last-samples.ts'
import { matchersOf } from '../prometheus/matchers.ts'
import { spanOf } from '../prometheus/params.ts'
import type { Route, RouteFamily } from '../route.ts'

/** Removal of samples, as Prometheus' admin API has it. */
export const prometheusAdmin: RouteFamily = ({ store }) => {
  const admin = (name: string, handle: Route['handle']): Route[] =>
    PROMETHEUS_BASES.map((base) => ({
      methods: ['POST', 'PUT'],
      path: `${base}/admin/tsdb/${name}`,
      scope: 'admin',
      errors: 'prometheus',
      handle,
    }))
  return [
    ...admin('delete_series', async ({ params, tenant }) => {
      if (!params.has('match[]')) throw new GirokError('bad_request', 'no match[] parameter provided')
      const range = spanOf(params)
      const series = seriesOfSelectors(store, tenant, range, await matchersOf(params))
      await store.samples.deleteSeries(
        tenant,
        series.map(({ id }) => id),
        range.startMs,
        range.endMs,
      )
      return { status: 204 }
    }),
    // Deleted samples leave the disk with the engine's own merges.
    ...admin('clean_tombstones', () => ({ status: 204 })),
  ]
}
