import { expect, test } from 'vitest'
import { parseTemplate } from '../template.ts'
import { StringMap } from '../value.ts'
import { type AlertTemplateContext, PROMETHEUS } from './prometheus.ts'

const context: AlertTemplateContext = {
  nowMs: 1_500_000,
  externalUrl: 'https://girok.example/base/',
  query(expression) {
    if (expression === 'broken') throw new Error('1:1: parse error')
    if (expression === 'none') return []
    return [
      { labels: new Map([['instance', 'b:90']]), value: 2 },
      { labels: new Map([['instance', 'a:90']]), value: 1.5 },
    ]
  },
}

function run(source: string): string {
  const data = new Map<string, unknown>([
    ['Labels', new StringMap({ instance: 'db-1.example.org:9100', job: 'db' })],
    ['Value', 0.25],
  ])
  const defs = '{{$labels := .Labels}}{{$value := .Value}}'
  return parseTemplate(defs + source, { functions: [PROMETHEUS], missingKey: 'zero' }).execute(data, context)
}

test.each([
  ['{{ $labels.instance }} at {{ $value | humanizePercentage }}', 'db-1.example.org:9100 at 25%'],
  ['{{ $labels.absent }}|', '|'],
  ['{{ range query "up" }}{{ .Labels.instance }}={{ .Value }};{{ end }}', 'b:90=2;a:90=1.5;'],
  ['{{ query "up" | first | value | humanize }}', '2'],
  ['{{ query "up" | sortByLabel "instance" | first | label "instance" }}', 'a:90'],
  ['{{ with query "none" }}some{{ else }}nothing{{ end }}', 'nothing'],
  ['{{ reReplaceAll "(.*):.*" "$1!" $labels.instance }}', 'db-1.example.org!'],
  ['{{ if match "^db" $labels.job }}yes{{ end }}', 'yes'],
  ['{{ stripPort $labels.instance }} {{ stripDomain $labels.instance }}', 'db-1.example.org db-1:9100'],
  ['{{ stripPort "[::1]:80" }} {{ stripDomain "10.0.0.1:80" }}', '::1 10.0.0.1:80'],
  ['{{ graphLink "up == 1" }}', '/graph?g0.expr=up+%3D%3D+1&amp;g0.tab=0'.replace('&amp;', '&')],
  ['{{ pathPrefix }} {{ now }} {{ parseDuration "1h30m" }}', '/base 1500 5400'],
  ['{{ toDuration 90 }} {{ (toTime 0).Year }}', '1m30s 1970'],
  ['{{ "1024" | humanize1024 }} {{ 3661 | humanizeDuration }}', '1ki 1h 1m 1s'],
  ['{{ toTime 1435065584.128 }}', '2015-06-23 13:19:44.128 +0000 UTC'],
  ['{{ query "up" | first }}', '{map[instance:b:90] 2}'],
  ['{{ define "x" }}{{ .arg0 }}-{{ .arg1 }}{{ end }}{{ template "x" (args 1 "two") }}', '1-two'],
])('%s', (source, expected) => {
  expect(run(source)).toBe(expected)
})

test('without an address there is no path', () => {
  const template = parseTemplate('{{ externalURL }}{{ pathPrefix }}|', { functions: [PROMETHEUS] })
  expect(template.execute({}, { ...context, externalUrl: '' })).toBe('|')
})

test.each([
  ['{{ query "none" | first }}', /first\(\) called on vector with no elements/],
  ['{{ query "broken" }}', /1:1: parse error/],
  ['{{ humanize "x" }}', /parsing "x"/],
  ['{{ humanize true }}', /can't convert bool to float/],
  ['{{ humanize nil }}', /can't convert <nil> to float/],
  ['{{ humanizeTimestamp 1e20 }}', /1e\+20 cannot be represented as a nanoseconds timestamp/],
  ['{{ reReplaceAll "(" "" "" }}', /regexp: Compile\(`\(`\): error parsing regexp/],
  ['{{ (query "up" | first).Name }}', /can't evaluate field Name in type \*template\.sample/],
])('%s fails', (source, message) => {
  expect(() => run(source)).toThrow(message)
})
