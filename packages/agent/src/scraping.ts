/** `@girok/agent/scrape`: the scraper for programs that keep samples themselves, as `girok serve` does. */
import { SamplesEncoder } from './encode/samples-encoder.ts'
import type { SampleSink } from './model/sink.ts'
import { type CheckRequests, createFileScraper, type FileScraper, type ScraperOptions } from './scrape/index.ts'

export * from './scrape/index.ts'

/** Messages are cut when they are as large as this. */
const MOST_BYTES = 2 ** 20

export interface ScrapeSourceOptions {
  /** A `prometheus.yml`. */
  readonly file: string
  /** For `${NAME}` in external labels. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly userAgent?: string
}

export interface ScrapeSourceServices {
  /** Takes a `WriteRequest` of Prometheus' remote write 1.0, not compressed. Nobody waits for it. */
  readonly push: (writeRequest: Uint8Array) => Promise<void>
  readonly log: ScraperOptions['log']
  /** Given by a program that evaluates the rules of the file and sends its alerts. */
  readonly checkRequests?: CheckRequests | undefined
}

/** Scrapes what a `prometheus.yml` says and gives the samples as messages of remote write. */
export interface ScrapeSource {
  /** Begins; rejects with a ConfigProblem when the file is broken. */
  start(services: ScrapeSourceServices): Promise<void>
  /** Resolves when nothing more is pushed. */
  stop(): Promise<void>
  reload(): Promise<void>
  fault: FileScraper['fault']
  targets: FileScraper['targets']
  descriptions: FileScraper['descriptions']
  alerts: FileScraper['alerts']
  alertmanagers: FileScraper['alertmanagers']
}

export function createScrapeSource(options: ScrapeSourceOptions): ScrapeSource {
  let scraper: FileScraper | undefined
  return {
    async start({ push, log, checkRequests }) {
      scraper = createFileScraper({ ...options, checkRequests, samples: encodedTo(push), log })
      await scraper.start()
    },
    stop: async () => scraper?.stop(),
    reload: async () => scraper?.reload(),
    fault: () => scraper?.fault(),
    targets: () => scraper?.targets() ?? { pools: [], active: [], dropped: [] },
    descriptions: () => scraper?.descriptions() ?? [],
    alerts: () => scraper?.alerts(),
    alertmanagers: () => scraper?.alertmanagers() ?? { active: [], dropped: [] },
  }
}

function encodedTo(push: ScrapeSourceServices['push']): SampleSink {
  return {
    write(samples, descriptions = []) {
      let encoder = new SamplesEncoder()
      for (const description of descriptions) encoder.describe(description)
      for (const sample of samples) {
        encoder.add(sample)
        if (encoder.sizeBytes < MOST_BYTES) continue
        void push(encoder.finish())
        encoder = new SamplesEncoder()
      }
      if (encoder.sizeBytes > 0) void push(encoder.finish())
    },
  }
}
