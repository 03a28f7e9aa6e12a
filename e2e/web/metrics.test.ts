import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeSnappyBlock } from '../../packages/server/src/ingest/testing/encoders.ts'
import { encodeWriteV1, type PlainSeries } from '../../packages/server/src/ingest/testing/remote-write.ts'
import { startServer, type TestServer } from '../server.ts'
import { faultsOfMarkup } from './accessibility.ts'
import { eventually, queryText, typeQuery, type Visitor, visit } from './browser.ts'

const PATH = '/explore/metrics'
const step = 15_000
const newest = Math.floor(Date.now() / 60_000) * 60_000
/** Three hours of samples. */
const times = Array.from({ length: 720 }, (_, at) => newest - (719 - at) * step)
const trace = '4bf92f3577b34da6a3ce929d0e0e4736'

const series = (name: string, labels: Record<string, string>, value: (at: number) => number): PlainSeries => ({
  labels: Object.entries({ __name__: name, ...labels }).sort(([a], [b]) => (a < b ? -1 : 1)),
  samples: times.map((time, at) => [time, value(at)] as const),
})

/** Requests by job and status; their durations with one exemplar ten minutes ago; memory that doubled in the last hour. */
function samples(): PlainSeries[] {
  const all: PlainSeries[] = []
  for (const [number, job] of ['api', 'db', '서울'].entries()) {
    all.push(series('up', { job }, () => 1))
    all.push(series('process_memory_bytes', { job }, (at) => (at < 480 ? 1 : 2) * (number + 1) * 2 ** 20))
    for (const status of ['200', '500']) {
      all.push(series('http_requests_total', { job, status }, (at) => at * (number + 1) * (status === '200' ? 15 : 3)))
    }
    for (const [le, share] of [
      ['0.1', 0.5],
      ['0.5', 0.9],
      ['+Inf', 1],
    ] as const) {
      const exemplar = { labels: [['trace_id', trace]] as const, sample: [newest - 600_000, 0.25] as const }
      all.push({
        ...series('http_duration_seconds_bucket', { job, le }, (at) => Math.floor(at * 100 * share)),
        ...(job === 'api' && le === '0.5' ? { exemplars: [exemplar] } : {}),
      })
    }
    all.push(series('http_duration_seconds_count', { job }, (at) => at * 100))
  }
  return all
}

const metadata = [
  { metric: 'http_requests_total', type: 1, help: 'Requests that were served.', unit: '' },
  { metric: 'process_memory_bytes', type: 2, help: 'Memory in use.', unit: 'bytes' },
  { metric: 'http_duration_seconds', type: 3, help: 'How long requests took.', unit: 'seconds' },
]

async function fill(server: TestServer): Promise<void> {
  const written = await server.fetch('/api/v1/write', {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: new Uint8Array(encodeSnappyBlock(encodeWriteV1(samples(), metadata))),
  })
  expect(written.status).toBe(204)
  const values = [[`${newest - 600_000}000000`, `{"msg":"slow","trace_id":"${trace}"}`]]
  const pushed = await server.fetch('/loki/api/v1/push', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ streams: [{ stream: { job: 'api', service_name: 'shop' }, values }] }),
  })
  expect(pushed.status).toBe(204)
}

const place = (params: Record<string, string>): string => `${PATH}?${new URLSearchParams(params)}`
const shown = (page: Page, name: string): string | null => new URL(page.url()).searchParams.get(name)
const texts = async (locator: Locator): Promise<string[]> =>
  (await locator.allTextContents()).map((text) => text.trim())
const legend = (page: Page): Promise<string[]> => texts(page.getByTestId('legend-toggle'))

/** Takes what the list offers first. A list that has just come up takes no keys, lest it catch those of somebody typing. */
async function accept(page: Page): Promise<void> {
  await page.waitForTimeout(250)
  await page.keyboard.press('Tab')
}

