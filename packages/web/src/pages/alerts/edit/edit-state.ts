import type { BackTestResponse, RuleGroupBody, StoredRuleGroup } from '@girok/server/contract'
import { computed, signal } from '@preact/signals'
import { backTest, deleteRuleGroup, fetchRuleGroups, putRuleGroup } from '../../../api/alerting.ts'
import { Latest } from '../../../explore/latest.ts'
import { t } from '../../../shell/i18n.ts'
import { testInterval } from '../back-test/back-test-frame.ts'
import { isComparison } from '../back-test/measure.ts'
import { durationMs } from '../parts/duration-text.ts'
import { bodyOfDraft, draftOf, emptyDraft, faultsOfDraft, isTestable, type RuleDraft } from './draft.ts'

const defaultIntervalMs = 60_000
const dayMs = 86_400_000

/** What the form holds; undefined until it is known what is to be changed. */
export const draft = signal<RuleDraft | undefined>(undefined)
/** As it was when the form opened. */
let begun: RuleDraft | undefined

/** The rule that is changed: its group as it was read, and its place there. Undefined: a new one. */
interface Origin {
  readonly group: StoredRuleGroup
  readonly at: number
}
let origin: Origin | undefined

export const faults = computed(() => (draft.value === undefined ? new Set<never>() : faultsOfDraft(draft.value)))
/** True after saving was tried: until then an empty field is no mistake. */
export const tried = signal(false)
export const saving = signal(false)
export const saveFault = signal<unknown>(undefined)
/** Groups in the store, to choose from. */
export const groups = new Latest<readonly StoredRuleGroup[]>(true)
export const tested = new Latest<BackTestResponse>()
/** Days that the rule is tried out over. */
export const testDays = signal<1 | 7>(1)

export function patch(change: Partial<RuleDraft>): void {
  const now = draft.peek()
  if (now !== undefined) draft.value = { ...now, ...change }
}

/** Whether anything was written that would be lost. */
export function isChanged(): boolean {
  return JSON.stringify(draft.peek()) !== JSON.stringify(begun)
}

function begin(next: RuleDraft, of: Origin | undefined): void {
  origin = of
  begun = next
  draft.value = next
  tried.value = false
  saveFault.value = undefined
  tested.clear()
}

export function loadGroups(): void {
  void groups.ask(async (signal) => (await fetchRuleGroups(signal)).groups)
}

/** A new rule of a query, or an empty one. */
export function beginNew(language: RuleDraft['language'], expr: string): void {
  const mode = isComparison(language, expr) === true ? 'query' : 'condition'
  begin({ ...emptyDraft, language, expr, mode }, undefined)
  loadGroups()
}

/** A rule that is kept; false when its condition is one that the form cannot show. */
export function beginEdit(group: StoredRuleGroup, at: number): boolean {
  const rule = group.group.rules[at]
  const made =
    rule?.alert === undefined
      ? undefined
      : draftOf(rule, {
          language: group.language,
          namespace: group.namespace,
          group: group.group.name,
          interval: group.group.interval ?? '',
        })
  if (made === undefined) return false
  begin(made, { group, at })
  loadGroups()
  return true
}

/** Tries the rule out over the last days; says nothing while too little is written. */
export async function runTest(): Promise<void> {
  const now = draft.peek()
  if (now === undefined || !isTestable(faults.peek())) {
    tested.clear()
    return
  }
  const endMs = Date.now()
  const startMs = endMs - testDays.peek() * dayMs
  const intervalMs = testInterval(startMs, endMs, durationMs(now.interval) || defaultIntervalMs)
  const rule = { ...bodyOfDraft(now), alert: now.name.trim() === '' ? 'preview' : now.name.trim() }
  const groupLabels = groupLabelsOf(now)
  await tested.ask((signal) =>
    backTest(
      {
        language: now.language,
        rule,
        startMs,
        endMs,
        intervalMs,
        ...(groupLabels === undefined ? {} : { groupLabels }),
      },
      signal,
    ),
  )
}

/** Labels that the group gives its rules where the rule will be kept. A new group takes those of the one that it left. */
export function groupLabelsOf(now: RuleDraft): RuleGroupBody['labels'] {
  const into = (groups.answer.value ?? []).find(
    ({ language, namespace, group }) =>
      language === now.language && namespace === now.namespace.trim() && group.name === now.group.trim(),
  )
  return (into ?? origin?.group)?.group.labels
}

/** Keeps the rule in its group; false with `saveFault` told when it could not be. */
export async function save(): Promise<boolean> {
  const now = draft.peek()
  tried.value = true
  if (now === undefined || faults.peek().size > 0) return false
  saving.value = true
  saveFault.value = undefined
  try {
    await keep(now)
    begun = now
    return true
  } catch (error) {
    saveFault.value = error
    return false
  } finally {
    saving.value = false
  }
}

async function keep(now: RuleDraft): Promise<void> {
  const stored = (await fetchRuleGroups()).groups
  const name = now.group.trim()
  const namespace = now.namespace.trim()
  const rule = bodyOfDraft(now)
  const from = origin
  const stays =
    from !== undefined &&
    from.group.language === now.language &&
    from.group.namespace === namespace &&
    from.group.group.name === name
  const interval = now.interval.trim() === '' ? {} : { interval: now.interval.trim() }
  if (stays) {
    const { interval: _, ...rest } = from.group.group
    const rules = rest.rules.map((one, at) => (at === from.at ? rule : one))
    // At the version that the form was filled from: what somebody else has changed meanwhile is not written over.
    await putRuleGroup(now.language, namespace, { ...rest, ...interval, rules }, from.group.version)
    return
  }
  const into = stored.find(
    (one) => one.language === now.language && one.namespace === namespace && one.group.name === name,
  )
  // What a group says of all its rules goes with the rule into a group that is not there yet.
  const target: RuleGroupBody = into?.group ?? { ...from?.group.group, name, rules: [] }
  const { interval: _, ...rest } = target
  await putRuleGroup(
    now.language,
    namespace,
    { ...rest, ...interval, rules: [...rest.rules, rule] },
    into?.version ?? 0,
  )
  if (from === undefined) return
  const left = from.group.group.rules.filter((_, at) => at !== from.at)
  const { language, namespace: before, group, version } = from.group
  if (left.length === 0) await deleteRuleGroup(from.group)
  else await putRuleGroup(language, before, { ...group, rules: left }, version)
}

/** Rules of a group besides the one that is changed. */
export function othersIn({ group, namespace, language }: StoredRuleGroup): number {
  const own =
    origin?.group.group.name === group.name &&
    origin.group.namespace === namespace &&
    origin.group.language === language
  return group.rules.length - (own ? 1 : 0)
}

/** Words of what stands in the way of saving, in the order of the form. */
export function missingWords(): readonly string[] {
  const all = [
    ['expr', t('alerts.form.query')],
    ['condition', t('alerts.form.condition')],
    ['over', t('alerts.form.over')],
    ['name', t('alerts.form.name')],
    ['for', t('alerts.form.for')],
    ['keepFiringFor', t('alerts.form.keepFiring')],
    ['namespace', t('alerts.form.namespace')],
    ['group', t('alerts.form.group')],
    ['interval', t('alerts.form.interval')],
  ] as const
  return all.flatMap(([field, words]) => ((faults.value as ReadonlySet<string>).has(field) ? [words] : []))
}
