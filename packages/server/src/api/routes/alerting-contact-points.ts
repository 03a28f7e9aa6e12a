import { NOTIFICATIONS, type NotificationEntry } from '../../alerting/alertmanager/alertmanager.ts'
import type { GivenIntegration } from '../../alerting/configuration/alerting-configuration.ts'
import { GirokError } from '../../model/errors.ts'
import { notifiers } from '../../notify/notifiers/index.ts'
import { notifierOptions } from '../../notify/option-list.ts'
import type { JournalStore } from '../../store/journal/journal-store.ts'
import { alertingRoutes } from '../alerting/alerting-routes.ts'
import type { ContactPointsResponse, NotifiersResponse, TestResponse } from '../contract.ts'
import { objectOf, textOf, textsOf, versionOf, versionParameter } from '../json-body.ts'
import { json, type RouteFamily } from '../route.ts'

/** How far back the last notification of a contact point is looked for. */
const LAST_WITHIN_MS = 7 * 86_400_000
const MOST_NOTIFICATIONS = 5_000

/** Contact points, what they can be made of, and trying them out. */
export const alertingContactPoints: RouteFamily = (context) =>
  alertingRoutes(context, [
    {
      method: 'GET',
      path: '/notifiers',
      handle: () =>
        json({
          notifiers: Object.values(notifiers).map((notifier) => ({
            name: notifier.name,
            configKey: notifier.configKey,
            summary: notifier.summary,
            options: notifierOptions(notifier),
          })),
        } satisfies NotifiersResponse),
    },
    {
      method: 'GET',
      path: '/contact-points',
      async handle(_, { configuration, tenant }) {
        const last = await lastNotifications(context.store.journal, tenant, context.now())
        const contactPoints = configuration.contactPoints().map((one) => {
          const notification = last.get(one.name)
          return { ...one, ...(notification !== undefined && { last: notification }) }
        })
        return json({ contactPoints } satisfies ContactPointsResponse)
      },
    },
    {
      method: 'POST',
      path: '/contact-points',
      async handle({ body }, { configuration }) {
        const given = objectOf(body)
        const name = textOf(given, 'name')
        await configuration.createContactPoint(name, integrationsOf(given.integrations))
        return json({ name }, 201)
      },
    },
    {
      method: 'POST',
      path: '/contact-points/test',
      async handle({ body }, { configuration }) {
        const given = objectOf(body)
        const outcomes = await configuration.test({
          name: given.name === undefined ? undefined : textOf(given, 'name'),
          integrations: given.integrations === undefined ? undefined : integrationsOf(given.integrations),
          labels: textsOf(given, 'labels'),
        })
        return json({
          outcomes: outcomes.map(({ reason, ...outcome }) => ({ ...outcome, ...(reason !== undefined && { reason }) })),
        } satisfies TestResponse)
      },
    },
    {
      method: 'PUT',
      path: '/contact-points/:name',
      async handle({ body, path }, { configuration }) {
        const given = objectOf(body)
        const version = versionOf(given.version, 'the contact point')
        await configuration.replaceContactPoint(path.name ?? '', integrationsOf(given.integrations), version)
        return { status: 204 }
      },
    },
    {
      method: 'DELETE',
      path: '/contact-points/:name',
      async handle({ params, path }, { configuration }) {
        const version = versionParameter(params)
        if (version === undefined) {
          throw new GirokError('bad_request', 'the parameter version is missing: the number that the contact point had')
        }
        await configuration.removeContactPoint(path.name ?? '', version)
        return { status: 204 }
      },
    },
  ])

function integrationsOf(value: unknown): GivenIntegration[] {
  if (!Array.isArray(value)) {
    throw new GirokError('bad_request', 'integrations must be a list of {type, settings}')
  }
  return value.map((one: unknown, place) => {
    const { type, settings } = (one ?? {}) as Readonly<Record<string, unknown>>
    if (typeof type !== 'string' || typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
      throw new GirokError('bad_request', `integrations[${place}] must be {type, settings}, settings an object`)
    }
    return { type, settings: settings as GivenIntegration['settings'] }
  })
}

type LastNotification = NonNullable<ContactPointsResponse['contactPoints'][number]['last']>

async function lastNotifications(
  journal: JournalStore,
  tenant: string,
  nowMs: number,
): Promise<ReadonlyMap<string, LastNotification>> {
  const entries = await journal.read(tenant, {
    kind: NOTIFICATIONS,
    fromMs: nowMs - LAST_WITHIN_MS,
    toMs: nowMs + 1,
    limit: MOST_NOTIFICATIONS,
    order: 'newest-first',
  })
  const last = new Map<string, LastNotification>()
  for (const { subject, timeMs, body } of entries) {
    if (last.has(subject)) continue
    const { outcome, error } = JSON.parse(body) as NotificationEntry
    last.set(subject, { at: new Date(timeMs).toISOString(), outcome, ...(error !== undefined && { error }) })
  }
  return last
}
