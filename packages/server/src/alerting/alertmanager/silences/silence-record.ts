import { makeMatcher } from '../matchers/make-matcher.ts'
import type { Matcher } from '../matchers/matcher.ts'
import type { Silence, SilenceRecurrence } from './silences.ts'

/** A silence without what follows from the time of looking at it. */
export type KeptSilence = Omit<Silence, 'state'>

interface Body extends Omit<KeptSilence, 'matchers' | 'annotations' | 'recurrence'> {
  readonly matchers: readonly (readonly [name: string, op: Matcher['op'], value: string])[]
  readonly annotations?: readonly (readonly [string, string])[]
  readonly recurrence?: SilenceRecurrence
}

/** The body of an entry in the store. */
export function writeSilence(silence: KeptSilence): string {
  const { matchers, annotations, ...rest } = silence
  return JSON.stringify({
    ...rest,
    matchers: matchers.map(({ name, op, value }) => [name, op, value] as const),
    ...(annotations !== undefined && annotations.size > 0 && { annotations: [...annotations] }),
  } satisfies Body)
}

/** Reads what {@link writeSilence} wrote. */
export function readSilence(text: string): KeptSilence {
  const { matchers, annotations, ...rest } = JSON.parse(text) as Body
  return {
    ...rest,
    matchers: matchers.map(([name, op, value]) => makeMatcher(name, op, value)),
    ...(annotations !== undefined && { annotations: new Map(annotations) }),
  }
}
