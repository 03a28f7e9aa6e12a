import type { HeldAlert } from '../alerts/held-alert.ts'
import type { RouteNode } from '../config/alertmanager-config.ts'

/** What a group has to tell at one moment. */
export interface Flush {
  readonly route: RouteNode
  readonly groupKey: string
  readonly groupLabels: ReadonlyMap<string, string>
  /** In order. */
  readonly alerts: readonly FlushedAlert[]
  /** The time that it is about; milliseconds since the epoch. */
  readonly nowMs: number
  /** When attempts have to end. */
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

/** An alert as it was when the flush began: it does not resolve while others are being told of it. */
export interface FlushedAlert {
  readonly alert: HeldAlert
  readonly resolved: boolean
}
