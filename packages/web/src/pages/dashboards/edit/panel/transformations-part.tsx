import type { Transformation } from '@girok/server/contract'
import { FormPart } from '../../../../components/form-fields.tsx'
import { t } from '../../../../shell/i18n.ts'
import { moved, removed, replaced } from './list-order.ts'
import { ListTools } from './list-tools.tsx'
import { TransformationForm } from './transformation-form.tsx'
import { blankTransformation, type TransformationKind, transformationKinds } from './transformation-kinds.ts'

interface TransformationsPartProps {
  readonly steps: readonly Transformation[]
  readonly onChange: (steps: readonly Transformation[]) => void
}

/** What is made of the answers before they are shown, step by step. */
export function TransformationsPart({ steps, onChange }: TransformationsPartProps) {
  return (
    <FormPart title={t('editing.transformations')}>
      {steps.map((step, at) => {
        const name = t(`editing.transformation.${step.kind}`)
        return (
          // Lists of steps are short, and their forms hold nothing of their own beyond what is typed.
          <fieldset
            key={`${at} ${step.kind} ${steps.length}`}
            class="form-step"
            data-testid="transformation"
            data-kind={step.kind}
          >
            <div class="form-step-head">
              <h4>
                {at + 1}. {name}
              </h4>
              <ListTools
                name={name}
                at={at}
                count={steps.length}
                onMove={(by) => onChange(moved(steps, at, by))}
                onRemove={() => onChange(removed(steps, at))}
              />
            </div>
            <TransformationForm step={step} onChange={(next) => onChange(replaced(steps, at, next))} />
          </fieldset>
        )
      })}
      <select
        class="add-choice"
        aria-label={t('editing.addTransformation')}
        data-testid="add-transformation"
        value=""
        onChange={(event) => {
          const { value } = event.currentTarget
          event.currentTarget.value = ''
          if (value !== '') onChange([...steps, blankTransformation(value as TransformationKind)])
        }}
      >
        <option value="">{t('editing.addTransformation')}</option>
        {transformationKinds.map((kind) => (
          <option key={kind} value={kind}>
            {t(`editing.transformation.${kind}`)}
          </option>
        ))}
      </select>
    </FormPart>
  )
}
