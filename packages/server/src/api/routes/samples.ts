import { GirokError } from '../../model/errors.ts'
import { labelsText } from '../../model/labels.ts'
import { bitsOf, isStaleMarker } from '../../model/sample-batch.ts'
import { parseSeriesSelector, selectSeries } from '../../query/samples/select.ts'
import type { SeriesSamples } from '../../store/samples/statement.ts'
import type { SamplesResponse } from '../contract.ts'
import { parseRange } from '../loki/params.ts'
import { json, type RouteFamily } from '../route.ts'

const MAX_SAMPLES = 1_000_000
const TIMEOUT_MS = 60_000
const NS_PER_MS = 1_000_000n

/** The samples of series as they are stored, with exact times, stale markers among them. */
export const samples: RouteFamily = ({ store, now }) => [
  {
    methods: ['GET', 'POST'],
    path: '/girok/v1/samples',
    scope: 'query',
    errors: 'json',
    handle: async ({ tenant, params, signal }) => {
      const texts = params.getAll('match[]')
      if (texts.length === 0) {
        throw new GirokError('bad_request', 'no match[]: name series, for instance match[]=up{job="demo"}')
      }
      const { startNs, endNs } = parseRange(params, now())
      // To the millisecond, both ends inclusive.
      const range = { startMs: Number((startNs + NS_PER_MS - 1n) / NS_PER_MS), endMs: Number(endNs / NS_PER_MS) }
      const found = new Map(
        texts
          .flatMap((text) => selectSeries(store.samples.series, tenant, range, parseSeriesSelector(text)))
          .map((series) => [series.id, series]),
      )
      const ids = [...found.keys()]
      const read = await store.samples.read({
        tenant,
        ids,
        ...range,
        signal,
        timeoutMs: TIMEOUT_MS,
        maxSamples: MAX_SAMPLES,
      })
      const result: SamplesResponse = {
        series: [...found.values()]
          .map(({ id, labels }) => ({ labels, text: labelsText(labels), read: read.get(id) }))
          .sort((a, b) => (a.text < b.text ? -1 : 1))
          .flatMap(({ labels, read }) =>
            read === undefined
              ? []
              : [{ labels: Object.fromEntries(labels), times: [...read.times], values: valueTexts(read) }],
          ),
      }
      return json(result)
    },
  },
]

/** As Prometheus writes numbers in JSON, and `stale` for the marker that a series has ended. */
function valueTexts({ values }: SeriesSamples): string[] {
  const bits = bitsOf(values)
  return Array.from(values, (value, i) => (isStaleMarker(bits, i) ? 'stale' : numberText(value)))
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}
