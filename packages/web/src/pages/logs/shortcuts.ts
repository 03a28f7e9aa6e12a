import { batch } from '@preact/signals'
import { copyText } from '../../components/copy.ts'
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

/** Copies the marked lines in the order of the page, or else the line under the keyboard. */
function copyLines(): boolean {
  if (marked.peek().size === 0) return onActive((row) => void copyText(source().at(row)?.line ?? ''))
  const rows = source()
  const lines: string[] = []
  for (let row = rows.first; row < rows.end; row += 1) {
    const entry = rows.at(row)
    if (entry !== undefined && marked.peek().has(entry)) lines.push(entry.line)
  }
  void copyText(lines.join('\n'))
  return true
}

function markRow(row: number): void {
  const entry = source().at(row)
  if (entry === undefined) return
  const next = new Set(marked.peek())
  if (!next.delete(entry)) next.add(entry)
  marked.value = next
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

/** Presses a filter button of the value in focus, or else of the one under the pointer. */
function filterBy(button: 'include' | 'exclude'): boolean {
  const rows = '.field-row, .top-value'
  const row = document.activeElement?.closest(rows) ?? document.querySelector(`:is(${rows}):hover`)
  const found = row?.querySelector<HTMLElement>(`[data-testid^="${button}-"]`)
  found?.click()
  return found !== null && found !== undefined
}

/** Shows a view, or the lines again when it is shown already. */
function toggleView(view: LogsViewName): void {
  showView(logs.peek().view === view ? 'logs' : view)
}

function toggleBuilder(): void {
  queryMode.value = queryMode.peek() === 'builder' ? 'code' : 'builder'
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
  { id: 'include', keys: ['e'], title: 'keys.include', group: 'keys.group.query', run: () => filterBy('include') },
  { id: 'exclude', keys: ['E'], title: 'keys.exclude', group: 'keys.group.query', run: () => filterBy('exclude') },
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
  { id: 'mark', keys: ['x'], title: 'keys.mark', group: 'keys.group.rows', run: () => onActive(markRow) },
  {
    id: 'copy',
    keys: ['y'],
    title: 'keys.copy',
    group: 'keys.group.rows',
    run: copyLines,
  },
  {
    id: 'permalink',
    keys: ['Y'],
    title: 'keys.permalink',
    group: 'keys.group.rows',
    run: () =>
      onActive((row) => {
        const entry = source().at(row)
        if (entry !== undefined) void import('./permalink.ts').then(({ permalinkOf }) => copyText(permalinkOf(entry)))
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
