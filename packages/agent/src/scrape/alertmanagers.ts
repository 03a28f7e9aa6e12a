import type { Labels } from '../model/source.ts'
import { DiscoveryLoop } from './discovery-loop.ts'
import { fileSource, httpSource } from './discovery-sources.ts'
import type { Relabel } from './relabel.ts'
import type { AlertmanagerSettings, RequestSettings } from './settings/alerting.ts'
import type { TargetGroup } from './settings/discovery.ts'
import type { Log } from './target-loop.ts'

/** An Alertmanager that alerts are to be sent to. */
export interface AlertmanagerTarget {
  /** Unlike that of any other; the same as long as it is configured alike. */
  readonly key: string
  /** Where it takes alerts: `http://alertmanager:9093/api/v2/alerts`. */
  readonly url: string
  readonly timeoutMs: number
  readonly http: RequestSettings
  /** What alerts for it go through, after that which is for all. */
  readonly relabel: Relabel
}

export interface AlertmanagersStatus {
  readonly active: readonly AlertmanagerTarget[]
  /** Addresses of those that relabelling dropped. */
  readonly dropped: readonly string[]
}

const NAMES = { address: '__address__', scheme: '__scheme__', path: '__alerts_path__' } as const

interface FinderContext {
  readonly log: Log
  readonly now: () => number
  readonly userAgent: string
}

/** Knows where the Alertmanagers of a configuration are, and follows files and servers that list them. */
export class AlertmanagerFinder {
  readonly #context: FinderContext
  #entries = new Map<string, Entry>()
  #status: AlertmanagersStatus = { active: [], dropped: [] }

  constructor(context: FinderContext) {
    this.#context = context
  }

  /** The same object as long as nothing changes. */
  get status(): AlertmanagersStatus {
    return this.#status
  }

  /** Goes on with other entries; those that are written as before are not disturbed. */
  async use(all: readonly AlertmanagerSettings[]): Promise<void> {
    const before = this.#entries
    const next = new Map<string, Entry>()
    const made: Entry[] = []
    for (const [index, settings] of all.entries()) {
      // Its place, too: two entries may be written alike.
      const key = `${index} ${settings.fingerprint}`
      let entry = before.get(key)
      if (entry === undefined) {
        entry = new Entry(key, settings, this.#context, () => this.#gather())
        made.push(entry)
      }
      next.set(key, entry)
    }
    this.#entries = next
    for (const entry of made) entry.start()
    this.#gather()
    await Promise.all([...before].flatMap(([key, entry]) => (next.has(key) ? [] : [entry.stop()])))
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#entries.values()].map((entry) => entry.stop()))
  }

  #gather(): void {
    const entries = [...this.#entries.values()]
    this.#status = {
      active: entries.flatMap(({ active }) => active),
      dropped: entries.flatMap(({ dropped }) => dropped),
    }
  }
}

/** One entry of `alerting.alertmanagers`. */
class Entry {
  readonly #key: string
  readonly #settings: AlertmanagerSettings
  readonly #log: Log
  readonly #discovery: DiscoveryLoop
  readonly #changed: () => void
  #faults: ReadonlySet<string> = new Set()
  active: readonly AlertmanagerTarget[] = []
  dropped: readonly string[] = []

  constructor(key: string, settings: AlertmanagerSettings, context: FinderContext, changed: () => void) {
    this.#key = key
    this.#settings = settings
    this.#log = context.log
    this.#changed = changed
    const { groups, files, http } = settings.discovery
    const place = 'alerting.alertmanagers'
    const sources = [
      ...files.map((one) => fileSource(one, place, context.log, context.now)),
      ...http.map((one) => httpSource(one, { ...context, job: place })),
    ]
    this.#discovery = new DiscoveryLoop(groups, sources, (found) => this.#apply(found))
  }

  start(): void {
    this.#discovery.start(false)
  }

  stop(): Promise<void> {
    return this.#discovery.stop()
  }

  #apply(groups: readonly TargetGroup[]): void {
    const { relabelAlerts: relabel, timeoutMs, http } = this.#settings
    const active = new Map<string, AlertmanagerTarget>()
    const dropped: string[] = []
    const faults = new Set<string>()
    for (const { targets, labels } of groups) {
      for (const address of targets) {
        const discovered = this.#discovered(address, labels)
        const kept = this.#settings.relabel(discovered)
        try {
          const url = urlOf(kept ?? discovered)
          if (kept === undefined) dropped.push(url)
          else active.set(url, { key: `${this.#key} ${url}`, url, timeoutMs, http, relabel })
        } catch (error) {
          if (!(error instanceof RangeError)) throw error
          faults.add(error.message)
        }
      }
    }
    for (const error of faults) {
      if (!this.#faults.has(error)) this.#log('warning', 'an Alertmanager cannot be sent to', { error })
    }
    this.#faults = faults
    this.active = [...active.values()]
    this.dropped = dropped
    this.#changed()
  }

  #discovered(address: string, labels: Labels): Labels {
    const { scheme, path } = this.#settings
    return new Map([[NAMES.scheme, scheme], [NAMES.path, path], ...labels, [NAMES.address, address]])
  }
}

function urlOf(labels: Labels): string {
  const address = labels.get(NAMES.address) ?? ''
  if (address === '') throw new RangeError('no address: relabelling left __address__ empty')
  if (address.includes('/')) throw new RangeError(`${JSON.stringify(address)} is no address: write host:port`)
  const scheme = labels.get(NAMES.scheme) ?? ''
  if (scheme !== 'http' && scheme !== 'https') {
    throw new RangeError(`${JSON.stringify(scheme)} is no scheme: __scheme__ has to be http or https`)
  }
  const path = labels.get(NAMES.path) ?? ''
  const url = `${scheme}://${address}${path.startsWith('/') ? '' : '/'}${path}`
  if (!URL.canParse(url)) throw new RangeError(`${JSON.stringify(url)} is no URL`)
  return url
}
