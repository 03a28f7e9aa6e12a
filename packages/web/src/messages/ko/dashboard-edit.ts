import type { DashboardEditMessages } from '../keys.ts'

export const messages: DashboardEditMessages = {
  'dashboardEdit.title': '대시보드 편집',
}
