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
import { JournalPages } from '../parts/journal-pages.ts'
import { msOfRange, pageTime } from '../parts/page-time.ts'
import { bodyOfState, type PlacedRule, storedGroupOf } from './rule-body.ts'

/** Rows that are asked for at once. */
const changesAtOnce = 100
const evaluationsAtOnce = 30

/** The time that the page of a rule shows. */
export const time = pageTime('now-6h')

export const tested = new Latest<BackTestResponse>(true)
export const evaluations = new JournalPages<EvaluationsResponse['evaluations'][number]>()
export const history = new JournalPages<AlertHistoryResponse['changes'][number]>()
/** The rule as it is kept, where it is kept in the store. */
export const stored = new Latest<{ readonly body: RuleBody; readonly group: StoredRuleGroup | undefined }>(true)

/** Asks for everything that the page of a rule shows, over the time in the address. */
export async function loadRule(placed: PlacedRule): Promise<void> {
  const range = resolveRange(time.text.peek(), Date.now())
  time.range.value = range
  if (range === undefined) return
  const span = msOfRange(range)
  const { group, rule, at } = placed
  void evaluations.load(async (before, signal) => {
    const answer = await fetchEvaluations(rule.id, { ...span, before, limit: evaluationsAtOnce }, signal)
    return { rows: answer.evaluations, older: answer.older }
  })
  if (rule.kind === 'alerting') {
    void history.load(async (before, signal) => {
      const answer = await fetchAlertHistory(rule.name, { ...span, before, limit: changesAtOnce }, signal)
      return { rows: answer.changes, older: answer.older }
    })
  }
  await stored.ask(async (signal) => {
    if (group.origin === 'file') return { body: bodyOfState(rule), group: undefined }
    const found = storedGroupOf(group, (await fetchRuleGroups(signal)).groups)
    return { body: found?.group.rules[at] ?? bodyOfState(rule), group: found }
  })
  const kept = stored.answer.peek()
  if (kept === undefined) return
  const intervalMs = testInterval(span.startMs, span.endMs, group.intervalMs)
  const { language, labels, limit, queryOffsetMs } = group
  const of = {
    ...(labels === undefined ? {} : { groupLabels: labels }),
    ...(limit === undefined ? {} : { limit }),
    queryOffsetMs: queryOffsetMs ?? 0,
  }
  void tested.ask((signal) => backTest({ language, rule: kept.body, ...of, ...span, intervalMs }, signal))
}

/** Forgets everything, as when another rule is shown. */
export function clearRule(): void {
  for (const one of [tested, evaluations, history, stored]) one.clear()
}
