import { batch } from '@preact/signals'
import { copyText } from '../../components/copy.ts'
import type { Shortcut } from '../../shell/keys.ts'
import { activeRow, cancelAll, logs, opened, search, source, tail } from './model/explorer.ts'
import { panelTab } from './panel/tab-state.ts'
import { toggleLineStyle } from './rows/line-style.ts'
import { moveRow, openRow } from './rows/row-keys.ts'
import { focusQueryBox } from './toolbar/query-bar.tsx'
import { shiftTime, zoomTimeOut } from './toolbar/time-control.tsx'
import { toggleFields, toggleLive } from './toolbar/toolbar.tsx'
import { permalinkOf } from './use-permalink.ts'

function onActive(act: (row: number) => void): boolean {
  const row = activeRow.peek()
  if (row === undefined) return false
  act(row)
  return true
}

/** Escape takes back one thing at a time: the panel, then the search under way, then the zoom. */
function takeBack(): boolean {
  if (opened.peek() !== undefined) {
    opened.value = undefined
    return true
  }
  if (search.status.peek() === 'loading') {
    cancelAll()
    return true
  }
  if (logs.peek().live || logs.peek().to === 'now') return false
  zoomTimeOut()
  return true
}

function togglePause(): boolean {
  if (!logs.peek().live) return false
  if (tail.paused.peek()) tail.resume()
  else tail.pause()
  return true
}

/** Keys of the page. */
export const logShortcuts: readonly Shortcut[] = [
  { id: 'query', keys: ['/'], title: 'keys.query', group: 'keys.group.query', run: focusQueryBox },
  { id: 'live', keys: ['l'], title: 'keys.live', group: 'keys.group.query', run: toggleLive },
  { id: 'pause', keys: ['Space'], title: 'keys.pause', group: 'keys.group.query', run: togglePause },
  { id: 'fields', keys: ['f'], title: 'keys.fields', group: 'keys.group.query', run: toggleFields },
  { id: 'earlier', keys: ['['], title: 'keys.earlier', group: 'keys.group.time', run: () => shiftTime(-1) },
  { id: 'later', keys: [']'], title: 'keys.later', group: 'keys.group.time', run: () => shiftTime(1) },
  { id: 'zoomOut', keys: ['z'], title: 'keys.zoomOut', group: 'keys.group.time', run: zoomTimeOut },
  { id: 'escape', keys: ['Escape'], title: 'keys.escape', group: 'keys.group.time', run: takeBack },
  { id: 'down', keys: ['j', 'ArrowDown'], title: 'keys.down', group: 'keys.group.rows', run: () => moveRow(1) },
  { id: 'up', keys: ['k', 'ArrowUp'], title: 'keys.up', group: 'keys.group.rows', run: () => moveRow(-1) },
  { id: 'lines', keys: ['r'], title: 'keys.lines', group: 'keys.group.rows', run: toggleLineStyle },
  {
    id: 'open',
    keys: ['o', 'Enter'],
    title: 'keys.open',
    group: 'keys.group.rows',
    run: () => onActive(openRow),
  },
  {
    id: 'copy',
    keys: ['y'],
    title: 'keys.copy',
    group: 'keys.group.rows',
    run: () => onActive((row) => void copyText(source().at(row)?.line ?? '')),
  },
  {
    id: 'permalink',
    keys: ['Y'],
    title: 'keys.permalink',
    group: 'keys.group.rows',
    run: () =>
      onActive((row) => {
        const entry = source().at(row)
        if (entry !== undefined) void copyText(permalinkOf(entry))
      }),
  },
  {
    id: 'context',
    keys: ['c'],
    title: 'keys.context',
    group: 'keys.group.rows',
    run: () =>
      onActive((row) =>
        batch(() => {
          panelTab.value = 'context'
          openRow(row)
        }),
      ),
  },
]
