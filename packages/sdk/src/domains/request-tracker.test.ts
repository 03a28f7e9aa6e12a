import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { girokJourneySource } from './girok-journey.ts'
import { journeyEvents, type StoredRecord } from './journey.ts'
import { requestIdOf } from './request-id.ts'
import { RequestTracker } from './request-tracker.ts'
import { type Fixture, fixture } from './testing/fixture.ts'

const REQUEST = { user_id: 'user_1', user_context: { device: 'mobile' }, available_ads_count: 12 }

/** What a log store would give: the records of the id, as they were logged. */
const storeOf = (given: Fixture) => async (requestId: string) =>
  given.records
    .map(({ timeMs, message, fields }) => ({ timeMs, fields: { message, ...fields } }))
    .filter(({ fields }) => Reflect.get(fields, 'request_id') === requestId)

test('a request is followed from request to conversion, with the texts and fields of the document', async () => {
  const given = fixture()
  const tracker = new RequestTracker(undefined, given)
  const request_id = tracker.trackAdRequest(REQUEST)
  expect(request_id).toBe(requestIdOf('user_1', given.now() / 1000))
  expect(request_id).toMatch(/^[0-9a-f]{16}$/)
  const ad = { request_id, ad_id: 'ad_9' }
  tracker.trackAdSelection({ ...ad, selection_reason: 'highest bid', bid_price: 2.5 })
  tracker.trackAdImpression(ad)
  tracker.trackAdClick({ ...ad, click_x: 10, click_y: 20 })
  tracker.trackConversion({ ...ad, conversion_value: 30, conversion_type: 'purchase' })
  await tracker.close()
  expect(given.seen()).toEqual([
    [20, 'Ad request received', { request_id, ...REQUEST }],
    [20, 'Ad selected', { ...ad, selection_reason: 'highest bid', bid_price: 2.5 }],
    [20, 'Ad impression', { ...ad, event_type: 'impression' }],
    [20, 'Ad click', { ...ad, click_x: 10, click_y: 20, event_type: 'click' }],
    [20, 'Conversion tracked', { ...ad, conversion_value: 30, conversion_type: 'purchase', event_type: 'conversion' }],
  ])
  expect(given.files()).toEqual(['ads/ad_request_tracker_20251220_120000.log'])
  expect(given.lines()[0]).toEqual({
    timestamp: new Date(given.now()).toISOString(),
    level: 'INFO',
    logger: 'ad_request_tracker',
    message: 'Ad request received',
    module: 'request-tracker.test',
    function: expect.any(String),
    line: expect.any(Number),
    request_id,
    ...REQUEST,
  })
})

test('a selection for an unknown id is a warning and nothing else; later events are taken for any id', async () => {
  const given = fixture()
  const tracker = new RequestTracker('t', given)
  tracker.trackAdSelection({ request_id: 'nope', ad_id: 'a', selection_reason: 'r' })
  tracker.trackAdImpression({ request_id: 'nope', ad_id: 'a' })
  expect(given.seen()).toEqual([
    [30, 'Unknown request ID', { request_id: 'nope' }],
    [20, 'Ad impression', { request_id: 'nope', ad_id: 'a', event_type: 'impression' }],
  ])
  expect(await tracker.getRequestJourney('nope')).toBeNull()
  await tracker.close()
})

test('requests of one user at one time have ids of their own', async () => {
  const tracker = new RequestTracker('t', fixture())
  const ids = Array.from({ length: 100 }, () => tracker.trackAdRequest(REQUEST))
  expect(new Set(ids).size).toBe(100)
  await tracker.close()
})

test('the system clock gives ids of microseconds', async () => {
  const { hierarchy, logDirectory } = fixture()
  const tracker = new RequestTracker('t', { hierarchy, logDirectory })
  const begin = Date.now() / 1000
  const journey = await tracker.getRequestJourney(tracker.trackAdRequest(REQUEST))
  expect(journey?.timestamp).toBeGreaterThan(begin - 0.1)
  expect(journey?.timestamp).toBeLessThan(begin + 1)
  expect(requestIdOf('user_1', journey?.timestamp ?? 0)).toBe(journey?.request_id)
  await tracker.close()
})

