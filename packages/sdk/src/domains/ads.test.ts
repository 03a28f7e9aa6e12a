import { expect, test } from 'vitest'
import { fakeRedis } from '../handlers/redis/testing/fake-redis.ts'
import { redisHandler } from '../handlers/redis.ts'
import { AdEventLogger } from './ad-event-logger.ts'
import { AdSystemLogger } from './ad-system-logger.ts'
import { CampaignLogger } from './campaign-logger.ts'
import { fixture } from './testing/fixture.ts'

test('ad events have the texts and fields of the document', async () => {
  const given = fixture()
  const ads = new AdEventLogger('ad_api', { ...given, level: 'DEBUG' })
  const who = { ad_id: 'ad_1', user_id: 'user_1' }
  ads.logImpression({ ...who, placement: 'top' })
  ads.logClick(who)
  ads.logConversion({ ...who, conversion_value: 29.9 })
  ads.logBidRequest({ request_id: 'r' })
  ads.logBidResponse({ request_id: 'r', bid_price: 1.25, win: true })
  await ads.close()
  expect(given.files()).toEqual(['ads/ad_api_20251220_120000.log'])
  expect(given.seen()).toEqual([
    [20, 'Ad impression recorded', { ...who, placement: 'top', event_type: 'impression' }],
    [20, 'Ad click recorded', { ...who, event_type: 'click' }],
    [20, 'Conversion recorded', { ...who, conversion_value: 29.9, event_type: 'conversion' }],
    [10, 'Bid request received', { request_id: 'r', event_type: 'bid_request' }],
    [20, 'Bid response sent', { request_id: 'r', bid_price: 1.25, win: true, event_type: 'bid_response' }],
  ])
})

test('bid requests are left out by default, there are very many', async () => {
  const given = fixture()
  const ads = new AdEventLogger(undefined, given)
  ads.logBidRequest({ request_id: 'r' })
  expect(given.seen()).toEqual([])
  await ads.close()
})

const CAMPAIGN = {
  campaign_id: 'camp_123',
  campaign_name: '여름 세일 캠페인',
  budget: 1_000_000,
  start_date: '2024-06-01',
  end_date: '2024-08-31',
}
const PERFORMANCE = {
  campaign_id: 'camp_123',
  impressions: 100_000,
  clicks: 2500,
  conversions: 125,
  spend: 500_000,
  ctr: 0.025,
  roas: 1.5,
}

test('a campaign is recorded under context, and told as an event', async () => {
  const given = fixture()
  const events: unknown[] = []
  const campaigns = new CampaignLogger(undefined, { ...given, onEvent: (type, data) => void events.push([type, data]) })
  campaigns.logCampaignCreated(CAMPAIGN)
  campaigns.logCampaignPerformance(PERFORMANCE)
  await campaigns.close()
  expect(given.files()).toEqual(['ads/campaign_20251220_120000.log'])
  expect(given.lines().map(({ level, logger, message, context }) => [level, logger, message, context])).toEqual([
    ['INFO', 'campaign', 'Campaign created', { service: 'campaign_manager', action: 'create_campaign', ...CAMPAIGN }],
    [
      'INFO',
      'campaign',
      'Campaign performance update',
      { service: 'campaign_manager', metric_type: 'performance', ...PERFORMANCE },
    ],
  ])
  expect(given.content()).toContain('여름 세일 캠페인')
  expect(events).toEqual([['campaign_created', CAMPAIGN]])
})

test('the event goes to the list of its type and to the stream', async () => {
  const given = fixture()
  const server = await fakeRedis()
  const redis = redisHandler({ url: `redis://127.0.0.1:${server.port}`, now: given.now })
  const campaigns = new CampaignLogger('campaign', { ...given, onEvent: redis.logEvent })
  campaigns.logCampaignCreated(CAMPAIGN)
  await redis.flush()
  const timestamp = new Date(given.now()).toISOString()
  const event = { id: expect.any(String), timestamp, type: 'campaign_created', data: CAMPAIGN }
  expect(server.list('logs:campaign_created')).toEqual([event])
  expect(server.stream('log_stream')).toEqual([event])
  await Promise.all([campaigns.close(), redis.close()])
  await server.stop()
})

test('a roas below the target is a warning, at the target it is none', async () => {
  const given = fixture()
  const campaigns = new CampaignLogger('c', given)
  campaigns.logCampaignPerformance({ ...PERFORMANCE, roas: 1 })
  campaigns.logCampaignPerformance({ ...PERFORMANCE, roas: 0.8 })
  const warnings = given.seen().filter(([level]) => level === 30)
  expect(warnings.map(([, message, fields]) => [message, fields])).toEqual([
    [
      'Campaign underperforming',
      { service: 'campaign_manager', campaign_id: 'camp_123', metric_type: 'performance', roas: 0.8, target_roas: 1 },
    ],
  ])
  await campaigns.close()
  const other = fixture()
  const strict = new CampaignLogger('c', { ...other, targetRoas: 2 })
  strict.logCampaignPerformance(PERFORMANCE)
  expect(other.seen()[1]?.slice(0, 2)).toEqual([30, 'Campaign underperforming'])
  await strict.close()
})

