import type { Dashboard, DashboardResponse } from '@girok/server/contract'
import { batch, computed, effect, signal } from '@preact/signals'
import { createDashboard, deleteDashboard, fetchDashboard, putDashboard } from '../../../api/dashboards.ts'
import { ApiError } from '../../../api/error.ts'
import { guardPlace, navigate, place } from '../../../shell/router.ts'
import { dashboard, replaceDashboard, saved, takeSaved } from '../model/dashboard-state.ts'
import { madeAgain, noSteps, type Steps, takenBack, withStep } from './undo.ts'

/**
 * Changing the dashboard on screen. Whether it is being changed stands in the address (`edit=1`); each change goes through
 * `change`, so that it can be taken back; nothing reaches the server before `save`.
 */

/** Dialogs of editing; one at a time. */
export type EditDialog = 'settings' | 'saveAs' | 'versions' | 'delete' | 'json' | 'variables'

/** The dialog that is open. */
export const openDialog = signal<EditDialog | undefined>(undefined)

/** Id of the panel whose queries and looks are being changed. */
export const openedPanel = signal<number | undefined>(undefined)

/** Opens the editor of a panel of the dashboard. */
export function openPanel(id: number): void {
  openedPanel.value = id
}

/** What was last done, for screen readers. */
export const told = signal('')

/** Said beside the bar of editing when the server refused. */
export const saveFault = signal<ApiError | undefined>(undefined)

export const saving = signal(false)

/** The dashboard was saved or deleted by someone else meanwhile; `theirs` is undefined when it is gone. */
export const conflict = signal<{ readonly theirs: DashboardResponse | undefined } | undefined>(undefined)

/** What waits for an answer to the question about changes that are not saved. */
export const leaving = signal<{ readonly go: () => void } | undefined>(undefined)

/** Dashboards that are built in or files cannot be saved: changes go into a copy. */
export const isCopy = computed(() => saved.value !== undefined && saved.value.origin !== 'stored')

/** Whether there are changes that the server does not have. */
export const isDirty = computed(() => {
  const [shown, kept] = [dashboard.value, saved.value?.dashboard]
  return shown !== undefined && kept !== undefined && shown !== kept && JSON.stringify(shown) !== JSON.stringify(kept)
})

// Changes

const steps = signal<Steps>(noSteps)

/** What the next undo and redo would do, in words; undefined when there is nothing. */
export const nextUndo = computed(() => steps.value.done.at(-1)?.what)
export const nextRedo = computed(() => steps.value.undone.at(-1)?.what)

let previewed: Dashboard | undefined

/** Shows a dashboard while something is dragged or typed; `change` or `endPreview` must follow. */
export function preview(next: Dashboard): void {
  previewed ??= dashboard.peek()
  replaceDashboard(next)
}

/** Shows what was there before the preview. */
export function endPreview(): void {
  if (previewed !== undefined) replaceDashboard(previewed)
  previewed = undefined
}

/** Shows another version of the dashboard, not saved yet; `what` it is in words, for undo. */
export function change(next: Dashboard, what: string): void {
  const before = previewed ?? dashboard.peek()
  previewed = undefined
  if (before === undefined) return
  batch(() => {
    replaceDashboard(next)
    if (JSON.stringify(before) !== JSON.stringify(next))
      steps.value = withStep(steps.peek(), { what, before, after: next })
  })
}

/** Takes the latest change back. Answers what it was. */
export function undo(): string | undefined {
  const taken = takenBack(steps.peek())
  if (taken === undefined) return undefined
  batch(() => {
    steps.value = taken.steps
    replaceDashboard(taken.step.before)
  })
  return taken.step.what
}

/** Makes the change again that was taken back last. Answers what it was. */
export function redo(): string | undefined {
  const made = madeAgain(steps.peek())
  if (made === undefined) return undefined
  batch(() => {
    steps.value = made.steps
    replaceDashboard(made.step.after)
  })
  return made.step.what
}

