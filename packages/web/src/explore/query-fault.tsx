import type { ApiError } from '../api/error.ts'
import { Button } from '../components/button.tsx'
import { copyText } from '../components/copy.ts'
import { t } from '../shell/i18n.ts'
import { faultParts } from './fault-parts.ts'

/** An error in words: what happened, where in the query, what to do. */
export function QueryFault(props: { readonly error: ApiError; readonly query: string; readonly onRetry: () => void }) {
  const { error, query, onRetry } = props
  const headline =
    error.status === 0
      ? t('error.network')
      : error.status === 504 || error.status === 408
        ? t('error.timeout')
        : error.status >= 500
          ? t('error.server')
          : error.status === 403
            ? t('error.forbidden')
            : error.status === 429
              ? t('error.busy')
              : t('error.query')
  const place = error.line !== undefined && error.column !== undefined && error.line > 0
  const [before, at, behind] = place ? faultParts(query, error.line ?? 1, error.column ?? 1) : ['', '', '']
  return (
    <div class="notice fault" role="alert" data-testid="query-fault">
      <p>
        <strong>{headline}</strong>
      </p>
      {place ? (
        <code class="fault-line">
          {before}
          <em>{at}</em>
          {behind}
        </code>
      ) : null}
      <p class="fault-text">{error.message}</p>
      {error.hint === '' ? null : <p class="hint">{error.hint}</p>}
      <div class="notice-actions">
        <Button icon="play" label={t('error.retry')} onClick={onRetry} />
        <Button
          icon="copy"
          label={t('error.copy')}
          onClick={() => void copyText(`${error.status} ${error.message}\n${query}`)}
        />
      </div>
    </div>
  )
}
