import { RefusalTable } from '../../components/refusal-table.tsx'
import { t } from '../../shell/i18n.ts'
import { setup } from './setup-data.ts'

/** "Nothing arrived?": the last requests that were refused, with the reason of each. */
export function Rejected() {
  const list = setup.value?.rejected ?? []
  return (
    <section class="card" aria-labelledby="rejected-title">
      <h2 id="rejected-title">{t('setup.rejected')}</h2>
      {list.length === 0 ? (
        <p class="dim">{t('setup.rejectedNone')}</p>
      ) : (
        <RefusalTable refusals={list} testId="rejected" />
      )}
    </section>
  )
}
