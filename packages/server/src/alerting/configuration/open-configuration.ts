import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { GirokError } from '../../model/errors.ts'
import { yamlExcess } from '../../model/yaml-excess.ts'
import { notifiers } from '../../notify/notifiers/index.ts'
import { keepSecrets } from '../../notify/option-list.ts'
import type { DocumentStore } from '../../store/documents/document-store.ts'
import type { Alertmanager } from '../alertmanager/alertmanager.ts'
import type { AlertmanagerConfig, ContactPoint, RouteNode } from '../alertmanager/config/alertmanager-config.ts'
import { DEFAULT_CONFIG } from '../alertmanager/config/default-config.ts'
import { type ConfigReading, readAlertmanagerConfig } from '../alertmanager/config/read-config.ts'
import type { OpenNotifierBy } from '../alertmanager/config/receivers-section.ts'
import { movedSecrets, type Sending, secretsOf } from '../alertmanager/config/secret-destinations.ts'
import { mergeSecrets, writtenSecrets } from '../alertmanager/config/secrets-in-text.ts'
import type { StoredContactPoint } from '../alertmanager/config/stored-contact-points.ts'
import type {
  AlertingConfiguration,
  ConfigurationState,
  ContactPointState,
  GivenIntegration,
} from './alerting-configuration.ts'
import { openKeptConfig } from './kept-config.ts'
import { type KeptContactPoint, openContactPoints } from './kept-contact-points.ts'
import { type ShownReceivers, shownIntegrations, shownReceivers } from './shown-integrations.ts'

export interface ConfigurationOptions {
  /** Path of an alertmanager.yml; undefined: the configuration is kept in the store. */
  readonly file: string | undefined
  readonly documents: DocumentStore
  readonly tenant: string
  /** Makes `open` for one reading: template files are read once for all of its notifiers. */
  readonly opening: () => OpenNotifierBy
  /** How often the file is looked at. */
  readonly pollMs: number
  readonly log: (
    level: 'info' | 'warning' | 'error',
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ) => void
}

export interface OpenConfiguration extends AlertingConfiguration {
  /** The configuration to begin with. */
  readonly initial: AlertmanagerConfig
  /** From now on changes are put in force. */
  attach(alertmanager: Pick<Alertmanager, 'use' | 'test' | 'config'>): void
  stop(): void
}

interface Reading {
  readonly config: AlertmanagerConfig
  readonly sending: Sending
  /** What was read. */
  readonly text: string
  readonly stored: readonly StoredContactPoint[]
}

/**
 * Reads what is configured. Rejects with `bad_request` that names every fault of a file: a start is the time to mend it.
 * A configuration of the store that cannot be read any more is told, and the default one is in force.
 */
