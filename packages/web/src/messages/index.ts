export type {
  AlertEditMessages,
  AlertSendingMessages,
  AlertsMessages,
  ChartsMessages,
  DashboardEditMessages,
  DashboardPanelMessages,
  DashboardsMessages,
  ExploreMessages,
  LibraryMessages,
  LogsMessages,
  MessageKey,
  MetricsMessages,
  SetupMessages,
  ShellMessages,
} from './keys.ts'

export type Locale = 'en' | 'ko' | 'ja'
/** A part of the app with texts of its own: they are loaded with it. */
export type Room =
  | 'shell'
  | 'logs'
  | 'charts'
  | 'library'
  | 'explore'
  | 'setup'
  | 'metrics'
  | 'dashboards'
  | 'dashboardEdit'
  | 'alerts'

export const locales: readonly Locale[] = ['en', 'ko', 'ja']
export const rooms: readonly Room[] = [
  'shell',
  'logs',
  'charts',
  'library',
  'explore',
  'setup',
  'metrics',
  'dashboards',
  'dashboardEdit',
  'alerts',
]

type Load = () => Promise<{ readonly messages: Readonly<Record<string, string>> }>

/** Where the texts of each language and room are. */
export const messageFiles: Readonly<Record<Locale, Readonly<Record<Room, Load>>>> = {
  en: {
    shell: () => import('./en/shell.ts'),
    logs: () => import('./en/logs.ts'),
    charts: () => import('./en/charts.ts'),
    library: () => import('./en/library.ts'),
    explore: () => import('./en/explore.ts'),
    setup: () => import('./en/setup.ts'),
    metrics: () => import('./en/metrics.ts'),
    dashboards: () => import('./en/dashboards.ts'),
    dashboardEdit: () => import('./en/dashboard-edit.ts'),
    alerts: () => import('./en/alerts.ts'),
  },
  ko: {
    shell: () => import('./ko/shell.ts'),
    logs: () => import('./ko/logs.ts'),
    charts: () => import('./ko/charts.ts'),
    library: () => import('./ko/library.ts'),
    explore: () => import('./ko/explore.ts'),
    setup: () => import('./ko/setup.ts'),
    metrics: () => import('./ko/metrics.ts'),
    dashboards: () => import('./ko/dashboards.ts'),
    dashboardEdit: () => import('./ko/dashboard-edit.ts'),
    alerts: () => import('./ko/alerts.ts'),
  },
  ja: {
    shell: () => import('./ja/shell.ts'),
    logs: () => import('./ja/logs.ts'),
    charts: () => import('./ja/charts.ts'),
    library: () => import('./ja/library.ts'),
    explore: () => import('./ja/explore.ts'),
    setup: () => import('./ja/setup.ts'),
    metrics: () => import('./ja/metrics.ts'),
    dashboards: () => import('./ja/dashboards.ts'),
    dashboardEdit: () => import('./ja/dashboard-edit.ts'),
    alerts: () => import('./ja/alerts.ts'),
  },
}
