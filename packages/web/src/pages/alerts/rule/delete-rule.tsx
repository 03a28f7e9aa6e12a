import { deleteRuleGroup, fetchRuleGroups, putRuleGroup } from '../../../api/alerting.ts'
import { toast } from '../../../components/toast.tsx'
import { t } from '../../../shell/i18n.ts'
import { navigate } from '../../../shell/router.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { type PlacedRule, storedGroupOf } from './rule-body.ts'

/** Takes a rule out of its group in the store; a group that would be empty goes as a whole. */
async function deleteRule({ group, rule, at }: PlacedRule): Promise<void> {
  const found = storedGroupOf(group, (await fetchRuleGroups()).groups)
  const body = found?.group.rules[at]
  // Somebody else may have taken it out, or put another in its place.
  if (found === undefined || (body?.alert ?? body?.record) !== rule.name) throw new Error(t('alerts.changedMeanwhile'))
  const rules = found.group.rules.filter((_, index) => index !== at)
  if (rules.length === 0) await deleteRuleGroup(found)
  else await putRuleGroup(found.language, found.namespace, { ...found.group, rules }, found.version)
}

/** Asks once before a rule is deleted. */
export function DeleteRuleDialog({ placed, onClose }: { readonly placed: PlacedRule; readonly onClose: () => void }) {
  const { name } = placed.rule
  return (
    <ConfirmDialog
      title={t('alerts.deleteTitle')}
      text={t('alerts.deleteText', { name })}
      yes={t('alerts.deleteYes')}
      onYes={async () => {
        await deleteRule(placed)
        toast(t('alerts.deleted', { name }))
        navigate('/alerts')
      }}
      onClose={onClose}
    />
  )
}
