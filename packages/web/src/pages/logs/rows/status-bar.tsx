import { Button } from '../../../components/button.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { isoOf } from '../../../time/range.ts'
import { change, histogram, logs, type RowSource, rewrite, search, source, tail } from '../model/explorer.ts'
import { isSample, sampleMark } from '../model/sample.ts'
import { maxRows } from '../model/search.ts'
import { excludeValue } from '../query/rewrite.ts'

/** One line under the rows: how many are here, how many there are, how long it took. */
/** Rows looked at to tell whether sample data is among them. */
const rowsLookedAt = 200

function hasSample(rows: RowSource): boolean {
  for (let row = rows.first; row < Math.min(rows.end, rows.first + rowsLookedAt); row += 1) {
    const entry = rows.at(row)
    if (entry !== undefined && isSample(entry)) return true
  }
  return false
}

export function StatusBar() {
  void search.version.value
  void tail.version.value
  const { live, ascending } = logs.value
  const rows = source()
  const count = rows.end - rows.first
  const volume = histogram.volume.value
  const full = !live && count >= maxRows && !search.complete.value
  const goOn = (): void => {
    const last = search.rows.at(-1)
    if (last === undefined) return
    const at = isoOf(BigInt(last.ts) + (ascending ? 0n : 1n))
    change(ascending ? { from: at } : { to: at })
  }
  return (
    <footer class="status-bar">
      <span data-testid="loaded">{t('status.loaded', { n: count, count: n(count) })}</span>
      {live || volume === undefined ? null : (
        <span title={volume.exact ? t('status.exact') : t('status.approximate')}>
          {t('status.inRange', { count: `${volume.exact ? '' : '≈ '}${n(volume.total)}` })}
        </span>
      )}
      {live || search.status.value === 'loading' ? null : (
        <span>{t('status.took', { ms: n(Math.max(1, search.tookMs.value)) })}</span>
      )}
      {search.status.value === 'paging' ? <span>{t('status.paging')}</span> : null}
      {!live && search.complete.value && count > 0 ? <span>{t('status.end')}</span> : null}
      <span class="spring" />
      {hasSample(rows) ? (
        <span class="sample-note">
          {t('rows.sample')}
          <Button
            label={t('rows.hideSample')}
            testId="hide-sample"
            onClick={() => rewrite(excludeValue(logs.peek().query, sampleMark))}
          />
        </span>
      ) : null}
      {full ? (
        <>
          <span class="warning">{t('status.full', { count: n(maxRows) })}</span>
          <Button label={t('status.goOn')} onClick={goOn} />
        </>
      ) : null}
    </footer>
  )
}
