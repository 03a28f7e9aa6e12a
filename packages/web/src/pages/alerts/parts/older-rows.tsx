import { Button } from '../../../components/button.tsx'
import { t } from '../../../shell/i18n.ts'
import type { JournalPages } from './journal-pages.ts'

/** What stands below rows of what happened: the way to older ones, or that there are none. */
export function OlderRows<T extends { readonly at: string }>(props: {
  readonly pages: JournalPages<T>
  /** Words for the end. */
  readonly end: string
}) {
  const { pages, end } = props
  const shown = pages.shown.value
  const error = pages.further.error.value
  if (shown === undefined) return null
  return (
    <div class="older-rows">
      {error === undefined ? null : (
        <p class="fault fault-text" role="alert">
          {error.message}
        </p>
      )}
      {shown.older === undefined ? (
        <p class="dim" role="status" data-testid="journal-end">
          {end}
        </p>
      ) : (
        <Button
          label={t('alerts.older')}
          disabled={pages.further.loading.value}
          testId="older"
          onClick={() => void pages.loadOlder()}
        />
      )}
    </div>
  )
}
