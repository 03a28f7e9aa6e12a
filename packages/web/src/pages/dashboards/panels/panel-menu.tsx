import { copyCsv } from '../../../charts/copy-chart.ts'
import { MenuItem, Popover } from '../../../components/popover.tsx'
import { t } from '../../../shell/i18n.ts'
import { navigate } from '../../../shell/router.ts'
import { address } from '../model/dashboard-state.ts'
import type { ShownPanel } from '../model/repeat.ts'
import { toggleSolo } from '../view/shortcuts.ts'
import type { PanelContent } from './content.ts'
import { EditItems } from './edit-menu.tsx'
import { explorePaths, exploreSearch } from './explore-link.ts'
import { showLogsBehind } from './show-logs.ts'

interface PanelMenuProps {
  readonly shown: ShownPanel
  readonly title: string
  readonly content: PanelContent | undefined
}

/** What can be done with a panel. */
export function PanelMenu({ shown, title, content }: PanelMenuProps) {
  const solo = address.value.panel !== ''
  return (
    <Popover label={t('dashboards.panelMenu', { title })} icon="more" align="end" class="dash-menu" testId="panel-menu">
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
        const first = content?.answer.answers[0]
        return (
          <div class="menu">
            {item(solo ? t('dashboards.viewEnd') : t('dashboards.view'), 'panel-view', () => toggleSolo(shown.id))}
            {content === undefined || first === undefined ? null : (
              <>
                {item(t('dashboards.explore'), 'panel-explore', () =>
                  navigate(explorePaths[first.query.language], exploreSearch(first.expr, content.answer.request.range)),
                )}
                {item(
                  t('action.alert'),
                  'panel-alert',
                  () =>
                    void import('../../alerts/from-query.ts').then((m) =>
                      m.createAlert(first.query.language, first.expr),
                    ),
                )}
                {first.kind === 'lines'
                  ? null
                  : item(
                      t('dashboards.logsBehind'),
                      'panel-logs',
                      () => void showLogsBehind(shown, content, undefined),
                    )}
                {content.frame.series.length === 0
                  ? null
                  : item(t('dashboards.copyCsv'), 'panel-csv', () => void copyCsv(content.frame))}
              </>
            )}
            <EditItems shown={shown} close={close} />
          </div>
        )
      }}
    </Popover>
  )
}
