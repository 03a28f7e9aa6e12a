import { parse } from 'yaml'
import { notifiers } from '../../notify/notifiers/index.ts'
import { showSettings } from '../../notify/option-list.ts'
import type { ContactPoint } from '../alertmanager/config/alertmanager-config.ts'
import type { GivenIntegration } from './alerting-configuration.ts'
import type { KeptContactPoint } from './kept-contact-points.ts'

/** Receivers of a configuration by name, as it is shown. Read once for all of them: each reading takes its time. */
export type ShownReceivers = ReadonlyMap<string, Readonly<Record<string, unknown>>>

export function shownReceivers(shownYaml: string): ShownReceivers {
  const shown = parse(shownYaml, { uniqueKeys: false }) as {
    readonly receivers?: readonly Readonly<Record<string, unknown>>[]
  }
  return new Map((shown.receivers ?? []).map((receiver) => [String(receiver.name), receiver]))
}

/** Integrations as people may see them: those of the store as they were given, those of a file with their defaults. */
export function shownIntegrations(
  point: ContactPoint,
  stored: KeptContactPoint | undefined,
  receivers: () => ShownReceivers,
): GivenIntegration[] {
  if (stored !== undefined) {
    return stored.integrations.map(({ type, settings }) => ({ type, settings: shownSettings(type, settings) }))
  }
  const receiver = receivers().get(point.name) ?? {}
  return point.integrations.map(({ type, index }) => {
    const list = receiver[notifiers[type]?.configKey ?? ''] as readonly GivenIntegration['settings'][] | undefined
    return { type, settings: list?.[index] ?? {} }
  })
}

/** A notifier that is not there any more tells nothing of its settings: which are secret is not known. */
function shownSettings(type: string, settings: GivenIntegration['settings']): GivenIntegration['settings'] {
  const notifier = notifiers[type]
  return notifier === undefined ? {} : showSettings(notifier, settings)
}
