import { batch } from '@preact/signals'
import type { Entry } from '../../api/entry.ts'
import type { Shortcut } from '../../shell/keys.ts'
import { libraryOpen, savingView } from './library/library-state.ts'
import { activeRow, cancelAll, logs, marked, opened, search, showView, source, tail } from './model/explorer.ts'
import { panelTab } from './panel/tab-state.ts'
import { toggleLineStyle } from './rows/line-style.ts'
import { moveRow, openRow } from './rows/row-keys.ts'
import { focusQueryBox } from './toolbar/query-bar.tsx'
import { shiftTime, zoomTimeOut } from './toolbar/time-control.tsx'
import { toggleFields, toggleLive } from './toolbar/toolbar.tsx'
import type { LogsViewName } from './url-state.ts'
import { queryMode } from './view-strip.tsx'

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
  if (marked.peek().size > 0) {
    marked.value = new Set()
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

/** Shows a view, or the lines again when it is shown already. */
function toggleView(view: LogsViewName): void {
  showView(logs.peek().view === view ? 'logs' : view)
}

function toggleBuilder(): void {
  queryMode.value = queryMode.peek() === 'builder' ? 'code' : 'builder'
}

type Actions = typeof import('./row-actions.ts')

/** Actions on rows are code that the first rows do not wait for. The row is the one at the time of the key. */
function withRows(act: (actions: Actions, entry: Entry | undefined) => void): () => void {
  return () => {
    const entry = source().at(activeRow.peek() ?? -1)
    void import('./row-actions.ts').then((actions) => act(actions, entry))
  }
}

/** Keys of the page. */
export const logShortcuts: readonly Shortcut[] = [
  { id: 'query', keys: ['/'], title: 'keys.query', group: 'keys.group.query', run: focusQueryBox },
  { id: 'live', keys: ['l'], title: 'keys.live', group: 'keys.group.query', run: toggleLive },
  { id: 'pause', keys: ['Space'], title: 'keys.pause', group: 'keys.group.query', run: togglePause },
  { id: 'fields', keys: ['f'], title: 'keys.fields', group: 'keys.group.query', run: toggleFields },
  {
    id: 'saveView',
    keys: ['v'],
    title: 'keys.saveView',
    group: 'keys.group.query',
    run: () => {
      savingView.value = true
    },
  },
  {
    id: 'views',
    keys: ['V'],
    title: 'keys.views',
    group: 'keys.group.query',
    run: () => {
      libraryOpen.value = 'views'
    },
  },
  {
    id: 'history',
    keys: ['h'],
    title: 'keys.history',
    group: 'keys.group.query',
    run: () => {
      libraryOpen.value = 'history'
    },
  },
  {
    id: 'include',
    keys: ['e'],
    title: 'keys.include',
    group: 'keys.group.query',
    run: withRows((actions) => actions.filterBy('include')),
  },
  {
    id: 'exclude',
    keys: ['E'],
    title: 'keys.exclude',
    group: 'keys.group.query',
    run: withRows((actions) => actions.filterBy('exclude')),
  },
  {
    id: 'patterns',
    keys: ['p'],
    title: 'view.patterns',
    group: 'keys.group.query',
    run: () => toggleView('patterns'),
  },
  { id: 'compare', keys: ['d'], title: 'view.compare', group: 'keys.group.query', run: () => toggleView('compare') },
  { id: 'builder', keys: ['b'], title: 'mode.builder', group: 'keys.group.query', run: toggleBuilder },
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
    id: 'mark',
    keys: ['x'],
    title: 'keys.mark',
    group: 'keys.group.rows',
    run: withRows((actions, entry) => actions.markLine(entry)),
  },
  {
    id: 'copy',
    keys: ['y'],
    title: 'keys.copy',
    group: 'keys.group.rows',
    run: withRows((actions, entry) => actions.copyLines(entry)),
  },
  {
    id: 'permalink',
    keys: ['Y'],
    title: 'keys.permalink',
    group: 'keys.group.rows',
    run: withRows((actions, entry) => actions.copyPermalink(entry)),
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
