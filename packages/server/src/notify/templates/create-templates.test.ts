import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Notification } from '../notification.ts'
import { readNotifications } from '../testdata/notifications.ts'
import { createNotificationTemplates } from './create-templates.ts'

const notifications = readNotifications()

/** What `amtool template render` 0.33.1 made of a template, with Alertmanager's own default templates. */
interface Recorded {
  readonly notification: string
  readonly source: string
  readonly html?: true
  /** With the templates of `OWN`. */
  readonly own?: true
  readonly expected?: string
  readonly fault?: string
}

const OWN = [
  {
    name: 'e.tmpl',
    text: '{{ define "mine" }}mine {{ .Status }}{{ end }}{{ define "slack.default.title" }}T {{ template "__subject" . }}{{ end }}{{ define "slack.default.username" }}  {{ end }}',
  },
]
const recorded = readFileSync(new URL('../testdata/templates.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded)

describe('templates of notifications', () => {
  const plain = createNotificationTemplates()
  const own = createNotificationTemplates(OWN)
  const render = ({ notification, source, html, own: isOwn }: Recorded): string => {
    const templates = isOwn ? own : plain
    const data = notifications.get(notification) as Notification
    return html ? templates.expandHtml(source, data) : templates.expand(source, data)
  }

  it.each(recorded.filter(({ fault }) => fault === undefined))('$notification: $source', (line) => {
    expect(render(line)).toBe(line.expected)
  })

  it('prints alerts of a list with a space in between', () => {
    const [many] = [...notifications.values()].filter(({ alerts }) => alerts.length > 1)
    expect(plain.expand('{{ . }}', many as Notification)).toContain('} {firing ')
  })

  it.each(recorded.filter(({ fault }) => fault !== undefined))('fails on $source for $notification', (line) => {
    // amtool hands the data over by value, Alertmanager itself by reference.
    expect(() => render(line)).toThrow(line.fault?.replace('template.Data', '*template.Data'))
  })
})
