import type { Panel } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Button } from '../../../../components/button.tsx'
import { Dialog } from '../../../../components/dialog.tsx'
import { CheckField, ChoiceField, FormPart, TextField } from '../../../../components/form-fields.tsx'
import { t } from '../../../../shell/i18n.ts'
import { dashboard } from '../../model/dashboard-state.ts'
import { change, openedPanel } from '../session.ts'
import { KindChoice } from './kind-choice.tsx'
import { moved, removed, replaced, withFields } from './list-order.ts'
import { LookForm, type PanelPatch } from './look-form.tsx'
import { endsFault, kindTraits, tidied, withNewQuery } from './panel-draft.ts'
import { Preview } from './preview.tsx'
import { QueryForm } from './query-form.tsx'
import { isWhole } from './transformation-kinds.ts'
import { TransformationsPart } from './transformations-part.tsx'

const logsExample = '{service_name="{{service_name}}"}'

/** A pause in typing after which the preview asks anew. */
const pauseMs = 500

/** The dialog that changes the panel that is opened. */
export function PanelEditor() {
  const id = openedPanel.value
  const panel = dashboard.value?.panels.find((one) => one.id === id)
  return panel === undefined ? null : <Editor key={panel.id} panel={panel} />
}

function close(): void {
  openedPanel.value = undefined
}

