import type { PanelKind } from '@girok/server/contract'
import { Button, IconButton } from '../../../components/button.tsx'
import { copyText } from '../../../components/copy.ts'
import { MenuItem, Popover } from '../../../components/popover.tsx'
import { toast } from '../../../components/toast.tsx'
import { t } from '../../../shell/i18n.ts'
import { dashboard, saved } from '../model/dashboard-state.ts'
import { editDialogs } from './dialogs.ts'
import { downloadJson, jsonOf } from './export.ts'
import { redoAloud, undoAloud } from './keyboard.ts'
import { addPanel } from './panel-actions.ts'
import {
  discard,
  type EditDialog,
  isCopy,
  isDirty,
  nextRedo,
  nextUndo,
  openDialog,
  save,
  saveFault,
  saving,
} from './session.ts'

const kinds: readonly PanelKind[] = [
  'line',
  'bar',
  'stacked',
  'heatmap',
  'gauge',
  'value',
  'table',
  'logs',
  'text',
  'row',
]

async function saveAloud(): Promise<void> {
  if (!(await save())) return
  toast(t('dashboardEdit.saved', { version: String(saved.peek()?.version) }))
}

/** What is done with the dashboard as a whole while it is being changed. */
export function EditBar() {
  const dirty = isDirty.value
  const origin = saved.value?.origin
  return (
    <div class="dash-edit-bar" role="toolbar" aria-label={t('dashboardEdit.tools')} data-testid="edit-bar">
      <AddMenu />
      <IconButton
        icon="undo"
        label={
          nextUndo.value === undefined ? t('dashboardEdit.undo') : t('dashboardEdit.undoWhat', { what: nextUndo.value })
        }
        disabled={nextUndo.value === undefined}
        shortcut="edit undo"
        testId="undo"
        onClick={undoAloud}
      />
      <IconButton
        icon="redo"
        label={
          nextRedo.value === undefined ? t('dashboardEdit.redo') : t('dashboardEdit.redoWhat', { what: nextRedo.value })
        }
        disabled={nextRedo.value === undefined}
        shortcut="edit redo"
        testId="redo"
        onClick={redoAloud}
      />
      <MoreMenu />
      <p class="hint dash-edit-hint" data-testid="edit-hint">
        {origin === 'built-in'
          ? t('dashboardEdit.builtInNotice')
          : origin === 'file'
            ? t('dashboardEdit.fileNotice', { file: saved.value?.file ?? '' })
            : t('dashboardEdit.howTo')}
      </p>
      {saveFault.value === undefined ? null : (
        <p class="fault" role="alert" data-testid="save-fault">
          {t('dashboardEdit.saveFault')} {saveFault.value.message}
        </p>
      )}
      <span class="spring" />
      <span class="dim" role="status" data-testid="edit-state">
        {saving.value
          ? t('dashboardEdit.saving')
          : dirty
            ? t('dashboardEdit.dirty')
            : isCopy.value
              ? ''
              : t('dashboardEdit.clean')}
      </span>
      <Button label={t('dashboardEdit.discard')} disabled={!dirty} testId="discard" onClick={discard} />
      {isCopy.value ? null : (
        <Button
          kind="primary"
          label={t('dashboardEdit.save')}
          disabled={!dirty || saving.value}
          shortcut="edit save"
          testId="save"
          onClick={() => void saveAloud()}
        />
      )}
      <Button
        kind={isCopy.value ? 'primary' : 'plain'}
        label={t('dashboardEdit.saveAs')}
        testId="save-as"
        onClick={() => {
          openDialog.value = 'saveAs'
        }}
      />
    </div>
  )
}

function AddMenu() {
  return (
    <Popover label={t('dashboardEdit.add')} icon="plus" testId="add-panel" text={<span>{t('dashboardEdit.add')}</span>}>
      {(close) => (
        <div class="menu">
          {kinds.map((kind) => (
            <MenuItem
              key={kind}
              label={t(`dashboards.kind.${kind}`)}
              testId={`add-${kind}`}
              onClick={() => {
                close()
                addPanel(kind)
              }}
            />
          ))}
        </div>
      )}
    </Popover>
  )
}

function MoreMenu() {
  return (
    <Popover label={t('dashboardEdit.more')} icon="more" testId="edit-more">
      {(close) => {
        const item = (label: string, testId: string, run: () => void) => (
          <MenuItem
            label={label}
            testId={testId}
            onClick={() => {
              close()
              run()
            }}
          />
        )
        const opens = (dialog: EditDialog, label: string) =>
          editDialogs[dialog] === undefined
            ? null
            : item(label, `edit-${dialog}`, () => {
                openDialog.value = dialog
              })
        const shown = dashboard.value
        return (
          <div class="menu">
            {opens('settings', t('dashboardEdit.settings'))}
            {opens('variables', t('dashboardEdit.variables'))}
            {opens('json', t('dashboardEdit.json'))}
            {isCopy.value ? null : opens('versions', t('dashboardEdit.versions'))}
            {shown === undefined ? null : item(t('dashboardEdit.download'), 'edit-download', () => downloadJson(shown))}
            {shown === undefined
              ? null
              : item(t('dashboardEdit.copyJson'), 'edit-copy-json', () => void copyText(jsonOf(shown)))}
            {isCopy.value ? null : opens('delete', t('dashboardEdit.delete'))}
          </div>
        )
      }}
    </Popover>
  )
}
