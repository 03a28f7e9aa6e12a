import type {
  AcknowledgementBody,
  AlertHistoryResponse,
  AlertingConfigResponse,
  BackTestBody,
  BackTestResponse,
  ContactPointIntegration,
  EvaluationsResponse,
  NotificationsResponse,
  NotifiersResponse,
  RoutesResponse,
  RouteTestResponse,
  RuleGroupBody,
  RuleLanguage,
  StoredRuleGroup,
  StoredRuleGroupsResponse,
  TestResponse,
} from '@girok/server/contract'
import { getJson, type QueryParams, type RequestOptions, request } from './client.ts'

/** Girok's own routes for alerting; each rejects with an ApiError whose message is written for users. */
export const alertingPath = '/girok/v1/alerting'

/** A time of history, Unix milliseconds, how much of it at most, and where an earlier answer ended. */
export interface HistorySpan {
  readonly startMs: number
  readonly endMs: number
  readonly limit: number
  readonly before?: string | undefined
}

const times = ({ startMs, endMs, limit, before }: HistorySpan): QueryParams => ({
  start: new Date(startMs).toISOString(),
  end: new Date(endMs).toISOString(),
  limit,
  before,
})

const withSignal = (options: RequestOptions, signal: AbortSignal | undefined): RequestOptions =>
  signal === undefined ? options : { ...options, signal }

const named = (path: string, ...names: readonly string[]): string =>
  [`${alertingPath}/${path}`, ...names.map(encodeURIComponent)].join('/')

/** Evaluations of a rule, newest first. */
export function fetchEvaluations(
  ruleId: string,
  span: HistorySpan,
  signal?: AbortSignal,
): Promise<EvaluationsResponse> {
  return getJson(`${named('rules', ruleId)}/evaluations`, withSignal({ params: times(span) }, signal))
}

/** Changes of alerts of one name, newest first. */
export function fetchAlertHistory(
  name: string,
  span: HistorySpan,
  signal?: AbortSignal,
): Promise<AlertHistoryResponse> {
  const params = { ...times(span), filter: `alertname=${JSON.stringify(name)}` }
  return getJson(named('history'), withSignal({ params }, signal))
}

/** What attempts to notify are looked for; '' where anything will do. */
export interface NotificationFilter {
  readonly receiver: string
  readonly outcome: string
  readonly alertname: string
  /** Words that all must be somewhere. */
  readonly search: string
}

/** Attempts to notify, newest first, as far back as they are kept. */
export function fetchNotifications(
  filter: NotificationFilter,
  { limit, before }: Pick<HistorySpan, 'limit' | 'before'>,
  signal?: AbortSignal,
): Promise<NotificationsResponse> {
  const given = Object.entries(filter).filter(([, value]) => value !== '')
  const params = { ...Object.fromEntries(given), start: 0, limit, before }
  return getJson(named('notifications'), withSignal({ params }, signal))
}

export async function acknowledge(fingerprint: string, body: AcknowledgementBody): Promise<void> {
  await request(`${named('alerts', fingerprint)}/acknowledgement`, { method: 'PUT', body })
}

export async function takeBackAcknowledgement(fingerprint: string): Promise<void> {
  await request(`${named('alerts', fingerprint)}/acknowledgement`, { method: 'DELETE' })
}

/** Groups of rules that are kept in the store. */
export function fetchRuleGroups(signal?: AbortSignal): Promise<StoredRuleGroupsResponse> {
  return getJson(named('rule-groups'), withSignal({}, signal))
}

/** Keeps a group in place of the version that was read; 0: there must be none. ApiError 409 when it is at another. */
export function putRuleGroup(
  language: RuleLanguage,
  namespace: string,
  group: RuleGroupBody,
  version: number,
): Promise<StoredRuleGroup> {
  return getJson(named('rule-groups', language, namespace, group.name), { method: 'PUT', body: { group, version } })
}

export async function deleteRuleGroup({ language, namespace, group, version }: StoredRuleGroup): Promise<void> {
  const path = named('rule-groups', language, namespace, group.name)
  await request(path, { method: 'DELETE', params: { version } })
}

/** What a rule would have done. ApiError 400 tells what is wrong with it. */
export function backTest(body: BackTestBody, signal?: AbortSignal): Promise<BackTestResponse> {
  return getJson(named('backtest'), withSignal({ method: 'POST', body }, signal))
}

/** What contact points can be made of. */
export function fetchNotifiers(signal?: AbortSignal): Promise<NotifiersResponse> {
  return getJson(named('notifiers'), withSignal({}, signal))
}

export async function createContactPoint(
  name: string,
  integrations: readonly ContactPointIntegration[],
): Promise<void> {
  await request(named('contact-points'), { method: 'POST', body: { name, integrations } })
}

/** `<secret>` keeps a secret that is set. */
export async function putContactPoint(
  name: string,
  integrations: readonly ContactPointIntegration[],
  version: number,
): Promise<void> {
  await request(named('contact-points', name), { method: 'PUT', body: { integrations, version } })
}

export async function deleteContactPoint(name: string, version: number): Promise<void> {
  await request(named('contact-points', name), { method: 'DELETE', params: { version } })
}

/** Sends a made-up alert; by a contact point that is kept, or by integrations as they are now in a form. */
export function testContactPoint(body: {
  readonly name?: string
  readonly integrations?: readonly ContactPointIntegration[]
}): Promise<TestResponse> {
  return getJson(named('contact-points', 'test'), { method: 'POST', body })
}

/** The configuration of Alertmanager in force. */
export function fetchConfig(signal?: AbortSignal): Promise<AlertingConfigResponse> {
  return getJson(named('config'), withSignal({}, signal))
}

/** Keeps another configuration. ApiError 400 tells every fault with its line. */
export async function putConfig(yaml: string, version: number): Promise<void> {
  await request(named('config'), { method: 'PUT', body: { yaml, version } })
}

/** The routing tree. */
export function fetchRoutes(signal?: AbortSignal): Promise<RoutesResponse> {
  return getJson(named('routes'), withSignal({}, signal))
}

/** Where an alert with these labels would go. */
export function testRoutes(labels: Readonly<Record<string, string>>): Promise<RouteTestResponse> {
  return getJson(named('routes', 'test'), { method: 'POST', body: { labels } })
}

export async function switchMonitor(name: string, active: boolean): Promise<void> {
  await request(named('monitors', name), { method: 'POST', body: { active } })
}
