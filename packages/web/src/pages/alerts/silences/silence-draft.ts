import type { ManagedAlert, ManagedSilence, RecurrenceSpan, SilenceBody } from '../../../api/alertmanager.ts'
import { parseWallTime, zoneName } from '../../../time/zone.ts'
import { fullTime } from '../parts/full-time.ts'
import { type LabelMatcher, matcherOf, meets, writtenMatcher } from '../parts/matcher-text.ts'

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof weekdays)[number]

/** A silence while it is written. */
export interface SilenceDraft {
  /** Of the one that is changed. */
  readonly id: string | undefined
  readonly matchers: readonly LabelMatcher[]
  /** Wall times of this browser; '' for now. */
  readonly starts: string
  readonly ends: string
  readonly recurring: boolean
  readonly days: readonly Weekday[]
  /** `09:00` */
  readonly timeFrom: string
  readonly timeTo: string
  readonly zone: string
  readonly createdBy: string
  readonly comment: string
  readonly notifyResolved: boolean
  /** Spans that the form cannot show: they stay as they are. */
  readonly otherSpans: readonly RecurrenceSpan[] | undefined
}

export const presets: readonly (readonly [amount: number, unit: 'minute' | 'hour' | 'day', ms: number])[] = [
  [30, 'minute', 1_800_000],
  [1, 'hour', 3_600_000],
  [2, 'hour', 7_200_000],
  [8, 'hour', 28_800_000],
  [1, 'day', 86_400_000],
  [3, 'day', 259_200_000],
  [7, 'day', 604_800_000],
]

/** A wall time of this browser, as the fields show it. */
export function wallText(ms: number): string {
  return fullTime(new Date(ms).toISOString())
}

/** A new silence for two hours. */
export function newDraft(matchers: readonly LabelMatcher[], createdBy: string, nowMs: number): SilenceDraft {
  return {
    id: undefined,
    matchers: matchers.length === 0 ? [{ name: '', op: '=', value: '' }] : matchers,
    starts: '',
    ends: wallText(nowMs + 7_200_000),
    recurring: false,
    days: [],
    timeFrom: '00:00',
    timeTo: '24:00',
    zone: zoneName('local'),
    createdBy,
    comment: '',
    notifyResolved: true,
    otherSpans: undefined,
  }
}

/** The form of a silence that is there. An expired one makes a new one of the same kind. */
export function draftOf(silence: ManagedSilence, nowMs: number): SilenceDraft {
  const expired = silence.status.state === 'expired'
  const fresh = newDraft(silence.matchers.map(matcherOf), silence.createdBy, nowMs)
  const span = silence.recurrence?.length === 1 ? shownSpan(silence.recurrence[0] as RecurrenceSpan) : undefined
  return {
    ...fresh,
    ...(expired ? {} : { id: silence.id, starts: fullTime(silence.startsAt), ends: fullTime(silence.endsAt) }),
    comment: silence.comment,
    notifyResolved: silence.notifyResolved ?? true,
    recurring: silence.recurrence !== undefined && silence.recurrence.length > 0,
    ...(span ?? { otherSpans: silence.recurrence }),
  }
}

type ShownSpan = Pick<SilenceDraft, 'days' | 'timeFrom' | 'timeTo' | 'zone'>

/** A span as fields; undefined when it has more than these can show. */
function shownSpan(span: RecurrenceSpan): ShownSpan | undefined {
  const { times = [], weekdays: written = [], location = 'UTC', ...more } = span
  const days = daysOf(written)
  if (Object.keys(more).length > 0 || times.length > 1 || days === undefined) return undefined
  const [time = { start_time: '00:00', end_time: '24:00' }] = times
  return { days, timeFrom: time.start_time, timeTo: time.end_time, zone: location }
}

/** `monday:friday` and single days, in the order of the week. */
function daysOf(written: readonly string[]): readonly Weekday[] | undefined {
  const found = new Set<Weekday>()
  // Weeks of time_intervals begin on Sunday.
  const week: readonly Weekday[] = ['sunday', ...weekdays.slice(0, 6)]
  for (const text of written) {
    const [first = '', last = first] = text.toLowerCase().split(':')
    const [from, to] = [week.indexOf(first as Weekday), week.indexOf(last as Weekday)]
    if (from < 0 || to < from) return undefined
    for (const day of week.slice(from, to + 1)) found.add(day)
  }
  return weekdays.filter((day) => found.has(day))
}

export type SilenceFault = 'matchers' | 'starts' | 'ends' | 'order' | 'times' | 'createdBy' | 'comment'

const clock = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/

function msOfWall(text: string): number | undefined {
  const ns = parseWallTime(text, 'local')
  return ns === undefined ? undefined : Number(ns / 1_000_000n)
}

/** What is missing or cannot be read. */
export function faultsOfSilence(draft: SilenceDraft, nowMs: number): ReadonlySet<SilenceFault> {
  const faults = new Set<SilenceFault>()
  const named = draft.matchers.filter(({ name }) => name.trim() !== '')
  // At least one must want something: else it would silence everything.
  if (!named.some(({ op, value }) => value !== '' || op === '!=')) faults.add('matchers')
  const starts = draft.starts.trim() === '' ? nowMs : msOfWall(draft.starts)
  const ends = msOfWall(draft.ends)
  if (starts === undefined) faults.add('starts')
  if (ends === undefined) faults.add('ends')
  else if (ends <= Math.max(starts ?? nowMs, nowMs)) faults.add('order')
  if (draft.recurring && draft.otherSpans === undefined) {
    const { timeFrom, timeTo } = draft
    if (!clock.test(timeFrom) || !clock.test(timeTo) || timeFrom >= timeTo) faults.add('times')
  }
  if (draft.createdBy.trim() === '') faults.add('createdBy')
  if (draft.comment.trim() === '') faults.add('comment')
  return faults
}

/** What is sent; the draft must have no faults. */
export function bodyOfSilence(draft: SilenceDraft, nowMs: number): SilenceBody {
  const { days, timeFrom, timeTo, zone } = draft
  const own: RecurrenceSpan = {
    times: [{ start_time: timeFrom, end_time: timeTo }],
    ...(days.length === 0 || days.length === 7 ? {} : { weekdays: [...days] }),
    location: zone,
  }
  return {
    ...(draft.id === undefined ? {} : { id: draft.id }),
    matchers: draft.matchers
      .filter(({ name }) => name.trim() !== '')
      .map((one) => writtenMatcher({ ...one, name: one.name.trim() })),
    startsAt: new Date(draft.starts.trim() === '' ? nowMs : (msOfWall(draft.starts) ?? nowMs)).toISOString(),
    endsAt: new Date(msOfWall(draft.ends) ?? nowMs).toISOString(),
    createdBy: draft.createdBy.trim(),
    comment: draft.comment.trim(),
    ...(draft.recurring ? { recurrence: draft.otherSpans ?? [own] } : {}),
    ...(draft.notifyResolved ? {} : { notifyResolved: false }),
  }
}

/** Alerts that matchers hold for; undefined when one cannot be read here. */
export function alertsMet(
  matchers: readonly LabelMatcher[],
  alerts: readonly ManagedAlert[],
): readonly ManagedAlert[] | undefined {
  const named = matchers.filter(({ name }) => name.trim() !== '')
  if (named.length === 0) return []
  const found: ManagedAlert[] = []
  for (const alert of alerts) {
    const met = meets(named, alert.labels)
    if (met === undefined) return undefined
    if (met) found.push(alert)
  }
  return found
}
