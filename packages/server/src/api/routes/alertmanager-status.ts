import { alertmanagerRoutes, answer } from '../alertmanager/answer.ts'
import { encodeReceiver } from '../alertmanager/encode.ts'
import { receiverTests } from '../alertmanager/filters.ts'
import type { RouteFamily } from '../route.ts'

/** What Alertmanager tells of itself: the configuration in force (secrets replaced), and its contact points. */
export const alertmanagerStatus: RouteFamily = (context) =>
  alertmanagerRoutes(context, [
    {
      method: 'GET',
      path: 'status',
      scope: 'query',
      handle: (_, alertmanager) =>
        answer({
          cluster: { peers: [], status: 'disabled' },
          config: { original: alertmanager.config().shownYaml },
          uptime: new Date(context.startedMs).toISOString(),
          versionInfo: {
            branch: '',
            buildDate: '',
            buildUser: '',
            goVersion: '',
            revision: '',
            version: context.version,
          },
        }),
    },
    {
      method: 'GET',
      path: 'receivers',
      scope: 'query',
      handle: ({ params }, alertmanager) => {
        const asked = params.getAll('receiver_matchers').map((text) => ['receiver_matchers', text] as [string, string])
        const tests = receiverTests(new URLSearchParams(asked))
        const names = alertmanager.config().contactPoints.map(({ name }) => name)
        return answer(names.filter((name) => tests.every((test) => test(name))).map(encodeReceiver))
      },
    },
  ])
