import { matchesSelector, parseSelector } from '@girok/query'
import { GirokError } from '../../model/errors.ts'
import type { ScrapeTarget, TargetsView } from '../../model/scraping.ts'
import type { TargetsResponse } from '../contract.ts'
import { prometheusRoutes, success } from '../prometheus/answer.ts'
import { invalidParameter } from '../prometheus/errors.ts'
import { json, type Route, type RouteFamily } from '../route.ts'

const NO_TARGETS: TargetsView = { pools: [], active: [], dropped: [] }
/** What Prometheus tells of a target that was never scraped: Go's zero time. */
const NEVER = '0001-01-01T00:00:00Z'

/** What the server scrapes itself, in Prometheus' shapes and in its own. */
export const targets: RouteFamily = ({ scraping, rules, alerting, now }) => {
  const sourceOf = (tenant: string) => (scraping?.tenant === tenant ? scraping.source : undefined)
  const viewOf = (tenant: string): TargetsView => sourceOf(tenant)?.targets() ?? NO_TARGETS

  const list: Route['handle'] = ({ tenant, params }) => {
    const { active, dropped } = viewOf(tenant)
    const state = params.get('state')?.toLowerCase() || 'any'
    if (!['active', 'dropped', 'any'].includes(state)) {
      throw invalidParameter('state', `expected active, dropped or any, not ${JSON.stringify(state)}`)
    }
    const pool = params.get('scrapePool') ?? ''
    const inPool = (target: { readonly scrapePool: string }) => pool === '' || target.scrapePool === pool
    const droppedHere = dropped.filter(inPool)
    const counts: Record<string, number> = {}
    for (const { scrapePool } of droppedHere) counts[scrapePool] = (counts[scrapePool] ?? 0) + 1
    return success({
      activeTargets: state === 'dropped' ? [] : active.filter(inPool).map(activeTarget),
      droppedTargets: state === 'active' ? [] : droppedHere,
      droppedTargetCounts: counts,
    })
  }

  const metadata: Route['handle'] = ({ tenant, params }) => {
    const matches = matchesSelector(parseSelector(params.get('match_target') || '{}', { allowEmpty: true }))
    const metric = params.get('metric') ?? ''
    const limit = params.get('limit') ?? ''
    if (limit !== '' && !/^-?\d{1,9}$/.test(limit)) throw new GirokError('bad_request', 'limit must be a number')
    const most = Number(limit) > 0 ? Number(limit) : Number.POSITIVE_INFINITY
    const found: object[] = []
    for (const told of sourceOf(tenant)?.descriptions() ?? []) {
      if (found.length >= most) break
      if ((metric !== '' && told.metric !== metric) || !matches(told.target)) continue
      const { type, help, unit } = told
      const target = Object.fromEntries(told.target)
      found.push(metric === '' ? { target, metric: told.metric, type, help, unit } : { target, type, help, unit })
    }
    if (found.length === 0) {
      throw new GirokError('not_found', 'specified metadata not found')
    }
    return success(found)
  }

  const pools: Route['handle'] = ({ tenant }) => success({ scrapePools: [...viewOf(tenant).pools].sort() })

  const own: Route['handle'] = ({ tenant }) => {
    const source = sourceOf(tenant)
    const fault = source?.fault()
    const response: TargetsResponse = {
      configured: source !== undefined,
      ...(fault !== undefined && { fault }),
      ...viewOf(tenant),
      nowMs: now(),
    }
    return json(response)
  }

  const reload: Route['handle'] = async () => {
    const { book } = rules
    const { configuration } = alerting
    const isFile = configuration.current().origin === 'file'
    try {
      await scraping?.source.reload()
      await book.reload()
      if (isFile) await configuration.reload()
    } catch (error) {
      throw new GirokError('unprocessable', (error as Error).message)
    }
    // Only now: files that held no rules may do so from now on.
    if (scraping === undefined && !isFile && book.groups().length === 0 && book.faults().length === 0) {
      throw new GirokError(
        'not_found',
        'nothing to read again: start with girok serve --prometheus-config FILE, or set rules.promql, rules.logql or alerting.configFile',
      )
    }
    return { status: 200 }
  }

  return [
    ...prometheusRoutes(['GET'], 'targets', list),
    ...prometheusRoutes(['GET'], 'targets/metadata', metadata),
    ...prometheusRoutes(['GET'], 'scrape_pools', pools),
    { methods: ['GET'], path: '/girok/v1/targets', scope: 'query', errors: 'json', handle: own },
    ...['/-/reload', '/prometheus/-/reload'].map(
      (path): Route => ({ methods: ['POST', 'PUT'], path, scope: 'admin', errors: 'json', handle: reload }),
    ),
  ]
}

function activeTarget(target: ScrapeTarget): object {
  const { discoveredLabels, labels, scrapePool, scrapeUrl, lastError, lastScrapeMs, health } = target
  return {
    discoveredLabels,
    labels,
    scrapePool,
    scrapeUrl,
    globalUrl: scrapeUrl,
    lastError,
    lastScrape: lastScrapeMs === undefined ? NEVER : new Date(lastScrapeMs).toISOString(),
    lastScrapeDuration: target.lastScrapeDurationMs / 1000,
    health,
    scrapeInterval: target.scrapeInterval,
    scrapeTimeout: target.scrapeTimeout,
  }
}
