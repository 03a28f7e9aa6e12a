import type { Alertmanager } from '../alerting/alertmanager/alertmanager.ts'
import type { BackTests } from '../alerting/back-test/back-tests.ts'
import type { AlertingConfiguration } from '../alerting/configuration/alerting-configuration.ts'
import type { MonitorBook } from '../alerting/monitors/monitor-book.ts'
import type { RuleEditor } from '../alerting/rules/rule-editor.ts'
import type { DashboardBook } from '../dashboards/book.ts'
import type { DashboardFiles } from '../dashboards/files.ts'
import type { Documents } from '../model/documents.ts'
import type { Feed } from '../model/feed.ts'
import type { RuleBook } from '../model/rules.ts'
import type { Relabelling, SampleSource } from '../model/scraping.ts'
import type { QueryEngine } from '../query/engine.ts'
import type { PromEngine } from '../query/promql/prom-engine.ts'
import type { LogStore } from '../store/store.ts'
import type { Registry } from '../telemetry/registry.ts'
import type {
  AgentReport,
  ListedAgent,
  SampleState,
  SavedViewContent,
  Scope,
  SetupResponse,
  SourcesResponse,
} from './contract.ts'

/** What a route sees of a request; the server has checked host, origin, token and tenant before. */
export interface ApiRequest {
  readonly tenant: string
  readonly scopes: readonly Scope[]
  /** Parameters of the URL and, for POST, of the form body; the body's come first. */
  readonly params: URLSearchParams
  /** Values of `:name` parts of the path. */
  readonly path: Readonly<Record<string, string>>
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal
}

export interface ApiResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** An async iterable is streamed; the next piece is asked for only when the client has taken the last. */
  readonly body?: string | Buffer | AsyncIterable<string>
}

export interface Route {
  readonly methods: readonly ('GET' | 'POST' | 'PUT' | 'DELETE')[]
  readonly path: string
  /** What a token must allow; undefined: open to anyone who reaches the server (health checks). */
  readonly scope: Scope | undefined
  /** How errors are told: Loki's paths as plain text, Prometheus' and Girok's own as JSON, each in its form. */
  readonly errors: 'text' | 'json' | 'prometheus'
  /** True where one request may read several tenants (`X-Scope-OrgID: a|b`), if the server allows it at all. */
  readonly manyTenants?: boolean
  readonly handle: (request: ApiRequest) => Promise<ApiResponse> | ApiResponse
}

/** What the app hands to the routes. */
export interface ApiContext {
  readonly version: string
  readonly startedMs: number
  readonly engine: QueryEngine
  readonly prom: PromEngine
  /** The rules in force, whose they are, and changes of those that are kept in the store. */
  readonly rules: {
    readonly book: RuleBook
    readonly tenant: string
    readonly editor: RuleEditor
    readonly backTest: BackTests
    /** The labels with which an alert of a rule is told of, to the Alertmanager inside too; undefined: it is not. */
    readonly asTold: Relabelling
  }
  /** Alerts: who is told of them, and how. */
  readonly alerting: AlertingContext
  readonly store: LogStore
  readonly feed: Feed
  readonly registry: Registry
  readonly sample: SampleControl
  /** Views of the log page that are saved for all of a tenant. */
  readonly views: Documents<SavedViewContent>
  readonly dashboards: { readonly book: DashboardBook; readonly files: Pick<DashboardFiles, 'faults'> }
  /** What the set-up page shows, for one tenant. */
  readonly setup: (tenant: string) => Omit<SetupResponse, 'sample'>
  /** What the page of sources shows, for one tenant; the headers tell by which address the caller reaches the server. */
  readonly sources: (tenant: string, headers: ApiRequest['headers']) => SourcesResponse
  readonly agents: AgentBook
  /** What scrapes in this process for the default tenant; undefined: nothing does. */
  readonly scraping: { readonly source: SampleSource; readonly tenant: string } | undefined
  readonly tail: TailLimits
  /** How long a delete request can be cancelled, and removes nothing. */
  readonly cancelPeriodMs: number
  readonly reads: ReadOptions
  readonly now: () => number
}

/** The parts of alerting that routes meet. */
export interface AlertingContext {
  /** Whose alerts they are. */
  readonly tenant: string
  readonly alertmanager: Alertmanager
  readonly configuration: AlertingConfiguration
  readonly monitors: MonitorBook
  /** Alertmanagers that alerts are also sent to, without what is secret in their addresses. */
  readonly alertmanagers: () => readonly { readonly url: string; readonly error: string | undefined }[]
}

/** The agents that report here, by tenant. */
export interface AgentBook {
  /** Takes the place of the agent's last report. Where there is no room, those go that were silent longest. */
  report(tenant: string, report: AgentReport): void
  /** By name, then id. */
  list(tenant: string): readonly ListedAgent[]
  /** Throws `not_found`, or `conflict` while the agent is connected. */
  forget(tenant: string, id: string): void
}

export interface SampleControl {
  state(): SampleState
  /** Starts or stops the sample workloads; remembered across restarts. */
  setRunning(running: boolean): Promise<SampleState>
  /** Stops them and removes every record they wrote. */
  remove(): Promise<SampleState>
}

/** How reads are answered, and what is told of the limits. */
export interface ReadOptions {
  /** The points of range queries lie at whole multiples of the step. */
  readonly alignWithStep: boolean
  /** The limits of every tenant under the names that Loki gives them; durations and sizes as text. */
  readonly limits: Readonly<Record<string, unknown>>
}

export interface TailLimits {
  /** Websockets open at once, per tenant. */
  readonly maxConnections: number
  readonly maxDurationMs: number
  /** Entries of the past that a tail may begin with. */
  readonly maxHistory: number
}

/** A family of routes: one file each, listed in routes/index.ts. */
export type RouteFamily = (context: ApiContext) => readonly Route[]

/** A JSON answer. `type` only differs where a peer's clients compare it. */
export function json(value: unknown, status = 200, type = 'application/json; charset=utf-8'): ApiResponse {
  return { status, headers: { 'content-type': type }, body: `${JSON.stringify(value)}\n` }
}

export function text(body: string, status = 200): ApiResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
}
