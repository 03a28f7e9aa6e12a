/** What a first start shows: samples, Girok's own metrics, and no built-in dashboard with an empty panel. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AlertingResponse } from '../packages/server/src/api/alerting-contract.ts'
import type { DashboardResponse, DashboardsResponse } from '../packages/server/src/api/dashboard-contract.ts'
import { filled, queriesOf } from '../packages/server/src/dashboards/built-in/testing/fill.ts'
import type { Dashboard, DashboardVariable } from '../packages/server/src/model/dashboard.ts'
import { eventually, startServer, type TestServer } from './server.ts'

/** As long as it may take until no panel is empty. */
const PATIENCE_MS = 120_000
const RANGE_SECONDS = 15 * 60

let server: TestServer
beforeAll(async () => {
  server = await startServer({ args: [] })
})
afterAll(async () => {
  await server?.dispose()
})

async function get<T>(path: string, params: Readonly<Record<string, string>> = {}): Promise<T> {
  const response = await server.fetch(`${path}?${new URLSearchParams(params)}`)
  const text = await response.text()
  expect(response.status, `${path} ${JSON.stringify(params)}: ${text.slice(0, 500)}`).toBe(200)
  return JSON.parse(text)
}

async function builtIn(): Promise<Map<string, Dashboard>> {
  const { dashboards } = await get<DashboardsResponse>('/girok/v1/dashboards')
  const found = new Map<string, Dashboard>()
  for (const { id, origin } of dashboards) {
    if (origin !== 'built-in') continue
    found.set(id, (await get<DashboardResponse>(`/girok/v1/dashboards/${id}`)).dashboard)
  }
  return found
}

/** The first values that the variables of a dashboard have in the data, one after the other. */
async function firstValues({ variables }: Dashboard): Promise<Record<string, string>> {
  const values: Record<string, string> = {}
  for (const variable of variables) {
    values[variable.name] = variable.current?.[0] ?? (await valuesOf(variable, values))[0] ?? ''
  }
  return values
}

async function valuesOf(variable: DashboardVariable, others: Readonly<Record<string, string>>): Promise<string[]> {
  if (variable.kind !== 'labels')
    throw new Error(`${variable.name}: values of the kind ${variable.kind} are not asked for`)
  const base = variable.source === 'metrics' ? '/api/v1' : '/loki/api/v1'
  const match =
    variable.match === undefined
      ? {}
      : { [variable.source === 'metrics' ? 'match[]' : 'query']: filled(variable.match, others) }
  return (await get<{ data?: string[] }>(`${base}/label/${variable.labelName}/values`, match)).data ?? []
}

type Value = readonly [number, string]
interface Found {
  readonly values?: readonly Value[]
  readonly value?: Value
}

/** Whether a query finds a line, or a number that is one. */
async function findsSomething(language: 'promql' | 'logql', query: string, instant: boolean): Promise<boolean> {
  const end = Math.floor(Date.now() / 1000)
  const times = instant
    ? { time: String(end) }
    : { start: String(end - RANGE_SECONDS), end: String(end), step: '15', limit: '10' }
  const path = `${language === 'promql' ? '/api/v1' : '/loki/api/v1'}/${instant ? 'query' : 'query_range'}`
  const { data } = await get<{ data: { resultType: string; result: Found[] } }>(path, { query, ...times })
  if (data.resultType === 'streams') return data.result.length > 0
  return data.result.some(({ values, value }) => (values ?? (value ? [value] : [])).some(([, text]) => text !== 'NaN'))
}

test('within two minutes every query of every built-in dashboard finds something', async () => {
  const dashboards = await builtIn()
  expect([...dashboards.keys()].sort()).toEqual(['ads', 'api', 'girok', 'gpu', 'host', 'inference', 'training'])
  const startedMs = Date.now()
  let empty: string[] = []
  do {
    empty = []
    for (const [id, dashboard] of dashboards) {
      const values = await firstValues(dashboard)
      for (const { panel, query } of queriesOf(dashboard)) {
        const text = filled(query.expr, values)
        if (!(await findsSomething(query.language, text, query.instant === true)))
          empty.push(`${id}, ${panel}: ${text}`)
      }
    }
    if (empty.length > 0) await new Promise((done) => setTimeout(done, 5_000))
  } while (empty.length > 0 && Date.now() - startedMs < PATIENCE_MS)
  expect(empty).toEqual([])
}, 180_000)

