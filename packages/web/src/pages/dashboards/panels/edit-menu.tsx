import { MenuItem, Popover } from '../../../components/popover.tsx'
import { t } from '../../../shell/i18n.ts'
import { panelActions } from '../edit/hooks.ts'
import type { ShownPanel } from '../model/repeat.ts'

/** What editing adds to the menu of a panel. */
export function EditItems({ shown, close }: { readonly shown: ShownPanel; readonly close: () => void }) {
  return (
    <>
      {(panelActions.value?.(shown) ?? []).map(({ label, testId, run }) => (
        <MenuItem
          key={testId}
          label={label}
          testId={testId}
          onClick={() => {
            close()
            run()
          }}
        />
      ))}
    </>
  )
}

/** The menu of rows and notes, which have none but while the dashboard is being changed. */
export function EditMenu({ shown, title }: { readonly shown: ShownPanel; readonly title: string }) {
  if (panelActions.value === undefined) return null
  return (
    <Popover label={t('dashboards.panelMenu', { title })} icon="more" align="end" class="dash-menu" testId="panel-menu">
      {(close) => (
        <div class="menu">
          <EditItems shown={shown} close={close} />
        </div>
      )}
    </Popover>
  )
}
