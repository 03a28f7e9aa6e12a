import { useEffect } from 'preact/hooks'
import { Icon } from '../../components/icon.tsx'
import { SnippetTabs } from '../../components/snippet-tabs.tsx'
import { TokenHint } from '../../components/token-hint.tsx'
import { basePath, urlOf } from '../../shell/base.ts'
import { defaultQuery } from '../../shell/default-query.ts'
import { t } from '../../shell/i18n.ts'
import { follow, navigate } from '../../shell/router.ts'
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
  const token = setup.value?.tokensRequired ?? false
  const list = snippets({ url: window.location.origin + basePath, token }).map((one) => ({
    ...one,
    place: one.file ?? t('setup.shell'),
  }))
  return (
    <section class="card" aria-labelledby="send-title">
      <h2 id="send-title">{t('setup.send')}</h2>
      <SnippetTabs label={t('setup.send')} snippets={list} prefix="snippet" />
      {token ? <TokenHint /> : null}
      <p class="hint">
        {t('setup.others')}{' '}
        <a href={urlOf('/settings/sources')} onClick={(event) => follow(event, '/settings/sources')}>
          {t('nav.sources')}
        </a>
      </p>
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
