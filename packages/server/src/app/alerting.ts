import { systemClock } from '../alerting/alertmanager/clock.ts'
import type { OpenNotifierBy } from '../alerting/alertmanager/config/receivers-section.ts'
import { createAlertmanager } from '../alerting/alertmanager/create-alertmanager.ts'
import { createBackTests } from '../alerting/back-test/back-tests.ts'
import { openConfiguration } from '../alerting/configuration/open-configuration.ts'
import type { Monitor } from '../alerting/monitors/monitor.ts'
import { createRuleEditor } from '../alerting/rules/rule-editor.ts'
import { openStoredGroups } from '../alerting/rules/stored-groups.ts'
import type { ApiContext } from '../api/index.ts'
import { GirokError } from '../model/errors.ts'
import type { Feed } from '../model/feed.ts'
import { type AddressGuard, createAddressGuard } from '../notify/outgoing/address-guard.ts'
import { createOutgoing } from '../notify/outgoing/create-outgoing.ts'
import { createNotificationTemplates } from '../notify/templates/create-templates.ts'
import type { NotificationTemplates } from '../notify/templates/notification-templates.ts'
import { readTemplateFiles } from '../notify/templates/template-files.ts'
import type { LogStore } from '../store/store.ts'
import type { Config } from './config/index.ts'
import { openMonitorBook } from './monitors.ts'
import { openRules, type RuleParts } from './rules.ts'
import type { Teardown } from './teardown.ts'
import { VERSION } from './version.ts'

export interface AlertingParts
  extends Omit<RuleParts, 'config' | 'storedGroups' | 'store' | 'alertSink' | 'outgoing' | 'log'> {
  readonly config: RuleParts['config'] & Pick<Config, 'outgoing'>
  readonly store: LogStore
  readonly feed: Feed
  /** Besides those of the configuration. */
  readonly monitors: readonly Monitor[]
  readonly logger: (name: string) => Readonly<Record<'debug' | 'info' | 'warning' | 'error', LogLine>>
}

type LogLine = (message: string, fields?: Readonly<Record<string, unknown>>) => void

export interface OpenAlerting extends Pick<ApiContext, 'rules' | 'alerting'> {
  /** Begins to notify. */
  start(): Promise<void>
}

/** How often alertmanager.yml is looked at. */
const POLL_MS = 5_000

/**
 * Rules, which are evaluated from now on, monitors, and the Alertmanager inside, for the default tenant. Rejects with
 * `bad_request` that names every fault of a file: a start is the time to mend it. The teardown ends monitors and rules, then
 * notifications; what these did not finish is done after the next start.
 */
export async function openAlerting(parts: AlertingParts, teardown: Teardown): Promise<OpenAlerting> {
  const { config, store, registry, logger, externalUrl, now } = parts
  const { alerting } = config
  const tenant = config.tenancy.default
  const log = lineLog(logger('girok.alerting'))
  const userAgent = `Girok/${VERSION}`
  const outgoing = {
    free: createOutgoing({ guard: undefined, now, userAgent }),
    guarded: createOutgoing({ guard: guardOf(config.outgoing.allow), now, userAgent }),
  }
  teardown.add('outgoing requests', () => {
    outgoing.free.close()
    outgoing.guarded.close()
  })
  const configuration = await openConfiguration({
    file: alerting.configFile,
    documents: store.documents,
    tenant,
    opening: () => openingOf(outgoing, now),
    pollMs: POLL_MS,
    log,
  })
  teardown.add('configuration of alerting', () => configuration.stop())
  const alertmanager = await createAlertmanager({
    tenant,
    config: configuration.initial,
    notify: alerting.notify,
    state: store.state,
    journal: store.journal,
    clock: systemClock,
    registry,
    retentionMs: alerting.silenceRetention,
    externalUrl,
    log,
  })
  teardown.add('alertmanager', () => alertmanager.stop())
  configuration.attach(alertmanager)
  const storedGroups = openStoredGroups(store.documents, tenant)
  const rules = openRules({
    ...parts,
    storedGroups,
    outgoing: outgoing.free,
    alertSink: (alerts) => alertmanager.report(alerts),
    log: lineLog(logger('girok.rules')),
  })
  teardown.add('rules', () => rules.stop())
  await rules.start()
  const monitors = await openMonitorBook({ ...parts, tenant, report: async (alerts) => rules.report(alerts), log })
  teardown.add('monitors', () => monitors.stop())
  return {
    rules: {
      book: rules,
      tenant,
      asTold: rules.asTold,
      editor: createRuleEditor(storedGroups, rules),
      backTest: createBackTests({
        ...parts,
        tenant,
        queryOffsetMs: config.rules.queryOffset,
        externalLabels: () => rules.externalLabels(),
      }),
    },
    alerting: { tenant, alertmanager, configuration, monitors, alertmanagers: () => rules.alertmanagers() },
    start: () => alertmanager.start(),
  }
}

function guardOf(allow: readonly string[]): AddressGuard {
  try {
    return createAddressGuard(allow)
  } catch (error) {
    if (error instanceof RangeError) throw new GirokError('bad_request', `outgoing.allow: ${error.message}`)
    throw error
  }
}

/** What opens notifiers for one reading of the configuration: those of files may send anywhere, others behind the guard. */
function openingOf(
  outgoing: Readonly<Record<'free' | 'guarded', ReturnType<typeof createOutgoing>>>,
  now: () => number,
): OpenNotifierBy {
  const byFiles = new Map<string, NotificationTemplates>()
  const templatesOf = (patterns: readonly string[]): NotificationTemplates => {
    const key = JSON.stringify(patterns)
    const templates = byFiles.get(key) ?? createNotificationTemplates(readTemplateFiles(patterns))
    byFiles.set(key, templates)
    return templates
  }
  return (notifier, options, { trusted, templates }) =>
    notifier.open(options, {
      outgoing: trusted ? outgoing.free : outgoing.guarded,
      templates: templatesOf(templates),
      trusted,
      now,
    })
}

function lineLog(logger: ReturnType<AlertingParts['logger']>) {
  return (
    level: 'debug' | 'info' | 'warning' | 'error',
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ): void => logger[level](message, fields)
}
