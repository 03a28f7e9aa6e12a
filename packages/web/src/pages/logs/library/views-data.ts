import type { SavedView, SavedViewContent } from '@girok/server/contract'
import { signal } from '@preact/signals'
import { ApiError, isAbort } from '../../../api/error.ts'
import { fetchViews } from '../../../api/views.ts'
import { isChartKind } from '../../../charts/kinds.ts'
import { change, logs } from '../model/explorer.ts'
import { defaults, type LogsState } from '../url-state.ts'
import { openViewName } from './library-state.ts'

/** The views of the team; undefined until they are there. */
export const views = signal<readonly SavedView[] | undefined>(undefined)
export const viewsFailed = signal('')

/**
 * Version of each view that this page has opened. A change is offered against it, so that what a colleague saved after
 * the view was opened is not written over.
 */
const versions = new Map<string, number>()

/** Rises with each change made from here: a list that was asked for before it is already old when it arrives. */
let changes = 0

export async function loadViews(signal?: AbortSignal): Promise<void> {
  try {
    let asked: number
    let list: readonly SavedView[]
    do {
      asked = changes
      list = await fetchViews(signal)
    } while (asked !== changes)
    views.value = list
    viewsFailed.value = ''
    const { saved } = logs.peek()
    const open = list.find((view) => view.id === saved)
    openViewName.value = open?.name ?? ''
    if (open !== undefined && !versions.has(open.id)) versions.set(open.id, open.version)
  } catch (error) {
    if (isAbort(error)) return
    viewsFailed.value = error instanceof Error ? error.message : String(error)
  }
}

/** Shows a view: query, range, columns and chart are its own, the rest stays as the person has it. */
export function openView(view: SavedView): void {
  versions.set(view.id, view.version)
  openViewName.value = view.name
  change({
    query: view.query,
    from: view.from,
    to: view.to,
    columns: view.columns,
    chart: view.chart !== undefined && isChartKind(view.chart) ? view.chart : defaults.chart,
    view: 'logs',
    live: false,
    at: undefined,
    saved: view.id,
  })
}

/** What the page shows, as a view of that name. */
export function contentOf(state: LogsState, name: string): SavedViewContent {
  const { query, from, to, columns, chart } = state
  return {
    ...{ name, query, from, to },
    columns: columns.map((column) => ({ name: column.name, width: Math.round(column.width) })),
    ...(chart === defaults.chart ? {} : { chart }),
  }
}

/** Whether the page shows something else than the view holds. */
export function differs(state: LogsState, view: SavedView): boolean {
  const shown = contentOf(state, view.name)
  const held = contentOf({ ...state, ...view, chart: (view.chart ?? defaults.chart) as LogsState['chart'] }, view.name)
  return JSON.stringify(shown) !== JSON.stringify(held)
}

export function versionOf(view: SavedView): number {
  return versions.get(view.id) ?? view.version
}

/** Takes note of a view that was deleted from here. */
export function noteDeleted(id: string): void {
  changes += 1
  views.value = (views.peek() ?? []).filter((view) => view.id !== id)
}

/** Takes note of a view that was saved from here. */
export function noteSaved(view: SavedView): void {
  changes += 1
  versions.set(view.id, view.version)
  openViewName.value = view.name
  const others = (views.peek() ?? []).filter((one) => one.id !== view.id)
  views.value = [...others, view].sort((a, b) => a.name.localeCompare(b.name))
}

export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409
}
