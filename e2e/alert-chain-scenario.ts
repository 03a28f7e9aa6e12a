/**
 * One script of an exporter, rules and an alertmanager.yml, for Prometheus with Alertmanager and for Girok alone. Everything
 * changes at even seconds of the script and groups flush every other second from an odd one on, so that a change lies in the
 * middle between two flushes in both, whatever the offset of their scrapes and evaluations.
 */

/** Between two scrapes, and between two evaluations. */
export const TICK_MS = 1_000
/** Seconds that the script takes. */
export const SCRIPT_SECONDS = 66

export const EXTERNAL_LABELS: Readonly<Record<string, string>> = { site: 'east' }

interface ScriptedSeries {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** From that second on; null: there is no sample. */
  readonly values: readonly (readonly [second: number, value: number | null])[]
}

export const SCRIPT: readonly ScriptedSeries[] = [
  {
    name: 'temperature',
    labels: { rack: 'a', room: 'north' },
    values: [
      [0, 20],
      [4, 85.5],
      [16, 97],
      [24, 85.25],
      [30, 20],
      [44, 90],
      [52, 20],
    ],
  },
  {
    name: 'temperature',
    labels: { rack: 'b', room: 'north' },
    values: [
      [0, 20],
      [8, 85],
      [36, null],
    ],
  },
  {
    name: 'queue_length',
    labels: { queue: 'mail' },
    values: [
      [0, 0],
      [10, 20],
      [16, 25],
      [18, 3],
    ],
  },
  {
    name: 'queue_length',
    labels: { queue: 'sms' },
    values: [
      [0, 0],
      [14, 15],
      [30, 0],
    ],
  },
  {
    name: 'queue_length',
    labels: { queue: 'trial' },
    values: [
      [0, 0],
      [6, 11],
      [20, 0],
    ],
  },
  {
    name: 'queue_length',
    labels: { queue: 'chat' },
    values: [
      [0, 0],
      [26, 1234.5],
      [40, 0],
    ],
  },
]

/** The exporter refuses scrapes from the first to the second, exclusive. */
export const OUTAGE: readonly [number, number] = [56, 62]

export const RULES = `groups:
  - name: chain
    interval: 1s
    rules:
      - alert: Hot
        expr: temperature > 80
        for: 4s
        labels: {team: ops, severity: warning, kind: ''}
        annotations:
          summary: 'Rack {{ $labels.rack }} of {{ $labels.room }} is at {{ $value }} °C'
          site: '{{ $externalLabels.site }} & "sons"'
      - alert: Burning
        expr: temperature > 95
        labels: {team: ops, severity: page}
        annotations: {summary: '{{ $labels.rack }}: {{ printf "%.1f" $value }} <b>degrees</b>'}
      - record: room:temperature:max
        expr: max by (room) (temperature)
      - alert: RoomHot
        expr: room:temperature:max > 80
        labels: {team: days}
      - alert: Night
        expr: room:temperature:max > 80
        labels: {team: nights}
      - alert: Backlog
        expr: queue_length{queue=~"mail|sms"} > 10
        for: 2s
        keep_firing_for: 4s
        labels: {team: store}
        annotations: {summary: '{{ $labels.queue | title }} holds {{ $value | humanize }}'}
      - alert: Trial
        expr: queue_length{queue="trial"} > 10
        labels: {env: test}
      - alert: Talk
        expr: queue_length{queue="chat"} > 10
        labels: {team: chat, severity: '{{ if gt $value 1000.0 }}high{{ else }}low{{ end }}'}
        annotations: {summary: '{{ $value | humanize1024 }} wait', runbook: 'https://runbooks/{{ $labels.queue }}'}
      - alert: Down
        expr: up == 0
        labels: {team: ops, severity: page}
        annotations: {summary: '{{ $labels.instance }} of {{ $labels.job }} does not answer'}
`

/** Says in messages of Slack which group they are of. */
const GROUP_MARK = '{{ .Receiver }} {{ .GroupLabels.SortedPairs.Values | join " " }}'

/** @param sink address of who is told */
export const alertmanagerYml = (sink: string): string => `global:
  slack_api_url: '${sink}/slack'
route:
  receiver: rest
  group_by: [alertname]
  group_wait: 1s
  group_interval: 2s
  repeat_interval: 7s
  routes:
    - {matchers: ['severity="page"'], receiver: pager, continue: true, group_by: [alertname, rack], repeat_interval: 1h}
    - {matchers: ['team="ops"'], receiver: ops}
    - {matchers: ['team="store"'], receiver: store, group_by: ['...'], active_time_intervals: [always]}
    - {matchers: ['team="nights"'], receiver: nights, mute_time_intervals: [never, always]}
    - {matchers: ['team="days"'], receiver: days, mute_time_intervals: [never], active_time_intervals: [always, never]}
    - {matchers: ['env=~"te.t"'], receiver: trial, continue: true}
    - {match: {queue: trial}, receiver: trial-all}
    - {matchers: ['team="chat"'], receiver: chat}
time_intervals:
  - {name: always, time_intervals: [{times: [{start_time: '00:00', end_time: '24:00'}]}]}
  - {name: never, time_intervals: [{years: ['1999']}]}
inhibit_rules:
  - {source_matchers: ['severity="page"'], target_matchers: ['severity="warning"'], equal: [rack]}
receivers:
  - {name: rest}
  - name: pager
    slack_configs:
      # The colour of Slack's messages by itself is a template that Debian's package of 0.33 lacks.
      - {channel: '#pager', send_resolved: true, footer: '${GROUP_MARK}', color: '{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}'}
  - {name: nights, webhook_configs: [{url: '${sink}/nights'}]}
  - {name: trial, webhook_configs: [{url: '${sink}/trial', send_resolved: false}]}
  - {name: trial-all, webhook_configs: [{url: '${sink}/trial-all', max_alerts: 1}]}
${['ops', 'store', 'days'].map((name) => `  - {name: ${name}, webhook_configs: [{url: '${sink}/${name}'}]}`).join('\n')}
  - name: chat
    webhook_configs: [{url: '${sink}/chat'}]
    slack_configs:
      - api_url: '${sink}/slack-chat'
        channel: '#{{ .CommonLabels.team }}'
        footer: '${GROUP_MARK}'
        send_resolved: true
        color: '{{ if eq .Status "firing" }}#ff0000{{ else }}good{{ end }}'
        title: '{{ .Status | toUpper }} {{ .Alerts.Firing | len }}/{{ .Alerts.Resolved | len }}'
        text: '{{ range .Alerts }}{{ .Annotations.summary }} <{{ .Annotations.runbook }}|how> {{ .Fingerprint }}{{ end }}'
        fields: [{title: Queue, value: '{{ .CommonLabels.queue }}', short: true}]
        actions: [{type: button, text: Look, url: 'https://look/{{ .GroupLabels.alertname | urlquery }}'}]
`

export const prometheusYml = (exporter: string, rules: string, alertmanager: string | undefined): string =>
  JSON.stringify({
    global: {
      scrape_interval: '1s',
      scrape_timeout: '1s',
      evaluation_interval: '1s',
      external_labels: EXTERNAL_LABELS,
    },
    rule_files: [rules],
    ...(alertmanager !== undefined && {
      alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    }),
    scrape_configs: [
      {
        job_name: 'racks',
        static_configs: [{ targets: [exporter] }],
        relabel_configs: [{ target_label: 'instance', replacement: 'exporter:9100' }],
      },
    ],
  })
