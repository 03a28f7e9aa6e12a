import { makeMatcher } from '../../alerting/alertmanager/matchers/make-matcher.ts'
import type { Matcher } from '../../alerting/alertmanager/matchers/matcher.ts'
import { MatcherFault } from '../../alerting/alertmanager/matchers/matcher-fault.ts'
import { checkSilenceSpan } from '../../alerting/alertmanager/silences/check-silence.ts'
import type { SilenceChange, SilenceRecurrence } from '../../alerting/alertmanager/silences/silences.ts'
import { GirokError } from '../../model/errors.ts'
import type { ApiRequest } from '../route.ts'
import { FAULT, FormFault } from './answer.ts'
import { type Json, readBody, required } from './read-json.ts'
import { NO_TIME_MS } from './read-time.ts'

/**
 * The silence of a request.
 * @throws FormFault when it is not of the form, GirokError `bad_request` for its span or a matcher
 */
export function postedSilence(request: ApiRequest, nowMs: number): SilenceChange {
  const { id, matchers, startsAtMs, endsAtMs, ...rest } = checkForm(readBody(request, 'silence', readSilence))
  // No time stands for now.
  const span = { startsAtMs: startsAtMs === NO_TIME_MS ? Math.min(nowMs, endsAtMs - 1) : startsAtMs, endsAtMs }
  checkSilenceSpan(span, nowMs)
  return { ...rest, ...span, ...(id !== '' && { id }), matchers: matchers.map(matcherOf) }
}

interface PostedMatcher {
  readonly place: string
  readonly name: string | undefined
  readonly value: string | undefined
  readonly isRegex: boolean | undefined
  readonly isEqual: boolean
}

function readSilence(json: Json) {
  const annotations = json.field('annotations').texts()
  const recurrence = readRecurrence(json.field('recurrence'))
  const notifyResolved = json.field('notifyResolved').flag()
  return {
    id: json.field('id').text() ?? '',
    comment: json.field('comment').text(),
    createdBy: json.field('createdBy').text(),
    endsAtMs: json.field('endsAt').time(),
    matchers: json.field('matchers').list()?.map(readMatcher),
    startsAtMs: json.field('startsAt').time(),
    own: {
      ...(annotations !== undefined && { annotations }),
      ...(recurrence !== undefined && { recurrence }),
      ...(notifyResolved !== undefined && { notifyResolved }),
    },
  }
}

function readMatcher(json: Json): PostedMatcher {
  return {
    place: json.place,
    name: json.field('name').text(),
    value: json.field('value').text(),
    isRegex: json.field('isRegex').flag(),
    isEqual: json.field('isEqual').flag() ?? true,
  }
}

/** Its content is checked with the silence. */
function readRecurrence(json: Json): SilenceRecurrence | undefined {
  return json.list()?.map((span) => {
    span.field('')
    if (span.isAbsent) throw new SyntaxError(`${span.place} must be an object and is null`)
    return span.plain() as SilenceRecurrence[number]
  })
}

/** In Alertmanager's order: by name of the field. */
function checkForm({ own, id, ...given }: ReturnType<typeof readSilence>) {
  const { comment, createdBy, endsAtMs, matchers, startsAtMs } = given
  if (comment === undefined) throw required('comment')
  if (createdBy === undefined) throw required('createdBy')
  if (endsAtMs === undefined) throw required('endsAt')
  if (matchers === undefined) throw required('matchers')
  if (matchers.length === 0) throw new FormFault(422, FAULT.tooFew, 'matchers in body should have at least 1 items')
  const complete = matchers.map(({ place, name, value, isRegex, isEqual }) => {
    if (isRegex === undefined) throw required(`${place}.isRegex`)
    if (name === undefined) throw required(`${place}.name`)
    if (value === undefined) throw required(`${place}.value`)
    return { name, value, op: operator(isEqual, isRegex) }
  })
  if (startsAtMs === undefined) throw required('startsAt')
  return { ...own, id, comment, createdBy, endsAtMs, matchers: complete, startsAtMs }
}

function operator(isEqual: boolean, isRegex: boolean): Matcher['op'] {
  if (isRegex) return isEqual ? '=~' : '!~'
  return isEqual ? '=' : '!='
}

function matcherOf({ name, op, value }: Pick<Matcher, 'name' | 'op' | 'value'>, i: number): Matcher {
  const place = `invalid silence: invalid label matcher ${i} in set 0`
  if (name === '') throw new GirokError('bad_request', `${place}: invalid label name ""`)
  try {
    return makeMatcher(name, op, value)
  } catch (error) {
    if (!(error instanceof MatcherFault)) throw error
    throw new GirokError('bad_request', `${place}: ${error.message}`)
  }
}
