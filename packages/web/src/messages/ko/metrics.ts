import type { MetricsMessages } from '../keys.ts'

export const messages: MetricsMessages = {
  'metrics.title': '메트릭',
}
