import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, vi } from 'vitest'
import type { MetricDescription, Sample } from '../../model/sink.ts'
import { createScraper, type Scraper } from '../scraper.ts'
import { readScrapeConfigs } from '../settings/prometheus-file.ts'

/** Servers and scrapers of one test, closed after it. */
const closing: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** Where relative paths of jobs begin. */
export const folder = mkdtempSync(join(tmpdir(), 'girok-scrape-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

export const METRICS = '# TYPE a gauge\na{x="1"} 1\nb 2\n'

/** A target of HTTP; `make` opens another kind of server. */
export async function target(
  answer: RequestListener | string,
  make: (listener: RequestListener) => Server = createServer,
) {
  const requests: IncomingMessage[] = []
  let respond = answer
  const server = make((request: IncomingMessage, response: ServerResponse) => {
    requests.push(request)
    if (typeof respond !== 'string') return respond(request, response as never)
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(respond)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  closing.push(close)
  return {
    address,
    requests,
    close,
    answer: (next: RequestListener | string) => {
      respond = next
    },
  }
}

/** Jobs named `job0`, `job1` …, scraped ten times a second unless they say otherwise. */
export function jobsOf(configs: readonly object[]) {
  const whole = configs.map((config, index) => ({ job_name: `job${index}`, scrape_interval: '100ms', ...config }))
  return readScrapeConfigs(whole, folder).jobs
}

/** Scrapes these jobs, and keeps what comes. */
export function scrape(configs: readonly object[]) {
  const samples: Sample[] = []
  const descriptions: MetricDescription[] = []
  const logged: string[] = []
  const scraper = createScraper({
    jobs: jobsOf(configs),
    samples: {
      write: (more, described = []) => {
        samples.push(...more)
        descriptions.push(...described)
      },
    },
    log: (level, message, fields) => logged.push(`${level}: ${message} ${JSON.stringify(fields ?? {})}`),
    userAgent: 'Girok/test',
  })
  closing.push(() => scraper.stop())
  scraper.start()
  return { scraper, samples, descriptions, logged }
}

export const nameOf = ({ labels }: Sample) => labels.get('__name__')
export const last = (samples: readonly Sample[], name: string) => samples.findLast((sample) => nameOf(sample) === name)
export const until = (check: () => unknown) => vi.waitFor(check, { timeout: 5000, interval: 10 })
export const healthOf = (scraper: Scraper) => scraper.targets().active.map(({ health }) => health)
export const errorOf = (scraper: Scraper) => scraper.targets().active[0]?.lastError
