import { type Snippet, SnippetTabs } from '../../components/snippet-tabs.tsx'
import { t } from '../../shell/i18n.ts'

const example = `global:
  scrape_interval: 15s
scrape_configs:
  - job_name: node
    static_configs:
      - targets: ['localhost:9100']
`

/** What to do when the server was not told to scrape. */
export function StartScraping() {
  const snippets: Snippet[] = [
    {
      id: 'serve',
      name: 'girok serve',
      place: t('setup.shell'),
      text: 'girok serve --prometheus-config prometheus.yml',
    },
    { id: 'file', name: 'prometheus.yml', place: 'prometheus.yml', text: example },
    { id: 'key', name: 'girok.yaml', place: 'girok.yaml', text: 'prometheus:\n  configFile: prometheus.yml\n' },
  ]
  return (
    <>
      <section class="arrival waiting" role="status" data-testid="targets-off">
        <span class="lamp" aria-hidden="true" />
        <div>
          <strong>{t('targets.off')}</strong>
          <p class="dim">{t('targets.offHint')}</p>
        </div>
      </section>
      <section class="card" aria-labelledby="start-scraping">
        <h2 id="start-scraping">{t('targets.start')}</h2>
        <SnippetTabs label={t('targets.start')} snippets={snippets} prefix="targets-snippet" />
      </section>
    </>
  )
}
