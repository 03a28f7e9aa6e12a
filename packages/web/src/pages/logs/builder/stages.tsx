import { type LineFilterOp, printStage } from '@girok/query'
import { t } from '../../../shell/i18n.ts'
import { oneLine } from '../rows/visible-text.ts'
import type { FieldChoice } from './choices.ts'
import { Conditions } from './conditions.tsx'
import { AddButton, RemoveButton, Select, TextInput } from './controls.tsx'
import type { Condition, ParserName, StageRow } from './model.ts'
import { edit, model, replaced } from './state.ts'

const lineOps: readonly LineFilterOp[] = ['|=', '!=', '|~', '!~', '|>', '!>']
const parsers: readonly ParserName[] = ['json', 'logfmt', 'pattern', 'regexp', 'unpack']

/** What happens to the lines, in order. */
export function Stages() {
  const { stages } = model.value
  return (
    <>
      {stages.length === 0 ? null : (
        <ol class="builder-stages">
          {stages.map((row, index) => (
            <li key={index} class={`builder-stage stage-${row.kind}`} data-testid={`stage-${row.kind}`}>
              <span class="stage-kind">{t(`builder.stage.${row.kind}`)}</span>
              <StageFields row={row} index={index} />
              <span class="spring" />
              <RemoveButton
                label={t('builder.removeStage', { n: index + 1 })}
                onClick={() => edit({ stages: replaced(stages, index, undefined) })}
              />
            </li>
          ))}
        </ol>
      )}
      <div class="builder-items">
        <AddButton label={t('builder.addText')} testId="add-text" onClick={() => edit({ stages: withText(stages) })} />
        <AddButton
          label={t('builder.addParser')}
          testId="add-parser"
          onClick={() => edit({ stages: [...stages, { kind: 'parser', parser: 'json', pattern: '' }] })}
        />
        <AddButton
          label={t('builder.addField')}
          testId="add-field"
          onClick={() => edit({ stages: [...stages, { kind: 'fields', conditions: [newCondition] }] })}
        />
      </div>
    </>
  )
}

const newCondition: Condition = { join: 'and', name: '', op: '=', value: undefined }

/** A search for text stands best before anything that works on lines: behind the searches at the beginning. */
function withText(stages: readonly StageRow[]): StageRow[] {
  const first = stages.findIndex((row) => row.kind !== 'line')
  const at = first < 0 ? stages.length : first
  return [...stages.slice(0, at), { kind: 'line', op: '|=', values: [] }, ...stages.slice(at)]
}

function StageFields({ row, index }: { readonly row: StageRow; readonly index: number }) {
  const { stages } = model.value
  const put = (next: StageRow): void => edit({ stages: replaced(stages, index, next) })
  switch (row.kind) {
    case 'line':
      return <LineFields row={row} index={index} onChange={put} />
    case 'parser':
      return (
        <>
          <Select
            label={t('builder.parser')}
            value={row.parser}
            options={parsers.map((name) => [name, `${name}  ${t(`builder.parser.${name}`)}`])}
            testId={`parser-${index}`}
            onChange={(parser) => put({ ...row, parser })}
          />
          {row.parser === 'regexp' || row.parser === 'pattern' ? (
            <TextInput
              label={t(`builder.parserText.${row.parser}`)}
              value={row.pattern}
              size={28}
              onInput={(pattern) => put({ ...row, pattern })}
            />
          ) : null}
        </>
      )
    case 'fields':
      return (
        <Conditions
          stage={index}
          conditions={row.conditions}
          onChange={(conditions) => put({ ...row, conditions })}
          onField={(at, choice) => chooseField(index, at, choice)}
        />
      )
    case 'kept':
      return (
        <>
          <code class="kept">{oneLine(printStage(row.stage))}</code>
          <span class="hint">{t('builder.keptHint')}</span>
        </>
      )
  }
}

/** Takes a field into a condition, and puts the parser that makes it before the stage when none is there. */
function chooseField(stage: number, at: number, choice: FieldChoice): void {
  const { stages } = model.peek()
  const row = stages[stage]
  const condition = row?.kind === 'fields' ? row.conditions[at] : undefined
  if (row?.kind !== 'fields' || condition === undefined) return
  const next: StageRow = { ...row, conditions: replaced(row.conditions, at, { ...condition, name: choice.value }) }
  const before = stages.slice(0, stage)
  const parsed = before.some(
    (one) =>
      one.kind === 'parser' || (one.kind === 'kept' && (one.stage.kind === 'json' || one.stage.kind === 'logfmt')),
  )
  const { origin } = choice
  const parser: StageRow[] =
    parsed || (origin !== 'json' && origin !== 'logfmt') ? [] : [{ kind: 'parser', parser: origin, pattern: '' }]
  edit({ stages: [...before, ...parser, next, ...stages.slice(stage + 1)] })
}

interface LineFieldsProps {
  readonly row: Extract<StageRow, { kind: 'line' }>
  readonly index: number
  readonly onChange: (row: StageRow) => void
}

function LineFields({ row, index, onChange }: LineFieldsProps) {
  // A row without a text yet still has a field to write it in.
  const values = row.values.length === 0 ? [''] : row.values
  const put = (at: number, text: string | undefined): void => {
    const next = replaced(values, at, text)
    onChange({ ...row, values: next.every((value) => value === '') ? [] : next })
  }
  return (
    <>
      <Select
        label={t('builder.operator')}
        value={row.op}
        options={lineOps.map((op) => [op, `${op}  ${t(`builder.line.${op}`)}`])}
        testId={`line-op-${index}`}
        onChange={(op) => onChange({ ...row, op })}
      />
      {values.map((value, at) => (
        <span key={at} class="builder-condition">
          {at === 0 ? null : <span class="hint">{t('builder.or')}</span>}
          <TextInput
            label={t('builder.text')}
            value={value}
            size={20}
            testId={`line-text-${index}-${at}`}
            onInput={(text) => put(at, text)}
          />
          {values.length === 1 ? null : <RemoveButton label={t('builder.remove')} onClick={() => put(at, undefined)} />}
        </span>
      ))}
      {row.values.length === 0 ? null : (
        <AddButton label={t('builder.or')} onClick={() => onChange({ ...row, values: [...values, ''] })} />
      )}
    </>
  )
}
