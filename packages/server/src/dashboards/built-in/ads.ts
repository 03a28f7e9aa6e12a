import type { Dashboard } from '../../model/dashboard.ts'
import { atEnd, jobOfRecords, logql, type PanelDraft, panelsOf, promql, valuesOfMetric } from './layout.ts'

const CAMPAIGNS = 'campaign_id=~"$campaign"'
const RATE = '[$__rate_interval]'
const EVENTS = '{job="$log_job"} | json campaign_id="campaign_id", event_type="event_type"'
const OF_CAMPAIGN = '{job="$log_job"} |= "{{campaign_id}}"'

const perSecond = (metric: string): string => `sum(rate(${metric}{${CAMPAIGNS}}${RATE}))`
const byCampaign = (metric: string): string => `sum by (campaign_id) (rate(${metric}{${CAMPAIGNS}}${RATE}))`
/** Of a campaign there is little in a minute: ratios would jump. */
const lately = (metric: string): string => `sum by (campaign_id) (rate(${metric}{${CAMPAIGNS}}[5m]))`
const within = (metric: string): string => `sum(increase(${metric}{${CAMPAIGNS}}[$__range]))`

function stage(title: string, metric: string): PanelDraft {
  return {
    title,
    description: 'Within the range.',
    kind: 'value',
    decimals: 0,
    queries: [atEnd(promql(within(metric)))],
  }
}

/** From requests for ads to purchases: counters by campaign, and the records of the SDK's ad loggers. */
export const ads: Dashboard = {
  title: 'Ads and campaigns',
  description: 'Impressions, clicks, conversions, CTR, CVR, ROAS and spend by campaign.',
  tags: ['ads'],
  time: { from: 'now-15m', to: 'now' },
  refresh: '30s',
  variables: [valuesOfMetric('campaign', 'Campaign', 'ad_impressions_total', 'campaign_id'), jobOfRecords('ads')],
  panels: panelsOf([
    {
      height: 4,
      panels: [
        {
          title: 'Requests',
          description: 'Within the range.',
          kind: 'value',
          decimals: 0,
          queries: [atEnd(promql('sum(increase(ad_requests_total[$__range]))'))],
        },
        stage('Impressions', 'ad_impressions_total'),
        stage('Clicks', 'ad_clicks_total'),
        stage('Conversions', 'ad_conversions_total'),
        stage('Spend', 'ad_spend_total'),
        stage('Revenue', 'ad_revenue_total'),
      ],
    },
    {
      height: 4,
      panels: [
        {
          title: 'Bids won',
          kind: 'gauge',
          unit: 'ratio',
          min: 0,
          max: 1,
          queries: [promql(`sum(rate(ad_bids_total{result="won"}${RATE})) / sum(rate(ad_bids_total${RATE}))`)],
        },
        {
          title: 'CTR',
          description: 'Clicks per impression.',
          kind: 'value',
          unit: 'ratio',
          queries: [promql(`${perSecond('ad_clicks_total')} / ${perSecond('ad_impressions_total')}`)],
        },
        {
          title: 'CVR',
          description: 'Conversions per click.',
          kind: 'value',
          unit: 'ratio',
          queries: [promql(`${perSecond('ad_conversions_total')} / ${perSecond('ad_clicks_total')}`)],
        },
        {
          title: 'ROAS',
          description: 'Revenue per spend; below 1 a campaign loses money.',
          kind: 'value',
          unit: 'none',
          decimals: 2,
          thresholds: [
            { value: 0, colour: 'error' },
            { value: 1, colour: 'ok' },
          ],
          queries: [promql(`${perSecond('ad_revenue_total')} / ${perSecond('ad_spend_total')}`)],
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'Funnel',
          kind: 'line',
          unit: 'perSecond',
          min: 0,
          queries: [
            promql(`sum(rate(ad_requests_total${RATE}))`, 'requests'),
            promql(perSecond('ad_impressions_total'), 'impressions'),
            promql(perSecond('ad_clicks_total'), 'clicks'),
            promql(perSecond('ad_conversions_total'), 'conversions'),
          ],
        },
        {
          title: 'Impressions by campaign',
          kind: 'stacked',
          unit: 'perSecond',
          queries: [promql(byCampaign('ad_impressions_total'), '{{campaign_id}}')],
          logs: OF_CAMPAIGN,
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'CTR by campaign',
          description: 'Of the last 5 minutes at each time.',
          kind: 'line',
          unit: 'ratio',
          min: 0,
          queries: [promql(`${lately('ad_clicks_total')} / ${lately('ad_impressions_total')}`, '{{campaign_id}}')],
          logs: OF_CAMPAIGN,
        },
        {
          title: 'ROAS by campaign',
          description: 'Of the last 5 minutes at each time.',
          kind: 'line',
          unit: 'none',
          min: 0,
          thresholds: [{ value: 1, colour: 'warn' }],
          queries: [promql(`${lately('ad_revenue_total')} / ${lately('ad_spend_total')}`, '{{campaign_id}}')],
          logs: OF_CAMPAIGN,
        },
        {
          title: 'Spend per minute by campaign',
          kind: 'stacked',
          unit: 'none',
          queries: [promql(`60 * ${byCampaign('ad_spend_total')}`, '{{campaign_id}}')],
          logs: OF_CAMPAIGN,
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'Events by type, from the log',
          description: 'Of the records that the SDK writes; works without any metric.',
          kind: 'stacked',
          unit: 'perSecond',
          queries: [logql(`sum by (event_type) (rate(${EVENTS} | event_type!="" ${RATE}))`, '{{event_type}}')],
          logs: '{job="$log_job"} | json | event_type="{{event_type}}"',
        },
        {
          title: 'Value of conversions by campaign, from the log',
          kind: 'bar',
          queries: [
            logql(
              `sum by (campaign_id) (sum_over_time({job="$log_job"} |= "conversion_value" | json campaign_id="campaign_id", conversion_value="conversion_value" | campaign_id=~"$campaign" | unwrap conversion_value ${RATE}))`,
              '{{campaign_id}}',
            ),
          ],
          logs: '{job="$log_job"} |= "conversion_value" | json | campaign_id="{{campaign_id}}"',
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          title: 'Campaigns',
          description: 'Within the range.',
          kind: 'table',
          unit: 'none',
          decimals: 2,
          queries: [
            'ad_impressions_total',
            'ad_clicks_total',
            'ad_conversions_total',
            'ad_spend_total',
            'ad_revenue_total',
          ].map((metric) => atEnd(promql(`sum by (campaign_id) (increase(${metric}{${CAMPAIGNS}}[$__range]))`))),
          transformations: [
            { kind: 'merge' },
            {
              kind: 'organize',
              exclude: ['Time'],
              order: ['campaign_id', 'Value #A', 'Value #B', 'Value #C', 'Value #D', 'Value #E'],
              rename: {
                campaign_id: 'campaign',
                'Value #A': 'impressions',
                'Value #B': 'clicks',
                'Value #C': 'conversions',
                'Value #D': 'spend',
                'Value #E': 'revenue',
              },
            },
            { kind: 'calculate', left: 'clicks', op: '/', right: 'impressions', as: 'CTR' },
            { kind: 'calculate', left: 'conversions', op: '/', right: 'clicks', as: 'CVR' },
            { kind: 'calculate', left: 'revenue', op: '/', right: 'spend', as: 'ROAS' },
          ],
        },
        {
          title: 'Campaigns: reports and warnings',
          kind: 'logs',
          queries: [logql('{job="$log_job"} |= "Campaign"')],
        },
      ],
    },
  ]),
}
