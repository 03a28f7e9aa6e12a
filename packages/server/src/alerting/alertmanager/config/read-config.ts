import { dirname, resolve } from 'node:path'
import type { GlobalOptions, Notifier } from '../../../notify/notifier.ts'
import type { AlertmanagerConfig } from './alertmanager-config.ts'
import { ConfigText } from './config-text.ts'
import { DEFAULT_RESOLVE_TIMEOUT_MS, type GlobalSection, globalSection } from './global-section.ts'
import { intervalsByName, readInhibitRules, readNamedIntervals, readTemplates } from './other-sections.ts'
import { readDeclared, unknownKey } from './read-declared.ts'
import {
  type OpenedFrom,
  type OpenNotifierBy,
  openReceiver,
  type ReadReceiver,
  readReceivers,
  withFiles,
} from './receivers-section.ts'
import { readRoot } from './route-section.ts'
import type { Sending } from './secret-destinations.ts'
import { showConfig } from './shown-config.ts'
import { readContactPoint, type StoredContactPoint } from './stored-contact-points.ts'

/** What reading a configuration needs besides its text. */
export interface ConfigSource {
  /** What the text is called in problems: the path of the file, as its user knows it. */
  readonly name: string
  /** Absolute path of the file. Undefined for a configuration of the store: it may name no files. */
  readonly file: string | undefined
  readonly notifiers: Readonly<Record<string, Notifier>>
  /** Contact points of the store; routes can name them too. */
  readonly stored?: readonly StoredContactPoint[]
  readonly open: OpenNotifierBy
}

/** What became of a text. There is a configuration when there are no problems. */
export interface ConfigReading {
  readonly config: AlertmanagerConfig | undefined
  /** `NAME:LINE:COLUMN: KEY PATH: what is wrong and how to mend it`, in order of the text. */
  readonly problems: readonly string[]
  /** What works otherwise than somebody may think: contact points of the store that are broken or hidden. */
  readonly warnings: readonly string[]
  /** What is sent where: all that could be read, with problems too. */
  readonly sending: Sending
}

const SECTIONS = [
  'global',
  'route',
  'inhibit_rules',
  'receivers',
  'templates',
  'time_intervals',
  'mute_time_intervals',
] as const

const SENDS_NOTHING: Sending = { global: {}, receivers: [] }

/** Sections of Alertmanager for what it does itself. */
const NOT_HERE: Readonly<Record<string, string>> = {
  tracing: 'Girok does not send traces of its notifications: take the section out',
  event_recorder: 'Girok keeps the history of alerts and notifications by itself: take the section out',
}

/**
 * Reads a configuration in the format of Alertmanager (alertmanager.yml). Strict: unknown keys, values of the wrong type
 * and names that nothing defines are problems, all of which are told at once.
 */
export function readAlertmanagerConfig(text: string, source: ConfigSource): ConfigReading {
  const yaml = new ConfigText(text, source.name)
  const plain = yaml.plain() ?? {}
  if (yaml.problems().length > 0)
    return { config: undefined, problems: yaml.problems(), warnings: [], sending: SENDS_NOTHING }
  if (typeof plain !== 'object' || Array.isArray(plain)) {
    yaml.problem([], `the file must be a map of ${SECTIONS.join(', ')}`)
    return { config: undefined, problems: yaml.problems(), warnings: [], sending: SENDS_NOTHING }
  }
  const sections = plain as Readonly<Record<string, unknown>>
  for (const key of Object.keys(sections)) {
    const notHere = Object.hasOwn(NOT_HERE, key) ? NOT_HERE[key] : undefined
    if (notHere !== undefined) yaml.problem([key], notHere, 'key')
    else if (!SECTIONS.some((known) => known === key)) yaml.problem([key], unknownKey(key, SECTIONS), 'key')
  }
  const global = readGlobal(sections.global, source.file, yaml)
  const context = { notifiers: source.notifiers, global, file: source.file }
  const read = readReceivers(sections.receivers, context, yaml)
  const { receivers, stored, warnings } = joinStored(read, source, global ?? {})
  const intervals = readNamedIntervals(sections, yaml)
  const defined = {
    receivers: [...receivers, ...stored].map(({ name }) => name),
    timeIntervals: intervals.map(({ name }) => name),
  }
  const route = readRoot(sections.route, defined, yaml)
  const inhibitRules = readInhibitRules(sections.inhibit_rules, yaml)
  const templates = readTemplates(sections.templates, yaml)
  if (source.file === undefined && templates.length > 0) {
    yaml.problem(['templates'], 'files can only be named in a configuration file of the server', 'key')
  }
  const problems = yaml.problems()
  const sending = { global: global ?? {}, receivers: [...receivers, ...stored] }
  if (problems.length > 0 || global === undefined || route === undefined) {
    return { config: undefined, problems, warnings, sending }
  }
  const from: OpenedFrom = {
    origin: 'file',
    trusted: source.file !== undefined,
    templates: source.file === undefined ? [] : templates.map((path) => resolve(dirname(source.file as string), path)),
  }
  const config: AlertmanagerConfig = {
    shownYaml: showConfig({
      global,
      route,
      inhibitRules,
      receivers: [...receivers, ...stored].map(({ shown }) => shown),
      templates,
      intervals,
    }),
    resolveTimeoutMs: global.resolve_timeout as number,
    route,
    inhibitRules,
    contactPoints: [
      ...receivers.map((receiver) => openReceiver(receiver, source.open, from)),
      ...stored.map((receiver) => openReceiver(receiver, source.open, { ...from, origin: 'stored', trusted: false })),
    ],
    timeIntervals: intervalsByName(intervals),
    templates: from.templates,
  }
  return { config, problems, warnings, sending }
}

function readGlobal(value: unknown, file: string | undefined, yaml: ConfigText): GlobalSection | undefined {
  const read = readDeclared(globalSection, value ?? {}, ['global'], yaml)
  if (read === undefined) return undefined
  const placed = withFiles(globalSection, read, ['global'], file, yaml) as GlobalSection
  return { ...placed, resolve_timeout: placed.resolve_timeout ?? DEFAULT_RESOLVE_TIMEOUT_MS }
}

/**
 * A contact point of the store stands in for a receiver of the same name that has no integrations, such as the one of the
 * configuration that is in force when nobody wrote any; beside another one it cannot be.
 */
function joinStored(read: readonly ReadReceiver[], source: ConfigSource, global: GlobalOptions) {
  const warnings: string[] = []
  const stored: ReadReceiver[] = []
  for (const contactPoint of source.stored ?? []) {
    const { name } = contactPoint
    if (read.some((receiver) => receiver.name === name && receiver.integrations.length > 0)) {
      warnings.push(`contact point ${JSON.stringify(name)}: ${source.name} has a receiver of this name, which is used`)
      continue
    }
    const { receiver, problems } = readContactPoint(contactPoint, { notifiers: source.notifiers, global })
    for (const problem of problems) warnings.push(`contact point ${JSON.stringify(name)}: ${problem}`)
    stored.push(receiver)
  }
  const receivers = read.filter(({ name }) => !stored.some((other) => other.name === name))
  return { receivers, stored, warnings }
}
