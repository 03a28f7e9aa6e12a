/** What one prometheus.yml can say of rules, alerts and Alertmanagers, and what it says after a change. */

export const SERIES = `# TYPE temperature gauge
temperature{rack="a",row="1",zone="North"} 91
temperature{rack="b",row="1",zone="north"} 92
temperature{rack="b",row="2",zone="b"} 93
temperature{rack="c",row="2",zone="south"} 94
temperature{rack="test",row="3",zone="south"} 95
temperature{rack="d",row="3",zone="south"} 20
`

/** Files beside the configuration. */
export const RULES: Readonly<Record<string, string>> = {
  'hot.yml': `groups:
  - name: hot
    interval: 1s
    rules:
      - alert: Hot
        expr: temperature > 90
        labels: {severity: Page, replica: '{{ $externalLabels.replica }}', port_name: 'p{{ $labels.row }}'}
        annotations: {summary: 'rack {{ $labels.rack }} of {{ $externalLabels.site }}: {{ $value }}'}
`,
  'cold.yml': `groups:
  - name: cold
    rules:
      - alert: Cold
        expr: temperature < 50
`,
  'warm.yml': `groups:
  - name: warm
    rules:
      - alert: Warm
        expr: temperature > 92
        annotations: {site: '{{ $externalLabels.site }}'}
`,
}

/** Rules, and Alertmanagers that get alerts, before and after the change. */
export const PHASES: readonly { readonly alerts: readonly string[]; readonly told: readonly string[] }[] = [
  { alerts: ['Hot', 'Cold'], told: ['/plain', '/kept', '/changed', '/of/labels', '/listed'] },
  { alerts: ['Warm'], told: ['/fresh'] },
]

/** Every action, on every alert. */
const RELABEL = `
    - {source_labels: [rack], regex: test, action: drop}
    - {source_labels: [alertname], regex: 'Hot|Cold', action: keep}
    - {source_labels: [zone], target_label: rack, action: dropequal}
    - {source_labels: [rack, row], separator: '/', regex: '(.)/(.)', target_label: place, replacement: '$2-\${1}'}
    - {source_labels: [severity], target_label: severity, action: lowercase}
    - {source_labels: [zone], target_label: ZONE, action: uppercase}
    - {source_labels: [rack], target_label: shard, modulus: 7, action: hashmod}
    - {regex: 'port_(.+)', replacement: 'gate_$1', action: labelmap}
    - {regex: 'replica|port_.*', action: labeldrop}
    - {target_label: empty, replacement: ''}
    - {source_labels: [site], regex: 'ea(.*)', target_label: 'of $1', replacement: odd}`

/**
 * The configuration, what it is changed to, and a file of `file_sd_configs`. Labels are changed for a
 * single Alertmanager only where there is no other: Prometheus 3.5 lets the others see it, in no certain order.
 */
export const PROMETHEUS_YML = (sink: string, exporter: string): readonly [string, string, string] => [
  `
global:
  scrape_interval: 1s
  evaluation_interval: 3s
  external_labels: {site: east, replica: a, row: taken}
rule_files: ['hot*.yml', cold.yml]
alerting:
  alert_relabel_configs:${RELABEL}
  alertmanagers:
    - path_prefix: plain
      static_configs: [{targets: ['${sink}', '${sink}']}]
    - path_prefix: /kept/
      static_configs: [{targets: ['${sink}']}]
      basic_auth: {username: girok, password_file: password}
    - path_prefix: /none
      static_configs: [{targets: ['${sink}']}]
      alert_relabel_configs: [{source_labels: [rack], target_label: rack, action: keepequal}, {action: drop}]
    - static_configs:
        - {targets: ['placeholder:1'], labels: {to: '${sink}', zone: a}}
        - {targets: ['unwanted:2'], labels: {to: '${sink}', zone: b}}
        - {targets: ['other:3'], labels: {to: '${sink}', __alerts_path__: /of/labels}}
      authorization: {credentials: t0ken}
      http_headers: {X-Team: {values: [racks]}}
      follow_redirects: false
      enable_http2: false
      tls_config: {insecure_skip_verify: true}
      relabel_configs:
        - {source_labels: [zone], regex: b, action: drop}
        - {source_labels: [to], target_label: __address__}
        - {source_labels: [__alerts_path__, zone], regex: '(.*);a', target_label: __alerts_path__, replacement: '/changed$1'}
    - path_prefix: /listed
      file_sd_configs: [{files: ['ams*.json'], refresh_interval: 1s}]
scrape_configs:
  - job_name: racks
    static_configs: [{targets: ['${exporter}']}]
    relabel_configs: [{target_label: instance, replacement: exporter}]
`,
  `
global:
  scrape_interval: 1s
  evaluation_interval: 2s
  external_labels: {site: west}
rule_files: ['war?.yml']
alerting:
  alertmanagers:
    - path_prefix: /fresh
      timeout: 3s
      static_configs: [{targets: ['${sink}']}]
      alert_relabel_configs:
        - {regex: 'alertname|site|zone', action: labelkeep}
        - {source_labels: [zone, site], regex: 'b;(.*)', target_label: zone, replacement: '$1b'}
scrape_configs:
  - job_name: racks
    static_configs: [{targets: ['${exporter}']}]
    relabel_configs: [{target_label: instance, replacement: exporter}]
`,
  `[{"targets": ["${sink}"], "labels": {"zone": "c"}}]`,
]
