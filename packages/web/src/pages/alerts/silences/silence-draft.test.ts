import { describe, expect, it } from 'vitest'
import type { ManagedAlert, ManagedSilence, RecurrenceSpan } from '../../../api/alertmanager.ts'
import { alertsMet, bodyOfSilence, draftOf, faultsOfSilence, newDraft, type SilenceDraft } from './silence-draft.ts'

const nowMs = Date.UTC(2026, 10, 22, 3)
const severity = { name: 'severity', op: '=', value: 'page' } as const
const draft: SilenceDraft = { ...newDraft([severity], 'kim', nowMs), comment: 'maintenance' }

const silence: ManagedSilence = {
  id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  matchers: [{ name: 'severity', value: 'page', isRegex: false, isEqual: true }],
  startsAt: '2026-11-22T02:00:00.000Z',
  endsAt: '2026-11-22T05:00:00.000Z',
  updatedAt: '2026-11-22T02:00:00.000Z',
  createdBy: 'kim',
  comment: 'maintenance',
  status: { state: 'active' },
}

describe('a silence', () => {
  it('begins now and lasts two hours unless something else is said', () => {
    expect(faultsOfSilence(draft, nowMs)).toEqual(new Set())
    expect(bodyOfSilence(draft, nowMs)).toEqual({
      matchers: [{ name: 'severity', value: 'page', isRegex: false, isEqual: true }],
      startsAt: '2026-11-22T03:00:00.000Z',
      endsAt: '2026-11-22T05:00:00.000Z',
      createdBy: 'kim',
      comment: 'maintenance',
    })
  })

  it('that is there goes through the form as it is', () => {
    const { updatedAt: _, status: __, ...body } = silence
    expect(bodyOfSilence(draftOf(silence, nowMs), nowMs)).toEqual(body)
    const expired = draftOf({ ...silence, status: { state: 'expired' } }, nowMs)
    expect(bodyOfSilence(expired, nowMs)).toEqual(bodyOfSilence(draft, nowMs))
  })

  it.each<readonly RecurrenceSpan[]>([
    [
      {
        times: [{ start_time: '09:00', end_time: '17:30' }],
        weekdays: ['monday', 'friday', 'sunday'],
        location: 'Asia/Seoul',
      },
    ],
    [{ times: [{ start_time: '00:00', end_time: '24:00' }], location: 'UTC' }],
    [{ weekdays: ['friday:monday'] } as RecurrenceSpan],
    [{ months: ['january'] } as RecurrenceSpan, { location: 'UTC' }],
  ])('that recurs keeps its spans: %j', (...recurrence) => {
    const shown = draftOf({ ...silence, recurrence }, nowMs)
    expect(faultsOfSilence(shown, nowMs)).toEqual(new Set())
    expect(bodyOfSilence(shown, nowMs).recurrence).toEqual(recurrence)
  })

  it('shows ranges of days as days', () => {
    const shown = draftOf({ ...silence, recurrence: [{ weekdays: ['sunday:tuesday'], location: 'UTC' }] }, nowMs)
    expect(shown.days).toEqual(['monday', 'tuesday', 'sunday'])
  })

  it.each<[Partial<SilenceDraft>, string[]]>([
    [{ matchers: [] }, ['matchers']],
    [{ matchers: [{ ...severity, op: '=~', value: '' }] }, ['matchers']],
    [{ ends: 'tomorrow' }, ['ends']],
    [{ ends: '2020-01-01 00:00' }, ['order']],
    [{ starts: '2030-01-02', ends: '2030-01-01' }, ['order']],
    [{ recurring: true, timeFrom: '17:00', timeTo: '09:00' }, ['times']],
    [{ recurring: true, timeFrom: '9', timeTo: '09:00' }, ['times']],
    [{ createdBy: ' ', comment: '' }, ['createdBy', 'comment']],
  ])('with %j has faults', (change, faults) => {
    expect([...faultsOfSilence({ ...draft, ...change }, nowMs)]).toEqual(faults)
  })
})

it('shows which alerts it would silence', () => {
  const alerts = [{ labels: { severity: 'page' } }, { labels: { severity: 'info' } }] as unknown as ManagedAlert[]
  expect(alertsMet([severity], alerts)).toEqual([alerts[0]])
  expect(alertsMet([{ name: '', op: '=', value: '' }], alerts)).toEqual([])
  expect(alertsMet([{ ...severity, op: '=~', value: '(' }], alerts)).toBeUndefined()
})
