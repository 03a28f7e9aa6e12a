/** Names of templates with their sources. */
export type TemplateSources = Readonly<Record<string, string>>

/** Parts that the texts of services are made of. Their names begin with `__`, and templates of users may call them. */
export const SHARED_TEXTS: TemplateSources = {
  __alertmanager: 'Alertmanager',
  __alertmanagerURL: '{{ printf "%s/#/alerts?receiver=" .ExternalURL }}{{ urlquery .Receiver }}',
  __subject: [
    '[{{ toUpper .Status }}{{ if eq .Status "firing" }}:{{ len .Alerts.Firing }}{{ end }}] ',
    '{{ join " " .GroupLabels.SortedPairs.Values }} ',
    '{{ if lt (len .GroupLabels) (len .CommonLabels) }}',
    '({{ join " " (.CommonLabels.Remove .GroupLabels.Names).Values }})',
    '{{ end }}',
  ].join(''),
  __description: '',
  __text_alert_list: alertList({ before: '', item: ' - ', gap: '' }),
  __text_alert_list_markdown: `${alertList({ before: '\n', item: '  - ', gap: '\n' })}\n`,
}

interface ListLayout {
  /** What stands before each alert. */
  readonly before: string
  readonly item: string
  /** What stands behind each of the two lists. */
  readonly gap: string
}

/** Labels, annotations and source of each alert of a list. */
function alertList({ before, item, gap }: ListLayout): string {
  const pairs = (heading: string) =>
    `${heading}:\n{{ range .${heading}.SortedPairs }}${item}{{ .Name }} = {{ .Value }}\n{{ end }}${gap}`
  return `{{ range . }}${before}${pairs('Labels')}${pairs('Annotations')}Source: {{ .GeneratorURL }}\n{{ end }}`
}

/** The alerts that fire, then those that are resolved, each under a heading; how blanks stand differs between services. */
export function alertSections(layout: 'spaced' | 'tight' | 'markdown'): string {
  const list = layout === 'markdown' ? '__text_alert_list_markdown' : '__text_alert_list'
  const mark = layout === 'markdown' ? '# ' : ''
  const section = (status: string): string => {
    const body = `${mark}Alerts ${status}:\n{{ template "${list}" .Alerts.${status} }}`
    const some = `{{ if .Alerts.${status} }}`
    return layout === 'tight' ? `${some}${body}{{ end }}` : `${some}\n${body}\n{{ end }}`
  }
  return `${section('Firing')}\n${section('Resolved')}`
}
