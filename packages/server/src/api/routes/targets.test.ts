import { expect, test } from 'vitest'
import { GirokError } from '../../model/errors.ts'
import type { RuleBook, RuleGroupView } from '../../model/rules.ts'
import type { SampleSource, ScrapeTarget } from '../../model/scraping.ts'
import { prometheusError } from '../prometheus/errors.ts'
import type { ApiContext, ApiRequest, ApiResponse } from '../route.ts'
import { targets } from './targets.ts'

const node: ScrapeTarget = {
  scrapePool: 'node',
  labels: { job: 'node', instance: 'h:1' },
  discoveredLabels: { __address__: 'h:1', job: 'node' },
  scrapeUrl: 'http://h:1/metrics',
  health: 'up',
  lastError: '',
  lastScrapeMs: Date.UTC(2026, 5, 1),
  lastScrapeDurationMs: 12.5,
  scrapeInterval: '15s',
  scrapeTimeout: '10s',
  samples: 7,
}
const other: ScrapeTarget = { ...node, scrapePool: 'api', health: 'unknown', lastScrapeMs: undefined }
const dropped = [
  { scrapePool: 'api', discoveredLabels: { __address__: 'x:1' } },
  { scrapePool: 'api', discoveredLabels: { __address__: 'x:2' } },
]
let reloads = 0
const source: SampleSource = {
  start: async () => undefined,
  stop: async () => undefined,
  reload: async () => {
    if (reloads++ > 0) throw new Error('prometheus.yml, line 3: broken')
  },
  fault: () => undefined,
  targets: () => ({ pools: ['node', 'api'], active: [node, other], dropped }),
  alerts: () => undefined,
  alertmanagers: () => ({ active: [], dropped: [] }),
  descriptions: () => [
    { target: new Map(Object.entries(node.labels)), metric: 'a', type: 'gauge', help: 'A.', unit: '' },
    { target: new Map(Object.entries(node.labels)), metric: 'b', type: 'counter', help: 'B.', unit: 's' },
    { target: new Map([['job', 'api']]), metric: 'a', type: 'gauge', help: 'A.', unit: '' },
  ],
}

async function ask(
  path: string,
  given: { tenant?: string; scraping?: ApiContext['scraping']; later?: readonly RuleGroupView[] } = {},
) {
  const url = new URL(path, 'http://x')
  const scraping = 'scraping' in given ? given.scraping : { source, tenant: 'default' }
  let groups: readonly RuleGroupView[] = []
  const book: RuleBook = {
    groups: () => groups,
    faults: () => [],
    reload: async () => {
      groups = given.later ?? []
    },
    files: () => new Set<string>(),
    storedChanged: async () => undefined,
  }
  const alerting = { configuration: { current: () => ({ origin: 'default' }) } }
  const context = { scraping, alerting, rules: { book, tenant: 'default' }, now: () => 5 }
  const route = targets(context as unknown as ApiContext).find((one) => one.path === url.pathname)
  const request = { tenant: given.tenant ?? 'default', params: url.searchParams } as unknown as ApiRequest
  let response: ApiResponse | undefined
  try {
    response = await route?.handle(request)
  } catch (error) {
    if (!(error instanceof GirokError) || route?.errors !== 'prometheus') throw error
    return { status: 'error', errorType: prometheusError(error.code).type }
  }
  return { status: response?.status, ...(response?.body === undefined ? {} : JSON.parse(String(response.body))) }
}

test('targets in the shape of Prometheus', async () => {
  for (const base of ['/api/v1', '/prometheus/api/v1']) {
    const { status, data } = await ask(`${base}/targets`)
    expect(status).toBe('success')
    expect(data.activeTargets[0]).toEqual({
      discoveredLabels: node.discoveredLabels,
      labels: node.labels,
      scrapePool: 'node',
      scrapeUrl: 'http://h:1/metrics',
      globalUrl: 'http://h:1/metrics',
      lastError: '',
      lastScrape: '2026-06-01T00:00:00.000Z',
      lastScrapeDuration: 0.0125,
      health: 'up',
      scrapeInterval: '15s',
      scrapeTimeout: '10s',
    })
    expect(data.activeTargets[1].lastScrape).toBe('0001-01-01T00:00:00Z')
    expect(data.droppedTargets).toEqual(dropped)
    expect(data.droppedTargetCounts).toEqual({ api: 2 })
  }
})

test('by state and pool', async () => {
  const shown = async (query: string) => {
    const { data } = await ask(`/api/v1/targets?${query}`)
    return [data.activeTargets.length, data.droppedTargets.length]
  }
  expect(await shown('state=active')).toEqual([2, 0])
  expect(await shown('state=dropped')).toEqual([0, 2])
  expect(await shown('state=ANY')).toEqual([2, 2])
  expect(await shown('scrapePool=node')).toEqual([1, 0])
  expect(await ask('/api/v1/targets?state=x')).toMatchObject({ status: 'error', errorType: 'bad_data' })
  expect((await ask('/api/v1/scrape_pools')).data).toEqual({ scrapePools: ['api', 'node'] })
})

test('metadata of targets', async () => {
  const all = (await ask('/api/v1/targets/metadata')).data
  expect(all).toHaveLength(3)
  expect(all[1]).toEqual({ target: node.labels, metric: 'b', type: 'counter', help: 'B.', unit: 's' })
  const query = `match_target=${encodeURIComponent('{job=~"no.*"}')}&metric=a`
  expect((await ask(`/api/v1/targets/metadata?${query}`)).data).toEqual([
    { target: node.labels, type: 'gauge', help: 'A.', unit: '' },
  ])
  expect((await ask('/api/v1/targets/metadata?limit=1')).data).toHaveLength(1)
  expect((await ask('/api/v1/targets/metadata?limit=x')).errorType).toBe('bad_data')
  expect(await ask('/api/v1/targets/metadata?metric=none')).toMatchObject({ errorType: 'not_found' })
})

test('other tenants, and servers that do not scrape, have none', async () => {
  expect((await ask('/girok/v1/targets')).configured).toBe(true)
  for (const given of [{ tenant: 'other' }, { scraping: undefined }]) {
    expect((await ask('/api/v1/targets', given)).data.activeTargets).toEqual([])
    expect((await ask('/api/v1/targets/metadata', given)).errorType).toBe('not_found')
    const own = await ask('/girok/v1/targets', given)
    expect(own).toMatchObject({ configured: false, active: [], pools: [], nowMs: 5 })
  }
})

test('the configuration is read again on request', async () => {
  expect(await ask('/-/reload')).toEqual({ status: 200 })
  await expect(ask('/-/reload')).rejects.toThrow('prometheus.yml, line 3: broken')
  await expect(ask('/-/reload', { scraping: undefined })).rejects.toThrow('--prometheus-config')
})

test('files without rules that have some from now on are read', async () => {
  const later = [{ name: 'a' }] as unknown as readonly RuleGroupView[]
  expect(await ask('/-/reload', { scraping: undefined, later })).toEqual({ status: 200 })
})
