import type { Silence } from '../../alerting/alertmanager/silences/silences.ts'
import { alertmanagerRoutes, answer, FAULT, FormFault } from '../alertmanager/answer.ts'
import { encodeSilence } from '../alertmanager/encode.ts'
import { filterOf } from '../alertmanager/filters.ts'
import { postedSilence } from '../alertmanager/posted-silence.ts'
import type { RouteFamily } from '../route.ts'

/**
 * Silences as Alertmanager takes and tells them. Reading and writing need the scope `query`: whoever is called by an alert
 * may quiet it, and the silence tells by whom and why.
 */
export const alertmanagerSilences: RouteFamily = (context) =>
  alertmanagerRoutes(context, [
    {
      method: 'GET',
      path: 'silences',
      scope: 'query',
      handle: ({ params }, { silences }) => {
        const wanted = filterOf(params)
        const isWanted = ({ matchers }: Silence) =>
          wanted.every(({ name, op, value }) =>
            matchers.some((one) => one.name === name && one.op === op && one.value === value),
          )
        return answer(silences.list().filter(isWanted).map(encodeSilence))
      },
    },
    {
      method: 'POST',
      path: 'silences',
      scope: 'query',
      handle: async (request, { silences }) =>
        answer({ silenceID: await silences.set(postedSilence(request, context.now())) }),
    },
    {
      method: 'GET',
      path: 'silence/:id',
      scope: 'query',
      handle: ({ path }, { silences }) => {
        const silence = silences.get(idOf(path))
        return silence === undefined ? NOT_FOUND : answer(encodeSilence(silence))
      },
    },
    {
      method: 'DELETE',
      path: 'silence/:id',
      scope: 'query',
      handle: async ({ path }, { silences }) => {
        const id = idOf(path)
        if (silences.get(id) === undefined) return NOT_FOUND
        await silences.expire(id)
        return { status: 200 }
      },
    },
  ])

/** Alertmanager says no more. */
const NOT_FOUND = { status: 404 }

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i

function idOf({ id = '' }: Readonly<Record<string, string>>): string {
  if (UUID.test(id)) return id
  throw new FormFault(422, FAULT.format, `silenceID in path must be of type uuid: ${JSON.stringify(id)}`)
}
