import { GirokError } from '../../model/errors.ts'
import { json, type Route, type RouteFamily } from '../route.ts'

/**
 * Rules of alerting, which this server does not evaluate yet: the lists are there, because Grafana's pages ask for them,
 * and are empty. Nothing can be written.
 */
export const lokiRules: RouteFamily = () => {
  const none: Route['handle'] = () => {
    throw new GirokError('not_found', 'no rule groups found')
  }
  const groups = () => json({ status: 'success', data: { groups: [] }, errorType: '', error: '' })
  const alerts = () => json({ status: 'success', data: { alerts: [] }, errorType: '', error: '' })
  const get = (path: string, handle: Route['handle']): Route => ({
    methods: ['GET'],
    path,
    scope: 'query',
    errors: 'text',
    handle,
  })
  return [
    ...['/loki/api/v1/rules', '/api/prom/rules'].flatMap((path) => [
      get(path, none),
      get(`${path}/:namespace`, none),
      get(`${path}/:namespace/:group`, none),
    ]),
    // Those below /prometheus are Prometheus' own.
    get('/loki/prometheus/api/v1/rules', groups),
    get('/loki/prometheus/api/v1/alerts', alerts),
  ]
}
