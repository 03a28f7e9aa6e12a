import type { RouteShown, RouteTestResponse } from '@girok/server/contract'

/** A route with its way from the root, as the routing test names it. */
export interface PlacedRoute {
  readonly route: RouteShown
  readonly path: readonly string[]
  readonly depth: number
}

/** `{a="b",c="d"}`: the matchers of a route as one text; `{}` of the root. */
function matchersText(matchers: readonly string[]): string {
  return `{${matchers.join(',')}}`
}

/** All routes, each before those below it. */
export function flatRoutes(root: RouteShown): readonly PlacedRoute[] {
  const found: PlacedRoute[] = []
  const walk = (route: RouteShown, above: readonly string[]): void => {
    const path = [...above, matchersText(route.matchers)]
    found.push({ route, path, depth: above.length })
    for (const child of route.routes) walk(child, path)
  }
  walk(root, [])
  return found
}

/** A way as one text, whatever spaces it was written with. */
function key(path: readonly string[]): string {
  return path.join('/').replace(/\s+/g, '')
}

/** Ids of the routes that an alert ends in, and of those that it comes through. */
export function litRoutes(
  routes: readonly PlacedRoute[],
  test: RouteTestResponse,
): { readonly ends: ReadonlySet<string>; readonly through: ReadonlySet<string> } {
  const ends = new Set<string>()
  const through = new Set<string>()
  for (const { path, receiver } of test.routes) {
    const wanted = key(path)
    // Routes with the same matchers are told apart by the contact point, as far as that differs.
    const met = routes.filter((one) => key(one.path) === wanted && one.route.receiver === receiver)
    for (const { route } of met) ends.add(route.id)
    for (let length = 1; length < path.length; length += 1) {
      const above = key(path.slice(0, length))
      for (const one of routes) if (key(one.path) === above) through.add(one.route.id)
    }
  }
  return { ends, through }
}

/** Lines that words about faults name: `line 12`, `12:3`; counted from 1, in order. */
export function faultLines(words: string): readonly number[] {
  const lines = [...words.matchAll(/\bline (\d+)\b|(?:^|[\s(])(\d+):\d+(?=[\s:),]|$)/gm)].map(([, word, pair]) =>
    Number(word ?? pair),
  )
  return [...new Set(lines)].sort((a, b) => a - b)
}
