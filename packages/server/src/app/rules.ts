import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import type { RuleQuery } from '../alerting/rules/rule.ts'
import { createRuleBook, type RuleFileSource, type RunningRules } from '../alerting/rules/rule-book.ts'
import { RuleSeries, type RuleValue, ruleValues } from '../alerting/rules/rule-samples.ts'
import type { StoredGroups } from '../alerting/rules/stored-groups.ts'
import type { Arrivals } from '../ingest/arrivals.ts'
import type { ReceiverContext } from '../ingest/receiver.ts'
import { GirokError } from '../model/errors.ts'
import type { QueryEngine } from '../query/engine.ts'
import type { PromEngine } from '../query/promql/prom-engine.ts'
import type { Registry } from '../telemetry/registry.ts'
import type { Config } from './config/index.ts'

export interface RuleParts {
  readonly config: Pick<Config, 'rules' | 'prometheus' | 'tenancy'>
  readonly prom: PromEngine
  readonly engine: QueryEngine
  readonly storedGroups: StoredGroups
  readonly arrivals: Arrivals
  readonly submitSamples: ReceiverContext['submitSamples']
  readonly registry: Registry
  readonly log: (
    level: 'info' | 'warning' | 'error',
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ) => void
  readonly now: () => number
}

/** How often files of rules are looked at. */
const POLL_MS = 5_000
/** As long as an evaluation may take that nobody waits for. */
const WRITE_PATIENCE_MS = 60_000

/** The rules of the configuration over this server's data, for the default tenant. */
export function openRules(parts: RuleParts): RunningRules {
  const { config, arrivals, storedGroups, submitSamples, registry, log, now } = parts
  const tenant = config.tenancy.default
  const series = new RuleSeries(tenant)
  const counters = {
    evaluations: registry.counter('girok_rule_group_evaluations_total', 'Evaluations of rule groups.'),
    failures: registry.counter('girok_rule_evaluation_failures_total', 'Rules that could not be evaluated, by group.'),
    missed: registry.counter('girok_rule_group_missed_total', 'Evaluations left out because one was still under way.'),
  }
  return createRuleBook({
    sources: () => sourcesOf(config),
    stored: () => storedGroups.read(),
    intervalMs: config.rules.evaluationInterval,
    queryOffsetMs: config.rules.queryOffset,
    pollMs: POLL_MS,
    now,
    log,
    count: (what, group, amount = 1) => counters[what].add({ group }, amount),
    evaluate: (query, timeMs, signal) => evaluate(parts, tenant, query, timeMs, signal),
    async write(samples, timeMs) {
      const batch = series.batch(samples, timeMs)
      const settled = arrivals.arrived(batch, batch.count, 0)
      try {
        await submitSamples(batch, { retryUntil: AbortSignal.timeout(WRITE_PATIENCE_MS) })
      } finally {
        settled()
      }
    },
  })
}

async function evaluate(
  { prom, engine }: RuleParts,
  tenant: string,
  query: RuleQuery,
  timeMs: number,
  signal: AbortSignal,
): Promise<RuleValue[]> {
  if (query.language === 'promql') {
    const { value } = await prom.instant({ tenant, query: query.tree, timeMs, signal })
    return valuesOf(value)
  }
  const timeNs = BigInt(timeMs) * 1_000_000n
  const { value } = await engine.metric({
    tenant,
    query: query.text,
    startNs: timeNs,
    endNs: timeNs,
    stepNs: 1_000_000n,
    signal,
  })
  return valuesOf(value)
}

function valuesOf(answer: Parameters<typeof ruleValues>[0]): RuleValue[] {
  const values = ruleValues(answer)
  if (values === undefined) throw new GirokError('bad_request', 'a rule needs a vector or a scalar')
  return values
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
