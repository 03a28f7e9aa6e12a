import type { RouteNode } from '../config/alertmanager-config.ts'
import { matchesAll } from '../matchers/matcher.ts'

/**
 * The routes that an alert takes, in order: the deepest ones that match, of siblings the first and those that `continue`
 * leads on to. The root matches every alert, so there is at least one.
 */
export function routesOf(root: RouteNode, labels: ReadonlyMap<string, string>): readonly RouteNode[] {
  const found: RouteNode[] = []
  for (const child of root.routes) {
    if (!matchesAll(child.matchers, labels)) continue
    found.push(...routesOf(child, labels))
    if (!child.continues) break
  }
  return found.length > 0 ? found : [root]
}

/** The route itself and all below it, in the order of the file. */
export function* allRoutes(root: RouteNode): Generator<RouteNode> {
  yield root
  for (const child of root.routes) yield* allRoutes(child)
}
