/** English texts of the page of metrics. */
export const messages = {
  'metrics.title': 'Metrics',
} as const
