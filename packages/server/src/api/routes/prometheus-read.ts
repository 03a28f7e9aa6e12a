import { decodeSnappyBlock } from '../../ingest/decode/snappy.ts'
import { Turnstile } from '../../ingest/decode/turnstile.ts'
import { GirokError } from '../../model/errors.ts'
import type { LabelSet } from '../../model/labels.ts'
import { startBreathing } from '../../query/run/breathe.ts'
import { PROMETHEUS_BASES } from '../prometheus/answer.ts'
import { externalLabelsOf, withExternal, withoutExternal } from '../prometheus/external-labels.ts'
import { seriesOfSelectors } from '../prometheus/last-samples.ts'
import { decodeReadRequest, encodeReadResponse, encodeReadSeries, type ReadQuery } from '../prometheus/read-message.ts'
import { encodeSnappy } from '../prometheus/snappy.ts'
import type { ApiRequest, ApiResponse, RouteFamily } from '../route.ts'

const MAX_REQUEST_BYTES = 4 * 2 ** 20
/** Of one request. An answer is one message, twice in memory while it is made: at 18 bytes a sample 180 MB. */
const MAX_SAMPLES = 5_000_000
/** Answers that are made at once; others wait. */
const AT_ONCE = 2

/** Remote read: Prometheus asks here for samples that it does not have itself. Answers `SAMPLES`, never chunks. */
export const prometheusRead: RouteFamily = ({ prom, store, scraping }) => {
  const turnstile = new Turnstile(AT_ONCE)

  async function read(request: ApiRequest): Promise<ApiResponse> {
    const queries = decodeReadRequest(decodeSnappyBlock(request.body, MAX_REQUEST_BYTES))
    const body = await turnstile.run(() => answer(request, queries))
    return { status: 200, headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' }, body }
  }

  async function answer({ tenant, signal }: ApiRequest, queries: readonly ReadQuery[]): Promise<Buffer> {
    if (signal.aborted) throw new GirokError('cancelled', 'the client went away')
    const breathe = startBreathing()
    const results: Buffer[][] = []
    let left = MAX_SAMPLES
    const external = externalLabelsOf(scraping, tenant)
    for (const { startMs, endMs, ...query } of queries) {
      const matchers = withoutExternal(query.matchers, external)
      const range = { startMs, endMs: Math.min(endMs, Number.MAX_SAFE_INTEGER) }
      const series = new Map(seriesOfSelectors(store, tenant, range, [matchers]).map(({ id, labels }) => [id, labels]))
      const found: Buffer[] = []
      const { timeoutMs } = prom.defaults
      const bounds = { timeoutMs, maxSamples: left, signal }
      for await (const one of store.samples.stream({ tenant, ids: [...series.keys()], ...range, ...bounds })) {
        left -= one.times.length
        found.push(encodeReadSeries(withExternal(series.get(one.id) as LabelSet, external), one))
        const pause = breathe()
        if (pause !== undefined) await pause
      }
      results.push(found)
    }
    return encodeSnappy(encodeReadResponse(results))
  }

  return PROMETHEUS_BASES.map((base) => ({
    methods: ['POST'],
    path: `${base}/read`,
    scope: 'query',
    errors: 'prometheus',
    handle: read,
  }))
}
