import { GirokError } from '../../model/errors.ts'
import { json, type RouteFamily } from '../route.ts'

/** The sample workloads: state, start and stop, removal of all they wrote. */
export const sample: RouteFamily = ({ sample: control }) => {
  const path = '/girok/v1/sample'
  return [
    { methods: ['GET'], path, scope: 'query', errors: 'json', handle: () => json(control.state()) },
    {
      methods: ['POST'],
      path,
      scope: 'admin',
      errors: 'json',
      handle: async ({ body }) => json(await control.setRunning(runningOf(body))),
    },
    { methods: ['DELETE'], path, scope: 'admin', errors: 'json', handle: async () => json(await control.remove()) },
  ]
}

function runningOf(body: Buffer): boolean {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    value = undefined
  }
  const running = typeof value === 'object' && value !== null ? (value as { running?: unknown }).running : undefined
  if (typeof running !== 'boolean') {
    throw new GirokError('bad_request', 'the body must be {"running": true} or {"running": false}')
  }
  return running
}
