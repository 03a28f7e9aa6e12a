import { makeMatcher } from '../../alerting/alertmanager/matchers/make-matcher.ts'
import { type Matcher, matchesAll } from '../../alerting/alertmanager/matchers/matcher.ts'
import { MatcherFault } from '../../alerting/alertmanager/matchers/matcher-fault.ts'
import { parseMatcher } from '../../alerting/alertmanager/matchers/parse-matchers.ts'
import { GirokError } from '../../model/errors.ts'

/**
 * The matchers of `filter`, which may come several times.
 * @throws MatcherFault
 */
export function filterOf(params: URLSearchParams): readonly Matcher[] {
  return params.getAll('filter').map(parseMatcher)
}

const TRUE = new Set(['true', '1', 'yes', 'ok', 'y', 'on', 'selected', 'checked', 't', 'enabled'])

/** A flag that is on where it is not given; words that are none are off, as in Alertmanager. */
export function flagOf(params: URLSearchParams, name: string): boolean {
  const given = params.getAll(name).at(-1)
  return given === undefined || given === '' || TRUE.has(given.toLowerCase())
}

/** Tests names of contact points. */
export type ReceiverTest = (name: string) => boolean

/**
 * What `receiver` (an anchored pattern) and `receiver_matchers` (on the labels of a contact point: its `name`) ask for;
 * an alert must have a contact point for each.
 * @throws GirokError `bad_request`
 */
export function receiverTests(params: URLSearchParams): readonly ReceiverTest[] {
  const tests: ReceiverTest[] = []
  const pattern = params.getAll('receiver').at(-1)
  if (pattern) tests.push(readParameter('receiver', () => makeMatcher('receiver', '=~', pattern)).matches)
  const matchers = params
    .getAll('receiver_matchers')
    .map((text) => readParameter('receiver_matchers', () => parseMatcher(text)))
  if (matchers.length > 0) tests.push((name) => matchesAll(matchers, receiverLabels(name)))
  return tests
}

/** The labels of a contact point. */
export function receiverLabels(name: string): ReadonlyMap<string, string> {
  return new Map([['name', name]])
}

function readParameter<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof MatcherFault)) throw error
    throw new GirokError('bad_request', `failed to parse ${name} param: ${error.message}`)
  }
}
