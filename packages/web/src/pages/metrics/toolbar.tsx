import { Button, IconButton } from '../../components/button.tsx'
import { toast } from '../../components/toast.tsx'
import { QueryBox } from '../../explore/query-box.tsx'
import { timeControlOf } from '../../explore/time-control.tsx'
import { t } from '../../shell/i18n.ts'
import { history } from './history.ts'
import { draft, rewrites, run, shownSpan, time } from './model.ts'
import { namesOpen, toggleNames } from './names-open.ts'

const TimeControl = timeControlOf(time)
const focus = { current: (): void => {} }
const loadEditor = () =>
  import('../../promql/editor.ts').then(({ promqlEditor }) =>
    promqlEditor({ span: shownSpan, past: () => history.past.peek().map(({ query }) => query) }),
  )
const onFormat = (): void => void format()

/** Puts the cursor into the query box. */
export function focusQueryBox(): void {
  focus.current()
}

/** The one bar above the chart: the list of metrics, query, time. */
export function Toolbar() {
  return (
    <div class="toolbar" role="search">
      <IconButton
        icon="fields"
        label={t('metrics.list.toggle')}
        shortcut="fields"
        pressed={namesOpen.value}
        testId="toggle-names"
        onClick={toggleNames}
      />
      <div class="query-bar">
        <QueryBox
          draft={draft}
          label={t('metrics.query')}
          onRun={run}
          onFormat={onFormat}
          load={loadEditor}
          focus={focus}
          rewrites={rewrites.value}
        />
        <IconButton icon="format" label={t('query.format')} shortcut="format" testId="format" onClick={onFormat} />
        <Button kind="primary" icon="play" label={t('query.run')} testId="run" onClick={run} />
      </div>
      <TimeControl />
    </div>
  )
}

/** Lays the query out anew. A query with a fault stays as it is. */
async function format(): Promise<void> {
  const { formatted } = await import('../../promql/format.ts')
  const text = formatted(draft.peek())
  if (text === undefined) toast(t('query.formatFailed'))
  else draft.value = text
}
