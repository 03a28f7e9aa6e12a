import type { ComponentType } from 'preact'
import { loadRoom } from '../shell/i18n.ts'

/*
 * Each fetches a page of many files with its texts. They stand between the shell and these pages: whoever imports a page
 * carries the names of all files that it needs, and every first paint waits for the shell.
 */

export async function openMetrics(): Promise<ComponentType> {
  const [page] = await Promise.all([
    import('./metrics/page.tsx'),
    loadRoom('logs'),
    loadRoom('charts'),
    loadRoom('metrics'),
  ])
  return page.MetricsPage
}

export async function openDashboards(): Promise<ComponentType> {
  const [page] = await Promise.all([
    import('./dashboards/page.tsx'),
    loadRoom('logs'),
    loadRoom('charts'),
    loadRoom('dashboards'),
  ])
  return page.DashboardsPage
}

export async function openAlerts(): Promise<ComponentType> {
  const [page] = await Promise.all([
    import('./alerts/page.tsx'),
    loadRoom('logs'),
    loadRoom('charts'),
    loadRoom('alerts'),
  ])
  return page.AlertsPage
}
