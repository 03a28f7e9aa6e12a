import { alertSections, type TemplateSources } from './shared-texts.ts'

const SUBJECT = '{{ template "__subject" . }}'
const SENDER = '{{ template "__alertmanager" . }}'
const LINK = '{{ template "__alertmanagerURL" . }}'
const COLOR = '{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}'
const ANNOTATIONS = '{{ join " " .CommonAnnotations.SortedPairs.Values }}\n'
const SPACED = `${alertSections('spaced')}\n`
const MARKDOWN = `\n${alertSections('markdown')}\n`

/** The greatest severity among the alerts that fire, else among those that are resolved. */
const PRIORITY = [
  '{{ $alerts := .Alerts.Resolved }}{{ if .Alerts.Firing }}{{ $alerts = .Alerts.Firing }}{{ end }}',
  '{{ $priority := "" }}',
  '{{ range $alerts }}{{ $severity := index .Labels "severity" }}',
  '{{ if eq $severity "critical" }}{{ $priority = "High" }}',
  '{{ else if eq $severity "warning" }}{{ if ne $priority "High" }}{{ $priority = "Medium" }}{{ end }}',
  '{{ else if eq $severity "info" }}{{ if not $priority }}{{ $priority = "Low" }}{{ end }}{{ end }}',
  '{{ end }}{{ $priority }}',
].join('')

/** What every server says to each service where nothing else is configured. */
export const SERVICE_TEXTS: TemplateSources = {
  'slack.default.title': SUBJECT,
  'slack.default.username': SENDER,
  'slack.default.fallback': '{{ template "slack.default.title" . }} | {{ template "slack.default.titlelink" . }}',
  'slack.default.callbackid': '',
  'slack.default.pretext': '',
  'slack.default.titlelink': LINK,
  'slack.default.iconemoji': '',
  'slack.default.iconurl': '',
  'slack.default.text': '',
  'slack.default.footer': '',
  'slack.default.color': COLOR,

  'pagerduty.default.description': SUBJECT,
  'pagerduty.default.client': SENDER,
  'pagerduty.default.clientURL': LINK,
  'pagerduty.default.instances': '{{ template "__text_alert_list" . }}',

  'opsgenie.default.message': SUBJECT,
  'opsgenie.default.description': `${ANNOTATIONS}${alertSections('tight')}`,
  'opsgenie.default.source': LINK,

  'wechat.default.message': `${SUBJECT}\n${ANNOTATIONS}${alertSections('tight')}\nAlertmanagerUrl:\n${LINK}`,
  'wechat.default.to_user': '',
  'wechat.default.to_party': '',
  'wechat.default.to_tag': '',
  'wechat.default.agent_id': '',

  'victorops.default.state_message': `${ANNOTATIONS}${alertSections('tight')}`,
  'victorops.default.entity_display_name': SUBJECT,
  'victorops.default.monitoring_tool': SENDER,

  'pushover.default.title': SUBJECT,
  'pushover.default.message': `${ANNOTATIONS}${SPACED}`,
  'pushover.default.url': LINK,

  'sns.default.subject': SUBJECT,
  'sns.default.message': `${ANNOTATIONS}${SPACED}`,

  'telegram.default.message': `\n${SPACED}`,

  'discord.default.content': '',
  'discord.default.title': SUBJECT,
  'discord.default.message': `\n${SPACED}`,

  'webex.default.message': `${ANNOTATIONS}${SPACED}`,

  'msteams.default.summary': SUBJECT,
  'msteams.default.title': SUBJECT,
  'msteams.default.text': MARKDOWN,

  'msteamsv2.default.title': SUBJECT,
  'msteamsv2.default.text': MARKDOWN,

  'jira.default.summary': SUBJECT,
  'jira.default.description': MARKDOWN,
  'jira.default.priority': PRIORITY,

  'rocketchat.default.title': SUBJECT,
  'rocketchat.default.alias': SENDER,
  'rocketchat.default.titlelink': LINK,
  'rocketchat.default.emoji': '',
  'rocketchat.default.iconurl': '',
  'rocketchat.default.text': '',

  'mattermost.default.color': COLOR,
  'mattermost.default.username': SENDER,
  'mattermost.default.title': SUBJECT,
  'mattermost.default.titlelink': LINK,
  'mattermost.default.fallback':
    '{{ template "mattermost.default.title" . }} | {{ template "mattermost.default.titlelink" . }}',
  'mattermost.default.text': MARKDOWN,

  'email.default.subject': SUBJECT,
}
