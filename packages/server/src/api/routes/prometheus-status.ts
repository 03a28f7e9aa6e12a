import { availableParallelism, hostname } from 'node:os'
import { formatDuration } from '@girok/query'
import { PROM_FUNCTIONS } from '@girok/query/promql'
import { stringify } from 'yaml'
import { prometheusRoutes, success } from '../prometheus/answer.ts'
import { indexStatistics } from '../prometheus/index-statistics.ts'
import { limitOf } from '../prometheus/params.ts'
import type { ApiResponse, Route, RouteFamily } from '../route.ts'

/** The release whose API is spoken: Grafana and others switch features on by it. Girok's own version is the revision. */
const PROMETHEUS_VERSION = '3.14.0'
const DEFAULT_COUNTS = 10

/** What Prometheus tells of itself, as far as there is something to tell; and that it is there. */
export const prometheusStatus: RouteFamily = ({ prom, store, scraping, startedMs, version, now }) => {
  const status = (name: string, handle: Route['handle']) => prometheusRoutes(['GET'], `status/${name}`, handle)
  const flags = (): ApiResponse => {
    const { lookbackMs, timeoutMs, maxSamples } = prom.defaults
    return success({
      'query.lookback-delta': durationText(lookbackMs),
      'query.max-samples': String(maxSamples),
      'query.timeout': durationText(timeoutMs),
    })
  }

  const runtime = (): ApiResponse =>
    success({
      startTime: new Date(startedMs).toISOString(),
      CWD: process.cwd(),
      hostname: hostname(),
      serverTime: new Date(now()).toISOString(),
      reloadConfigSuccess: scraping?.source.fault() === undefined,
      lastConfigTime: new Date(startedMs).toISOString(),
      corruptionCount: 0,
      goroutineCount: 0,
      GOMAXPROCS: availableParallelism(),
      GOMEMLIMIT: 0,
      GOGC: '',
      GODEBUG: '',
      storageRetention: '',
    })

  const tsdb: Route['handle'] = async ({ tenant, params }) => {
    const limit = limitOf(params) ?? DEFAULT_COUNTS
    const series = store.samples.series.list(tenant, 0n, BigInt(Math.ceil(now())) * 1_000_000n)
    return success(await indexStatistics(series, limit))
  }

  return [
    ...status('buildinfo', () =>
      success({
        version: PROMETHEUS_VERSION,
        revision: `girok-${version}`,
        branch: 'girok',
        buildUser: '',
        buildDate: '',
        goVersion: '',
      }),
    ),
    ...status('config', ({ tenant }) => success({ yaml: configuration(tenant) })),
    ...status('flags', flags),
    ...status('runtimeinfo', runtime),
    ...status('tsdb', tsdb),
    ...status('tsdb/blocks', () => success({ blocks: [] })),
    ...status('walreplay', () => success({ min: 0, max: 0, current: 0 })),
    ...prometheusRoutes(['GET'], 'features', () => success(FEATURES)),
    ...prometheusRoutes(['GET'], 'notifications', () => success([])),
    // Nothing will ever come: 204 tells an EventSource not to ask again.
    ...prometheusRoutes(['GET'], 'notifications/live', () => ({ status: 204 })),
    ...['', '/prometheus'].flatMap((base) => [
      probe(`${base}/-/healthy`, () => ({ status: 200, headers: PLAIN, body: 'Girok is healthy.\n' })),
      probe(`${base}/-/ready`, () => {
        const { state, detail } = store.health()
        return state === 'ready' || state === 'disk_full'
          ? { status: 200, headers: PLAIN, body: 'Girok is ready.\n' }
          : { status: 503, headers: PLAIN, body: `${detail ?? state}\n` }
      }),
    ]),
  ]

  /** What of a `prometheus.yml` is in force here and can be told: the names of the jobs. */
  function configuration(tenant: string): string {
    const jobs = scraping?.tenant === tenant ? scraping.source.targets().pools : []
    return jobs.length === 0 ? '' : stringify({ scrape_configs: jobs.map((name) => ({ job_name: name })) })
  }
}

function durationText(ms: number): string {
  return formatDuration(BigInt(Math.round(ms)) * 1_000_000n)
}

const PLAIN = { 'content-type': 'text/plain; charset=utf-8' }

function probe(path: string, handle: Route['handle']): Route {
  return { methods: ['GET'], path, scope: undefined, errors: 'text', handle }
}

/** What clients may use, by area, as Prometheus lists it. */
const FEATURES = {
  api: {
    admin: true,
    exclude_alerts: false,
    federation: true,
    label_values_match: true,
    query_stats: true,
    query_warnings: true,
    remote_write_receiver: true,
    time_range_labels: true,
    time_range_series: true,
  },
  promql: {
    anchored: true,
    at_modifier: true,
    bool: true,
    by: true,
    duration_expr: true,
    group_left: true,
    group_right: true,
    ignoring: true,
    negative_offset: true,
    offset: true,
    on: true,
    per_query_lookback_delta: true,
    smoothed: true,
    subqueries: true,
    without: true,
  },
  promql_functions: Object.fromEntries([...PROM_FUNCTIONS.keys()].map((name) => [name, true])),
}
