import { moveRange, widenRange } from '../../explore/time-model.ts'
import type { Shortcut } from '../../shell/keys.ts'
import { openLogs } from './logs-link.ts'
import { cancelAll, change, instant, metrics, ranged, run, time } from './model.ts'
import { toggleNames } from './names-open.ts'
import { focusQueryBox } from './toolbar.tsx'

/** Escape takes back one thing at a time: the question under way, then the zoom. */
function takeBack(): boolean {
  if (ranged.loading.peek() || instant.loading.peek()) {
    cancelAll()
    return true
  }
  if (metrics.peek().to === 'now') return false
  widenRange(time)
  return true
}

/** Keys of the page. */
export const metricShortcuts: readonly Shortcut[] = [
  { id: 'query', keys: ['/'], title: 'keys.query', group: 'keys.group.query', run: focusQueryBox },
  { id: 'rerun', keys: ['r'], title: 'query.run', group: 'keys.group.query', run },
  { id: 'fields', keys: ['f'], title: 'metrics.list.toggle', group: 'keys.group.query', run: toggleNames },
  {
    id: 'instant',
    keys: ['i'],
    title: 'metrics.view.instant',
    group: 'keys.group.query',
    run: () => change({ view: metrics.peek().view === 'instant' ? 'range' : 'instant' }),
  },
  {
    id: 'compare',
    keys: ['d'],
    title: 'metrics.compareKey',
    group: 'keys.group.query',
    run: () => change({ compare: metrics.peek().compare === undefined ? 'previous' : undefined }),
  },
  { id: 'logs', keys: ['L'], title: 'metrics.logs.title', group: 'keys.group.query', run: () => void openLogs() },
  { id: 'earlier', keys: ['['], title: 'keys.earlier', group: 'keys.group.time', run: () => moveRange(time, -1) },
  { id: 'later', keys: [']'], title: 'keys.later', group: 'keys.group.time', run: () => moveRange(time, 1) },
  { id: 'zoomOut', keys: ['z'], title: 'keys.zoomOut', group: 'keys.group.time', run: () => widenRange(time) },
  { id: 'escape', keys: ['Escape'], title: 'keys.escape', group: 'keys.group.time', run: takeBack },
]
