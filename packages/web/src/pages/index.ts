import type { ComponentType } from 'preact'
import type { IconName } from '../components/icon.tsx'
import { loadRoom, type MessageKey } from '../shell/i18n.ts'

/** One page of the app. Its code is a chunk of its own, loaded when the page is first shown. */
export interface Page {
  readonly path: string
  /** Beginning of further paths that it shows. */
  readonly below?: string
  readonly title: MessageKey
  readonly icon: IconName
  /** Keys that go to the page. */
  readonly keys: readonly string[]
  readonly load: () => Promise<ComponentType>
}

export const pages: readonly Page[] = [
  {
    path: '/logs',
    title: 'nav.logs',
    icon: 'logs',
    keys: ['g l'],
    load: async () => {
      const [page] = await Promise.all([import('./logs/page.tsx'), loadRoom('logs')])
      return page.LogsPage
    },
  },
  {
    path: '/explore/metrics',
    title: 'nav.metrics',
    icon: 'line',
    keys: ['g m'],
    load: async () => (await import('./openers.ts')).openMetrics(),
  },
  {
    path: '/dashboards',
    below: '/d/',
    title: 'nav.dashboards',
    icon: 'dashboard',
    keys: ['g d'],
    load: async () => (await import('./openers.ts')).openDashboards(),
  },
  {
    path: '/alerts',
    below: '/alerts/',
    title: 'nav.alerts',
    icon: 'bell',
    keys: ['g a'],
    load: async () => (await import('./openers.ts')).openAlerts(),
  },
  {
    path: '/setup',
    title: 'nav.setup',
    icon: 'setup',
    keys: ['g s'],
    load: async () => {
      const [page] = await Promise.all([import('./senders.ts'), loadRoom('setup')])
      return page.SetupPage
    },
  },
  {
    path: '/settings/sources',
    title: 'nav.sources',
    icon: 'live',
    keys: ['g o'],
    load: async () => {
      const [page] = await Promise.all([import('./senders.ts'), loadRoom('setup')])
      return page.SourcesPage
    },
  },
  {
    path: '/agents',
    title: 'nav.agents',
    icon: 'agents',
    keys: ['g n'],
    load: async () => {
      const [page] = await Promise.all([import('./senders.ts'), loadRoom('setup')])
      return page.AgentsPage
    },
  },
  {
    path: '/targets',
    title: 'nav.targets',
    icon: 'only',
    keys: ['g t'],
    load: async () => {
      const [page] = await Promise.all([import('./senders.ts'), loadRoom('setup')])
      return page.TargetsPage
    },
  },
]

/** The page that shows a path. */
export function pageAt(path: string): Page | undefined {
  return pages.find((one) => one.path === path || (one.below !== undefined && path.startsWith(one.below)))
}
