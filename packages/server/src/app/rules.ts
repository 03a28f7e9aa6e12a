import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { AlertMemory } from '../alerting/alerts/kept-alerts.ts'
import { type AlertmanagerView, createReporter } from '../alerting/alerts/report-alerts.ts'
import { createRuleBook, type RunningRules } from '../alerting/rules/rule-book.ts'
import type { RuleFileSource } from '../alerting/rules/rule-files.ts'
import { RuleSeries } from '../alerting/rules/rule-samples.ts'
import type { StoredGroups } from '../alerting/rules/stored-groups.ts'
import type { Arrivals } from '../ingest/arrivals.ts'
import type { ReceiverContext } from '../ingest/receiver.ts'
import type { AlertSink, ReportedAlert } from '../model/alert.ts'
import type { QueryEngine } from '../query/engine.ts'
import type { PromEngine } from '../query/promql/prom-engine.ts'
import type { LogStore } from '../store/store.ts'
import type { Registry } from '../telemetry/registry.ts'
import type { Config } from './config/index.ts'
import { alertmanagerAt, readPrometheusAlerting } from './prometheus-alerting.ts'
import { openRuleQueries } from './rule-queries.ts'
import { sampleRules } from './samples/rules.ts'

export interface RuleParts {
  readonly config: Pick<Config, 'rules' | 'prometheus' | 'tenancy' | 'alerting'>
  readonly prom: PromEngine
  readonly engine: QueryEngine
  readonly storedGroups: StoredGroups
  readonly store: Pick<LogStore, 'state' | 'journal'>
  readonly arrivals: Arrivals
  readonly submitSamples: ReceiverContext['submitSamples']
  /** The Alertmanager inside; undefined: alerts go to external ones alone. */
  readonly alertSink: AlertSink | undefined
  /** Whether there are sample workloads, which have rules of their own. */
  readonly samplesRun: () => boolean
  /** Where people reach the server, as it is then. */
  readonly externalUrl: () => string
  readonly registry: Registry
  readonly log: (
    level: 'info' | 'warning' | 'error',
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ) => void
  readonly now: () => number
}

/** The rules, and where their alerts go besides. */
export interface OpenRules extends RunningRules {
  /** Joined to each alert. */
  readonly externalLabels: ReadonlyMap<string, string>
  alertmanagers(): readonly AlertmanagerView[]
  /** Hands alerts of others to everyone who is told of those of rules. */
  report(alerts: readonly ReportedAlert[]): void
}

/** How often files of rules are looked at. */
const POLL_MS = 5_000
/** As long as an evaluation may take that nobody waits for. */
const WRITE_PATIENCE_MS = 60_000

/** The rules of the configuration over this server's data, for the default tenant. */
export function openRules(parts: RuleParts): OpenRules {
  const { config, arrivals, storedGroups, store, submitSamples, registry, log, now } = parts
  const tenant = config.tenancy.default
  const series = new RuleSeries(tenant)
  const counters = {
    evaluations: registry.counter('girok_rule_group_evaluations_total', 'Evaluations of rule groups.'),
    failures: registry.counter('girok_rule_evaluation_failures_total', 'Rules that could not be evaluated, by group.'),
    missed: registry.counter('girok_rule_group_missed_total', 'Evaluations left out because one was still under way.'),
  }
  const { externalLabels, reporter } = openReporter(parts)
  const book = createRuleBook({
    sources: () => [...(parts.samplesRun() ? sampleRules : []), ...sourcesOf(config)],
    stored: storedGroups,
    intervalMs: config.rules.evaluationInterval,
    queryOffsetMs: config.rules.queryOffset,
    pollMs: POLL_MS,
    now,
    log,
    count: (what, group, amount = 1) => counters[what].add({ group }, amount),
    queries: (wanted, signal) => openRuleQueries(parts, tenant, wanted, signal),
    async write(samples, timeMs) {
      const batch = series.batch(samples, timeMs)
      const settled = arrivals.arrived(batch, batch.count, 0)
      try {
        await submitSamples(batch, { retryUntil: AbortSignal.timeout(WRITE_PATIENCE_MS) })
      } finally {
        settled()
      }
    },
    alerts: {
      memory: new AlertMemory(store.state, tenant),
      report: (alerts) => reporter.report(alerts),
      history: openHistory(parts),
      notKept: (error) => log('error', 'the state of alerts could not be written', { error }),
      externalLabels,
      externalUrl: parts.externalUrl,
      resendDelayMs: config.alerting.resendDelay,
    },
  })
  return {
    ...book,
    externalLabels,
    alertmanagers: () => reporter.alertmanagers(),
    report: (alerts) => reporter.report(alerts),
    async stop() {
      await book.stop()
      await reporter.close()
    },
  }
}

