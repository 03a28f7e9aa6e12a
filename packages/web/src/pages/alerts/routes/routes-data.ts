import type { AlertingConfigResponse, RoutesResponse } from '@girok/server/contract'
import { fetchConfig, fetchRoutes } from '../../../api/alerting.ts'
import { Latest } from '../../../explore/latest.ts'

export const config = new Latest<AlertingConfigResponse>(true)
export const routes = new Latest<RoutesResponse>(true)

/** Reads both anew, as after the configuration was changed. */
export function reloadRoutes(): void {
  void config.ask(fetchConfig)
  void routes.ask(fetchRoutes)
}
