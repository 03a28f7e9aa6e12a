import type { Source } from '@girok/server/contract'
import { RefusalTable } from '../../components/refusal-table.tsx'
import { type Snippet, SnippetTabs } from '../../components/snippet-tabs.tsx'
import { TokenHint } from '../../components/token-hint.tsx'
import { t } from '../../shell/i18n.ts'
import { Account } from './account.tsx'
import { Places } from './places.tsx'
import { SettingLines } from './setting-lines.tsx'
import { answer } from './source-data.ts'

/** All that is known of a receiver, below its line. */
export function SourceDetails({ source }: { readonly source: Source }) {
  const { name, enabled } = source
  const token = answer.value?.tokensRequired ?? false
  const heading = (part: string): string => `${part}-${name}`
  return (
    <div class="source-details">
      <section aria-labelledby={heading('connect')}>
        <h3 id={heading('connect')}>{t('sources.connect')}</h3>
        <SnippetTabs label={t('sources.connect')} snippets={snippetsOf(source, token)} prefix={`snippet-${name}`} />
        {token ? <TokenHint /> : null}
      </section>
      <Places source={source} />
      <Account source={source} />
      <section aria-labelledby={heading('refused')}>
        <h3 id={heading('refused')}>{t('sources.refused')}</h3>
        {source.rejections.length === 0 ? (
          <p class="dim">{t('sources.refusedNone')}</p>
        ) : (
          <RefusalTable refusals={source.rejections} testId="refusals" />
        )}
      </section>
      <section aria-labelledby={heading('switch')}>
        <h3 id={heading('switch')}>{t(enabled ? 'sources.switchOff' : 'sources.switchOn')}</h3>
        <SettingLines path={`receivers.${name}.enabled`} value={String(!enabled)} />
      </section>
    </div>
  )
}

function snippetsOf({ example, snippets }: Source, token: boolean): Snippet[] {
  return [
    { id: 'try', name: t('sources.try'), place: t('setup.shell'), text: token ? withToken(example) : example },
    ...snippets.map(({ title, language, text }, i) => ({
      id: `${i}`,
      name: title,
      place: language === 'sh' ? t('setup.shell') : language,
      text,
    })),
  ]
}

/** Calls of curl that name no credentials of their own read the token from GIROK_TOKEN. */
function withToken(command: string): string {
  if (/authorization|(^|\s)(-u|--user)\s|api-key/i.test(command)) return command
  return command.replace(/^curl\b/, 'curl -H "Authorization: Bearer $GIROK_TOKEN"')
}
