import type { Dashboard, DashboardResponse, Panel } from '@girok/server/contract'
import { batch, computed, effect, signal, untracked } from '@preact/signals'
import { fetchDashboard } from '../../../api/dashboards.ts'
import { ApiError, isAbort } from '../../../api/error.ts'
import type { TimeModel, TimeText } from '../../../explore/time-model.ts'
import { t } from '../../../shell/i18n.ts'
import { navigate, place } from '../../../shell/router.ts'
import { isoOf, type RangeNs, type RangeText, relativeMs, resolveRange } from '../../../time/range.ts'
import { type DashboardAddress, readAddress, writeAddress } from './address.ts'
import type { Scope } from './interpolate.ts'
import { parseDuration } from './interval.ts'
import { queryQueue } from './panel-data.ts'
import { type ShownPanel, shownPanels } from './repeat.ts'
import { fetchVariable, variableFault } from './variable-data.ts'
import {
  chosenValues,
  dependencies,
  fixedOptions,
  inOrderOfNeed,
  repeatValues,
  type VariableState,
  variableValue,
} from './variables.ts'

/**
 * The dashboard of the page. Three things are held here and nowhere else: the dashboard as the server has it (`saved`), the
 * one on screen (`dashboard`), which editing replaces, and what is chosen of it, which is all in the address.
 */

/** As the server last gave or took it, with its id, origin and version; undefined while none is loaded. */
export const saved = signal<DashboardResponse | undefined>(undefined)
/** On screen: that of `saved`, or as editing has changed it. */
export const dashboard = signal<Dashboard | undefined>(undefined)
/** Why it could not be loaded. */
export const loadFault = signal<ApiError | undefined>(undefined)

/** What the address says. */
export const address = computed(() => readAddress(place.value.search))

/** Changes the address; a new entry in the history unless `replace`. */
export function changeAddress(patch: Partial<DashboardAddress>, replace = false): void {
  const { path, search } = place.peek()
  navigate(path, writeAddress(search, patch), replace)
}

const fallback: RangeText = { from: 'now-1h', to: 'now' }

/** The time as text: of the address, else of the dashboard. */
export const timeText = computed<TimeText>(() => {
  const { from, to, zone } = address.value
  const own = dashboard.value?.time ?? fallback
  return { from: from ?? own.from, to: to ?? own.to, zone }
})

/** The range that all panels show, resolved when they were last asked; undefined while the address holds none. */
export const range = signal<RangeNs | undefined>(undefined)

/** Milliseconds after which all is asked for again; undefined: not by itself, or the range has fixed ends. */
export const refreshMs = computed(() => {
  const text = address.value.refresh ?? dashboard.value?.refresh ?? 'off'
  const ms = parseDuration(text)
  return ms === undefined || relativeMs(timeText.value.to) === undefined ? undefined : Math.max(5000, ms)
})

const asked = signal(0)

/** Rises with each refresh that was asked for; panels ask again even when their question is the same. */
export const refreshes = asked

/** Asks for everything again: relative ends move on, variables and panels are asked for. */
export function refresh(): void {
  asked.value += 1
}

/** Times before each zoom, the newest last. */
const zooms: RangeText[] = []

/** For the control of the time. */
export const timeModel: TimeModel = {
  text: timeText,
  range,
  change: (patch, replace = false) => {
    // A time chosen by itself is no zoom: there is none to go back to.
    if (patch.from !== undefined) zooms.length = 0
    changeAddress(patch, replace)
  },
}

/** Shows a shorter time in all panels, milliseconds; `undoZoom` brings the one before back. */
export function zoomTo(fromMs: number, toMs: number): void {
  const { from, to } = timeText.peek()
  zooms.push({ from, to })
  const start = BigInt(Math.floor(fromMs)) * 1_000_000n
  const end = BigInt(Math.ceil(toMs)) * 1_000_000n
  changeAddress({ from: isoOf(start), to: isoOf(end > start ? end : start + 1_000_000n) })
}

/** The time before the last zoom; false when there was none. */
export function undoZoom(): boolean {
  const before = zooms.pop()
  if (before !== undefined) changeAddress(before)
  return before !== undefined
}

// Variables

/** Each variable with the values that can be chosen, in the order of the dashboard. */
export const variables = signal<ReadonlyMap<string, VariableState>>(new Map())

/** The values chosen, by variable; `[everyValue]` is All. */
export const chosen = computed<ReadonlyMap<string, readonly string[]>>(() => {
  const { variables: addressed } = address.value
  return new Map(
    [...variables.value.values()].map(({ variable, options }) => [
      variable.name,
      chosenValues(variable, options, addressed.get(variable.name)),
    ]),
  )
})

/** Chooses values of a variable, in the address. */
export function choose(name: string, values: readonly string[]): void {
  changeAddress({ variables: new Map(address.peek().variables).set(name, values) })
}

/** What texts of the dashboard speak of; `scoped` are the values of one repetition. */
export function scopeOf(shown: RangeNs, intervalMs: number, scoped: ReadonlyMap<string, string> = new Map()): Scope {
  const values = [...variables.value.values()].map((state) => {
    const { name } = state.variable
    const one = scoped.get(name)
    return [
      name,
      variableValue(state, one === undefined ? (chosen.value.get(name) ?? []) : [one], t('dashboards.all')),
    ] as const
  })
  const [fromMs, toMs] = [Number(shown.from / 1_000_000n), Number(shown.to / 1_000_000n)]
  return { variables: new Map(values), fromMs, toMs, intervalMs }
}

