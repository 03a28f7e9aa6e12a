/*
 * The mail that people get when they have written no template of their own. Mail programs know no style sheets, so every
 * element carries its style; tables hold the layout together in those that know no other.
 */

const INK = 'color:#1c2024'
const PALE = 'color:#60646c'
const FONT =
  "font-family:-apple-system,'Segoe UI',Roboto,'Apple SD Gothic Neo','Hiragino Sans','Noto Sans CJK KR',sans-serif"
const CELL = 'padding:3px 0;vertical-align:top;font-size:13px;line-height:18px'
const BUTTON =
  'display:inline-block;margin:12px 8px 0 0;padding:7px 12px;border:1px solid #cdced6;border-radius:6px;' +
  `font-size:13px;line-height:16px;text-decoration:none;${INK}`

/** More alerts than these of a kind are only counted: mail programs cut long mails. */
const SHOWN = 50

const row = `<tr><td style="${CELL};${PALE};padding-right:12px;white-space:nowrap">{{ .Name }}</td><td style="${CELL};${INK};word-break:break-word">{{ .Value }}</td></tr>`

const alert = `{{ define "email.alert" -}}
{{ $alert := .Alert -}}
<tr><td style="padding:16px 24px;border-top:1px solid #e8e8ec">
<div style="font-size:15px;line-height:21px;font-weight:600;${INK};word-break:break-word">{{ if $alert.Annotations.summary }}{{ $alert.Annotations.summary }}{{ else }}{{ $alert.Labels.alertname }}{{ end }}</div>
{{- if $alert.Annotations.description }}
<div style="margin-top:4px;font-size:13px;line-height:19px;${INK};white-space:pre-line;word-break:break-word">{{ $alert.Annotations.description }}</div>
{{- end }}
<div style="margin:6px 0 8px;font-size:12px;line-height:17px;${PALE}">since {{ $alert.StartsAt | tz "UTC" | date "2006-01-02 15:04:05" }} UTC{{ if eq $alert.Status "resolved" }}, resolved {{ $alert.EndsAt | tz "UTC" | date "2006-01-02 15:04:05" }} UTC{{ end }}</div>
<table role="presentation" cellpadding="0" cellspacing="0" border="0">
{{- range $alert.Labels.SortedPairs }}
${row}
{{- end }}
{{- range ($alert.Annotations.Remove (stringSlice "summary" "description")).SortedPairs }}
${row}
{{- end }}
</table>
{{- if $alert.GeneratorURL }}
<a href="{{ $alert.GeneratorURL }}" style="${BUTTON}">Source</a>
{{- end }}
{{- if eq $alert.Status "firing" }}
<a href="{{ .Root.ExternalURL }}/alerts/silences?new=1{{ range $alert.Labels.SortedPairs }}&amp;m={{ printf "%s=%q" .Name .Value | urlquery }}{{ end }}" style="${BUTTON}">Silence</a>
<a href="{{ .Root.ExternalURL }}/alerts?q={{ $alert.Labels.alertname | urlquery }}&amp;ack={{ $alert.Fingerprint | urlquery }}" style="${BUTTON}">Acknowledge</a>
{{- end }}
</td></tr>
{{- end }}`

const list = (which: 'Firing' | 'Resolved', heading: string, colour: string) => `
{{- if gt (len .Alerts.${which}) 0 }}
<tr><td style="padding:14px 24px 10px;font-size:12px;line-height:16px;font-weight:600;letter-spacing:.04em;color:${colour}">{{ len .Alerts.${which} }} ${heading}</td></tr>
{{- range $at, $alert := .Alerts.${which} }}{{ if lt $at ${SHOWN} }}
{{ template "email.alert" (dict "Alert" $alert "Root" $) }}
{{- end }}{{ end }}
{{- if gt (len .Alerts.${which}) ${SHOWN} }}
<tr><td style="padding:14px 24px;border-top:1px solid #e8e8ec;font-size:13px;${PALE}">The first ${SHOWN} are shown.</td></tr>
{{- end }}
{{- end }}`