test('the journey has state and events; without a log store the request alone', async () => {
  const given = fixture()
  const tracker = new RequestTracker('t', given)
  const request_id = tracker.trackAdRequest(REQUEST)
  const timestamp = given.now() / 1000
  const state = { request_id, user_id: 'user_1', timestamp, context: { device: 'mobile' } }
  expect(await tracker.getRequestJourney(request_id)).toEqual({
    ...state,
    status: 'pending',
    events: [{ type: 'request', timestamp }],
  })
  given.now.pass(100)
  tracker.trackAdSelection({ request_id, ad_id: 'a', selection_reason: 'r', bid_price: 1 })
  given.now.pass(900)
  tracker.trackAdClick({ request_id, ad_id: 'a', click_x: 1, click_y: 2 })
  const expected = {
    ...state,
    status: 'served',
    selected_ad: 'a',
    events: [
      { type: 'request', timestamp },
      { type: 'selection', timestamp: timestamp + 0.1, ad_id: 'a', selection_reason: 'r', bid_price: 1 },
      { type: 'click', timestamp: timestamp + 1, ad_id: 'a', click_x: 1, click_y: 2 },
    ],
  }
  expect(await tracker.getRequestJourney(request_id, storeOf(given))).toEqual(expected)
  // Another process, or this one after a restart, knows the request by its records alone.
  const other = new RequestTracker('t', { ...fixture(), journeySource: storeOf(given) })
  expect(await other.getRequestJourney(request_id)).toEqual(expected)
  expect(await other.getRequestJourney('0000000000000000')).toBeNull()
  await other.close()
  await tracker.close()
})

test('requests are forgotten by number and by age', async () => {
  const given = fixture()
  const tracker = new RequestTracker('t', { ...given, maxRequests: 2, maxAgeMs: 1000 })
  const ids = ['a', 'b', 'c'].map((user_id) => tracker.trackAdRequest({ ...REQUEST, user_id }))
  const journeys = () => Promise.all(ids.map(async (id) => (await tracker.getRequestJourney(id))?.user_id))
  expect(await journeys()).toEqual([undefined, 'b', 'c'])
  given.now.pass(1001)
  expect(await journeys()).toEqual([undefined, undefined, undefined])
  await tracker.close()
})

test('events come in the order of their times, whatever the store does; other records are no events', () => {
  const record = (timeMs: number, fields: StoredRecord['fields']) => ({ timeMs, fields })
  const { events, state } = journeyEvents([
    record(3000, { message: 'Ad click', event_type: 'click', ad_id: 'a', note: 'x' }),
    record(2000, { message: 'anything', request_id: 'r' }),
    record(1000, { message: 'Ad impression recorded', event_type: 'impression', ad_id: 'a' }),
  ])
  expect(events).toEqual([
    { type: 'impression', timestamp: 1, ad_id: 'a' },
    { type: 'click', timestamp: 3, ad_id: 'a' },
  ])
  expect(state).toBeUndefined()
})

test("Girok's query API is asked for the lines of the id, and other lines with it are left out", async () => {
  const asked: { query: Record<string, string>; headers: Record<string, unknown> }[] = []
  const line = (fields: object) => JSON.stringify(fields)
  const id = '0123456789abcdef'
  let status = 200
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x')
    asked.push({ query: Object.fromEntries(url.searchParams), headers: request.headers })
    if (status !== 200) return void response.writeHead(status).end('the query is not allowed')
    const values = [
      ['1766232000100000000', line({ message: 'Ad selected', request_id: id, ad_id: 'a' })],
      ['1766232000200000000', `plain text with ${id}`],
      ['1766232000300000000', line({ message: 'Ad click', event_type: 'click', request_id: 'other', see: id })],
    ]
    const nested = [
      [
        '1766232000000123456',
        line({
          message: 'Ad request received',
          context: { request_id: id, user_id: 'u', user_context: { a: 1 } },
        }),
      ],
    ]
    response.end(
      JSON.stringify({ status: 'success', data: { resultType: 'streams', result: [{ values }, { values: nested }] } }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const source = girokJourneySource({ url, token: 't', tenant: 'team', sinceMs: 60_000, now: () => 1766232001000 })
  const tracker = new RequestTracker('t', { ...fixture(), journeySource: source })
  expect(await tracker.getRequestJourney(id)).toEqual({
    request_id: id,
    user_id: 'u',
    timestamp: 1766232000.000123,
    context: { a: 1 },
    status: 'served',
    selected_ad: 'a',
    events: [
      { type: 'request', timestamp: 1766232000.000123 },
      { type: 'selection', timestamp: 1766232000.1, ad_id: 'a' },
    ],
  })
  expect(asked[0]?.query).toEqual({
    query: `{service_name=~".+"} |= "${id}"`,
    start: '1766231941000000000',
    end: '1766232061000000000',
    limit: '1000',
    direction: 'forward',
  })
  expect(asked[0]?.headers).toMatchObject({ authorization: 'Bearer t', 'x-scope-orgid': 'team' })
  status = 400
  await expect(tracker.getRequestJourney(id)).rejects.toThrow(/answered 400 the query is not allowed$/)
  server.closeAllConnections()
  server.close()
  await tracker.close()
})
