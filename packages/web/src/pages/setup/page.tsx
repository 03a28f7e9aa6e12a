import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { copyText } from '../../components/copy.ts'
import { Icon } from '../../components/icon.tsx'
import { basePath } from '../../shell/base.ts'
import { defaultQuery } from '../../shell/default-query.ts'
import { t } from '../../shell/i18n.ts'
import { navigate } from '../../shell/router.ts'
import { Arrival } from './arrival.tsx'
import { Rejected } from './rejected.tsx'
import { Sample } from './sample.tsx'
import { setup, startPolling } from './setup-data.ts'
import { snippets } from './snippets.ts'

export function SetupPage() {
  useEffect(startPolling, [])
  return (
    <div class="setup">
      <div class="setup-column">
        <h1>{t('setup.title')}</h1>
        <p class="lead">{t('setup.lead')}</p>
        <Arrival />
        <SendSection />
        <Rejected />
        <Sample />
        <NextSteps />
      </div>
    </div>
  )
}

function SendSection() {
  const chosen = useSignal('curl')
  const state = setup.value
  const list = snippets({ url: window.location.origin + basePath, token: state?.tokensRequired ?? false })
  const snippet = list.find((one) => one.id === chosen.value) ?? list[0]
  const walk = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (by === 0) return
    const at = list.findIndex((one) => one.id === chosen.value)
    chosen.value = list[(at + by + list.length) % list.length]?.id ?? 'curl'
    document.getElementById(`snippet-${chosen.value}`)?.focus()
    event.preventDefault()
  }
  return (
    <section class="card" aria-labelledby="send-title">
      <h2 id="send-title">{t('setup.send')}</h2>
      <div class="tabs wrap" role="tablist" aria-label={t('setup.send')} onKeyDown={walk}>
        {list.map((one) => (
          <button
            key={one.id}
            type="button"
            role="tab"
            class="tab"
            id={`snippet-${one.id}`}
            aria-selected={one.id === snippet?.id}
            aria-controls="snippet"
            tabIndex={one.id === snippet?.id ? 0 : -1}
            data-testid={`snippet-${one.id}`}
            onClick={() => {
              chosen.value = one.id
            }}
          >
            {one.name}
          </button>
        ))}
      </div>
      {snippet === undefined ? null : (
        <div class="snippet" id="snippet" role="tabpanel" aria-labelledby={`snippet-${snippet.id}`}>
          <div class="snippet-head">
            <span class="mono dim">{snippet.file ?? t('setup.shell')}</span>
            <Button
              icon="copy"
              label={t('action.copy')}
              testId="copy-snippet"
              onClick={() => void copyText(snippet.text)}
            />
          </div>
          <pre tabIndex={0} data-testid="snippet-text">
            {snippet.text}
          </pre>
        </div>
      )}
      {state?.tokensRequired === true ? (
        <p class="hint">
          {t('setup.token')} <code>{'girok token create --scope ingest'}</code>
        </p>
      ) : null}
    </section>
  )
}

function NextSteps() {
  const step = (icon: 'logs' | 'live' | 'search', title: string, hint: string, search: string) => (
    <button type="button" class="next-step" onClick={() => navigate('/logs', search)}>
      <Icon name={icon} size={20} />
      <strong>{title}</strong>
      <span class="dim">{hint}</span>
    </button>
  )
  // The level is metadata of each record, not a label of its stream: it is asked for behind the selector.
  const errors = `?${new URLSearchParams({ q: `${defaultQuery} | detected_level=~"error|fatal"` })}`
  return (
    <section aria-labelledby="next-title">
      <h2 id="next-title">{t('setup.next')}</h2>
      <div class="next-steps">
        {step('logs', t('setup.next.read'), t('setup.next.readHint'), '')}
        {step('live', t('setup.next.tail'), t('setup.next.tailHint'), '?live=1')}
        {step('search', t('setup.next.errors'), t('setup.next.errorsHint'), errors)}
      </div>
    </section>
  )
}