function Editor({ panel }: { readonly panel: Panel }) {
  const begun = panel.queries.length === 0 && kindTraits[panel.kind].queries ? withNewQuery(panel) : panel
  const draft = useSignal(begun)
  const previewed = useSignal(begun)
  const leaving = useSignal(false)
  const { value } = draft
  const traits = kindTraits[value.kind]
  useEffect(() => {
    const timer = setTimeout(() => {
      previewed.value = value
    }, pauseMs)
    return () => clearTimeout(timer)
  }, [value])

  const set = (next: Panel): void => {
    draft.value = next
  }
  const patch = (given: PanelPatch): void => set(withFields(draft.peek(), given))
  const run = (): void => {
    previewed.value = draft.peek()
  }
  const apply = (): void => {
    const shown = dashboard.peek()
    const next = tidied(draft.peek())
    close()
    if (shown === undefined) return
    const panels = shown.panels.map((one) => (one.id === next.id ? { ...next, place: one.place } : one))
    change({ ...shown, panels }, t('editing.changed', { title: next.title }))
  }
  const leave = (): void => {
    if (JSON.stringify(tidied(draft.peek())) === JSON.stringify(tidied(panel))) close()
    else leaving.value = true
  }
  const good = !endsFault(value) && (value.transformations ?? []).every(isWhole)
  const kindWords = t(`dashboards.kind.${value.kind}`)
  return (
    <Dialog title={t('editing.title', { title: value.title || kindWords })} onClose={leave} wide>
      <div class="panel-editor" data-testid="panel-editor">
        {value.kind === 'row' ? null : <Preview panel={previewed.value} />}
        <div class="panel-editor-forms">
          <FormPart title={t('editing.general')}>
            {value.kind === 'row' ? null : (
              <KindChoice
                value={value.kind}
                onChange={(kind) => {
                  const next = { ...draft.peek(), kind }
                  set(kindTraits[kind].queries && next.queries.length === 0 ? withNewQuery(next) : next)
                  run()
                }}
              />
            )}
            <TextField
              label={t('editing.name')}
              value={value.title}
              maxLength={200}
              testId="panel-title"
              onChange={(title) => patch({ title })}
            />
            {value.kind === 'row' ? null : (
              <TextField
                label={t('editing.description')}
                value={value.description ?? ''}
                lines={2}
                testId="panel-description"
                onChange={(description) => patch({ description: description || undefined })}
              />
            )}
            {value.kind === 'row' ? (
              <CheckField
                label={t('editing.collapsed')}
                value={value.collapsed ?? false}
                onChange={(on) => patch({ collapsed: on || undefined })}
              />
            ) : null}
            <Repeat panel={value} patch={patch} />
          </FormPart>
          {traits.text ? (
            <FormPart title={t('editing.text')}>
              <TextField
                label={t('editing.markdown')}
                value={value.text ?? ''}
                lines={10}
                testId="panel-text"
                onChange={(text) => patch({ text })}
              />
            </FormPart>
          ) : null}
          {traits.queries ? (
            <FormPart title={t('editing.queries')}>
              {value.queries.map((query, at) => (
                <QueryForm
                  key={query.ref}
                  query={query}
                  at={at}
                  count={value.queries.length}
                  series={value.kind !== 'logs'}
                  onChange={(next) => set({ ...draft.peek(), queries: replaced(draft.peek().queries, at, next) })}
                  onRun={run}
                  onMove={(by) => set({ ...value, queries: moved(value.queries, at, by) })}
                  onRemove={() => set({ ...value, queries: removed(value.queries, at) })}
                />
              ))}
              <Button
                icon="plus"
                label={t('editing.addQuery')}
                testId="add-query"
                onClick={() => set(withNewQuery(draft.peek()))}
              />
            </FormPart>
          ) : null}
          {traits.unit ? (
            <FormPart title={t('editing.look')}>
              <LookForm panel={value} change={patch} />
            </FormPart>
          ) : null}
          {traits.transformations ? (
            <TransformationsPart
              steps={value.transformations ?? []}
              onChange={(transformations) => patch({ transformations })}
            />
          ) : null}
          {traits.logs ? (
            <FormPart title={t('editing.logs')}>
              <TextField
                label={t('editing.logsQuery', { example: '{{label}}' })}
                value={value.logs ?? ''}
                placeholder={logsExample}
                mono
                lines={2}
                testId="panel-logs"
                onChange={(logs) => patch({ logs: logs || undefined })}
              />
            </FormPart>
          ) : null}
        </div>
        <div class="form-end sticky">
          {leaving.value ? (
            <span class="warning" role="alert">
              {t('editing.discardAsk')}
            </span>
          ) : null}
          {leaving.value ? (
            <Button
              label={t('editing.goOn')}
              testId="go-on"
              onClick={() => {
                leaving.value = false
              }}
            />
          ) : null}
          <Button
            label={leaving.value ? t('editing.discard') : t('editing.cancel')}
            kind={leaving.value ? 'danger' : 'plain'}
            testId="panel-cancel"
            onClick={close}
          />
          <Button kind="primary" label={t('editing.apply')} disabled={!good} testId="panel-apply" onClick={apply} />
        </div>
      </div>
    </Dialog>
  )
}

interface RepeatProps {
  readonly panel: Panel
  readonly patch: (patch: PanelPatch) => void
}

/** One panel for each value of a variable. */
function Repeat({ panel, patch }: RepeatProps) {
  const variables = dashboard.value?.variables ?? []
  if (variables.length === 0) return null
  const { repeat } = panel
  const names = variables.map(({ name, label }) => [name, label === undefined ? name : `${label} ($${name})`] as const)
  return (
    <div class="form-grid">
      <ChoiceField
        label={t('editing.repeat')}
        value={repeat?.variable ?? ''}
        choices={[['', t('editing.repeatNone')], ...names]}
        testId="repeat"
        onChange={(variable) =>
          patch({ repeat: variable === '' ? undefined : { variable, direction: repeat?.direction ?? 'h' } })
        }
      />
      {repeat === undefined || panel.kind === 'row' ? null : (
        <ChoiceField
          label={t('editing.direction')}
          value={repeat.direction}
          choices={[
            ['h', t('editing.direction.h')],
            ['v', t('editing.direction.v')],
          ]}
          onChange={(direction) => patch({ repeat: { ...repeat, direction } })}
        />
      )}
    </div>
  )
}
