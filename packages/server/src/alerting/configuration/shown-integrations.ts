import { parse } from 'yaml'
import { notifiers } from '../../notify/notifiers/index.ts'
import { showSettings } from '../../notify/option-list.ts'
import type { ContactPoint } from '../alertmanager/config/alertmanager-config.ts'
import type { GivenIntegration } from './alerting-configuration.ts'
import type { KeptContactPoint } from './kept-contact-points.ts'

/** Integrations as people may see them: those of the store as they were given, those of a file with their defaults. */
export function shownIntegrations(
  point: ContactPoint,
  stored: KeptContactPoint | undefined,
  shownYaml: string,
): GivenIntegration[] {
  if (stored !== undefined) {
    return stored.integrations.map(({ type, settings }) => ({ type, settings: shownSettings(type, settings) }))
  }
  const shown = parse(shownYaml) as { readonly receivers?: readonly Readonly<Record<string, unknown>>[] }
  const receiver = shown.receivers?.find(({ name }) => name === point.name) ?? {}
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
