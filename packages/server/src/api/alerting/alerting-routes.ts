import { GirokError } from '../../model/errors.ts'
import type { AlertingContext, ApiContext, ApiRequest, ApiResponse, Route } from '../route.ts'

/** Where Girok's own routes of alerting begin. */
export const ALERTING = '/girok/v1/alerting'

/**
 * A route of alerting. Reading and changing need the scope `query`: whoever sees the alerts of a tenant may say who is told
 * of them; what could harm others (addresses inside the network, secrets of files) is kept from them elsewhere.
 */
export interface AlertingRoute {
  readonly method: Route['methods'][number]
  /** Behind {@link ALERTING}. */
  readonly path: string
  readonly handle: (request: ApiRequest, alerting: AlertingContext) => Promise<ApiResponse> | ApiResponse
}

export function alertingRoutes({ alerting }: Pick<ApiContext, 'alerting'>, routes: readonly AlertingRoute[]): Route[] {
  return routes.map(({ method, path, handle }) => ({
    methods: [method],
    path: `${ALERTING}${path}`,
    scope: 'query',
    errors: 'json',
    handle(request) {
      if (request.tenant !== alerting.tenant) {
        throw new GirokError('forbidden', `alerting is of the tenant ${alerting.tenant} alone`)
      }
      return handle(request, alerting)
    },
  }))
}
