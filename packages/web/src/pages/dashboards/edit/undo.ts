import type { Dashboard } from '@girok/server/contract'

/** A change of the dashboard: `what` it was, in words. */
export interface Step {
  readonly what: string
  readonly before: Dashboard
  readonly after: Dashboard
}

/** Changes that can be taken back, and those taken back that can be made again; the latest of each stands last. */
export interface Steps {
  readonly done: readonly Step[]
  readonly undone: readonly Step[]
}

/** Older changes are forgotten. */
export const mostSteps = 100

export const noSteps: Steps = { done: [], undone: [] }

/** After a change; what was taken back before cannot be made again. */
export function withStep({ done }: Steps, step: Step): Steps {
  return { done: [...done, step].slice(-mostSteps), undone: [] }
}

/** After taking back the latest change, with what the dashboard then is; undefined when there is none. */
export function takenBack({ done, undone }: Steps): { readonly steps: Steps; readonly step: Step } | undefined {
  const step = done.at(-1)
  return step && { steps: { done: done.slice(0, -1), undone: [...undone, step] }, step }
}

/** After making the change again that was taken back last; undefined when there is none. */
export function madeAgain({ done, undone }: Steps): { readonly steps: Steps; readonly step: Step } | undefined {
  const step = undone.at(-1)
  return step && { steps: { done: [...done, step], undone: undone.slice(0, -1) }, step }
}
