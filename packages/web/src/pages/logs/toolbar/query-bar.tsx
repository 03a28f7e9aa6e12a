import { Button, IconButton } from '../../../components/button.tsx'
import { toast } from '../../../components/toast.tsx'
import { QueryBox } from '../../../explore/query-box.tsx'
import { t } from '../../../shell/i18n.ts'
import { draft, rewrites, run } from '../model/explorer.ts'

const focus = { current: (): void => {} }

/** Puts the cursor into the query box. */
export function focusQueryBox(): void {
  focus.current()
}

const loadEditor = () => import('../editor/editor.ts').then((m) => m.createLogQLEditor)
const onFormat = (): void => void format()

export function QueryBar() {
  return (
    <div class="query-bar">
      <QueryBox
        draft={draft}
        label={t('query.label')}
        onRun={run}
        onFormat={onFormat}
        load={loadEditor}
        focus={focus}
        rewrites={rewrites.value}
      />
      <IconButton icon="format" label={t('query.format')} shortcut="format" testId="format" onClick={onFormat} />
      <Button kind="primary" icon="play" label={t('query.run')} testId="run" onClick={run} />
    </div>
  )
}

/** Lays the query out anew. A query with a fault stays as it is. */
async function format(): Promise<void> {
  const { formatted } = await import('../editor/format.ts')
  try {
    draft.value = formatted(draft.peek())
  } catch {
    toast(t('query.formatFailed'))
  }
}
