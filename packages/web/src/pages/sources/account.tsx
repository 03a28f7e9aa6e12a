import type { Source, SourceReason } from '@girok/server/contract'
import { formatValue } from '../../charts/unit.ts'
import { locale, type MessageKey, n, t } from '../../shell/i18n.ts'
import { sumOf, unaccounted } from './source-state.ts'

/** The equation that holds at any moment: what came is what became of it. */
export function Account({ source }: { readonly source: Source }) {
  const { counts } = source
  const off = unaccounted(source)
  const terms: readonly (readonly [string, MessageKey, number])[] = [
    ['=', 'sources.count.stored', counts.stored],
    ['+', 'sources.count.rejected', sumOf(counts.rejected)],
    ['+', 'sources.count.dropped', sumOf(counts.dropped)],
    ['+', 'sources.count.duplicate', counts.duplicate],
    ['+', 'sources.count.inFlight', counts.inFlight],
  ]
  return (
    <section aria-labelledby={`account-${source.name}`}>
      <h3 id={`account-${source.name}`}>{t('sources.account')}</h3>
      <dl class="account" data-testid="account">
        <div>
          <dt>{t('sources.count.received')}</dt>
          <dd>{n(counts.received)}</dd>
        </div>
        {terms.map(([sign, word, count]) => (
          <div key={word}>
            <span class="account-sign">{sign}</span>
            <dt>{t(word)}</dt>
            <dd>{n(count)}</dd>
          </div>
        ))}
      </dl>
      {off === 0 ? (
        <p class="hint" data-testid="adds-up">
          {t('sources.addsUp', { size: formatValue(counts.bytes, 'bytes', locale()) })}
        </p>
      ) : (
        <p class="fault" data-testid="off-by">
          {t('sources.offBy', { count: n(Math.abs(off)) })}
        </p>
      )}
      <Reasons words={t('sources.rejectedBy')} reasons={counts.rejected} testId="rejected-by" />
      <Reasons words={t('sources.droppedBy')} reasons={counts.dropped} testId="dropped-by" />
      <Reasons words={t('sources.undecodable')} reasons={counts.undecodable} testId="undecodable" />
    </section>
  )
}

interface ReasonsProps {
  readonly words: string
  readonly reasons: readonly SourceReason[]
  readonly testId: string
}

function Reasons({ words, reasons, testId }: ReasonsProps) {
  if (reasons.length === 0) return null
  return (
    <div class="reasons" data-testid={testId}>
      <span class="dim">{words}</span>
      {reasons.map(({ reason, count }) => (
        <span key={reason}>
          <code>{reason}</code> {n(count)}
        </span>
      ))}
    </div>
  )
}
