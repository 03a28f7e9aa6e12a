import { json, type RouteFamily } from '../route.ts'

/** `/healthz`: the process answers. `/readyz`: the store takes writes. `/metrics`: counters of this server. */
export const health: RouteFamily = ({ store, registry }) => [
  {
    methods: ['GET'],
    path: '/healthz',
    scope: undefined,
    errors: 'json',
    handle: () => json({ status: 'ok' }),
  },
  {
    methods: ['GET'],
    path: '/readyz',
    scope: undefined,
    errors: 'json',
    handle: () => {
      const { state, detail } = store.health()
      return json({ status: state, ...(detail ? { detail } : {}) }, state === 'ready' ? 200 : 503)
    },
  },
  {
    methods: ['GET'],
    path: '/metrics',
    scope: 'query',
    errors: 'text',
    handle: () => ({
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      body: registry.text(),
    }),
  },
]
