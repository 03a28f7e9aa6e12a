import { Button } from '../../../components/button.tsx'
import { ChoiceField, TextField } from '../../../components/form-fields.tsx'
import { toast } from '../../../components/toast.tsx'
import { urlOf } from '../../../shell/base.ts'
import { t } from '../../../shell/i18n.ts'
import { follow, navigate } from '../../../shell/router.ts'
import { languageNames } from '../overview/group-card.tsx'
import { FaultLine } from '../parts/fault-line.tsx'
import { ConditionForm } from './condition-form.tsx'
import type { RuleDraft } from './draft.ts'
import { faults, missingWords, patch, runTest, save, saveFault, saving, tried } from './edit-state.ts'
import { PairsForm } from './pairs-form.tsx'
import { PlaceForm } from './place-form.tsx'
import { Preview } from './preview.tsx'
import { QueryField } from './query-field.tsx'

const languages = Object.entries(languageNames) as [RuleDraft['language'], string][]
const labelNames = ['severity', 'team', 'service', 'environment']
/** What values may hold. */
const templates = ['{{ $value }}', '{{ $value | humanize }}', '{{ $labels.instance }}']
const annotationNames = ['summary', 'description', 'runbook_url', 'dashboard']

async function submit(): Promise<void> {
  if (!(await save())) return
  toast(t('alerts.form.saved'))
  navigate('/alerts')
}

const badDuration = (field: 'for' | 'keepFiringFor'): string | undefined =>
  faults.value.has(field) ? t('alerts.form.badDuration') : undefined

/** Everything about a rule: what is asked, when it fires, what it says, where it is kept; and what it would have done. */
export function RuleForm({ draft }: { readonly draft: RuleDraft }) {
  const { language, expr, name } = draft
  const missing = tried.value ? missingWords() : []
  return (
    <form
      class="rule-form"
      data-testid="rule-form"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <section class="card form" aria-labelledby="part-query">
        <div class="agent-head">
          <h2 id="part-query">{t('alerts.form.query')}</h2>
          <span class="spring" />
          <ChoiceField
            label={t('alerts.form.language')}
            value={language}
            choices={languages}
            testId="rule-language"
            onChange={(next) => patch({ language: next })}
          />
        </div>
        <QueryField
          key={language}
          language={language}
          expr={expr}
          label={t('alerts.form.query')}
          onChange={(next) => patch({ expr: next })}
          onRun={() => void runTest()}
        />
        <ConditionForm draft={draft} />
        <div class="form-grid">
          <TextField
            label={t('alerts.form.for')}
            value={draft.for}
            placeholder="5m"
            mono
            testId="rule-for"
            fault={badDuration('for')}
            onChange={(next) => patch({ for: next })}
          />
          <TextField
            label={t('alerts.form.keepFiring')}
            value={draft.keepFiringFor}
            placeholder="5m"
            mono
            testId="rule-keep"
            fault={badDuration('keepFiringFor')}
            onChange={(next) => patch({ keepFiringFor: next })}
          />
          <TextField
            label={t('alerts.form.keepWhile')}
            value={draft.keepFiringWhile}
            mono
            testId="rule-while"
            onChange={(next) => patch({ keepFiringWhile: next })}
          />
        </div>
        <p class="hint">{t('alerts.form.forHint')}</p>
      </section>
      <Preview shown={draft} />
      <section class="card form" aria-labelledby="part-words">
        <h2 id="part-words">{t('alerts.form.words')}</h2>
        <TextField
          label={t('alerts.form.name')}
          value={name}
          testId="rule-name"
          fault={tried.value && faults.value.has('name') ? t('alerts.form.needed') : undefined}
          onChange={(next) => patch({ name: next })}
        />
        <PairsForm
          label={t('alerts.form.labels')}
          name="label"
          pairs={draft.labels}
          names={labelNames}
          onChange={(labels) => patch({ labels })}
        />
        <PairsForm
          label={t('alerts.form.annotations')}
          name="annotation"
          long
          pairs={draft.annotations}
          names={annotationNames}
          onChange={(annotations) => patch({ annotations })}
        />
        <p class="hint">
          {t('alerts.form.templateHint')}{' '}
          {templates.map((one) => (
            <code key={one} class="template">
              {one}
            </code>
          ))}
        </p>
      </section>
      <section class="card form" aria-labelledby="part-place">
        <h2 id="part-place">{t('alerts.form.place')}</h2>
        <PlaceForm draft={draft} />
      </section>
      {missing.length === 0 ? null : (
        <p class="fault" role="alert" data-testid="missing">
          {t('alerts.form.missing', { fields: missing.join(', ') })}
        </p>
      )}
      <FaultLine fault={saveFault} testId="save-fault" />
      <div class="form-end">
        <a class="button" href={urlOf('/alerts')} onClick={(event) => follow(event, '/alerts')}>
          {t('action.cancel')}
        </a>
        <Button
          kind="primary"
          label={t('alerts.form.save')}
          disabled={saving.value}
          testId="save-rule"
          onClick={() => void submit()}
        />
      </div>
    </form>
  )
}
