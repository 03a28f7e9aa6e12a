// Rules over metrics: series that are scraped every 15 s, counters and gauges; one gauge in fifty is high.
import { double, field, number, snappy } from '../decode/protobuf.mjs'

const SCRAPE_MS = 15_000
const HISTORY_MS = 15 * 60_000
const INSTANCES = 10

/** Series and rules over them. `series`: how many. */
export function overSamples({ series: count }) {
  const metrics = Math.ceil(count / INSTANCES)
  const labels = Array.from({ length: count }, (_, s) => [
    ['__name__', `bench_${s % 2 === 0 ? 'requests' : 'temperature'}_${Math.floor(s / INSTANCES)}`],
    ['instance', `10.0.${s % INSTANCES}.1:9100`],
    ['job', `job-${Math.floor(s / INSTANCES) % 20}`],
  ])
  const write = (url, times) => writeSamples(url, labels, times)
  return {
    what: `${count} series`,
    setting: 'rules.promql',
    everyMs: SCRAPE_MS,
    async past(url) {
      const now = Date.now()
      for (let ms = now - HISTORY_MS; ms < now; ms += 10 * SCRAPE_MS) {
        await write(
          url,
          Array.from({ length: 10 }, (_, i) => ms + i * SCRAPE_MS),
        )
      }
    },
    present: (url) => write(url, [Date.now()]),
    expression: (n) => EXPRESSIONS[n % EXPRESSIONS.length](Math.floor(n / EXPRESSIONS.length) % metrics),
  }
}

/** Counters by their age, gauges that are one in fifty times high. */
const valueAt = (s, ms) => (s % 2 === 0 ? Math.floor(ms / 1000) % 1e7 : s % 50 === 1 ? 99 : 20 + (s % 10))

async function writeSamples(url, labels, times) {
  const body = labels.map((pairs, s) =>
    field(
      1,
      ...pairs.map(([name, value]) => field(1, field(1, name), field(2, value))),
      ...times.map((ms) => field(2, double(1, valueAt(s, ms)), number(2, ms))),
    ),
  )
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: snappy(Buffer.concat(body)),
  })
  if (!response.ok) throw new Error(`remote write: ${response.status} ${await response.text()}`)
}

const EXPRESSIONS = [
  (m) => `bench_temperature_${m} > 90`,
  (m) => `rate(bench_requests_${m}[5m]) > 1000`,
  (m) => `sum by (job) (rate(bench_requests_${m}[5m])) > 1000`,
  (m) => `avg_over_time(bench_temperature_${m}[10m]) > 90`,
  (m) => `absent(bench_requests_${m})`,
]
