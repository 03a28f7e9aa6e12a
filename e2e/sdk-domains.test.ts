/** The SDK's domain loggers and Girok's own server: what they log is found again, and journeys are put together from it. */
import { rmSync } from 'node:fs'
import { createHierarchy } from '@girok/sdk'
import { girokJourneySource, RequestTracker, TrainingLogger } from '@girok/sdk/domains'
import { girokHandler } from '@girok/sdk/handlers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer, temporaryFolder } from './server.ts'

let server: TestServer
const logDirectory = temporaryFolder()
beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => {
  await server?.dispose()
  rmSync(logDirectory, { recursive: true, force: true })
})

/** A hierarchy whose root sends to the server. */
function sending(labels: Record<string, string>) {
  const hierarchy = createHierarchy()
  hierarchy.root.addHandler(girokHandler({ url: server.url, labels, intervalMs: 10 }))
  return hierarchy
}

test('the journey of an ad request is collected from the server, also by a tracker that never saw it', async () => {
  const hierarchy = sending({ job: 'ads' })
  const journeySource = girokJourneySource({ url: server.url })
  const tracker = new RequestTracker('ad_request_tracker', { hierarchy, logDirectory, journeySource })
  const request = { user_id: 'user_1', user_context: { device: 'mobile' }, available_ads_count: 3 }
  const request_id = tracker.trackAdRequest(request)
  const other = tracker.trackAdRequest({ ...request, user_id: 'user_2' })
  const ad = { request_id, ad_id: 'ad_9' }
  tracker.trackAdSelection({ ...ad, selection_reason: 'highest bid', bid_price: 2.5 })
  tracker.trackAdImpression(ad)
  tracker.trackAdClick({ ...ad, click_x: 10, click_y: 20 })
  tracker.trackConversion({ ...ad, conversion_value: 30, conversion_type: 'purchase' })
  await hierarchy.flush()
  const journey = await tracker.getRequestJourney(request_id)
  expect(journey?.events.map(({ timestamp: _, ...event }) => event)).toEqual([
    { type: 'request' },
    { type: 'selection', ad_id: 'ad_9', selection_reason: 'highest bid', bid_price: 2.5 },
    { type: 'impression', ad_id: 'ad_9' },
    { type: 'click', ad_id: 'ad_9', click_x: 10, click_y: 20 },
    { type: 'conversion', ad_id: 'ad_9', conversion_value: 30, conversion_type: 'purchase' },
  ])
  expect(journey).toMatchObject({
    user_id: 'user_1',
    context: { device: 'mobile' },
    status: 'served',
    selected_ad: 'ad_9',
  })
  const stranger = new RequestTracker('stranger', { hierarchy: createHierarchy(), logDirectory, journeySource })
  const { timestamp, ...found } = (await stranger.getRequestJourney(request_id)) ?? { timestamp: 0 }
  const { timestamp: known, ...expected } = journey ?? { timestamp: 0 }
  expect(found).toEqual(expected)
  // The server has the time of the record, to the millisecond; the tracker's own is that of the id.
  expect(Math.abs(timestamp - known)).toBeLessThan(0.1)
  expect((await stranger.getRequestJourney(other))?.status).toBe('pending')
  expect(await stranger.getRequestJourney('0123456789abcdef')).toBeNull()
  await Promise.all([tracker.close(), stranger.close(), hierarchy.close()])
})

test('the queries of the ML guide find what a training run logs', async () => {
  const hierarchy = sending({ job: 'training', service: 'mlops' })
  const training = new TrainingLogger('llama3_qlora', { hierarchy, logDirectory })
  for (const [step, loss] of [0.5, 0.234, 0.05, Number.NaN].entries()) {
    training.logStep({ epoch: 1, step, loss, learning_rate: 0.0001 })
  }
  await training.close()
  await hierarchy.close()
  const ask = async (query: string) => {
    const response = await server.fetch(`/loki/api/v1/query_range?${new URLSearchParams({ query, since: '1h' })}`)
    const { data } = (await response.json()) as { data: { result: { values: [string, string][] }[] } }
    return data.result.flatMap(({ values }) => values.map(([, line]) => line)).sort()
  }
  expect(await ask('{job="training"} | json | line_format "Step {{.step}}: Loss {{.loss}}"')).toEqual([
    'Step 0: Loss 0.5',
    'Step 1: Loss 0.234',
    'Step 2: Loss 0.05',
    'Step 3: Loss NaN',
  ])
  const low = await ask('{job="training"} | json | loss < 0.1 | __error__=""')
  expect(low.map((line) => JSON.parse(line).step)).toEqual([2])
})
