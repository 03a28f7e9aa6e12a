import type { BackTestBody, BackTestResponse, StoredRuleGroup } from '@girok/server/contract'
import { computed, signal } from '@preact/signals'
import { backTest, deleteRuleGroup, fetchRuleGroups, putRuleGroup } from '../../../api/alerting.ts'
import { Latest } from '../../../explore/latest.ts'
import { t } from '../../../shell/i18n.ts'
import { testInterval } from '../back-test/back-test-frame.ts'
import { isComparison } from '../back-test/measure.ts'
import { durationMs } from '../parts/duration-text.ts'
import {
  bodyOfDraft,
  draftOf,
  emptyDraft,
  faultsOfDraft,
  groupDraftOf,
  groupOfDraft,
  isTestable,
  type RuleDraft,
} from './draft.ts'

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
/** The group whose interval, limit, offset and labels were taken into the form. */
let adopted: string | undefined

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
  if (now !== undefined) draft.value = adopting({ ...now, ...change })
}

type Place = Pick<RuleDraft, 'language' | 'namespace' | 'group'>

const keyOf = ({ language, namespace, group }: Place): string =>
  JSON.stringify([language, namespace.trim(), group.trim()])

function groupAt(all: readonly StoredRuleGroup[], place: Place): StoredRuleGroup | undefined {
  const wanted = keyOf(place)
  return all.find(({ language, namespace, group }) => keyOf({ language, namespace, group: group.name }) === wanted)
}

/** With what the group that a draft names says of all its rules, when it is another than before. A new one takes what stands there. */
function adopting(next: RuleDraft): RuleDraft {
  const into = groupAt(groups.answer.peek() ?? [], next)
  const key = into === undefined ? undefined : keyOf(next)
  const isOther = key !== adopted
  adopted = key
  return into !== undefined && isOther ? { ...next, ...groupDraftOf(into.group) } : next
}

/** Whether anything was written that would be lost. */
export function isChanged(): boolean {
  return JSON.stringify(draft.peek()) !== JSON.stringify(begun)
}

function begin(next: RuleDraft, of: Origin | undefined): void {
  origin = of
  adopted = of === undefined ? undefined : keyOf(next)
  begun = next
  draft.value = next
  tried.value = false
  saveFault.value = undefined
  tested.clear()
}

async function loadGroups(): Promise<void> {
  await groups.ask(async (signal) => (await fetchRuleGroups(signal)).groups)
  const now = draft.peek()
  if (now === undefined) return
  const untouched = !isChanged()
  const next = adopting(now)
  draft.value = next
  if (untouched) begun = next
}

/** A new rule of a query, or an empty one. */
export function beginNew(language: RuleDraft['language'], expr: string): void {
  const mode = isComparison(language, expr) === true ? 'query' : 'condition'
  begin({ ...emptyDraft, language, expr, mode }, undefined)
  void loadGroups()
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
          ...groupDraftOf(group.group),
        })
  if (made === undefined) return false
  begin(made, { group, at })
  void loadGroups()
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
  const of = testedGroup(now)
  await tested.ask((signal) => backTest({ language: now.language, rule, ...of, startMs, endMs, intervalMs }, signal))
}

/** What the group says that changes what its rules do. */
export function testedGroup(now: RuleDraft): Pick<BackTestBody, 'groupLabels' | 'limit' | 'queryOffsetMs'> {
  const { labels, limit, query_offset: offset } = groupOfDraft(now)
  const queryOffsetMs = offset === undefined ? undefined : durationMs(offset)
  return {
    ...(labels === undefined ? {} : { groupLabels: labels }),
    ...(limit === undefined ? {} : { limit }),
    ...(queryOffsetMs === undefined ? {} : { queryOffsetMs }),
  }
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
  const said = groupOfDraft(now)
  if (stays) {
    const rules = from.group.group.rules.map((one, at) => (at === from.at ? rule : one))
    // At the version that the form was filled from: what somebody else has changed meanwhile is not written over.
    await putRuleGroup(now.language, namespace, { name, ...said, rules }, from.group.version)
    return
  }
  const into = groupAt(stored, now)
  // A group that came up while the form was open says itself what holds for all its rules.
  const target =
    into === undefined || adopted === keyOf(now) ? { name, ...said, rules: into?.group.rules ?? [] } : into.group
  await putRuleGroup(now.language, namespace, { ...target, rules: [...target.rules, rule] }, into?.version ?? 0)
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
    ['limit', t('alerts.form.limit')],
    ['queryOffset', t('alerts.form.queryOffset')],
  ] as const
  return all.flatMap(([field, words]) => ((faults.value as ReadonlySet<string>).has(field) ? [words] : []))
}
