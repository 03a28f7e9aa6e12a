/** `@girok/server/alertmanager`: checking an alertmanager.yml and trying its routes, for the command line. */
export type { AlertmanagerConfig, RouteNode } from './config/alertmanager-config.ts'
export { checkAlertmanagerConfig } from './config/check-config.ts'
export type { ConfigReading } from './config/read-config.ts'
export { MatcherFault } from './matchers/matcher-fault.ts'
export { parseMatchers } from './matchers/parse-matchers.ts'
export { printMatchers } from './matchers/print-matcher.ts'
export { explainRoutes, type RouteExplanation } from './routes/explain.ts'
export { routesOf } from './routes/routes-of.ts'
