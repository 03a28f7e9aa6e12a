import { performance } from 'node:perf_hooks'
import type { MetricDescription, Sample, SampleSink } from '../model/sink.ts'
import type { Labels } from '../model/source.ts'
import type { HttpClient } from './client.ts'
import { acceptHeader, formatOf } from './exposition/format.ts'
import { type DescriptionCache, SeriesCache } from './series-cache.ts'
import { reportLabels } from './series-labels.ts'
import type { ScrapeJob } from './settings/job.ts'
import { firstScrapeInMs, type Target } from './target.ts'

export type Log = (
  level: 'info' | 'warning' | 'error',
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void

/** What the loops of one job share. */
export interface LoopContext {
  readonly job: ScrapeJob
  readonly client: HttpClient
  readonly samples: SampleSink
  readonly descriptions: DescriptionCache
  readonly log: Log
  readonly now: () => number
  readonly userAgent: string
}

export interface LoopState {
  readonly health: 'up' | 'down' | 'unknown'
  /** Empty when there is none. */
  readonly lastError: string
  readonly lastScrapeMs: number | undefined
  readonly lastScrapeDurationMs: number
  /** Samples that the last scrape stored, without those that tell of the scrape. */
  readonly samples: number
  /** Samples that all scrapes stored together. */
  readonly totalSamples: number
}

export const NEVER_SCRAPED: LoopState = {
  health: 'unknown',
  lastError: '',
  lastScrapeMs: undefined,
  lastScrapeDurationMs: 0,
  samples: 0,
  totalSamples: 0,
}

const REPORTS = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
] as const

/** A scrape that is not later than this is written with the time that it was due: equal distances compress better. */
const ALIGNED_MS = 2
/** Descriptions are told again from time to time: what takes them may have lost some. */
const DESCRIBE_AGAIN_MS = 600_000
/** Timers of Node cannot wait longer. */
const LONGEST_WAIT_MS = 2 ** 31 - 1

/** Scrapes one target again and again. */
export class TargetLoop {
  readonly #target: Target
  #context: LoopContext
  readonly #cache: SeriesCache
  #reports: readonly Labels[]
  #state: LoopState = NEVER_SCRAPED
  #timer: NodeJS.Timeout | undefined
  #dueMs = 0
  #running: Promise<void> | undefined
  readonly #stopped = new AbortController()
  #reported = false
  #loggedError = ''
  #loggedDuplicates = false
  #describedMs = Number.NEGATIVE_INFINITY
  /** Why the target is not asked at all. */
  #refused: string | undefined

  constructor(target: Target, context: LoopContext) {
    this.#target = target
    this.#context = context
    this.#cache = new SeriesCache(context.job, target.labels)
    this.#reports = reportsOf(context.job, target)
  }

  get target(): Target {
    return this.#target
  }

  get state(): LoopState {
    return this.#state
  }

  descriptions(): Iterable<MetricDescription> {
    return this.#cache.descriptions()
  }

  start(): void {
    const now = this.#context.now()
    this.#dueMs = now + firstScrapeInMs(this.#target, now)
    this.#wait()
  }

  /** Every scrape fails for this reason, without asking the target; undefined: none does. */
  refuse(reason: string | undefined): void {
    this.#refused = reason
  }

  /** Goes on with other settings of its job, from the next scrape on. */
  use(context: LoopContext): void {
    this.#context = context
    this.#reports = reportsOf(context.job, this.#target)
    this.#cache.reuse(context.job, this.#target.labels)
  }

