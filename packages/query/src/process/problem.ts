import { nearestPath } from '../settings/nearest.ts'

/** A mistake in the configuration of stages. The message says where, what, and how to mend it. */
export class StageProblem extends Error {
  override readonly name = 'StageProblem'
  /** Such as `inputs[0].processors[2].regex.expression`. */
  readonly path: string
  /** The message without the path. */
  readonly reason: string

  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`)
    this.path = path
    this.reason = reason
  }
}

/** A value as a message shows it: on one line and short. */
export function shownValue(value: unknown): string {
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** ` (did you mean x?)` for the known name that a misspelt one is near to, else nothing. */
export function meantName(given: string, known: Iterable<string>): string {
  const near = nearestPath(given, known)
  return near === undefined ? '' : ` (did you mean ${near}?)`
}
