import { nearestPath } from '@girok/query/settings'
import type { Reported } from './config-text.ts'
import { printPath } from './config-text.ts'
import { type ReadIntegration, type ReadReceiver, type ReceiverContext, readIntegration } from './receivers-section.ts'
import { shownBy } from './shown-values.ts'

/** A contact point that was made in the web app, as it is kept. */
export interface StoredContactPoint {
  readonly name: string
  readonly integrations: readonly {
    /** The notifier's name: `slack`. */
    readonly type: string
    /** Keys as in alertmanager.yml. */
    readonly settings: Readonly<Record<string, unknown>>
  }[]
}

/** Reads a contact point of the store. With problems, the integrations that are good are returned. */
export function readContactPoint(
  stored: StoredContactPoint,
  context: Omit<ReceiverContext, 'file'>,
): { readonly receiver: ReadReceiver; readonly problems: readonly string[] } {
  const problems: string[] = []
  const integrations: ReadIntegration[] = []
  const shown: Record<string, unknown> = { name: stored.name }
  if (stored.name === '') problems.push('name: a contact point needs a name')
  stored.integrations.forEach(({ type, settings }, place) => {
    const reported: Reported = {
      problem: (path, message) =>
        problems.push(`integrations[${place}]${path.length > 0 ? '.' : ''}${printPath(path)}: ${message}`),
      written: () => undefined,
    }
    const notifier = Object.hasOwn(context.notifiers, type) ? context.notifiers[type] : undefined
    if (notifier === undefined) {
      const known = Object.keys(context.notifiers)
      const near = nearestPath(type, known)
      const hint = near === undefined ? `known are ${known.join(', ')}` : `is ${near} meant?`
      reported.problem(['type'], `no way to notify is called ${JSON.stringify(type)}; ${hint}`)
      return
    }
    const given = readIntegration(notifier, settings, [], { ...context, file: undefined }, reported)
    if (given === undefined) return
    const index = integrations.filter((one) => one.type === type).length
    integrations.push({ type, index, notifier, ...given })
    shown[notifier.configKey] = [
      ...((shown[notifier.configKey] as unknown[] | undefined) ?? []),
      shownBy(notifier.options, given.options),
    ]
  })
  return { receiver: { name: stored.name, integrations, shown }, problems }
}
