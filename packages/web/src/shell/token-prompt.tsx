import { useState } from 'preact/hooks'
import { giveToken, tokenRefused } from '../api/token.ts'
import { Dialog } from '../components/dialog.tsx'
import { t } from './i18n.ts'

/** Asks for an access token when the server wants one. */
export function TokenPrompt() {
  const [token, setToken] = useState('')
  const [impossible, setImpossible] = useState(false)
  return (
    <Dialog title={t('token.title')} closable={false} onClose={() => {}}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          const given = token.trim()
          // Headers carry visible ASCII alone: fetch would throw on anything else.
          if (/^[\x21-\x7e]+$/.test(given)) giveToken(given)
          else setImpossible(true)
        }}
      >
        <p role={impossible || tokenRefused.value ? 'alert' : undefined}>
          {impossible ? t('token.impossible') : tokenRefused.value ? t('token.refused') : t('token.wanted')}
        </p>
        <label class="field">
          <span>{t('token.label')}</span>
          <input
            type="password"
            autocomplete="off"
            data-testid="token-input"
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <p class="hint">
          {t('token.hint')} <code>{'girok token create'}</code>
        </p>
        <div class="form-end">
          <button type="submit" class="button primary" data-testid="token-submit">
            {t('token.submit')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
