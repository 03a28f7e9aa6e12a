import { around, defineWorkload, hex } from './workload.ts'

/** An ad server: bid, impression, click, conversion of one user after another. */
export const ads = defineWorkload({
  name: 'ads',
  labels: { job: 'ads', service: 'ad_system', service_name: 'ad-server' },
  share: 3,
  open: (random) => {
    let journey: string[] = []
    let requestId = ''
    let ids = { ad_id: '', user_id: '', campaign_id: '' }
    return (timestamp) => {
      if (journey.length === 0) {
        requestId = hex(random, 16)
        ids = {
          ad_id: `ad_${Math.floor(random() * 40)}`,
          user_id: `user_${Math.floor(random() * 500)}`,
          campaign_id: `camp_${Math.floor(random() * 8)}`,
        }
        journey = ['bid_response', 'impression']
        if (random() < 0.2) journey.push('click')
        if (journey.length === 3 && random() < 0.3) journey.push('conversion')
      }
      const event = journey.shift()
      const base = { timestamp, level: 'INFO', event_type: event, request_id: requestId, ...ids }
      switch (event) {
        case 'bid_response':
          return JSON.stringify({
            ...base,
            message: 'Bid response sent',
            bid_price: around(random, 1.4, 0.9, 2),
            win: random() < 0.6,
          })
        case 'click':
          return JSON.stringify({ ...base, message: 'Ad click recorded', click_x: Math.floor(random() * 300) })
        case 'conversion':
          return JSON.stringify({
            ...base,
            message: 'Conversion recorded',
            conversion_value: around(random, 48_000, 30_000, 0),
          })
        default:
          return JSON.stringify({ ...base, message: 'Ad impression recorded' })
      }
    }
  },
})
