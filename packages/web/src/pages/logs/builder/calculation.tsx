import { RANGE_RULES, type RangeOp, type UnwrapConversion } from '@girok/query'
import { t } from '../../../shell/i18n.ts'
import { numberChoices } from './choices.ts'
import { type Choice, Combobox } from './combobox.tsx'
import { Select, TextInput } from './controls.tsx'
import { Grouping } from './grouping.tsx'
import type { Calculation, UnwrapRow } from './model.ts'
import { edit, model } from './state.ts'
import { isLabelName, readDuration, readNumber } from './values.ts'

const ops: readonly RangeOp[] = [...RANGE_RULES.keys()]
const ranges: readonly Choice[] = ['1m', '5m', '15m', '1h', '6h', '1d'].map((value) => ({ value }))
const conversions: readonly (UnwrapConversion | '')[] = ['', 'duration', 'bytes']

const newUnwrap: UnwrapRow = { label: '', conversion: '', kept: [] }

/** Whether the query gives lines or numbers, and how the numbers come about. */
export function CalculationFields() {
  const { calculation } = model.value
  const choose = (op: RangeOp | ''): void => {
    if (op === '') {
      edit({ calculation: undefined })
      return
    }
    const rule = RANGE_RULES.get(op)
    const old = calculation
    edit({
      calculation: {
        op,
        parameter: rule?.parameter === true ? old?.parameter || '0.95' : (old?.parameter ?? ''),
        range: old?.range || '5m',
        offset: old?.offset ?? '',
        unwrap: old?.unwrap ?? (rule?.samples === 'unwrapped' ? newUnwrap : undefined),
        grouping: old?.grouping,
      },
    })
  }
  const options: (readonly [RangeOp | '', string])[] = [
    ['', t('builder.op.none')],
    ...ops.map((op) => [op, `${op}  ${t(`builder.op.${op}`)}`] as const),
  ]
  return (
    <div class="builder-items">
      <Select
        label={t('builder.calculate')}
        value={calculation?.op ?? ''}
        options={options}
        testId="calculation"
        onChange={choose}
      />
      {calculation === undefined ? null : <Details calculation={calculation} />}
    </div>
  )
}

function Details({ calculation }: { readonly calculation: Calculation }) {
  const rule = RANGE_RULES.get(calculation.op)
  const put = (patch: Partial<Calculation>): void => edit({ calculation: { ...calculation, ...patch } })
  const { unwrap, range, offset, parameter } = calculation
  return (
    <>
      {rule?.parameter === true ? (
        <TextInput
          label={t('builder.quantile')}
          value={parameter}
          size={6}
          invalid={readNumber(parameter) === undefined}
          onInput={(text) => put({ parameter: text })}
        />
      ) : null}
      {rule?.samples === 'lines' ? null : (
        <Unwrap
          unwrap={unwrap ?? newUnwrap}
          needed={rule?.samples === 'unwrapped'}
          onChange={(next) => put({ unwrap: next })}
        />
      )}
      <span class="builder-condition">
        <span class="hint">{t('builder.over')}</span>
        <Combobox
          label={t('builder.range')}
          value={range}
          size={5}
          invalid={readDuration(range) === undefined}
          testId="range"
          load={() => Promise.resolve(ranges)}
          onInput={(text) => put({ range: text })}
        />
      </span>
      {offset === '' ? null : (
        <span class="builder-condition">
          <span class="hint">{t('builder.offset')}</span>
          <TextInput
            label={t('builder.offset')}
            value={offset}
            size={5}
            invalid={readDuration(offset) === undefined}
            onInput={(text) => put({ offset: text })}
          />
        </span>
      )}
      {rule?.grouping === true ? (
        <Grouping grouping={calculation.grouping} testId="range-by" onChange={(grouping) => put({ grouping })} />
      ) : null}
    </>
  )
}

interface UnwrapProps {
  readonly unwrap: UnwrapRow
  /** False: without a field the lines themselves are counted. */
  readonly needed: boolean
  readonly onChange: (unwrap: UnwrapRow | undefined) => void
}

function Unwrap({ unwrap, needed, onChange }: UnwrapProps) {
  const { label, conversion, kept } = unwrap
  // A conversion that the list does not offer stays possible when the query has it.
  const options = conversions.includes(conversion) ? conversions : [...conversions, conversion]
  const take = (name: string): void => onChange(name === '' && !needed ? undefined : { ...unwrap, label: name })
  return (
    <span class="builder-condition" role="group" aria-label={t('builder.unwrap')}>
      <span class="hint">{t('builder.of')}</span>
      <Combobox
        label={needed ? t('builder.unwrap') : t('builder.unwrapOptional')}
        value={label}
        invalid={needed ? !isLabelName(label) : label !== '' && !isLabelName(label)}
        testId="unwrap"
        load={() => numberChoices(model.peek())}
        onInput={take}
        onPick={({ value, origin }) => {
          take(value)
          const { stages, calculation } = model.peek()
          const parsed = stages.some((row) => row.kind === 'parser' || row.kind === 'kept')
          if (parsed || (origin !== 'json' && origin !== 'logfmt') || calculation === undefined) return
          edit({ stages: [...stages, { kind: 'parser', parser: origin, pattern: '' }] })
        }}
      />
      {label === '' ? null : (
        <Select
          label={t('builder.conversion')}
          value={conversion}
          options={options.map((name) => [name, name === '' ? t('builder.conversion.none') : name])}
          onChange={(next) => onChange({ ...unwrap, conversion: next })}
        />
      )}
      {kept.length === 0 ? null : <span class="hint">{t('builder.keptFilters', { n: kept.length })}</span>}
    </span>
  )
}
