import { agentReportOf } from '../agent-report.ts'
import type { AgentsResponse } from '../contract.ts'
import { json, type RouteFamily } from '../route.ts'

/** Agents tell of themselves, and of what they collect; whoever may query sees it. */
export const agents: RouteFamily = ({ agents: book, setup, now }) => {
  const path = '/girok/v1/agents'
  return [
    {
      methods: ['GET'],
      path,
      scope: 'query',
      errors: 'json',
      handle: ({ tenant }) =>
        json({
          agents: book.list(tenant),
          nowMs: now(),
          tokensRequired: setup(tenant).tokensRequired,
        } satisfies AgentsResponse),
    },
    {
      methods: ['POST'],
      path,
      scope: 'ingest',
      errors: 'json',
      handle: ({ tenant, body }) => {
        book.report(tenant, agentReportOf(body))
        return { status: 204 }
      },
    },
    {
      methods: ['DELETE'],
      path: `${path}/:id`,
      scope: 'admin',
      errors: 'json',
      handle: ({ tenant, path: { id = '' } }) => {
        book.forget(tenant, id)
        return { status: 204 }
      },
    },
  ]
}
