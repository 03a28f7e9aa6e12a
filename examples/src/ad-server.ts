import { AdEventLogger, CampaignLogger, RequestTracker } from '@girok/sdk/domains'
import { adMeters } from './ad-meters.ts'
import { around, metersOf, onStage, pick, type Random, type Stage, type Workload } from './workload.ts'

const REASONS = ['highest_bid', 'frequency_cap', 'retargeting']
const ADS = 40
const USERS = 500

interface Campaign {
  readonly campaign_id: string
  readonly campaign_name: string
  readonly budget: number
  /** How well its clicks turn into purchases. */
  readonly appeal: number
  impressions: number
  clicks: number
  conversions: number
  spend: number
  revenue: number
}

/** Serves ads: bids, picks one, sees whether it is looked at, clicked and paid for; looks after the campaigns' budgets. */
export const adServer: Workload = {
  name: 'ad-server',
  summary: 'An ad server: bids, journeys from request to conversion, campaigns with budgets.',
  labels: { ads: { job: 'ads', service: 'ad_system', service_name: 'ad-server' } },
  share: 5,
  open(stage) {
    const tracker = new RequestTracker('ads.ad_request_tracker', onStage(stage, 'ads.ad_request_tracker'))
    const events = new AdEventLogger('ads.ad_events', onStage(stage, 'ads.ad_events'))
    const campaignLog = new CampaignLogger('ads.campaign', onStage(stage, 'ads.campaign'))
    const server = serveForEver(stage, tracker, events, campaignLog)
    return {
      async step() {
        await server.next()
      },
      async close() {
        await Promise.all([tracker.close(), events.close(), campaignLog.close()])
      },
    }
  },
}

async function* serveForEver(
  stage: Stage,
  tracker: RequestTracker,
  events: AdEventLogger,
  campaignLog: CampaignLogger,
): AsyncGenerator<void, never> {
  const { random, sleep } = stage
  const campaigns = createCampaigns(random)
  const measured = adMeters(metersOf(stage, { job: 'ads', instance: 'localhost:8002' }), campaigns)
  for (const campaign of campaigns) {
    const { campaign_id, campaign_name, budget } = campaign
    const start_date = new Date(stage.now()).toISOString().slice(0, 10)
    campaignLog.logCampaignCreated({ campaign_id, campaign_name, budget, start_date, end_date: '2027-12-31' })
    yield
  }
  for (let served = 1; ; served++) {
    const campaign = pick(random, campaigns)
    const { campaign_id } = campaign
    const user_id = `user_${Math.floor(random() * USERS)}`
    const ad_id = `ad_${Math.floor(random() * ADS)}`
    const bid_price = around(random, 1.4, 0.9, 2)

    const request_id = tracker.trackAdRequest({
      user_id,
      user_context: { device: pick(random, ['mobile', 'desktop']), region: pick(random, ['seoul', 'busan', 'tokyo']) },
      available_ads_count: Math.floor(5 + random() * 35),
    })
    await sleep(around(random, 40, 20, 0))
    const win = random() < 0.8
    measured.bid(win)
    events.logBidResponse({ request_id, bid_price, win, campaign_id })
    yield
    if (!win) continue
    tracker.trackAdSelection({ request_id, ad_id, selection_reason: pick(random, REASONS), bid_price })
    await sleep(around(random, 120, 60, 0))
    tracker.trackAdImpression({ request_id, ad_id, user_id, campaign_id })
    campaign.impressions++
    campaign.spend += bid_price
    measured.impression(campaign_id, bid_price)
    campaignLog.trackSpend({ campaign_id, spent: Number(campaign.spend.toFixed(2)), budget: campaign.budget })
    yield
    if (random() < 0.25) {
      const click = { click_x: Math.floor(random() * 300), click_y: Math.floor(random() * 250) }
      tracker.trackAdClick({ request_id, ad_id, user_id, campaign_id, ...click })
      campaign.clicks++
      measured.click(campaign_id)
      yield
      if (random() < 0.3 * campaign.appeal) {
        const conversion_value = around(random, 12, 8, 2)
        const conversion = { ad_id, user_id, campaign_id, conversion_value }
        tracker.trackConversion({ ...conversion, request_id, conversion_type: 'purchase' })
        campaign.conversions++
        campaign.revenue += conversion_value
        measured.conversion(campaign_id, conversion_value)
        yield
      }
    }
    // A day of an ad server in a few minutes: spent budgets are filled up again.
    if (campaign.spend > campaign.budget) Object.assign(campaign, { spend: 0, revenue: 0 })
    if (served % 25 === 0) {
      report(campaignLog, campaign)
      yield
    }
  }
}

function report(
  log: CampaignLogger,
  { campaign_id, impressions, clicks, conversions, spend, revenue }: Campaign,
): void {
  log.logCampaignPerformance({
    campaign_id,
    impressions,
    clicks,
    conversions,
    spend: Number(spend.toFixed(2)),
    ctr: impressions === 0 ? 0 : Number((clicks / impressions).toFixed(4)),
    roas: spend === 0 ? 0 : Number((revenue / spend).toFixed(2)),
  })
}

function createCampaigns(random: Random): Campaign[] {
  return ['Spring', 'Summer', 'Autumn', 'Winter'].map((season, index) => ({
    campaign_id: `camp_${index + 1}`,
    campaign_name: `${season} sale`,
    budget: Math.round(around(random, 250, 100, 0)),
    appeal: 0.8 + 0.5 * index,
    impressions: 0,
    clicks: 0,
    conversions: 0,
    spend: 0,
    revenue: 0,
  }))
}
