import type { Meters } from './meters.ts'

/** What an ad server counts: each bid, and by campaign all that follows a bid that was won. */
export interface AdMeters {
  bid(won: boolean): void
  impression(campaign_id: string, price: number): void
  click(campaign_id: string): void
  conversion(campaign_id: string, value: number): void
}

interface Budgeted {
  readonly campaign_id: string
  readonly campaign_name: string
  readonly budget: number
}

export function adMeters(meters: Meters, campaigns: readonly Budgeted[]): AdMeters {
  const requests = meters.counter('ad_requests_total', 'Requests for an ad')
  const bids = meters.counter('ad_bids_total', 'Bids, by result')
  const impressions = meters.counter('ad_impressions_total', 'Ads that were shown, by campaign')
  const clicks = meters.counter('ad_clicks_total', 'Clicks, by campaign')
  const conversions = meters.counter('ad_conversions_total', 'Purchases after a click, by campaign')
  const spend = meters.counter('ad_spend_total', 'Money that campaigns have spent')
  const revenue = meters.counter('ad_revenue_total', 'Money that purchases have brought, by campaign')
  const budget = meters.gauge('ad_campaign_budget', 'Money that a campaign may spend')
  // A campaign without a click has a click rate of 0, not none.
  for (const { campaign_id, campaign_name, ...campaign } of campaigns) {
    for (const counter of [impressions, clicks, conversions, spend, revenue]) counter.add({ campaign_id }, 0)
    budget.set({ campaign_id, campaign_name }, campaign.budget)
  }
  return {
    bid(won) {
      requests.add({})
      bids.add({ result: won ? 'won' : 'lost' })
    },
    impression(campaign_id, price) {
      impressions.add({ campaign_id })
      spend.add({ campaign_id }, price)
    },
    click: (campaign_id) => clicks.add({ campaign_id }),
    conversion(campaign_id, value) {
      conversions.add({ campaign_id })
      revenue.add({ campaign_id }, value)
    },
  }
}