export async function openConfiguration(options: ConfigurationOptions): Promise<OpenConfiguration> {
  const { file, documents, tenant, log } = options
  const path = file === undefined ? undefined : resolve(file)
  const keptConfig = openKeptConfig(documents, tenant)
  const points = openContactPoints(documents, tenant)
  let alertmanager: Pick<Alertmanager, 'use' | 'test' | 'config'> | undefined
  let kept = await keptConfig.read()
  let contactPoints = await points.list()
  let fault: string | undefined
  /** The file as it was last looked at. */
  let seen = path === undefined ? '' : readFile(path, file as string)
  let queue: Promise<unknown> = Promise.resolve()

  function readingOf(text: string, stored: readonly StoredContactPoint[]): ConfigReading {
    const name = file ?? (kept.version === 0 ? 'the default configuration' : 'the configuration')
    return readAlertmanagerConfig(text, { name, file: path, notifiers, stored, open: options.opening() })
  }

  function checked(text: string, stored: readonly StoredContactPoint[]): Reading {
    let reading: ConfigReading
    try {
      reading = readingOf(text, stored)
    } catch (error) {
      // Template files that cannot be read or parsed.
      if (error instanceof GirokError || !(error instanceof Error)) throw error
      throw new GirokError('bad_request', `${file ?? 'the configuration'}: ${error.message}`)
    }
    if (reading.config === undefined) throw new GirokError('bad_request', reading.problems.join('\n'))
    for (const warning of reading.warnings) log('warning', warning)
    return { config: reading.config, sending: reading.sending, text, stored }
  }

  function textNow(): string {
    if (path !== undefined) return seen
    return kept.version === 0 ? DEFAULT_CONFIG : kept.yaml
  }

  function firstReading(): Reading {
    if (path !== undefined || kept.version === 0) return checked(textNow(), contactPoints)
    try {
      return checked(kept.yaml, contactPoints)
    } catch (error) {
      if (!(error instanceof GirokError)) throw error
      fault = error.message
      log('error', 'the configuration of alerting that is kept cannot be used; the default one is in force', {
        fault: error.message,
      })
      return checked(DEFAULT_CONFIG, contactPoints)
    }
  }

  let inForce = firstReading()
  let shown: { readonly of: string; readonly receivers: ShownReceivers } | undefined

  function receiversShown(): ShownReceivers {
    const { shownYaml } = inForce.config
    if (shown?.of !== shownYaml) shown = { of: shownYaml, receivers: shownReceivers(shownYaml) }
    return shown.receivers
  }

  function use(reading: Reading): void {
    inForce = reading
    fault = undefined
    toldFault = undefined
    alertmanager?.use(reading.config)
  }

  /** One change after another. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = queue.then(work)
    queue = done.catch(() => undefined)
    return done
  }

  async function load(): Promise<void> {
    try {
      if (path !== undefined) seen = readFile(path, file as string)
      use(checked(textNow(), contactPoints))
    } catch (error) {
      if (error instanceof GirokError) fault = error.message
      throw error
    }
    log('info', 'the configuration of alerting is in force', { receivers: inForce.config.contactPoints.length })
  }

  /** Told once, not each time that the file is looked at. */
  let toldFault: string | undefined
  const timer =
    path === undefined
      ? undefined
      : setInterval(() => {
          void inTurn(async () => {
            if (readFile(path, file as string) === seen) return
            await load()
          }).catch((error: unknown) => {
            fault = error instanceof Error ? error.message : String(error)
            if (fault !== toldFault) log('error', 'a changed alertmanager.yml is not used', { fault })
            toldFault = fault
          })
        }, options.pollMs).unref()

  /** Who changes something learns no secret by sending it to himself. */
  function refuseMoved(next: Reading, typed: ReadonlySet<string>): void {
    const isInForce = inForce.text === textNow() && inForce.stored === contactPoints
    const before = isInForce ? inForce : readingOf(textNow(), contactPoints)
    const moved = movedSecrets(before.sending, next.sending, typed)
    if (moved.length > 0) throw new GirokError('bad_request', moved.join('\n'))
  }

  /** Puts contact points in force as they would be, then keeps them: what is kept has been read once. */
  async function change(
    next: readonly KeptContactPoint[],
    typed: readonly GivenIntegration[],
    keep: () => Promise<unknown>,
  ): Promise<void> {
    const reading = checked(textNow(), next)
    refuseMoved(reading, new Set(typed.flatMap(({ type, settings }) => writtenIn(type, settings))))
    await keep()
    contactPoints = await points.list()
    const isRead = JSON.stringify(contactPoints.map(asRead)) === JSON.stringify(inOrder(next).map(asRead))
    // Other processes may have changed some too.
    use(isRead ? { ...reading, stored: contactPoints } : checked(textNow(), contactPoints))
  }

  function refuseFaults(name: string, integrations: readonly GivenIntegration[]): void {
    if (name.length > MOST_NAME)
      throw new GirokError('bad_request', `name has ${name.length} characters, at most ${MOST_NAME} are kept`)
    if (name === '.' || name === '..') {
      // It stands in addresses, where these mean something else.
      throw new GirokError('bad_request', `a contact point cannot be called ${JSON.stringify(name)}`)
    }
    if (integrations.length === 0) throw new GirokError('bad_request', 'a contact point needs at least one integration')
    const faults = faultsOf({ name, integrations })
    if (faults.length > 0) throw new GirokError('bad_request', faults.join('\n'))
  }

  function faultsOf(point: StoredContactPoint): readonly string[] {
    const prefix = `contact point ${JSON.stringify(point.name)}: `
    return readingOf(DEFAULT_CONFIG, [point])
      .warnings.filter((warning) => warning.startsWith(prefix))
      .map((warning) => warning.slice(prefix.length))
  }

  function keptPoint(name: string): KeptContactPoint {
    const found = contactPoints.find((one) => one.name === name)
    if (found !== undefined) return found
    if (inForce.config.contactPoints.some((one) => one.name === name)) {
      throw new GirokError(
        'forbidden',
        `${JSON.stringify(name)} stands in ${file ?? 'the configuration'}: change it there`,
      )
    }
    throw new GirokError('not_found', `there is no contact point ${JSON.stringify(name)}`)
  }

  return {
    initial: inForce.config,
    attach(one) {
      alertmanager = one
    },
    stop: () => clearInterval(timer),

    current: (): ConfigurationState => ({
      origin: path !== undefined ? 'file' : kept.version === 0 ? 'default' : 'stored',
      file,
      fault,
      version: kept.version,
      yaml: path !== undefined ? inForce.config.shownYaml : keptConfig.shown(textNow()),
    }),

    replace: (yaml, version) =>
      inTurn(async () => {
        if (path !== undefined) {
          throw new GirokError('forbidden', `the configuration stands in ${file}: change the file`)
        }
        const size = Buffer.byteLength(yaml)
        if (size > MOST_BYTES) {
          throw new GirokError(
            'limit_exceeded',
            `the configuration has ${size} bytes, at most ${MOST_BYTES} are taken here: keep it in a file that alerting.configFile names`,
          )
        }
        const excess = yamlExcess(yaml)
        if (excess !== undefined) throw new GirokError('bad_request', `the configuration cannot be read: ${excess}`)
        const text = mergeSecrets(yaml, kept.yaml)
        const reading = checked(text, contactPoints)
        refuseMoved(reading, writtenSecrets(yaml))
        kept = await keptConfig.write(text, version)
        use(reading)
      }),

    contactPoints: () =>
      inForce.config.contactPoints.map((point): ContactPointState => {
        const stored = contactPoints.find(({ name }) => name === point.name && point.origin === 'stored')
        return {
          name: point.name,
          origin: point.origin,
          version: stored?.version ?? 0,
          integrations: shownIntegrations(point, stored, receiversShown),
          usedByRoutes: isUsed(inForce.config.route, point.name),
        }
      }),

    createContactPoint: (name, integrations) =>
      inTurn(async () => {
        refuseFaults(name, integrations)
        if (isTaken(inForce.config.contactPoints, name)) {
          throw new GirokError('conflict', `there is a contact point ${JSON.stringify(name)} already`)
        }
        await change([...contactPoints, { name, integrations, version: 1 }], integrations, () =>
          points.write(name, integrations, 0),
        )
      }),

    replaceContactPoint: (name, integrations, version) =>
      inTurn(async () => {
        const before = keptPoint(name)
        const next = withSecrets(integrations, before.integrations)
        refuseFaults(name, next)
        const others = contactPoints.filter((one) => one.name !== name)
        await change([...others, { name, integrations: next, version }], integrations, () =>
          points.write(name, next, version),
        )
      }),

    removeContactPoint: (name, version) =>
      inTurn(async () => {
        keptPoint(name)
        const others = contactPoints.filter((one) => one.name !== name)
        try {
          checked(textNow(), others)
        } catch (error) {
          if (!(error instanceof GirokError)) throw error
          throw new GirokError('conflict', `routes use ${JSON.stringify(name)}: change them first. ${error.message}`)
        }
        await change(others, [], () => points.remove(name, version))
      }),

    async test({ name, integrations, labels }) {
      if (alertmanager === undefined) throw new GirokError('store_unavailable', 'alerting is not ready yet')
      if (integrations === undefined) {
        if (name === undefined) throw new GirokError('bad_request', 'name or integrations is missing')
        return await alertmanager.test(name, labels)
      }
      const before = contactPoints.find((one) => one.name === name)?.integrations ?? []
      const next = withSecrets(integrations, before)
      const trial = { name: name ?? 'test', integrations: next }
      refuseFaults(trial.name, next)
      const point = readingOf(DEFAULT_CONFIG, [{ ...trial, name: 'default' }]).config?.contactPoints[0]
      if (point === undefined) throw new GirokError('bad_request', 'the contact point cannot be read')
      return await alertmanager.test({ ...point, name: trial.name }, labels)
    },

    reload: () => inTurn(load),
  }
}

