import type { DashboardsMessages } from '../keys.ts'

export const messages: DashboardsMessages = {
  'dashboards.title': 'ダッシュボード',
}