test('values of variables come from the data', async () => {
  const dashboards = await builtIn()
  for (const [id, { variables }] of dashboards) {
    const others: Record<string, string> = {}
    for (const variable of variables) {
      const values = await valuesOf(variable, others)
      expect(values.length, `${id}: ${variable.name}`).toBeGreaterThan(0)
      if (variable.current !== undefined)
        expect(values, `${id}: ${variable.name}`).toEqual(expect.arrayContaining([...variable.current]))
      others[variable.name] = variable.allValue ?? values[0] ?? ''
    }
  }
})

test('metrics of samples are told what they are', async () => {
  const { data } = await get<{ data: Record<string, { type: string; help: string }[]> }>('/api/v1/metadata')
  expect(data.api_requests_total).toEqual([{ type: 'counter', help: 'Total API requests', unit: '' }])
  expect(data.api_request_duration_seconds?.[0]).toMatchObject({ type: 'histogram', unit: 'seconds' })
  expect(data.girok_query_duration_seconds?.[0]).toMatchObject({ type: 'histogram' })
})

test('sample data that is removed takes its series along; what is not sample stays', async () => {
  const count = async (selector: string): Promise<number> => {
    return (await get<{ data: unknown[] }>('/api/v1/series', { 'match[]': selector })).data.length
  }
  expect(await count('{girok_sample="true"}')).toBeGreaterThan(100)
  const own = await count('{job="girok"}')
  expect(own).toBeGreaterThan(20)
  const response = await server.fetch('/girok/v1/sample', { method: 'DELETE' })
  expect(response.status).toBe(200)
  expect(await count('{girok_sample="true"}')).toBe(0)
  expect(await count('{job="girok"}')).toBeGreaterThanOrEqual(own)
  // Stopped for good: no scrape comes after it.
  await eventually(async () => (await count('{girok_sample="true"}')) === 0, 5_000)
})

test('the next start writes no history where there are samples of the last minutes', async () => {
  const start = await server.fetch('/girok/v1/sample', { method: 'POST', body: '{"running": true}' })
  expect(start.status).toBe(200)
  const spread = async () => {
    const end = Math.floor(Date.now() / 1000)
    const { data } = await get<{ data: { result: Found[] } }>('/api/v1/query', {
      query: 'count_over_time(up{job="ads"}[20m])',
      time: String(end),
    })
    return Number(data.result[0]?.value?.[1] ?? 0)
  }
  await eventually(async () => (await spread()) >= 60, 60_000)
  const stop = await server.fetch('/girok/v1/sample', { method: 'POST', body: '{"running": false}' })
  expect(stop.status).toBe(200)
  const before = await spread()
  await server.fetch('/girok/v1/sample', { method: 'POST', body: '{"running": true}' })
  await eventually(async () => (await spread()) > before, 60_000)
  expect(await spread()).toBeLessThan(before + 10)
}, 180_000)

test(
  'there are alerting rules over the samples, all of which can be evaluated',
  async () => {
    const rulesOf = async () =>
      (await get<AlertingResponse>('/girok/v1/alerting')).groups.flatMap(({ namespace, rules }) =>
        namespace.startsWith('samples') ? rules : [],
      )
    await eventually(async () => {
      const rules = await rulesOf()
      return rules.length === 5 && rules.every(({ health }) => health !== 'unknown')
    }, PATIENCE_MS)
    expect((await rulesOf()).map(({ name, health, lastError }) => [name, health, lastError])).toEqual(
      ['HighResponseTime', 'HighErrorRate', 'GPUHot', 'SlowInference', 'ErrorsInLogs'].map((name) => [
        name,
        'ok',
        undefined,
      ]),
    )
  },
  PATIENCE_MS,
)
