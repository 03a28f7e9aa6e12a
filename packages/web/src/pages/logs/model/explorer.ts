import { batch, computed, effect, signal, untracked } from '@preact/signals'
import type { Entry } from '../../../api/entry.ts'
import { fetchLogs } from '../../../api/loki.ts'
import { navigate, place } from '../../../shell/router.ts'
import { type RangeNs, resolveRange } from '../../../time/range.ts'
import { wrapText } from '../query/rewrite.ts'
import { scan } from '../query/scan.ts'
import { defaultQuery, type LogsState, type LogsViewName, readState, writeState } from '../url-state.ts'
import { FieldsData } from './fields-data.ts'
import { HistogramData } from './histogram-data.ts'
import { MetricData } from './metric-data.ts'
import { Search } from './search.ts'
import { Tail } from './tail.ts'

/** The rows on screen, whichever way they came: numbered from `first` to before `end`. */
export interface RowSource {
  readonly first: number
  readonly end: number
  at(row: number): Entry | undefined
}

/** The state in the address bar, while the page is shown. */
export const logs = computed<LogsState>(() => readState(place.value.search))

/** The query in the box, not yet run. */
export const draft = signal(defaultQuery)
/** Range of the search on screen: relative ends are resolved when the search starts. */
export const range = signal<RangeNs | undefined>(undefined)
export const kind = computed(() => scan(logs.value.query).kind)

export const search = new Search(fetchLogs)
export const histogram = new HistogramData()
export const fields = new FieldsData()
export const metric = new MetricData()
export const tail = new Tail()

/** Row under the keyboard, by its number; undefined when none is. */
export const activeRow = signal<number | undefined>(undefined)
/** Records marked to be copied together. */
export const marked = signal<ReadonlySet<Entry>>(new Set())
/** The record in the side panel. */
export const opened = signal<Entry | undefined>(undefined)
/** Times of the first and last row on screen, for the band in the histogram. */
export const visibleSpan = signal<{ readonly from: number; readonly to: number } | undefined>(undefined)
/** Rises when a click rewrote the query, for the flash of the box. */
export const rewrites = signal(0)

const again = signal(0)

/** Changes the address: a new entry in the history unless `replace`. */
export function change(patch: Partial<LogsState>, replace = false): void {
  navigate('/logs', writeState({ ...logs.peek(), ...patch }), replace)
}

/** Runs what stands in the query box. Words without LogQL become a search for these words. */
export function run(): void {
  const text = draft.peek().trim()
  const seen = scan(text)
  const query = seen.kind === 'empty' ? defaultQuery : seen.kind === 'text' ? wrapText(text, defaultQuery) : text
  if (query !== text) rewrites.value += 1
  draft.value = query
  if (query === logs.peek().query && logs.peek().at === undefined) again.value += 1
  else change({ query, at: undefined })
}

/** Puts a rewritten query into the box and runs it. */
export function rewrite(query: string): void {
  if (query === logs.peek().query) return
  draft.value = query
  rewrites.value += 1
  change({ query, at: undefined })
}

export function source(): RowSource {
  if (logs.peek().live) {
    const { ring } = tail
    return { first: ring.first, end: ring.end, at: (row) => ring.at(row) }
  }
  const { rows } = search
  return { first: 0, end: rows.length, at: (row) => rows[row] }
}

/** Shows another view of the same query and range. Only the rows can be live. */
export function showView(view: LogsViewName): void {
  change({ view, at: undefined, ...(view === 'logs' ? {} : { live: false }) })
}

/** Cancels what is under way: rows, counts, fields. */
export function cancelAll(): void {
  search.cancel()
  histogram.clear()
  fields.cancel()
  metric.cancel()
}

/** Binds the address to the searches while the page is mounted. */
export function startExplorer(): () => void {
  const inputs = computed(() => {
    const { query, from, to, ascending, live, view } = logs.value
    return JSON.stringify([query, from, to, ascending, live, view, again.value])
  })
  const stop = effect(() => {
    void inputs.value
    const state = logs.peek()
    // The searches read and write signals of their own, on which this effect must not depend.
    untracked(() => batch(() => startSearch(state)))
  })
  return () => {
    stop()
    cancelAll()
    tail.stop()
  }
}

function startSearch(state: LogsState): void {
  draft.value = state.query
  activeRow.value = undefined
  if (marked.peek().size > 0) marked.value = new Set()
  visibleSpan.value = undefined
  if (state.at === undefined) opened.value = undefined
  const resolved = resolveRange(state, Date.now())
  range.value = resolved
  tail.stop()
  if (resolved === undefined) {
    search.clear()
    histogram.clear()
    return
  }
  if (scan(state.query).kind === 'metric') {
    search.clear()
    histogram.clear()
    fields.cancel()
    if (state.view === 'logs') void metric.load(state.query, resolved)
    return
  }
  if (state.live) {
    search.clear()
    histogram.clear()
    metric.clear()
    tail.start(state.query)
    fields.want(state.query, resolved)
    return
  }
  metric.clear()
  if (state.view !== 'logs') {
    // The other views ask for themselves when `range` changes; the counts above them are shared.
    search.clear()
    if (state.view === 'patterns') void histogram.load(state.query, resolved, 120)
    else histogram.clear()
    fields.want(state.query, resolved)
    return
  }
  void search.start({ query: state.query, range: resolved, ascending: state.ascending })
  void histogram.load(state.query, resolved, 120)
  fields.want(state.query, resolved)
}
