import type { AlertmanagerTarget } from '../alerting/alerts/alertmanager-client.ts'
import { createReporter, type Reporter } from '../alerting/alerts/report-alerts.ts'
import type { AlertSink } from '../model/alert.ts'
import type { Relabelling, SampleSource, ScrapedAlertSettings } from '../model/scraping.ts'
import type { Outgoing } from '../notify/outgoing/outgoing.ts'
import type { Registry } from '../telemetry/registry.ts'
import { alertmanagerAt, alertmanagerOf } from './alertmanager-requests.ts'
import type { Config } from './config/index.ts'

export interface AlertReporterParts {
  readonly config: Pick<Config, 'alerting'>
  /** Who reads the prometheus.yml; undefined: there is none. */
  readonly scraping: Pick<SampleSource, 'alerts' | 'alertmanagers'> | undefined
  /** The Alertmanager inside; undefined: alerts go to external ones alone. */
  readonly alertSink: AlertSink | undefined
  /** For addresses of files. */
  readonly outgoing: Outgoing
  readonly registry: Registry
  readonly log: (
    level: 'info' | 'warning' | 'error',
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ) => void
}

/** Tells everyone of alerts who is to know, by the configuration and the prometheus.yml that it names, as both are then. */
export interface AlertReporter extends Reporter {
  /** Labels of every alert of rules that lacks them: those of `alerting.externalLabels` go before those of the file. */
  externalLabels(): ReadonlyMap<string, string>
  /** The labels with which an alert of a rule is told of; undefined: it is not. */
  asTold: Relabelling
}

/** Opens the ways that alerts of rules and monitors go. */
export function openAlertReporter(parts: AlertReporterParts): AlertReporter {
  const { config, scraping, alertSink, outgoing, registry, log } = parts
  const { alerting } = config
  const counters = {
    sent: registry.counter('girok_alerts_sent_total', 'Alerts handed over, by receiver.'),
    dropped: registry.counter('girok_alerts_dropped_total', 'Alerts that found no room in the queue, by receiver.'),
    failed: registry.counter('girok_alerts_failed_total', 'Alerts that could not be handed over, by receiver.'),
  }
  const relabel: Relabelling = (labels) => {
    const settings = scraping?.alerts()
    return settings === undefined ? labels : settings.relabel(labels)
  }
  const externalLabels = externalLabelsOf(alerting.externalLabels, scraping)
  const reporter = createReporter({
    inside: alertSink,
    alertmanagers: alertmanagersOf(alerting.alertmanagers, scraping),
    outgoing,
    relabel,
    log,
    count: (what, receiver, alerts) => counters[what].add({ receiver }, alerts),
  })
  registry.gauge('girok_alerts_waiting', 'Alerts on their way to whoever takes most time to take them.', () =>
    reporter.waiting(),
  )
  return { ...reporter, externalLabels, asTold: (labels) => relabel(new Map([...externalLabels(), ...labels])) }
}

/** The same map as long as nothing changes. */
function externalLabelsOf(
  pairs: readonly string[],
  scraping: AlertReporterParts['scraping'],
): () => ReadonlyMap<string, string> {
  const own = pairs.map((pair): [string, string] => {
    const at = pair.indexOf('=')
    return [pair.slice(0, at), pair.slice(at + 1)]
  })
  let seen: ScrapedAlertSettings | undefined
  let labels: ReadonlyMap<string, string> = new Map(own)
  return () => {
    const settings = scraping?.alerts()
    if (settings !== seen) labels = new Map([...(settings?.externalLabels ?? []), ...own])
    seen = settings
    return labels
  }
}

/** Those of the configuration and those of the file, as they are found now. What both name is as the file has it. */
function alertmanagersOf(
  addresses: readonly string[],
  scraping: AlertReporterParts['scraping'],
): () => readonly AlertmanagerTarget[] {
  const own = [...new Set(addresses)].map(alertmanagerAt)
  let seen: unknown
  let all: readonly AlertmanagerTarget[] = own
  return () => {
    const found = scraping?.alertmanagers()
    if (found === seen) return all
    seen = found
    const ofFile = found?.active.map(alertmanagerOf) ?? []
    all = [...own.filter(({ url }) => !ofFile.some((other) => other.url === url)), ...ofFile]
    return all
  }
}
