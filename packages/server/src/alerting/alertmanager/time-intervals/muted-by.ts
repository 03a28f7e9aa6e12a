import type { TimeInterval } from './time-interval.ts'

/** What a route says of times; names of time intervals. */
export interface TimedRoute {
  readonly muteTimeIntervals: readonly string[]
  readonly activeTimeIntervals: readonly string[]
}

/**
 * Names of the time intervals that keep a route quiet at a moment (milliseconds since the epoch): those of
 * `active_time_intervals`, all of them, when none of them holds; else those of `mute_time_intervals` that hold.
 */
export function mutedBy(
  route: TimedRoute,
  intervals: ReadonlyMap<string, readonly TimeInterval[]>,
  timeMs: number,
): readonly string[] {
  const holds = (name: string): boolean => intervals.get(name)?.some(({ contains }) => contains(timeMs)) ?? false
  const { muteTimeIntervals: mute, activeTimeIntervals: active } = route
  if (active.length > 0 && !active.some(holds)) return active
  return mute.filter(holds)
}
