import type { Complain } from '../../complaints.ts'
import { Appender, type AppenderSettings } from './appender.ts'
import type { Place } from './plan.ts'

interface Shared {
  readonly appender: Appender
  readonly rules: string
  users: number
}

/** By key of the place. */
const open = new Map<string, Shared>()

/**
 * The writer of a place: the one there is, or a new one. Two writers of one file would each rotate it under the other.
 * @throws RangeError when the place is written under other rules
 */
export function shareAppender(
  place: Place,
  settings: AppenderSettings,
  complain: Complain,
): { appender: Appender; release(): Promise<void> } {
  const rules = JSON.stringify([place.rules, settings])
  let shared = open.get(place.key)
  if (shared === undefined) {
    shared = { appender: new Appender(place.plan(complain), settings, complain), rules, users: 0 }
    open.set(place.key, shared)
  } else if (shared.rules !== rules) {
    throw new RangeError(
      `${place.key} is written by another handler with other options: close that one first, or give both the same ` +
        `(${shared.rules} and ${rules})`,
    )
  }
  const mine = shared
  mine.users++
  let released: Promise<void> | undefined
  return {
    appender: mine.appender,
    release() {
      released ??= letGo(place.key, mine)
      return released
    },
  }
}

async function letGo(key: string, shared: Shared): Promise<void> {
  shared.users--
  if (shared.users > 0) {
    await shared.appender.flush()
    return
  }
  open.delete(key)
  await shared.appender.close()
}
