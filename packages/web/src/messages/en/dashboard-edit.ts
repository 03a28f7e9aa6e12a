/** English texts of changing dashboards. */
export const messages = {
  'dashboardEdit.title': 'Edit dashboard',
} as const
