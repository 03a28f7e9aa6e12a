import type { RouteFamily } from '../route.ts'
import { rulerRoutes } from '../ruler.ts'

/**
 * The rules over metrics as Mimir's ruler tells of them and takes them: mimirtool calls the first path, Grafana the one
 * below the URL of its data source.
 */
export const mimirRules: RouteFamily = (context) =>
  rulerRoutes(context, ['/prometheus/config/v1/rules', '/config/v1/rules'], 'promql')
