/** Follows alerts from a scripted exporter to who is told of them, by the interfaces that Prometheus, Alertmanager and Girok share. */
import { setTimeout as sleep } from 'node:timers/promises'
import { SCRIPT_SECONDS, TICK_MS } from './alert-chain-scenario.ts'
import type { AlertSink } from './alert-sink.ts'
import type { ScriptedExporter } from './scripted-exporter.ts'
import { eventually } from './server.ts'

type Labels = Readonly<Record<string, string>>

/** What happened, with times as ticks: evaluations since the one that sees the script's first scrape. */
export interface ChainOutcome {
  /** By labels; what rules say of their alerts (/api/v1/alerts), in order. */
  readonly rules: Readonly<Record<string, readonly RuleAlertSeen[]>>
  /** By labels; what /api/v2/alerts lists, in order. */
  readonly listed: Readonly<Record<string, readonly ListedAlertSeen[]>>
  /** By who is told and the group, in order. */
  readonly told: Readonly<Record<string, readonly Told[]>>
}

interface Seen {
  /** Tick in which it was seen first; may be one late. */
  readonly seen: number
}

export interface RuleAlertSeen extends Seen {
  readonly state: string
  readonly activeAt: number
  readonly value: string
  readonly annotations: Labels
}

export interface ListedAlertSeen extends Seen {
  readonly state: string
  readonly startsAt: number
  readonly annotations: Labels
  readonly receivers: readonly string[]
  /** Fingerprints. */
  readonly inhibitedBy: readonly string[]
  readonly fingerprint: string
  readonly query: string | null
}

export interface Told {
  /** Milliseconds since the script's first scrape that was seen. */
  readonly atMs: number
  readonly body: unknown
}

export interface Chain {
  readonly exporter: ScriptedExporter
  readonly sink: AlertSink
  /** Who scrapes and evaluates. */
  readonly rulesUrl: string
  readonly alertsUrl: string
}

const POLL_MS = 400

/** Runs the script to its end; undefined when the machine was too busy for its times to mean anything. */
export async function followChain(chain: Chain): Promise<ChainOutcome | undefined> {
  // What Slack answers.
  chain.sink.answer((_, response) => {
    response.end('ok')
  })
  const delayMs = await separatePhases(chain)
  const startMs = (await chain.exporter.begin()) + delayMs
  const tick = (time: string | number) =>
    Math.floor(((typeof time === 'string' ? Date.parse(time) : time) - startMs) / TICK_MS)
  const rules: Record<string, RuleAlertSeen[]> = {}
  const listed: Record<string, ListedAlertSeen[]> = {}
  for (let at = Date.now(); at < startMs + SCRIPT_SECONDS * TICK_MS; at = Date.now()) {
    const seen = tick(at)
    const [ofRules, ofManager] = await Promise.all([alertsOf(chain.rulesUrl), listedBy(chain.alertsUrl)])
    for (const { labels, state, activeAt, value, annotations } of ofRules) {
      keep(rules, labels, { seen, state, activeAt: tick(activeAt), value, annotations })
    }
    for (const one of ofManager) {
      // Before its group was flushed for the first time, which takes no time that could be compared.
      if (one.status.state === 'unprocessed') continue
      keep(listed, one.labels, {
        seen,
        state: one.status.state,
        startsAt: tick(one.startsAt),
        annotations: one.annotations,
        receivers: one.receivers.map(({ name }) => name).sort(),
        inhibitedBy: one.status.inhibitedBy,
        fingerprint: one.fingerprint,
        query: queryOf(one.generatorURL),
      })
    }
    await sleep(Math.max(0, at + POLL_MS - Date.now()))
  }
  if (!chain.exporter.isSteady()) return undefined
  return { rules: ordered(rules), listed: ordered(listed), told: ordered(toldOf(chain.sink, startMs, tick)) }
}

/**
 * An evaluation at the moment of a scrape may or may not see it. Lets scrapes take so long that they end well before the next
 * evaluation, and answers that time.
 */
async function separatePhases({ exporter, rulesUrl }: Chain): Promise<number> {
  let evaluated = Number.NaN
  await eventually(async () => {
    const { groups } = await ask<{ groups: { lastEvaluation: string }[] }>(`${rulesUrl}/api/v1/rules`)
    evaluated = Date.parse(groups[0]?.lastEvaluation ?? '')
    return exporter.scrapedMs() > 0 && evaluated > 0
  }, 30_000)
  const offset = (((evaluated - exporter.scrapedMs()) % TICK_MS) + TICK_MS) % TICK_MS
  const delayMs = offset >= 400 ? 0 : Math.min(600, offset + 400)
  exporter.answerAfter(delayMs)
  // Rules of Prometheus write no ALERTS in their first evaluations.
  await sleep(3 * TICK_MS)
  return delayMs
}

interface RuleAlert {
  readonly labels: Labels
  readonly annotations: Labels
  readonly state: string
  readonly activeAt: string
  readonly value: string
}

interface ListedAlert {
  readonly labels: Labels
  readonly annotations: Labels
  readonly startsAt: string
  readonly fingerprint: string
  readonly generatorURL: string
  readonly receivers: readonly { readonly name: string }[]
  readonly status: { readonly state: string; readonly inhibitedBy: readonly string[] }
}

async function alertsOf(url: string): Promise<readonly RuleAlert[]> {
  const { alerts } = await ask<{ alerts: RuleAlert[] }>(`${url}/api/v1/alerts`)
  return alerts
}

async function listedBy(url: string): Promise<readonly ListedAlert[]> {
  return (await (await fetch(`${url}/api/v2/alerts`)).json()) as ListedAlert[]
}

async function ask<T>(url: string): Promise<T> {
  const response = await fetch(url)
  return ((await response.json()) as { data: T }).data
}

/** Keeps what is not as it was seen last. */
function keep<T extends Seen>(all: Record<string, T[]>, labels: Labels, next: T): void {
  const key = JSON.stringify(Object.fromEntries(Object.entries(labels).sort()))
  all[key] ??= []
  const last = all[key].at(-1)
  if (last === undefined || JSON.stringify({ ...last, seen: next.seen }) !== JSON.stringify(next)) all[key].push(next)
}

function ordered<T>(all: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The query of a rule, which Prometheus and Girok show on different pages. */
function queryOf(url: string): string | null {
  const { searchParams } = new URL(url)
  return searchParams.get('g0.expr') ?? searchParams.get('q')
}

/** Groups know nothing of one another: what is told of several within a moment comes in any order. */
function toldOf(sink: AlertSink, startMs: number, tick: (time: string) => number): Record<string, Told[]> {
  const told: Record<string, Told[]> = {}
  const webhook = sink.requests.find(({ body }) => body.includes('"externalURL"'))
  const { externalURL } = JSON.parse(webhook?.body ?? '{}') as { externalURL: string }
  for (const { path, body: text, atMs } of sink.requests) {
    const body = JSON.parse(text.replaceAll(externalURL, 'http://alertmanager'), (key, value: unknown) => {
      if (key === 'generatorURL') return queryOf(value as string)
      if (key !== 'startsAt' && key !== 'endsAt') return value
      return (value as string).startsWith('0001-') ? value : tick(value as string)
    })
    const key = `${path} ${body.groupKey ?? body.attachments[0].footer}`
    told[key] ??= []
    told[key].push({ atMs: atMs - startMs, body })
  }
  return told
}