/** True while the values of a variable are not known yet, so that queries with it cannot be asked. */
export function isWaiting(name: string): boolean {
  const state = variables.value.get(name)
  return state !== undefined && state.options === undefined && state.fault === ''
}

// Panels

/** Whether a row is closed: as the dashboard has it, or otherwise when the address says so. */
export function isClosed(row: Panel, id: string): boolean {
  return (row.collapsed === true) !== address.value.rows.includes(id)
}

export function toggleRow(id: string): void {
  const { rows } = address.peek()
  changeAddress({ rows: rows.includes(id) ? rows.filter((one) => one !== id) : [...rows, id] }, true)
}

/** What is on the grid: panels with their repetitions, without those of closed rows. */
export const panels = computed<readonly ShownPanel[]>(() => {
  const states = variables.value
  const valuesOf = (name: string): readonly string[] => {
    const state = states.get(name)
    return state === undefined ? [] : repeatValues(state, chosen.value.get(name) ?? [])
  }
  return shownPanels(dashboard.value?.panels ?? [], valuesOf, isClosed)
})

// Loading and replacing

/**
 * Shows another version of the dashboard, not saved yet. Panels whose queries stay the same keep their data; variables are
 * asked for again when they differ.
 */
export function replaceDashboard(next: Dashboard): void {
  const before = dashboard.peek()
  dashboard.value = next
  if (before === undefined || before === next) return
  if (JSON.stringify(before.variables) !== JSON.stringify(next.variables)) takeVariables(next)
}

/** Takes over what the server has: after loading, and after saving. */
export function takeSaved(response: DashboardResponse): void {
  batch(() => {
    saved.value = response
    dashboard.value = response.dashboard
    loadFault.value = undefined
    takeVariables(response.dashboard)
  })
}

let loading: AbortController | undefined

/** Loads a dashboard by its id; the one before goes from the screen. */
export async function load(id: string): Promise<void> {
  loading?.abort()
  const abort = new AbortController()
  loading = abort
  batch(() => {
    saved.value = undefined
    dashboard.value = undefined
    loadFault.value = undefined
    variables.value = new Map()
  })
  zooms.length = 0
  try {
    const response = await fetchDashboard(id, abort.signal)
    if (!abort.signal.aborted) takeSaved(response)
  } catch (error) {
    if (!abort.signal.aborted && !isAbort(error)) {
      loadFault.value = error instanceof ApiError ? error : new ApiError(0, String(error))
    }
  }
}

/** Variables of a dashboard; values that are known of ones that did not change stay. */
function takeVariables(next: Dashboard): void {
  const before = variables.peek()
  variables.value = new Map(
    next.variables.map((variable) => {
      const known = before.get(variable.name)
      const same = known !== undefined && JSON.stringify(known.variable) === JSON.stringify(variable)
      return [variable.name, same ? known : { variable, options: fixedOptions(variable), fault: '' }]
    }),
  )
}

let asking: AbortController | undefined

/** Asks for the values of all variables that come from data, those first that others depend on. */
async function askVariables(shown: RangeNs): Promise<void> {
  asking?.abort()
  const abort = new AbortController()
  asking = abort
  const all = [...variables.peek().values()].map(({ variable }) => variable)
  for (const round of inOrderOfNeed(all)) {
    const known = round.filter((variable) => fixedOptions(variable) === undefined)
    await Promise.all(
      known.map(async (variable) => {
        let [options, fault]: [readonly string[] | undefined, string] = [undefined, '']
        try {
          options = await fetchVariable(variable, scopeOf(shown, 15_000), shown, abort.signal)
        } catch (error) {
          fault = variableFault(error)
        }
        if (abort.signal.aborted) return
        const before = variables.peek().get(variable.name)
        if (before === undefined) return
        // Values of before serve better than none.
        const next = { variable: before.variable, options: options ?? before.options, fault }
        if (JSON.stringify(next) !== JSON.stringify(before)) {
          variables.value = new Map(variables.peek()).set(variable.name, next)
        }
      }),
    )
    if (abort.signal.aborted) return
  }
}

/** What the values of variables depend on: their definitions, what is chosen of those others need, the range, refreshing. */
const variableInputs = computed(() => {
  const list = dashboard.value?.variables ?? []
  const names = new Set(list.map(({ name }) => name))
  const needed = new Set(list.flatMap((variable) => dependencies(variable, names)))
  return JSON.stringify([list, [...needed].map((name) => chosen.value.get(name)), timeText.value, asked.value])
})

/** Binds the state to the address while the page is mounted. */
export function startDashboard(id: string): () => void {
  void load(id)
  const stopRange = effect(() => {
    void asked.value
    const { from, to } = timeText.value
    const ready = dashboard.value !== undefined
    range.value = ready ? resolveRange({ from, to }, Date.now()) : undefined
  })
  const stopVariables = effect(() => {
    void variableInputs.value
    const shown = untracked(() => range.value)
    if (dashboard.value !== undefined && shown !== undefined) void untracked(() => askVariables(shown))
  })
  const stopRefresh = effect(() => {
    const every = refreshMs.value
    if (every === undefined) return
    // A tick is left out while the answers to the one before are on their way, and while nobody looks.
    const timer = setInterval(() => {
      if (!document.hidden && queryQueue.busy.peek() === 0) tick()
    }, every)
    return () => clearInterval(timer)
  })
  return () => {
    stopRange()
    stopVariables()
    stopRefresh()
    loading?.abort()
    asking?.abort()
    range.value = undefined
  }
}

/** Moves relative ends on; variables keep their values. */
function tick(): void {
  const { from, to } = timeText.peek()
  range.value = resolveRange({ from, to }, Date.now())
}
