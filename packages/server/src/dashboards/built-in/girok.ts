import type { Dashboard } from '../../model/dashboard.ts'

/** Girok itself: what its own log says. */
export const girok: Dashboard = {
  title: 'Girok',
  description: 'What this server says of itself.',
  tags: ['girok'],
  time: { from: 'now-1h', to: 'now' },
  refresh: '30s',
  variables: [],
  panels: [
    {
      id: 1,
      title: 'Lines by level',
      kind: 'stacked',
      place: { x: 0, y: 0, w: 24, h: 8 },
      queries: [
        {
          ref: 'A',
          language: 'logql',
          expr: 'sum by (detected_level) (count_over_time({service_name="girok"}[$__interval]))',
          legend: '{{detected_level}}',
        },
      ],
    },
    {
      id: 2,
      title: 'Log',
      kind: 'logs',
      place: { x: 0, y: 8, w: 24, h: 10 },
      queries: [{ ref: 'A', language: 'logql', expr: '{service_name="girok"}' }],
    },
  ],
}