const html = `{{ define "email.default.html" -}}
<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light">
<title>{{ template "email.default.subject" . }}</title>
</head>
<body style="margin:0;padding:0;background:#f4f4f6;${FONT}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f4f4f6">
<tr><td align="center" style="padding:24px 8px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:640px;background:#ffffff;border:1px solid #e0e1e6;border-radius:8px;text-align:left">
<tr><td style="padding:18px 24px;border-radius:8px 8px 0 0;color:#ffffff;background:{{ if eq .Status "firing" }}#b3261e{{ else }}#2a7e3b{{ end }}">
<div style="font-size:12px;line-height:16px;letter-spacing:.04em">{{ if eq .Status "firing" }}FIRING{{ else }}RESOLVED{{ end }}</div>
<div style="margin-top:2px;font-size:18px;line-height:24px;font-weight:600;word-break:break-word">{{ if .GroupLabels }}{{ range $at, $pair := .GroupLabels.SortedPairs }}{{ if $at }}, {{ end }}{{ if eq $pair.Name "alertname" }}{{ $pair.Value }}{{ else }}{{ $pair.Name }}={{ $pair.Value }}{{ end }}{{ end }}{{ else }}Alerts for {{ .Receiver }}{{ end }}</div>
</td></tr>
${list('Firing', 'FIRING', '#b3261e')}
${list('Resolved', 'RESOLVED', '#2a7e3b')}
<tr><td style="padding:14px 24px;border-top:1px solid #e8e8ec;font-size:12px;line-height:18px;${PALE}">Sent to {{ .Receiver }} by <a href="{{ .ExternalURL }}/alerts" style="${PALE}">Girok</a></td></tr>
</table>
</td></tr>
</table>
</body>
</html>
{{ end }}`

const text = `{{ define "email.text.alert" -}}
{{ $alert := .Alert -}}
* {{ if $alert.Annotations.summary }}{{ $alert.Annotations.summary }}{{ else }}{{ $alert.Labels.alertname }}{{ end }}
{{- if $alert.Annotations.description }}
  {{ $alert.Annotations.description }}
{{- end }}
  since {{ $alert.StartsAt | tz "UTC" | date "2006-01-02 15:04:05" }} UTC{{ if eq $alert.Status "resolved" }}, resolved {{ $alert.EndsAt | tz "UTC" | date "2006-01-02 15:04:05" }} UTC{{ end }}
{{- range $alert.Labels.SortedPairs }}
  {{ .Name }} = {{ .Value }}
{{- end }}
{{- range ($alert.Annotations.Remove (stringSlice "summary" "description")).SortedPairs }}
  {{ .Name }}: {{ .Value }}
{{- end }}
{{- if $alert.GeneratorURL }}
  Source: {{ $alert.GeneratorURL }}
{{- end }}
{{- if eq $alert.Status "firing" }}
  Acknowledge: {{ .Root.ExternalURL }}/alerts?q={{ $alert.Labels.alertname | urlquery }}&ack={{ $alert.Fingerprint | urlquery }}
{{- end }}
{{ end }}
{{- define "email.default.text" -}}
{{ template "email.default.subject" . }}
${(['Firing', 'Resolved'] as const)
  .map(
    (which) => `{{- if gt (len .Alerts.${which}) 0 }}

{{ len .Alerts.${which} }} ${which.toLowerCase()}
{{ range $at, $alert := .Alerts.${which} }}{{ if lt $at ${SHOWN} }}
{{ template "email.text.alert" (dict "Alert" $alert "Root" $) }}
{{- end }}{{ end }}
{{- if gt (len .Alerts.${which}) ${SHOWN} }}
The first ${SHOWN} are shown.
{{ end }}
{{- end }}`,
  )
  .join('\n')}

{{ .ExternalURL }}/alerts
{{ end }}`

/** The templates `email.default.html` and `email.default.text`. They use `email.default.subject`. */
export const EMAIL_TEMPLATE = `${alert}\n${html}\n${text}`
