import type { Alertmanager } from '../../alerting/alertmanager/alertmanager.ts'
import { MatcherFault } from '../../alerting/alertmanager/matchers/matcher-fault.ts'
import { GirokError } from '../../model/errors.ts'
import type { ApiContext, ApiRequest, ApiResponse, Route } from '../route.ts'

/** The two addresses of each path of Alertmanager's API: its own, and below a prefix for clients that are given one. */
export const ALERTMANAGER_BASES = ['/api/v2', '/alertmanager/api/v2'] as const

/** Alertmanager's JSON; what changes by the second must not be kept by anyone. */
export function answer(value: unknown, status = 200): ApiResponse {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return { status, headers, body: `${JSON.stringify(value)}\n` }
}

/** Numbers of the faults that Alertmanager tells of with a code besides the status. */
export const FAULT = { required: 602, format: 601, tooFew: 612 } as const

/** A request that is not of the form that Alertmanager's description of its API asks for: `{"code":…,"message":…}`. */
export class FormFault extends Error {
  override readonly name = 'FormFault'
  readonly status: number
  readonly code: number

  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

type Handle = (request: ApiRequest, alertmanager: Alertmanager) => Promise<ApiResponse> | ApiResponse

export interface AlertmanagerRoute {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below the base: `silence/:id`. */
  readonly path: string
  readonly scope: Route['scope']
  readonly handle: Handle
}

/**
 * Routes below both addresses. What a handler refuses (bad requests, things that are not found, filters that are none) is
 * told as Alertmanager tells it, as a JSON string; faults of the server go the way of all routes.
 */
export function alertmanagerRoutes({ alerting }: ApiContext, routes: readonly AlertmanagerRoute[]): Route[] {
  const guarded = (handle: Handle) => async (request: ApiRequest) => {
    if (request.tenant !== alerting.tenant) {
      throw new GirokError('forbidden', `alerts are kept for the tenant ${alerting.tenant} alone`)
    }
    try {
      return await handle(request, alerting.alertmanager)
    } catch (error) {
      const told = refusal(error)
      if (told === undefined) throw error
      return told
    }
  }
  return ALERTMANAGER_BASES.flatMap((base) =>
    routes.map(({ method, path, scope, handle }) => ({
      methods: [method],
      path: `${base}/${path}`,
      scope,
      errors: 'json',
      handle: guarded(handle),
    })),
  )
}

const TOLD: ReadonlySet<string> = new Set(['bad_request', 'not_found', 'limit_exceeded'])

function refusal(error: unknown): ApiResponse | undefined {
  if (error instanceof FormFault) return answer({ code: error.code, message: error.message }, error.status)
  if (error instanceof MatcherFault) return answer(error.message, 400)
  if (error instanceof GirokError && TOLD.has(error.code)) {
    return answer(error.message, error.status)
  }
  return undefined
}