const MOST_NAME = 100
/** Of a configuration that comes over the API, which everybody waits for while it is read: about 1,200 routes and receivers. */
const MOST_BYTES = 2 ** 19

/** Secrets of settings that stand there themselves, instead of `<secret>`. */
function writtenIn(type: string, settings: GivenIntegration['settings']): readonly string[] {
  const notifier = Object.hasOwn(notifiers, type) ? notifiers[type] : undefined
  return notifier === undefined
    ? []
    : secretsOf(notifier, settings).flatMap(({ value }) => (value === '<secret>' ? [] : [value]))
}

function readFile(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : (code ?? String(error))
    throw new GirokError('bad_request', `${shown} (alerting.configFile) cannot be read: ${why}`)
  }
}

/** What of a contact point a reading depends on. */
function asRead({ name, integrations }: StoredContactPoint): unknown {
  return [name, integrations]
}

function inOrder(contactPoints: readonly KeptContactPoint[]): KeptContactPoint[] {
  return [...contactPoints].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** A receiver without integrations gives way to a contact point of its name. */
function isTaken(contactPoints: readonly ContactPoint[], name: string): boolean {
  return contactPoints.some((one) => one.name === name && (one.origin === 'stored' || one.integrations.length > 0))
}

function isUsed(route: RouteNode, name: string): boolean {
  return route.receiver === name || route.routes.some((child) => isUsed(child, name))
}

/** Each integration with the secrets of the one of its type at its place before. */
function withSecrets(next: readonly GivenIntegration[], before: readonly GivenIntegration[]): GivenIntegration[] {
  const taken = new Map<string, number>()
  return next.map(({ type, settings }) => {
    const place = taken.get(type) ?? 0
    taken.set(type, place + 1)
    const old = before.filter((one) => one.type === type)[place]
    return { type, settings: keepSecrets(settings, old?.settings ?? {}) }
  })
}
