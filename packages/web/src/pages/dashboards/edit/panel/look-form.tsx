import type { Panel, ThresholdColour, UnitName } from '@girok/server/contract'
import { Button } from '../../../../components/button.tsx'
import { ChoiceField, NumberField } from '../../../../components/form-fields.tsx'
import { t } from '../../../../shell/i18n.ts'
import { moved, removed, replaced } from './list-order.ts'
import { ListTools } from './list-tools.tsx'
import { endsFault, kindTraits } from './panel-draft.ts'
import { unitGroups } from './unit-groups.ts'

type Reduce = NonNullable<Panel['reduce']>

const reduces: readonly Reduce[] = ['last', 'mean', 'min', 'max', 'sum']
const colours: readonly ThresholdColour[] = ['info', 'ok', 'warn', 'error']

export type PanelPatch = { readonly [K in keyof Panel]?: Panel[K] | undefined }

interface LookFormProps {
  readonly panel: Panel
  readonly change: (patch: PanelPatch) => void
}

/** How the numbers of a panel are written and drawn. */
export function LookForm({ panel, change }: LookFormProps) {
  const traits = kindTraits[panel.kind]
  return (
    <>
      <div class="form-grid">
        <label class="field">
          <span>{t('editing.unit')}</span>
          <select
            value={panel.unit ?? ''}
            data-testid="unit"
            onChange={(event) => change({ unit: (event.currentTarget.value || undefined) as UnitName | undefined })}
          >
            <option value="">{t('editing.unitGuessed')}</option>
            {unitGroups.map(({ group, units }) => (
              <optgroup key={group} label={t(`editing.units.${group}`)}>
                {units.map((unit) => (
                  <option key={unit} value={unit}>
                    {t(`editing.unit.${unit}`)}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        </label>
        <NumberField
          label={t('editing.decimals')}
          value={panel.decimals}
          min={0}
          max={20}
          whole
          testId="decimals"
          onChange={(decimals) => change({ decimals })}
        />
        {traits.ends ? (
          <>
            <NumberField label={t('editing.min')} value={panel.min} testId="min" onChange={(min) => change({ min })} />
            <NumberField label={t('editing.max')} value={panel.max} testId="max" onChange={(max) => change({ max })} />
          </>
        ) : null}
        {traits.scale ? (
          <ChoiceField
            label={t('editing.scale')}
            value={panel.scale ?? 'linear'}
            choices={[
              ['linear', t('editing.scale.linear')],
              ['log', t('editing.scale.log')],
            ]}
            testId="scale"
            onChange={(scale) => change({ scale })}
          />
        ) : null}
        {traits.reduce ? (
          <ChoiceField
            label={t('editing.reduce')}
            value={panel.reduce ?? 'last'}
            choices={reduces.map((one) => [one, t(`editing.reducer.${one}`)] as const)}
            testId="reduce"
            onChange={(reduce) => change({ reduce })}
          />
        ) : null}
      </div>
      {endsFault(panel) ? (
        <p class="fault" role="alert">
          {t('editing.endsFault')}
        </p>
      ) : null}
      {traits.thresholds ? <Thresholds panel={panel} change={change} /> : null}
    </>
  )
}

function Thresholds({ panel: { thresholds = [] }, change }: LookFormProps) {
  const set = (next: Panel['thresholds']): void => change({ thresholds: next })
  return (
    <div class="form-list" role="group" aria-label={t('editing.thresholds')}>
      <h4>{t('editing.thresholds')}</h4>
      {thresholds.map((one, at) => (
        <div key={at} class="form-row" data-testid="threshold">
          <NumberField
            label={t('editing.thresholdFrom')}
            value={one.value}
            onChange={(value) => set(replaced(thresholds, at, { ...one, value: value ?? 0 }))}
          />
          <ChoiceField
            label={t('editing.colour')}
            value={one.colour}
            choices={colours.map((colour) => [colour, t(`editing.colour.${colour}`)] as const)}
            onChange={(colour) => set(replaced(thresholds, at, { ...one, colour }))}
          />
          <ListTools
            name={t('editing.threshold', { value: String(one.value) })}
            at={at}
            count={thresholds.length}
            onMove={(by) => set(moved(thresholds, at, by))}
            onRemove={() => set(removed(thresholds, at))}
          />
        </div>
      ))}
      <Button
        icon="plus"
        label={t('editing.addThreshold')}
        testId="add-threshold"
        onClick={() => set([...thresholds, { value: (thresholds.at(-1)?.value ?? 70) + 10, colour: 'warn' }])}
      />
    </div>
  )
}
