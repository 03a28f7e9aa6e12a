import type { SetupResponse } from '../contract.ts'
import { json, type RouteFamily } from '../route.ts'

/** What the set-up page polls: the first event, refused requests, receivers, sample state. */
export const setup: RouteFamily = ({ setup: state, sample }) => [
  {
    methods: ['GET'],
    path: '/girok/v1/setup',
    scope: 'query',
    errors: 'json',
    handle: ({ tenant }) => json({ ...state(tenant), sample: sample.state() } satisfies SetupResponse),
  },
]
