import { type Snippet, SnippetTabs } from '../../components/snippet-tabs.tsx'
import { TokenHint } from '../../components/token-hint.tsx'
import { basePath } from '../../shell/base.ts'
import { t } from '../../shell/i18n.ts'

/** How an agent is started that reports to this server, in three ways. */
export function StartAgent({ token }: { readonly token: boolean }) {
  return (
    <>
      <SnippetTabs
        label={t('agents.start')}
        snippets={snippets(window.location.origin + basePath, token)}
        prefix="agent-snippet"
      />
      {token ? <TokenHint /> : null}
    </>
  )
}

function snippets(url: string, token: boolean): Snippet[] {
  const shell = t('setup.shell')
  const variable = token ? 'export GIROK_TOKEN=YOUR_TOKEN\n' : ''
  return [
    {
      id: 'files',
      name: 'girok agent',
      place: shell,
      text: `${variable}girok agent --url ${url} --file 'logs/**/*.log'`,
    },
    {
      id: 'yaml',
      name: 'YAML',
      place: 'girok-agent.yaml',
      text: `# girok agent --config girok-agent.yaml
destinations:
  - type: girok
    url: ${url}${token ? '\n    token: ${GIROK_TOKEN}' : ''}
inputs:
  - type: file
    include: ['logs/**/*.log']
    labels: { app: my-app }
  - type: host`,
    },
    {
      id: 'promtail',
      name: 'Promtail',
      place: shell,
      text: `# clients: [{ url: ${url}/loki/api/v1/push }]
girok agent --promtail-config promtail.yaml`,
    },
  ]
}