test('80 % of the daily budget are told once per campaign and day', async () => {
  const given = fixture()
  const campaigns = new CampaignLogger('c', given)
  const spend = (spent: number, campaign_id = 'a', budget = 1000) =>
    campaigns.trackSpend({ campaign_id, spent, budget })
  const warned = () => given.seen().map(([level, message, fields]) => [level, message, Object(fields).campaign_id])
  spend(799.99)
  expect(warned()).toEqual([])
  spend(800)
  spend(950)
  spend(900, 'b')
  expect(given.seen()[0]).toEqual([
    30,
    '일일 예산의 80% 소진',
    { service: 'campaign_manager', campaign_id: 'a', spent: 800, budget: 1000 },
  ])
  expect(warned().map(([, , id]) => id)).toEqual(['a', 'b'])
  given.now.pass(86_400_000)
  spend(10)
  spend(810)
  expect(warned().map(([, , id]) => id)).toEqual(['a', 'b', 'a'])
  spend(0, 'c', 0)
  expect(warned()).toHaveLength(3)
  spend(1, 'c', 0)
  expect(warned()).toHaveLength(4)
  await campaigns.close()
})

test('the share and its text may be others; events that fail are told and do not disturb', async () => {
  const given = fixture()
  const complaints: string[] = []
  const campaigns = new CampaignLogger('c', {
    ...given,
    budgetWarningShare: 0.5,
    texts: { budgetWarning: (percent) => `${percent}% spent` },
    complain: (text) => void complaints.push(text),
    onEvent: async () => {
      throw new Error('no redis')
    },
  })
  campaigns.logCampaignCreated(CAMPAIGN)
  campaigns.trackSpend({ campaign_id: 'a', spent: 50, budget: 100 })
  await new Promise(setImmediate)
  expect(given.seen().map(([, message]) => message)).toEqual(['Campaign created', '50% spent'])
  expect(complaints).toEqual(['the event campaign_created was not sent: no redis'])
  await campaigns.close()
})

test("the ad system's logger writes to console, file and error file, each from its level", async () => {
  const given = fixture()
  const shown: string[] = []
  const write = process.stderr.write
  process.stderr.write = ((text: string) => shown.push(String(text)) > 0) as typeof write
  let line = 0
  try {
    AdSystemLogger.setupLogging('shop', given)
    const logger = AdSystemLogger.setupLogging('shop', given)
    logger.debug('campaign query')
    line = Number(/ads\.test\.ts:(\d+):\d+/.exec(new Error('here').stack ?? '')?.[1]) - 1
    logger.info('campaign created')
    logger.error('ad API failed', new TypeError('no route'))
    await given.hierarchy.flush()
  } finally {
    process.stderr.write = write
  }
  const head = '2025-12-20 12:00:00,000 - shop -'
  expect(given.files()).toEqual(['shop.log', 'shop_errors.log'])
  const lines = given.content('shop.log').split('\n')
  expect(lines.slice(0, 2)).toEqual([
    `${head} DEBUG - ads.test.ts:${line} - campaign query`,
    `${head} INFO - ads.test.ts:${line + 2} - campaign created`,
  ])
  expect(lines[2]).toMatch(new RegExp(`^${head} ERROR - ads\\.test\\.ts:${line + 3} - ad API failed`))
  expect(given.content('shop_errors.log')).toBe(`${lines.slice(2).join('\n')}`)
  expect(shown.join('')).toBe(`${lines.slice(1).join('\n')}`)
  await given.hierarchy.close()
})

test("the ad system's file is renamed at midnight, and thirty days are kept", async () => {
  const given = fixture()
  const logger = AdSystemLogger.setupLogging('shop', given)
  for (let day = 0; day <= 32; day++) {
    logger.debug(`day ${day}`)
    given.now.pass(86_400_000)
  }
  await given.hierarchy.close()
  const rotated = given.files().filter((name) => name.startsWith('shop.log.'))
  expect([rotated.length, rotated[0], rotated.at(-1)]).toEqual([30, 'shop.log.2025-12-22', 'shop.log.2026-01-20'])
  expect(given.content('shop.log')).toMatch(/ - DEBUG - ads\.test\.ts:\d+ - day 32\n$/)
})
