import { useSignal } from '@preact/signals'
import { postSilence } from '../../../api/alertmanager.ts'
import { Button } from '../../../components/button.tsx'
import { CheckField, TextField } from '../../../components/form-fields.tsx'
import { toast } from '../../../components/toast.tsx'
import { locale, n, t } from '../../../shell/i18n.ts'
import { amountText } from '../../../time/words.ts'
import { LabelList } from '../../targets/label-list.tsx'
import { managed } from '../overview/overview-data.ts'
import { FaultLine } from '../parts/fault-line.tsx'
import { ownName } from '../parts/own-name.ts'
import { MatcherRows } from './matcher-rows.tsx'
import { RecurrenceFields } from './recurrence-fields.tsx'
import {
  alertsMet,
  bodyOfSilence,
  faultsOfSilence,
  presets,
  type SilenceDraft,
  type SilenceFault,
  wallText,
} from './silence-draft.ts'

interface SilenceFormProps {
  readonly begun: SilenceDraft
  readonly onDone: () => void
  readonly onClose: () => void
}

/** A silence: what it matches with a preview, how long, at which times, by whom and why. */
export function SilenceForm({ begun, onDone, onClose }: SilenceFormProps) {
  const draft = useSignal(begun)
  const tried = useSignal(false)
  const busy = useSignal(false)
  const refusal = useSignal<unknown>(undefined)
  const now = draft.value
  const patch = (change: Partial<SilenceDraft>): void => {
    draft.value = { ...draft.peek(), ...change }
  }
  const faults = faultsOfSilence(now, Date.now())
  const wrong = (fault: SilenceFault, words: string): string | undefined =>
    tried.value && faults.has(fault) ? words : undefined
  const submit = async (): Promise<void> => {
    tried.value = true
    if (faultsOfSilence(draft.peek(), Date.now()).size > 0) return
    busy.value = true
    refusal.value = undefined
    try {
      await postSilence(bodyOfSilence(draft.peek(), Date.now()))
      ownName.value = draft.peek().createdBy.trim()
      toast(t('alerts.silences.saved'))
      onDone()
    } catch (error) {
      refusal.value = error
    } finally {
      busy.value = false
    }
  }
  return (
    <form
      class="card form"
      aria-labelledby="silence-form"
      data-testid="silence-form"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <h2 id="silence-form">{t(begun.id === undefined ? 'alerts.silences.new' : 'alerts.silences.change')}</h2>
      <MatcherRows matchers={now.matchers} onChange={(matchers) => patch({ matchers })} />
      {wrong('matchers', '') === undefined ? null : (
        <p class="fault" role="alert">
          {t('alerts.silences.matchersNeeded')}
        </p>
      )}
      <MetAlerts draft={now} />
      <div class="form-grid">
        <TextField
          label={t('alerts.silences.from')}
          value={now.starts}
          placeholder={t('alerts.silences.now')}
          mono
          testId="silence-from"
          fault={faults.has('starts') ? t('alerts.silences.badTime') : undefined}
          onChange={(starts) => patch({ starts })}
        />
        <TextField
          label={t('alerts.silences.until')}
          value={now.ends}
          mono
          testId="silence-until"
          fault={
            faults.has('ends')
              ? t('alerts.silences.badTime')
              : faults.has('order')
                ? t('alerts.silences.badOrder')
                : undefined
          }
          onChange={(ends) => patch({ ends })}
        />
      </div>
      <div class="chips" role="group" aria-label={t('alerts.silences.length')}>
        {presets.map(([amount, unit, ms]) => (
          <button
            key={ms}
            type="button"
            class="chip"
            data-testid={`length-${amount}${unit}`}
            onClick={() => patch({ starts: '', ends: wallText(Date.now() + ms) })}
          >
            {amountText(amount, unit, locale())}
          </button>
        ))}
      </div>
      <RecurrenceFields draft={now} wrong={faults.has('times')} onChange={patch} />
      <CheckField
        label={t('alerts.silences.notifyResolved')}
        value={now.notifyResolved}
        testId="silence-resolved"
        onChange={(notifyResolved) => patch({ notifyResolved })}
      />
      <div class="form-grid">
        <TextField
          label={t('alerts.by')}
          value={now.createdBy}
          testId="silence-by"
          fault={wrong('createdBy', t('alerts.form.needed'))}
          onChange={(createdBy) => patch({ createdBy })}
        />
        <TextField
          label={t('alerts.comment')}
          value={now.comment}
          testId="silence-comment"
          fault={wrong('comment', t('alerts.form.needed'))}
          onChange={(comment) => patch({ comment })}
        />
      </div>
      <FaultLine fault={refusal} testId="silence-refusal" />
      <div class="form-end">
        <Button label={t('action.cancel')} testId="silence-cancel" onClick={onClose} />
        <Button
          kind="primary"
          label={t('alerts.silences.save')}
          disabled={busy.value}
          testId="silence-save"
          onClick={() => void submit()}
        />
      </div>
    </form>
  )
}

const metShown = 5

/** Alerts of now that the matchers hold for. */
function MetAlerts({ draft }: { readonly draft: SilenceDraft }) {
  const met = alertsMet(draft.matchers, managed.answer.value ?? [])
  return (
    <div class="silence-preview" role="status" data-testid="silence-preview">
      <p class="dim">
        {met === undefined
          ? t('alerts.silences.noPreview')
          : t('alerts.silences.preview', { count: n(met.length), n: met.length })}
      </p>
      <ul>
        {(met ?? []).slice(0, metShown).map(({ fingerprint, labels }) => (
          <li key={fingerprint}>
            <LabelList labels={labels} />
          </li>
        ))}
      </ul>
    </div>
  )
}
