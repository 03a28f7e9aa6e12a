import type { RuleLanguage } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { fetchRuleGroups } from '../../../api/alerting.ts'
import { urlOf } from '../../../shell/base.ts'
import { t } from '../../../shell/i18n.ts'
import { follow, guardPlace, place } from '../../../shell/router.ts'
import { wordsOfFault } from '../../polled.ts'
import { params } from '../address.ts'
import { alerting } from '../overview/overview-data.ts'
import { ruleOfId, storedGroupOf } from '../rule/rule-body.ts'
import { beginEdit, beginNew, draft, isChanged } from './edit-state.ts'
import { LeaveDialog } from './leave-dialog.tsx'
import { RuleForm } from './rule-form.tsx'

function editedId(): string | undefined {
  const id = /^\/alerts\/rules\/([^/]+)\/edit$/.exec(place.peek().path)?.[1]
  return id === undefined ? undefined : decodeURIComponent(id)
}

/** A rule is made, of a query in the address or of nothing, or one that is kept in the store is changed. */
export function EditPage() {
  const fault = useSignal('')
  const leaving = useSignal<(() => void) | undefined>(undefined)
  const id = editedId()
  useEffect(() => {
    draft.value = undefined
    if (id === undefined) {
      const language: RuleLanguage = params.peek().get('language') === 'logql' ? 'logql' : 'promql'
      beginNew(language, params.peek().get('query') ?? '')
      return undefined
    }
    return openRule(id, (words) => {
      fault.value = words
    })
  }, [id])
  useEffect(() => {
    let stop = (): void => {}
    stop = guardPlace((_, go) => {
      if (!isChanged()) return true
      leaving.value = () => {
        stop()
        go()
      }
      return false
    })
    const unload = (event: BeforeUnloadEvent): void => {
      if (isChanged()) event.preventDefault()
    }
    window.addEventListener('beforeunload', unload)
    return () => {
      stop()
      window.removeEventListener('beforeunload', unload)
      draft.value = undefined
    }
  }, [])
  return (
    <>
      <div class="alert-head">
        <h1>{t(id === undefined ? 'alerts.newRule' : 'alerts.editRule')}</h1>
      </div>
      {fault.value === '' ? null : (
        <div class="card sources-none" role="alert">
          <p class="fault">{fault.value}</p>
          <a class="button" href={urlOf('/alerts')} onClick={(event) => follow(event, '/alerts')}>
            {t('alerts.back')}
          </a>
        </div>
      )}
      {draft.value === undefined ? null : <RuleForm draft={draft.value} />}
      {leaving.value === undefined ? null : (
        <LeaveDialog
          onLeave={leaving.value}
          onClose={() => {
            leaving.value = undefined
          }}
        />
      )}
    </>
  )
}

/** Fills the form with a rule of the store as soon as the list of rules is known; answers what ends that. */
function openRule(id: string, tell: (words: string) => void): () => void {
  const stopPolling = alerting.answer.peek() === undefined ? alerting.start() : () => {}
  let done = false
  const stop = alerting.answer.subscribe((answer) => {
    if (answer === undefined || done) return
    done = true
    stopPolling()
    const placed = ruleOfId(answer.groups, id)
    if (placed === undefined) tell(t('alerts.noRule'))
    else if (placed.group.origin === 'file') tell(t('alerts.ofFile', { file: placed.group.namespace }))
    else
      fetchRuleGroups().then(
        ({ groups }) => {
          const group = storedGroupOf(placed.group, groups)
          if (group === undefined) tell(t('alerts.changedMeanwhile'))
          else if (!beginEdit(group, placed.at)) tell(t('alerts.notInForm'))
        },
        (error: unknown) => tell(wordsOfFault(error)),
      )
  })
  return () => {
    done = true
    stopPolling()
    stop()
  }
}
