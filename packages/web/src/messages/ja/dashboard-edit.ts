import type { DashboardEditMessages } from '../keys.ts'

export const messages: DashboardEditMessages = {
  'dashboardEdit.title': 'ダッシュボードの編集',
}