  /** @param gone the target is not there any more, so its series end; otherwise the whole scraper is stopping */
  async stop(gone: boolean): Promise<void> {
    this.#stopped.abort()
    clearTimeout(this.#timer)
    await this.#running
    if (!gone || !this.#reported) return
    const timeMs = this.#context.now()
    const ended = this.#reports.map((labels) => ({ labels, value: Number.NaN, timeMs, stale: true }))
    this.#context.samples.write([...this.#cache.end(timeMs), ...ended])
  }

  #wait(): void {
    const { now } = this.#context
    this.#timer = setTimeout(
      () => {
        if (now() < this.#dueMs) return this.#wait()
        this.#running = this.#scrape().finally(() => {
          this.#running = undefined
          if (this.#stopped.signal.aborted) return
          const { intervalMs } = this.#target
          // After a pause (a suspended host) missed scrapes are not made up for.
          this.#dueMs += intervalMs * Math.max(1, Math.ceil((now() - this.#dueMs) / intervalMs))
          this.#wait()
        })
      },
      Math.min(LONGEST_WAIT_MS, Math.max(0, this.#dueMs - now())),
    )
  }

  async #scrape(): Promise<void> {
    const { job, now, samples } = this.#context
    const startMs = now()
    const timeMs = startMs - this.#dueMs <= ALIGNED_MS ? this.#dueMs : startMs
    const begun = performance.now()
    let told = { told: 0, kept: 0, added: 0 }
    let written: readonly Sample[] = []
    let descriptions: readonly MetricDescription[] = []
    let fault: string | undefined
    try {
      const answer = await this.#fetch()
      const read = this.#cache.read(
        answer.body,
        formatOf(answer.contentType, job.fallback),
        timeMs,
        this.#context.descriptions,
      )
      told = read
      written = read.samples
      fault = read.fault?.message
      if (fault === undefined) descriptions = this.#due(timeMs) ? [...this.#cache.descriptions()] : read.descriptions
      this.#tellDuplicates(read.duplicates)
    } catch (error) {
      if (this.#stopped.signal.aborted) return
      fault = error instanceof Error ? error.message : String(error)
      written = this.#cache.end(timeMs)
    }
    const durationMs = performance.now() - begun
    const values = [fault === undefined ? 1 : 0, durationMs / 1000, told.told, told.kept, told.added]
    const reports = this.#reports.map((labels, index) => ({ labels, value: values[index] as number, timeMs }))
    const stored = fault === undefined ? told.kept : 0
    this.#reported = true
    samples.write([...written, ...reports], descriptions)
    this.#state = {
      health: fault === undefined ? 'up' : 'down',
      lastError: fault ?? '',
      lastScrapeMs: startMs,
      lastScrapeDurationMs: durationMs,
      samples: stored,
      totalSamples: this.#state.totalSamples + stored,
    }
    this.#tell(fault)
  }

  async #fetch(): Promise<{ readonly body: Buffer; readonly contentType: string | undefined }> {
    if (this.#refused !== undefined) throw new Error(this.#refused)
    const { job, client, userAgent } = this.#context
    const { url, timeoutMs } = this.#target
    return client.get({
      url,
      timeoutMs,
      maxBytes: job.limits.bodyBytes,
      signal: this.#stopped.signal,
      headers: {
        accept: acceptHeader(job.protocols),
        'accept-encoding': job.compression ? 'gzip' : 'identity',
        'user-agent': userAgent,
        'x-prometheus-scrape-timeout-seconds': String(timeoutMs / 1000),
      },
    })
  }

  /** Whether all descriptions are to be told again. */
  #due(timeMs: number): boolean {
    if (timeMs - this.#describedMs < DESCRIBE_AGAIN_MS) return false
    this.#describedMs = timeMs
    return true
  }

  /** Each fault is said once, and its end. */
  #tell(fault: string | undefined): void {
    const { job, log } = this.#context
    const { url } = this.#target
    if (fault === undefined) {
      if (this.#loggedError !== '') log('info', 'a target can be scraped again', { job: job.name, url })
      this.#loggedError = ''
    } else if (this.#loggedError !== fault) {
      this.#loggedError = fault
      log('warning', 'a target cannot be scraped', { job: job.name, url, error: fault })
    }
  }

  #tellDuplicates(count: number): void {
    if (count === 0 || this.#loggedDuplicates) return
    this.#loggedDuplicates = true
    const { job, log } = this.#context
    log('warning', 'a target tells some series more than once; the first sample of each is kept', {
      job: job.name,
      url: this.#target.url,
      samples: count,
    })
  }
}

function reportsOf(job: ScrapeJob, target: Target): Labels[] {
  return REPORTS.map((name) => reportLabels(name, job, target.labels))
}
