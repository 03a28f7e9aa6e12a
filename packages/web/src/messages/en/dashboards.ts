/** English texts of dashboards as they are looked at. */
export const messages = {
  'dashboards.title': 'Dashboards',
} as const