describe('page of metrics', () => {
  let server: TestServer
  let visitor: Visitor
  beforeAll(async () => {
    server = await startServer()
    await fill(server)
    visitor = await visit(server.url)
  })
  afterAll(async () => {
    await visitor.close()
    await server.dispose()
  })

  it('sends a query that is longer than a request line as a form', async () => {
    const jobs = Array.from({ length: 600 }, (_, at) => `job-number-${at}`)
    const q = `up{job=~"api|${jobs.join('|')}"}`
    const { page, faults } = await visitor.open('/setup')
    const asked = page.waitForRequest((one) => one.method() === 'POST' && one.url().endsWith('/api/v1/query_range'))
    await page.goto(new URL(place({ q }), server.url).href)
    expect((await (await asked).response())?.status()).toBe(200)
    await eventually(() => legend(page)).toHaveLength(1)
    expect(faults).toEqual([])
  })

  it('lists metrics by name, asks for one by a click, and narrows it by a label', async () => {
    const { page, faults } = await visitor.open('/setup')
    await page.getByTestId('arrival').waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('m')
    await eventually(() => page.getByTestId('name-count').textContent()).toBe('5 metrics in this range')
    expect(new URL(page.url()).pathname).toBe(PATH)
    await page.getByTestId('group-http_').locator('summary').first().click()
    const metric = page.getByTestId('metric-http_requests_total')
    await metric.locator('summary').first().click()
    await eventually(() => metric.textContent()).toContain('Requests that were served.')
    expect(await metric.textContent()).toContain('Counter')
    await eventually(() => page.getByTestId('series-http_requests_total').textContent()).toBe('6 series')
    await page.getByTestId('use-http_requests_total').click()
    await eventually(() => queryText(page)).toBe('rate(http_requests_total[5m])')
    await eventually(() => legend(page)).toHaveLength(6)
    await metric.getByTestId('label-job').locator('summary').click()
    expect(await texts(metric.getByTestId('label-job').locator('.top-value-text'))).toEqual(['api', 'db', '서울'])
    await metric.getByTestId('narrow-job-서울').click()
    await eventually(() => queryText(page)).toBe('rate(http_requests_total{job="서울"}[5m])')
    await eventually(() => legend(page)).toEqual(['200', '500'])
    expect(await texts(page.locator('.chart-legend td:nth-child(3)'))).toEqual(['3/s', '0.6/s'])
    await page.getByTestId('name-search').fill('MEMORY')
    await eventually(() => page.getByTestId('name-count').textContent()).toBe('1 of 5 metrics')
    await page.goBack()
    await eventually(() => queryText(page)).toBe('rate(http_requests_total[5m])')
    expect(faults).toEqual([])
  })

  it('completes metrics, labels and values, explains words, and runs by Enter', async () => {
    const { page, faults } = await visitor.open(PATH)
    await page.getByTestId('start').waitFor()
    expect(await texts(page.getByTestId('start-query'))).toContain('up')
    await page.getByTestId('query-editor').click()
    const offered = page.locator('.cm-tooltip-autocomplete li')
    await page.keyboard.type('sum by (status) (ra')
    await offered.filter({ hasText: /^rate/ }).waitFor()
    await page.keyboard.type('te(http_re')
    await eventually(() => texts(offered)).toContain('http_requests_totalcounter · Requests that were served.')
    await accept(page)
    await page.keyboard.type('{jo')
    await eventually(() => texts(offered)).toContain('job')
    await accept(page)
    await page.keyboard.type('="')
    await eventually(() => texts(offered)).toEqual(['api', 'db', '서울'])
    await page.keyboard.type('ap')
    await eventually(() => texts(offered)).toEqual(['api'])
    await accept(page)
    await page.keyboard.press('End')
    await eventually(() => queryText(page)).toBe('sum by (status) (rate(http_requests_total{job="api"}))')
    // Not a range yet: our own checker says so, in Prometheus' words.
    await page.locator('.cm-lintRange-error').first().waitFor()
    for (let back = 0; back < 2; back += 1) await page.keyboard.press('ArrowLeft')
    await page.keyboard.type('[5m')
    await eventually(() => page.locator('.cm-lintRange-error').count()).toBe(0)
    await page.keyboard.press('Control+Enter')
    await eventually(() => legend(page)).toEqual(['200', '500'])
    expect(shown(page, 'q')).toBe('sum by (status) (rate(http_requests_total{job="api"}[5m]))')
    await page.locator('.q-function', { hasText: 'rate' }).hover()
    await page.locator('.q-doc').waitFor()
    expect(await page.locator('.q-metric').textContent()).toBe('http_requests_total')
    // What was run is in the history, and comes back by a click.
    await page.getByTestId('history').click()
    await eventually(() => page.getByTestId('history-entry').first().textContent()).toContain('sum by (status)')
    expect(faults).toEqual([])
  })

  it('says what is wrong in the words and at the place of the server, and keeps the last chart', async () => {
    const { page, faults } = await visitor.open(place({ q: 'up' }))
    await eventually(() => legend(page)).toHaveLength(3)
    await typeQuery(page, 'up{job="서울"} + nosuch(up)')
    // A slow typist is told of what is unfinished first.
    await eventually(() => page.locator('.cm-lintRange-error').allTextContents()).toEqual(['nosuch'])
    await page.locator('.cm-lintRange-error').hover()
    const diagnostic = page.locator('.cm-diagnostic').first()
    await eventually(() => diagnostic.textContent()).toContain('unknown function')
    const words = await diagnostic.textContent()
    await page.keyboard.press('Escape')
    await page.getByTestId('run').click()
    const fault = page.getByTestId('query-fault')
    await fault.waitFor()
    expect(await fault.locator('em').textContent()).toBe('nosuch')
    expect(words).toContain('parse error: unknown function with name "nosuch"')
    expect(await fault.locator('.fault-text').textContent()).toBe(words)
    expect(await page.locator('.chart-area.dimmed').count()).toBe(1)
    expect(await legend(page)).toHaveLength(3)
    await typeQuery(page, 'up[15m]')
    await page.keyboard.press('Control+Enter')
    await page.getByTestId('query-fault').getByText('range vector').waitFor()
    await page.locator('.notice').getByRole('button', { name: 'At the end' }).click()
    await eventually(() => page.getByTestId('instant-row').count()).toBe(3)
    expect(await page.locator('.samples').first().textContent()).toContain('earlier samples')
    expect(faults).toEqual([])
  })

  it('chooses the step, and lets it be chosen', async () => {
    const { page } = await visitor.open(place({ q: 'process_memory_bytes', from: 'now-2h' }))
    await eventually(() => page.locator('.chart-legend td').first().textContent()).toBe('6 MiB')
    expect(await page.getByTestId('step').locator('option').first().textContent()).toBe('auto (30s)')
    const asked = page.waitForRequest((request) => request.url().includes('query_range'))
    await page.getByTestId('step').selectOption('300000')
    expect(new URL((await asked).url()).searchParams.get('step')).toBe('300')
    expect(shown(page, 'step')).toBe('5m')
  })

  it('compares with an earlier time, drawn broken and named', async () => {
    const from = new Date(newest - 3_600_000).toISOString()
    const to = new Date(newest - 60_000).toISOString()
    const { page, faults } = await visitor.open(place({ q: 'process_memory_bytes{job="api"}', from, to }))
    await eventually(() => legend(page)).toHaveLength(1)
    await page.getByTestId('compare').selectOption('previous')
    await eventually(() => legend(page)).toEqual([
      'process_memory_bytes{job="api"}',
      'process_memory_bytes{job="api"} · the time before',
    ])
    expect(shown(page, 'compare')).toBe('previous')
    await page.getByTestId('sort-name').click()
    expect(await texts(page.locator('.chart-legend tbody tr td:nth-child(2)'))).toEqual(['2 MiB', '1 MiB'])
    // Of stacks, two times together would be a sum of both.
    await page.getByTestId('kind-stacked').click()
    await eventually(() => legend(page)).toHaveLength(1)
    await page.reload()
    await eventually(() => page.getByTestId('plot').getAttribute('data-kind')).toBe('stacked')
    expect(await page.getByTestId('compare').inputValue()).toBe('previous')
    expect(faults).toEqual([])
  })

  it('shows values at the end as a table with labels as columns, which sorts', async () => {
    const { page, faults } = await visitor.open(place({ q: 'http_requests_total', view: 'instant', to: 'now-1m' }))
    await eventually(() => page.getByTestId('instant-row').count()).toBe(6)
    const heads = await texts(page.getByTestId('instant').locator('thead button'))
    expect(heads).toEqual(['Metric', 'job', 'status', 'Value'])
    const jobs = (): Promise<string[]> => texts(page.getByTestId('instant-row').locator('th:nth-child(2)'))
    await page.getByTestId('order-').click()
    expect((await jobs())[0]).toBe('서울')
    await page.getByTestId('order-').click()
    expect((await jobs())[0]).toBe('api')
    await page.getByTestId('order-job').click()
    expect(await jobs()).toEqual(['api', 'api', 'db', 'db', '서울', '서울'])
    await typeQuery(page, 'histogram_quantile(0.9, up)')
    await page.keyboard.press('Control+Enter')
    await page.getByTestId('notes').waitFor()
    expect(await page.getByTestId('notes').textContent()).toContain('bucket label "le" is missing')
    expect(faults).toEqual([])
  })

  it('draws exemplars, and a click on one opens the logs of its trace', async () => {
    const [from, to] = [newest - 1_800_000, newest]
    const q = 'histogram_quantile(0.9, sum by (job, le) (rate(http_duration_seconds_bucket[5m])))'
    const { page, faults } = await visitor.open(
      place({ q, from: new Date(from).toISOString(), to: new Date(to).toISOString() }),
    )
    await eventually(() => page.getByTestId('exemplars').textContent()).toBe('Exemplars (1)')
    const box = await page.locator('.plot .u-over').boundingBox()
    if (box === null) throw new Error('no chart')
    const x = box.x + (box.width * (newest - 600_000 - from)) / (to - from)
    const tip = page.locator('.tip-value.exemplar')
    let y = box.y + box.height - 4
    for (; y > box.y && (await tip.count()) === 0; y -= 4) await page.mouse.move(x, y)
    expect(await tip.textContent()).toContain(trace)
    await page.mouse.click(x, y)
    await eventually(() => new URL(page.url()).pathname).toBe('/logs')
    expect(shown(page, 'q')).toContain(`|= "${trace}"`)
    await eventually(() => page.locator('.row').count()).toBe(1)
    await page.goBack()
    await page.getByTestId('exemplars').click()
    expect(shown(page, 'exemplars')).toBe('off')
    expect(faults).toEqual([])
  })

  it('leads to the logs with the same labels, and from a line of them to its metrics', async () => {
    const { page, faults } = await visitor.open(place({ q: 'up{job="api"}' }))
    await eventually(() => legend(page)).toHaveLength(1)
    await page.getByTestId('to-logs').click()
    await eventually(() => shown(page, 'q')).toBe('{job="api"}')
    await page.locator('[data-row="0"]').click()
    await page.getByTestId('panel-metrics').click()
    await eventually(() => shown(page, 'match')).toBe('{job="api"}')
    await eventually(() => page.getByTestId('name-match').textContent()).toContain('{job="api"}')
    await eventually(() => page.getByTestId('name-count').textContent()).toBe('5 metrics in this range')
    await page.getByTestId('match-clear').click()
    await eventually(() => page.getByTestId('name-match').count()).toBe(0)
    await page.goto(`${server.url}${place({ q: 'up{job="db"}' })}`)
    await eventually(() => legend(page)).toHaveLength(1)
    await page.getByTestId('to-logs').click()
    await page.locator('.toast').waitFor()
    expect(new URL(page.url()).pathname).toBe(PATH)
    expect(faults).toEqual([])
  })

  it('says which kind of nothing there is', async () => {
    const { page } = await visitor.open(place({ q: 'rate(http_request_total[5m])' }))
    const nothing = page.getByTestId('no-series')
    await eventually(() => nothing.locator('h2').textContent()).toBe(
      'There is no metric http_request_total in this range',
    )
    await nothing.getByTestId('near').click()
    await eventually(() => legend(page)).toHaveLength(6)
    expect(shown(page, 'q')).toBe('rate(http_requests_total[5m])')
    await page.goto(`${server.url}${place({ q: 'up{job="nobody"}' })}`)
    await eventually(() => nothing.locator('h2').textContent()).toBe('The query gives no series')
    await page.goto(`${server.url}${place({ from: 'now-30d', to: 'now-20d' })}`)
    await page.getByTestId('empty-range').getByRole('button').first().click()
    await page.getByTestId('start').waitFor()
    expect(shown(page, 'from')).toBe('now-1d')
    await page.goto(`${server.url}${place({ from: 'soon' })}`)
    await page.locator('.notice.fault').getByRole('button').click()
    await page.getByTestId('start').waitFor()
  })

  it('can be waited for and cancelled, the last chart staying', async () => {
    const { page } = await visitor.open('/setup')
    // The way of the requests does not change while the page is at work: only what becomes of the next one does.
    let held = false
    await page.route('**/query_range*', (route) => (held ? new Promise<void>(() => {}) : route.continue()))
    await page.goto(new URL(place({ q: 'up' }), server.url).href)
    await eventually(() => legend(page)).toHaveLength(3)
    held = true
    const asked = page.waitForRequest('**/query_range*')
    await page.keyboard.press('r')
    await asked
    await page.getByTestId('cancel').click()
    await eventually(() => page.getByTestId('cancel').count()).toBe(0)
    expect(await legend(page)).toHaveLength(3)
  })

  it.each([
    ['en-US', 'Metrics', 'Over time'],
    ['ko-KR', '메트릭', '시간 흐름'],
    ['ja-JP', 'メトリクス', '時間の経過'],
  ])('speaks %s, is whole for screen readers, and fits 320 pixels', async (locale, title, view) => {
    for (const dark of [true, false]) {
      const { page, faults } = await visitor.open(place({ q: 'up' }), { locale, dark })
      await eventually(() => legend(page)).toHaveLength(3)
      expect(await page.title()).toContain(title)
      expect(await page.getByTestId('view-range').textContent()).toBe(view)
      await page.getByTestId('metric-up').locator('summary').first().click()
      await page.getByTestId('series-up').waitFor()
      expect(await page.locator('main').textContent()).not.toMatch(/metrics\.[a-z]/)
      expect(await faultsOfMarkup(page)).toEqual([])
      await page.getByTestId('view-instant').click()
      await page.getByTestId('instant-row').first().waitFor()
      expect(await faultsOfMarkup(page)).toEqual([])
      await page.setViewportSize({ width: 320, height: 640 })
      for (const name of ['view-range', 'view-instant']) {
        await page.getByTestId(name).click()
        await eventually(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
      }
      expect(await page.getByTestId('name-search').count()).toBe(0)
      await page.getByTestId('toggle-names').click()
      await page.getByTestId('use-process_memory_bytes').click()
      await eventually(() => shown(page, 'q')).toBe('process_memory_bytes')
      await eventually(() => page.getByTestId('name-search').count()).toBe(0)
      expect(faults).toEqual([])
    }
  })
})

describe('page of metrics of a server without any', () => {
  it('says how to send some', async () => {
    const server = await startServer()
    const visitor = await visit(server.url)
    const { page, faults } = await visitor.open(PATH)
    await page.getByTestId('empty-never').waitFor()
    await page.getByTestId('metrics-snippet-write').click()
    expect(await page.getByTestId('metrics-snippet-text').textContent()).toContain(`url: ${server.url}/api/v1/write`)
    expect(await faultsOfMarkup(page)).toEqual([])
    await page.getByTestId('empty-never').getByRole('button').first().click()
    await page.getByTestId('targets-off').waitFor()
    expect(faults).toEqual([])
    await visitor.close()
    await server.dispose()
  })
})