// Saving

/** True when it is saved. A dashboard that cannot be saved asks for the title of a copy. */
export async function save(): Promise<boolean> {
  const [shown, kept] = [dashboard.peek(), saved.peek()]
  if (shown === undefined || kept === undefined) return false
  if (kept.origin !== 'stored') {
    openDialog.value = 'saveAs'
    return false
  }
  if (!isDirty.peek()) return true
  return keep(async () => takeSaved(await putDashboard(kept.id, kept.version, shown)))
}

/** Keeps what is on screen as a dashboard of its own and goes there. */
export function saveAs(title: string): Promise<boolean> {
  const shown = dashboard.peek()
  if (shown === undefined) return Promise.resolve(false)
  return keep(async () => {
    const response = await createDashboard({ ...shown, title })
    forget()
    // What is on screen is saved now: going there asks nothing.
    takeSaved(response)
    navigate(`/d/${encodeURIComponent(response.id)}`, place.peek().search)
  })
}

/** Keeps a version of before as the newest one. */
export function restore(version: Dashboard, what: string): Promise<boolean> {
  const [shown, kept] = [dashboard.peek(), saved.peek()]
  if (shown === undefined || kept === undefined) return Promise.resolve(false)
  return keep(async () => {
    const response = await putDashboard(kept.id, kept.version, version)
    batch(() => {
      takeSaved(response)
      steps.value = withStep(steps.peek(), { what, before: shown, after: response.dashboard })
    })
  })
}

/** Deletes the dashboard and goes to the list. */
export function remove(): Promise<boolean> {
  const kept = saved.peek()
  if (kept === undefined) return Promise.resolve(false)
  return keep(async () => {
    await deleteDashboard(kept.id, kept.version)
    discard()
    navigate('/dashboards')
  })
}

/** Shows what the server has; every change is lost. */
export function discard(): void {
  const kept = saved.peek()
  forget()
  if (kept !== undefined) replaceDashboard(kept.dashboard)
}

/** Shows what someone else saved; every change is lost. */
export function openTheirs(theirs: DashboardResponse): void {
  forget()
  takeSaved(theirs)
}

function forget(): void {
  previewed = undefined
  batch(() => {
    steps.value = noSteps
    saveFault.value = undefined
    conflict.value = undefined
  })
}

async function keep(run: () => Promise<void>): Promise<boolean> {
  if (saving.peek()) return false
  saving.value = true
  saveFault.value = undefined
  try {
    await run()
    return true
  } catch (error) {
    const fault = error instanceof ApiError ? error : new ApiError(0, String(error))
    if (fault.status === 409 || fault.status === 404) conflict.value = { theirs: await newest() }
    else saveFault.value = fault
    return false
  } finally {
    saving.value = false
  }
}

/** What the server has now; undefined when it is deleted or cannot be reached. */
async function newest(): Promise<DashboardResponse | undefined> {
  const id = saved.peek()?.id
  try {
    return id === undefined ? undefined : await fetchDashboard(id)
  } catch {
    // The dialog offers to keep a copy, which tells what is wrong when it fails too.
    return undefined
  }
}

/** Follows the dashboard of the page while editing is on; answers what ends that. */
export function startSession(): () => void {
  let id = saved.peek()?.id
  const stopFollowing = effect(() => {
    const next = saved.value?.id
    if (next !== undefined && next !== id) forget()
    id = next ?? id
  })
  const stopAsking = effect(() => {
    if (!isDirty.value) return
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  })
  const stopGuarding = guardPlace((next, go) => {
    const stays = next.path === place.peek().path && new URLSearchParams(next.search).get('edit') === '1'
    if (stays || !isDirty.peek()) return true
    leaving.value = { go }
    return false
  })
  return () => {
    stopFollowing()
    stopGuarding()
    stopAsking()
    batch(() => {
      forget()
      openDialog.value = undefined
      openedPanel.value = undefined
      leaving.value = undefined
    })
  }
}
