import type {
  AlertHistoryResponse,
  BackTestResponse,
  EvaluationsResponse,
  RuleBody,
  StoredRuleGroup,
} from '@girok/server/contract'
import { backTest, fetchAlertHistory, fetchEvaluations, fetchRuleGroups } from '../../../api/alerting.ts'
import { Latest } from '../../../explore/latest.ts'
import { resolveRange } from '../../../time/range.ts'
import { testInterval } from '../back-test/back-test-frame.ts'
import { msOfRange, pageTime } from '../parts/page-time.ts'
import { bodyOfState, type PlacedRule, storedGroupOf } from './rule-body.ts'

/** Entries of history that are asked for at once. */
const historyLimit = 500

/** The time that the page of a rule shows. */
export const time = pageTime('now-6h')

export const tested = new Latest<BackTestResponse>(true)
export const evaluations = new Latest<EvaluationsResponse>(true)
export const history = new Latest<AlertHistoryResponse>(true)
/** The rule as it is kept, where it is kept in the store. */
export const stored = new Latest<{ readonly body: RuleBody; readonly group: StoredRuleGroup | undefined }>(true)

/** Asks for everything that the page of a rule shows, over the time in the address. */
export async function loadRule(placed: PlacedRule): Promise<void> {
  const range = resolveRange(time.text.peek(), Date.now())
  time.range.value = range
  if (range === undefined) return
  const span = msOfRange(range)
  const { group, rule, at } = placed
  void evaluations.ask((signal) => fetchEvaluations(rule.id, { ...span, limit: historyLimit }, signal))
  void history.ask((signal) => fetchAlertHistory({ ...span, limit: historyLimit }, signal))
  await stored.ask(async (signal) => {
    if (group.origin === 'file') return { body: bodyOfState(rule), group: undefined }
    const found = storedGroupOf(group, (await fetchRuleGroups(signal)).groups)
    return { body: found?.group.rules[at] ?? bodyOfState(rule), group: found }
  })
  const kept = stored.answer.peek()
  if (kept === undefined) return
  const intervalMs = testInterval(span.startMs, span.endMs, group.intervalMs)
  const { language } = group
  const groupLabels = kept.group?.group.labels
  void tested.ask((signal) =>
    backTest(
      { language, rule: kept.body, ...span, intervalMs, ...(groupLabels === undefined ? {} : { groupLabels }) },
      signal,
    ),
  )
}

/** Forgets everything, as when another rule is shown. */
export function clearRule(): void {
  for (const one of [tested, evaluations, history, stored]) one.clear()
}
