import { AlertMemory } from '../alerting/alerts/kept-alerts.ts'
import type { AlertmanagerView } from '../alerting/alerts/report-alerts.ts'
import { createRuleBook, type RunningRules } from '../alerting/rules/rule-book.ts'
import type { RuleFileSource } from '../alerting/rules/rule-files.ts'
import { RuleSeries } from '../alerting/rules/rule-samples.ts'
import type { StoredGroups } from '../alerting/rules/stored-groups.ts'
import type { Arrivals } from '../ingest/arrivals.ts'
import type { ReceiverContext } from '../ingest/receiver.ts'
import type { ReportedAlert } from '../model/alert.ts'
import type { Relabelling } from '../model/scraping.ts'
import type { QueryEngine } from '../query/engine.ts'
import type { PromEngine } from '../query/promql/prom-engine.ts'
import type { LogStore } from '../store/store.ts'
import { type AlertReporterParts, openAlertReporter } from './alert-reporter.ts'
import type { Config } from './config/index.ts'
import { openRuleQueries } from './rule-queries.ts'
import { sampleRules } from './samples/rules.ts'

export interface RuleParts extends AlertReporterParts {
  readonly config: Pick<Config, 'rules' | 'tenancy' | 'alerting'>
  readonly prom: PromEngine
  readonly engine: QueryEngine
  readonly storedGroups: StoredGroups
  readonly store: Pick<LogStore, 'state' | 'journal'>
  readonly arrivals: Arrivals
  readonly submitSamples: ReceiverContext['submitSamples']
  /** Whether there are sample workloads, which have rules of their own. */
  readonly samplesRun: () => boolean
  /** Where people reach the server, as it is then. */
  readonly externalUrl: () => string
  readonly now: () => number
}

/** The rules, and where their alerts go besides. */
export interface OpenRules extends RunningRules {
  /** Joined to each alert, as they are now. */
  externalLabels(): ReadonlyMap<string, string>
  /** The labels with which an alert of a rule is told of; undefined: it is not. */
  readonly asTold: Relabelling
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
  const reporter = openAlertReporter(parts)
  const book = createRuleBook({
    sources: () => [...(parts.samplesRun() ? sampleRules : []), ...sourcesOf(parts)],
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
      get externalLabels() {
        return reporter.externalLabels()
      },
      externalUrl: parts.externalUrl,
      resendDelayMs: config.alerting.resendDelay,
    },
  })
  return {
    ...book,
    externalLabels: reporter.externalLabels,
    asTold: reporter.asTold,
    alertmanagers: () => reporter.alertmanagers(),
    report: (alerts) => reporter.report(alerts),
    async stop() {
      await book.stop()
      await reporter.close()
    },
  }
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

/** Where files of rules are: those of the configuration, and those of the prometheus.yml that is in force. */
function sourcesOf({ config, scraping }: Pick<RuleParts, 'config' | 'scraping'>): RuleFileSource[] {
  const here = process.cwd()
  const own: RuleFileSource[] = [
    { language: 'promql', folder: here, patterns: config.rules.promql },
    { language: 'logql', folder: here, patterns: config.rules.logql },
  ]
  const file = scraping?.alerts()
  if (file === undefined) return own
  const { ruleFiles: patterns, evaluationIntervalMs: intervalMs, queryOffsetMs } = file
  return [...own, { language: 'promql', folder: here, patterns, intervalMs, queryOffsetMs }]
}
