import { batch, computed, effect, signal, untracked } from '@preact/signals'
import { resolveBase } from '../../explore/base-range.ts'
import type { TimeModel } from '../../explore/time-model.ts'
import { selectorsIn } from '../../promql/rewrite.ts'
import { navigate, place } from '../../shell/router.ts'
import { isoOf, type RangeNs, resolveRange } from '../../time/range.ts'
import { Catalogue } from './catalogue.ts'
import { ExemplarData } from './exemplar-data.ts'
import { InstantData } from './instant-data.ts'
import { uncover } from './names-open.ts'
import { RangeData } from './range-data.ts'
import { pointsOf, stepOf } from './step.ts'
import { type MetricsState, readState, writeState } from './url-state.ts'

export const path = '/explore/metrics'

/** The state in the address bar, while the page is shown. */
export const metrics = computed<MetricsState>(() => readState(place.value.search))
/** The query in the box, not yet run. */
export const draft = signal('')
/** Range of the answer on screen: relative ends are resolved when the question is asked. */
export const range = signal<RangeNs | undefined>(undefined)
/** Rises when a click rewrote the query, for the flash of the box. */
export const rewrites = signal(0)

export const ranged = new RangeData()
export const instant = new InstantData()
export const exemplars = new ExemplarData()
export const catalogue = new Catalogue()

const again = signal(0)

/** Changes the address: a new entry in the history unless `replace`. */
export function change(patch: Partial<MetricsState>, replace = false): void {
  navigate(path, writeState({ ...metrics.peek(), ...patch }), replace)
}

export const time: TimeModel = { text: metrics, range, change }

/** Runs what stands in the query box. */
export function run(): void {
  const query = draft.peek().trim()
  draft.value = query
  if (query === metrics.peek().query) again.value += 1
  else change({ query })
}

/** Puts a query into the box and runs it. */
export function rewrite(query: string): void {
  rewrites.value += 1
  uncover()
  draft.value = query
  run()
}

/** Shows a shorter or longer time, Unix milliseconds. */
export function showTime(fromMs: number, toMs: number): void {
  const ns = (ms: number): bigint => BigInt(Math.round(ms)) * 1_000_000n
  change({ from: isoOf(ns(fromMs)), to: isoOf(ns(Math.max(toMs, fromMs + 1))) })
}

/** The time on screen, Unix milliseconds; the last hour while the address holds none. */
export function shownSpan(): { readonly startMs: number; readonly endMs: number } {
  const shown = range.peek()
  const now = Date.now()
  if (shown === undefined) return { startMs: now - 3_600_000, endMs: now }
  return { startMs: Number(shown.from / 1_000_000n), endMs: Number(shown.to / 1_000_000n) }
}

export function cancelAll(): void {
  ranged.cancel()
  instant.cancel()
  exemplars.cancel()
}

/** Binds the address to the questions while the page is mounted. */
export function startMetrics(): () => void {
  const asked = computed(() => {
    const { query, from, to, view, stepMs, compare, exemplars: drawn } = metrics.value
    return JSON.stringify([query, from, to, view, stepMs, compare, drawn, again.value])
  })
  const listed = computed(() => {
    const { from, to, match } = metrics.value
    return JSON.stringify([from, to, match, again.value])
  })
  // The questions read and write signals of their own, on which these effects must not depend.
  const stops = [
    effect(() => {
      void asked.value
      const state = metrics.peek()
      untracked(() => batch(() => ask(state)))
    }),
    effect(() => {
      void listed.value
      const shown = range.peek()
      const { match } = metrics.peek()
      if (shown !== undefined) untracked(() => catalogue.load(shown, match))
    }),
  ]
  return () => {
    for (const stop of stops) stop()
    cancelAll()
    catalogue.cancel()
  }
}

function ask(state: MetricsState): void {
  draft.value = state.query
  const now = Date.now()
  const resolved = resolveRange(state, now)
  range.value = resolved
  if (resolved === undefined || state.query === '') {
    ranged.clear()
    instant.clear()
    exemplars.clear()
    return
  }
  if (state.view === 'instant') {
    exemplars.clear()
    ranged.cancel()
    void instant.load(state.query, Number(resolved.to / 1_000_000n))
    return
  }
  instant.cancel()
  const stepMs = stepOf(state.stepMs, resolved)
  const base = state.compare === undefined ? undefined : resolveBase(state.compare, resolved, now)
  // The earlier range is moved by whole steps, so that its points fall on the times of the other.
  const shiftMs =
    base === undefined ? 0 : Math.max(1, Math.round(Number(resolved.from - base.from) / 1e6 / stepMs)) * stepMs
  const points = pointsOf(resolved, stepMs)
  void ranged.load({ query: state.query, ...points, stepMs, shiftMs })
  // A query that cannot be read is told of once.
  if (state.exemplars && selectorsIn(state.query).length > 0)
    void exemplars.load(state.query, points.startMs, points.endMs)
  else exemplars.clear()
}
