const BLOCK =
  /^[ \t]*((?:local|loki|discovery|prometheus|otelcol|remote|mimir|pyroscope|faro|beyla)\.[a-z0-9_.]+)[ \t]+"[^"\n]*"[ \t]*\{/gm
const SETTINGS =
  /^[ \t]*(?:logging|tracing|http|livedebugging|argument|declare|import\.\w+)(?:[ \t]+"[^"\n]*")?[ \t]*\{/m

/** What components of Alloy are in Promtail's configuration, and in the agent's own. */
const FORMS: readonly (readonly [component: RegExp, promtail: string, own: string])[] = [
  [
    /^(local\.file_match|loki\.source\.file)$/,
    'scrape_configs: [{job_name: x, static_configs: [{targets: [localhost], labels: {job: x, __path__: /var/log/*.log}}]}]',
    'inputs: [{type: file, name: x, include: [/var/log/*.log]}]',
  ],
  [
    /^loki\.source\.journal$/,
    'scrape_configs: [{job_name: journal, journal: {max_age: 12h}}]',
    'inputs: [{type: journald}]',
  ],
  [
    /^loki\.process$/,
    'pipeline_stages: [{json: {expressions: {level: level}}}] (stage.json is json, stage.labels is labels …)',
    'processors: [{json: {expressions: {level: level}}}]',
  ],
  [
    /^(loki|discovery)\.relabel$/,
    'relabel_configs: [{source_labels: [a], target_label: b}]',
    'processors: [{labels: {…}}, {staticLabels: {…}}]',
  ],
  [
    /^loki\.write$/,
    'clients: [{url: http://127.0.0.1:4100/loki/api/v1/push}]',
    'destinations: [{type: girok, url: http://127.0.0.1:4100}]',
  ],
  [
    /^discovery\.docker$|^loki\.source\.docker$/,
    '__path__: /var/lib/docker/containers/*/*-json.log and the stage docker',
    'inputs: [{type: file, include: [/var/lib/docker/containers/*/*-json.log], processors: [docker]}]',
  ],
  [
    /^discovery\.kubernetes$|^loki\.source\.(kubernetes|podlogs)$/,
    '__path__: /var/log/pods/*/*/*.log and the stage cri',
    'inputs: [{type: file, include: [/var/log/pods/*/*/*.log], processors: [cri]}]',
  ],
  [
    /^prometheus\.scrape$/,
    'none: Promtail does not scrape',
    'inputs: [{type: prometheus, …}], or girok serve --prometheus-config prometheus.yml',
  ],
  [/^prometheus\.exporter\.unix$/, 'none: Promtail measures nothing', 'inputs: [{type: host}]'],
]

/** Why a text in the language of Grafana Alloy is refused, and what to write instead; undefined for other texts. */
export function alloyRefusal(text: string, file: string): string | undefined {
  const components = new Set([...text.matchAll(BLOCK)].map((match) => match[1] as string))
  if (
    components.size === 0 &&
    !(SETTINGS.test(text) && !/^\s*(?:server|clients|positions|scrape_configs)\s*:/m.test(text))
  )
    return undefined
  const lines = [...components].map((component) => {
    const form = FORMS.find(([pattern]) => pattern.test(component))
    if (form === undefined) return `  ${component}: there is nothing like it here`
    return `  ${component}\n    Promtail's form: ${form[1]}\n    the agent's own: ${form[2]}`
  })
  const found = lines.length === 0 ? '' : `\nIts components are written so:\n${lines.join('\n')}`
  return `${file} is a configuration of Grafana Alloy, which is not read: write it in the form of Promtail (YAML, --promtail-config) or in the agent's own (girok-agent.yaml, --config).${found}`
}
