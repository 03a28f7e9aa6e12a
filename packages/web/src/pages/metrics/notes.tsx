import type { PromNotes } from '../../api/prometheus.ts'
import { t } from '../../shell/i18n.ts'

/** What the server says beside its answer, each with its place in the query. */
export function Notes({ warnings, infos }: PromNotes) {
  const notes = [
    ...warnings.map((text) => ({ kind: 'warning', word: t('metrics.warning'), text })),
    ...infos.map((text) => ({ kind: 'info', word: t('metrics.info'), text })),
  ]
  if (notes.length === 0) return null
  return (
    <ul class="metric-notes" data-testid="notes" aria-label={t('metrics.notes')}>
      {notes.map(({ kind, word, text }) => (
        <li key={text} class={kind}>
          <strong>{word}</strong>
          <span>{text.replace(/^PromQL (?:warning|info): /, '')}</span>
        </li>
      ))}
    </ul>
  )
}
