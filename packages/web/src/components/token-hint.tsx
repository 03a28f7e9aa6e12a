import { t } from '../shell/i18n.ts'

/** Says that the server takes nothing without a token, and how one is made. */
export function TokenHint() {
  return (
    <p class="hint">
      {t('setup.token')} <code>{'girok token create --scope ingest'}</code>
    </p>
  )
}
