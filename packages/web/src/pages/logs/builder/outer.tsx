import { type BinaryOp, VECTOR_RULES, type VectorOp } from '@girok/query'
import { t } from '../../../shell/i18n.ts'
import { AddButton, RemoveButton, Select, TextInput } from './controls.tsx'
import { Grouping } from './grouping.tsx'
import type { OuterRow } from './model.ts'
import { keptText } from './read.ts'
import { edit, model, replaced } from './state.ts'
import { readNumber } from './values.ts'

const vectorOps: readonly VectorOp[] = [...VECTOR_RULES.keys()]
const comparisons: readonly BinaryOp[] = ['>', '>=', '<', '<=', '==', '!=']
const arithmetic: readonly BinaryOp[] = ['/', '*', '+', '-', '%', '^']

/** What happens to the numbers of a calculation, in order. */
export function OuterRows() {
  const { outer, calculation } = model.value
  if (calculation === undefined) return null
  const put = (index: number, row: OuterRow | undefined): void => edit({ outer: replaced(outer, index, row) })
  return (
    <>
      {outer.length === 0 ? null : (
        <ol class="builder-stages">
          {outer.map((row, index) => (
            <li key={index} class={`builder-stage outer-${row.kind}`} data-testid={`outer-${row.kind}`}>
              <span class="stage-kind">{t(`builder.outer.${row.kind}`)}</span>
              <OuterFields row={row} index={index} onChange={(next) => put(index, next)} />
              <span class="spring" />
              <RemoveButton label={t('builder.removeStage', { n: index + 1 })} onClick={() => put(index, undefined)} />
            </li>
          ))}
        </ol>
      )}
      <div class="builder-items">
        <AddButton
          label={t('builder.addVector')}
          testId="add-vector"
          onClick={() =>
            edit({ outer: [...outer, { kind: 'vector', op: 'sum', parameter: '', label: '', grouping: undefined }] })
          }
        />
        <AddButton
          label={t('builder.addNumber')}
          testId="add-number"
          onClick={() => edit({ outer: [...outer, { kind: 'number', op: '>', bool: false, value: '' }] })}
        />
      </div>
    </>
  )
}

interface OuterFieldsProps {
  readonly row: OuterRow
  readonly index: number
  readonly onChange: (row: OuterRow) => void
}

function OuterFields({ row, index, onChange }: OuterFieldsProps) {
  if (row.kind === 'kept') {
    return (
      <>
        <code class="kept">{keptText(row)}</code>
        <span class="hint">{t('builder.keptHint')}</span>
      </>
    )
  }
  if (row.kind === 'vector') {
    const rule = VECTOR_RULES.get(row.op)
    const choose = (op: VectorOp): void => {
      const needs = VECTOR_RULES.get(op)?.parameter === true
      onChange({ ...row, op, parameter: needs ? row.parameter || '10' : row.parameter })
    }
    return (
      <>
        <Select
          label={t('builder.aggregate')}
          value={row.op}
          options={vectorOps.map((op) => [op, `${op}  ${t(`builder.vector.${op}`)}`])}
          testId={`vector-${index}`}
          onChange={choose}
        />
        {rule?.parameter === true ? (
          <TextInput
            label={t('builder.howMany')}
            value={row.parameter}
            size={4}
            invalid={readNumber(row.parameter) === undefined}
            onInput={(parameter) => onChange({ ...row, parameter })}
          />
        ) : null}
        {rule?.label === true ? (
          <TextInput
            label={t('builder.valueLabel')}
            value={row.label}
            size={8}
            invalid={row.label === ''}
            onInput={(label) => onChange({ ...row, label })}
          />
        ) : null}
        {rule?.grouping === true ? (
          <Grouping
            grouping={row.grouping}
            testId={`vector-by-${index}`}
            onChange={(grouping) => onChange({ ...row, grouping })}
          />
        ) : null}
      </>
    )
  }
  const compares = comparisons.includes(row.op)
  return (
    <>
      <Select
        label={t('builder.operator')}
        value={row.op}
        options={[...comparisons, ...arithmetic, ...others(row.op)].map((op) => [op, op])}
        testId={`number-op-${index}`}
        onChange={(op) => onChange({ ...row, op, bool: row.bool && comparisons.includes(op) })}
      />
      <TextInput
        label={t('builder.number')}
        value={row.value}
        size={6}
        invalid={row.value !== '' && readNumber(row.value) === undefined}
        testId={`number-${index}`}
        onInput={(value) => onChange({ ...row, value })}
      />
      {compares ? (
        <label class="builder-check">
          <input
            type="checkbox"
            checked={row.bool}
            onChange={(event) => onChange({ ...row, bool: event.currentTarget.checked })}
          />
          {t('builder.bool')}
        </label>
      ) : null}
    </>
  )
}

/** An operator that the lists do not offer stays possible when the query has it. */
function others(op: BinaryOp): BinaryOp[] {
  return comparisons.includes(op) || arithmetic.includes(op) ? [] : [op]
}
