import type { RouteExplanation, RouteNode } from '@girok/server/alertmanager'
import { safeText } from './safe.ts'

type PrintMatchers = (matchers: RouteNode['matchers']) => string

/** A routing tree, in the form in which amtool draws it. */
export function printRoutes(root: RouteNode, printMatchers: PrintMatchers): string {
  return `Routing tree:\n.\n${branch(root, '', true, printMatchers)}`
}

function branch(route: RouteNode, before: string, isLast: boolean, printMatchers: PrintMatchers): string {
  const matchers = route.matchers.length === 0 ? 'default-route' : printMatchers(route.matchers)
  const continues = route.continues ? '  continue: true' : ''
  const line = `${before}${isLast ? '└── ' : '├── '}${safeText(matchers)}${continues}  receiver: ${safeText(route.receiver)}\n`
  const below = `${before}${isLast ? '    ' : '│   '}`
  const children = route.routes.map((child, index) =>
    branch(child, below, index === route.routes.length - 1, printMatchers),
  )
  return line + children.join('')
}

/** One way that an alert takes: who is told, along which routes, in which group and when. */
export function printWay(
  { route, path, groupKey, mutedBy, firstNotificationMs }: RouteExplanation,
  atMs: number,
): string {
  const first =
    firstNotificationMs === undefined
      ? 'none, as far as can be seen'
      : `after ${duration(firstNotificationMs - atMs)}, at ${new Date(firstNotificationMs).toISOString()}`
  const quiet = mutedBy.length === 0 ? [] : [['quiet by', mutedBy.join(', ')] as const]
  const rows: readonly (readonly [string, string])[] = [
    ['routes', path.join(' → ')],
    ['group', groupKey],
    ...quiet,
    ['first', first],
    ['changes', `every ${duration(route.groupIntervalMs)}`],
    ['repeated', `after ${duration(route.repeatIntervalMs)}`],
  ]
  const lines = rows.map(([what, text]) => `  ${what.padEnd(8)}  ${safeText(text)}\n`)
  return `${safeText(route.receiver)}\n${lines.join('')}`
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const
  return parts.map(([count, unit]) => (count > 0 ? `${count}${unit}` : '')).join('') || '0s'
}
