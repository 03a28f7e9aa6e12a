import type { MetricDescription, SampleSink } from '../model/sink.ts'
import type { Labels } from '../model/source.ts'
import { HttpClient } from './client.ts'
import { DiscoveryLoop } from './discovery-loop.ts'
import { fileSource, httpSource } from './discovery-sources.ts'
import type { DescriptionCache } from './series-cache.ts'
import type { TargetGroup } from './settings/discovery.ts'
import type { ScrapeJob } from './settings/job.ts'
import { makeTarget } from './target.ts'
import { type Log, type LoopContext, TargetLoop } from './target-loop.ts'

export interface RunnerContext {
  readonly samples: SampleSink
  readonly descriptions: DescriptionCache
  readonly log: Log
  readonly now: () => number
  readonly userAgent: string
}

/** An address of which no target could be made. */
export interface FaultyTarget {
  readonly discovered: Labels
  readonly fault: string
}

/** Scrapes the targets of one job. */
export class JobRunner {
  #job: ScrapeJob
  readonly #context: RunnerContext
  #client: HttpClient
  #discovery: DiscoveryLoop
  readonly #loops = new Map<string, TargetLoop>()
  #dropped: readonly Labels[] = []
  #faulty: readonly FaultyTarget[] = []
  #leaving = new Set<Promise<void>>()

  constructor(job: ScrapeJob, context: RunnerContext) {
    this.#job = job
    this.#context = context
    this.#client = new HttpClient(job.http, context.now)
    this.#discovery = this.#discover()
  }

  get job(): ScrapeJob {
    return this.#job
  }

  get loops(): Iterable<TargetLoop> {
    return this.#loops.values()
  }

  /** Discovered labels of targets that relabelling dropped. */
  get dropped(): readonly Labels[] {
    return this.#dropped
  }

  get faulty(): readonly FaultyTarget[] {
    return this.#faulty
  }

  start(): void {
    this.#discovery.start(false)
  }

  /** Goes on with other settings; targets that stay keep their series. */
  async use(job: ScrapeJob): Promise<void> {
    if (job.fingerprint === this.#job.fingerprint) return
    const discovery = this.#discovery
    this.#job = job
    // The connections of the client before end by themselves: some loop may be using one.
    this.#client = new HttpClient(job.http, this.#context.now)
    for (const loop of this.#loops.values()) loop.use(this.#loopContext())
    await discovery.stop()
    this.#discovery = this.#discover()
    this.#discovery.start(true)
  }

  /** @param gone the job is not configured any more, so its series end */
  async stop(gone: boolean): Promise<void> {
    await this.#discovery.stop()
    await Promise.all([...this.#leaving, ...[...this.#loops.values()].map((loop) => loop.stop(gone))])
    this.#loops.clear()
    this.#client.close()
  }

  #discover(): DiscoveryLoop {
    const { name, discovery } = this.#job
    const { log, now, userAgent } = this.#context
    const sources = [
      ...discovery.files.map((files) => fileSource(files, name, log, now)),
      ...discovery.http.map((http) => httpSource(http, { job: name, log, now, userAgent })),
    ]
    return new DiscoveryLoop(discovery.groups, sources, (groups) => this.#apply(groups))
  }

  #loopContext(): LoopContext {
    return { ...this.#context, job: this.#job, client: this.#client }
  }

  #apply(groups: readonly TargetGroup[]): void {
    const wanted = new Set<string>()
    const dropped: Labels[] = []
    const faulty: FaultyTarget[] = []
    for (const { targets, labels } of groups) {
      for (const address of targets) {
        const outcome = makeTarget(this.#job, address, labels)
        if ('dropped' in outcome) dropped.push(outcome.dropped)
        else if ('fault' in outcome) faulty.push(outcome)
        else {
          const { target } = outcome
          wanted.add(target.key)
          if (this.#loops.has(target.key)) continue
          const loop = new TargetLoop(target, this.#loopContext())
          this.#loops.set(target.key, loop)
          loop.start()
        }
      }
    }
    for (const [key, loop] of this.#loops) {
      if (wanted.has(key)) continue
      this.#loops.delete(key)
      const leaving = loop.stop(true).finally(() => this.#leaving.delete(leaving))
      this.#leaving.add(leaving)
    }
    const { targetLimit, keptDropped, name } = this.#job
    this.#dropped = keptDropped > 0 ? dropped.slice(0, keptDropped) : dropped
    this.#tellFaulty(faulty, name)
    this.#faulty = faulty
    const count = this.#loops.size
    const refused =
      targetLimit > 0 && count > targetLimit
        ? `${count} targets, more than the target_limit of ${targetLimit}`
        : undefined
    for (const loop of this.#loops.values()) loop.refuse(refused)
  }

  #tellFaulty(faulty: readonly FaultyTarget[], job: string): void {
    const known = new Set(this.#faulty.map(({ fault }) => fault))
    for (const { fault, discovered } of faulty) {
      if (known.has(fault)) continue
      known.add(fault)
      const address = discovered.get('__address__')
      this.#context.log('warning', 'a target cannot be scraped', { job, address, error: fault })
    }
  }
}

/** A description together with the target that tells it. */
export interface TargetDescription extends MetricDescription {
  readonly target: Labels
}