/** Where alerts go, by the configuration and the prometheus.yml that it names. */
function openReporter({ config, alertSink, registry, log }: RuleParts) {
  const { alerting, prometheus } = config
  const file = prometheus.configFile
  const of = file === undefined ? undefined : readPrometheusAlerting(resolve(file))
  if (of !== undefined && of.unused.length > 0) {
    log('warning', 'settings of alerts in the prometheus.yml have no effect', { file, settings: of.unused })
  }
  const own = alerting.externalLabels.map((pair): [string, string] => {
    const at = pair.indexOf('=')
    return [pair.slice(0, at), pair.slice(at + 1)]
  })
  const counters = {
    sent: registry.counter('girok_alerts_sent_total', 'Alerts handed over, by receiver.'),
    dropped: registry.counter('girok_alerts_dropped_total', 'Alerts that found no room in the queue, by receiver.'),
    failed: registry.counter('girok_alerts_failed_total', 'Alerts that could not be handed over, by receiver.'),
  }
  const targets = [...alerting.alertmanagers.map(alertmanagerAt), ...(of?.alertmanagers ?? [])]
  const reporter = createReporter({
    inside: alertSink,
    alertmanagers: [...new Map(targets.map((target) => [target.url, target])).values()],
    log,
    count: (what, receiver, alerts) => counters[what].add({ receiver }, alerts),
  })
  registry.gauge('girok_alerts_waiting', 'Alerts on their way to whoever takes most time to take them.', () =>
    Math.max(0, ...reporter.receivers.map((receiver) => reporter.waiting(receiver))),
  )
  return { externalLabels: new Map([...(of?.externalLabels ?? []), ...own]), reporter }
}

/** Writes the history of evaluations without anybody waiting; failures are counted, and told once until one succeeds. */
function openHistory({ config, store, registry, log }: RuleParts) {
  const lost = registry.counter('girok_rule_history_failures_total', 'Evaluations that the journal could not keep.')
  let isFailing = false
  return (entries: Parameters<LogStore['journal']['append']>[1]): void => {
    store.journal.append(config.tenancy.default, entries).then(
      () => {
        isFailing = false
      },
      (error: unknown) => {
        lost.add({}, entries.length)
        if (!isFailing) log('warning', 'the history of evaluations cannot be written', { error })
        isFailing = true
      },
    )
  }
}

function sourcesOf({ rules, prometheus }: RuleParts['config']): RuleFileSource[] {
  const here = process.cwd()
  const own: RuleFileSource[] = [
    { language: 'promql', folder: here, patterns: rules.promql },
    { language: 'logql', folder: here, patterns: rules.logql },
  ]
  if (prometheus.configFile === undefined) return own
  const path = resolve(here, prometheus.configFile)
  return [...own, { language: 'promql', folder: dirname(path), patterns: ruleFilesOf(path) }]
}

/** `rule_files` of a prometheus.yml. What else is in it is the scraper's to check. */
function ruleFilesOf(path: string): string[] {
  const document = parseDocument(readFileSync(path, 'utf8'))
  const files: unknown = document.errors.length > 0 ? undefined : document.toJS()?.rule_files
  return Array.isArray(files) ? files.filter((one) => typeof one === 'string') : []
}
