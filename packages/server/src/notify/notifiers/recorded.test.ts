/** What far ends get is what Alertmanager 0.33.1 sends for the same options and alerts. */
import { afterEach, describe, expect, test } from 'vitest'
import { type HttpSink, openHttpSink, type SinkRequest } from '../testing/http-sink.ts'
import { openForTest } from '../testing/open-for-test.ts'
import { recordedCases } from '../testing/recorded-cases.ts'
import { notifiers } from './index.ts'

let sink: HttpSink | undefined
afterEach(() => sink?.close())

const ATTEMPT = { kept: new Map<string, string>() }

const RECORDED = ['discord', 'msteams', 'msteamsv2', 'opsgenie', 'pagerduty', 'slack', 'telegram', 'webhook']

describe.each(RECORDED)('%s', (name) => {
  const notifier = notifiers[name]
  if (notifier === undefined) throw new Error(`no notifier ${name}`)

  test.each(recordedCases(name))('$name', async ({ recorded, ...notifications }) => {
    sink = await openHttpSink()
    sink.answer = (_, response) => void response.setHeader('content-type', 'application/json').end('{"ok":true}')
    const open = openForTest(notifier, recorded.config, sink.url)
    for (const status of ['firing', 'resolved'] as const) {
      const before = sink.requests.length
      const outcome = await open.send(notifications[status], { ...ATTEMPT, signal: AbortSignal.timeout(5000) })
      expect(outcome).toEqual({ sent: true })
      const sent = sink.requests.slice(before).map(shown)
      // As text: the order of keys counts too.
      expect(JSON.stringify(sent, null, 1)).toBe(JSON.stringify(recorded[status], null, 1).replaceAll('$URL', sink.url))
    }
  })
})

function shown({ method, path, headers, body }: SinkRequest) {
  expect(headers['content-type']).toBe('application/json')
  const { authorization } = headers
  return { method, path, ...(authorization !== undefined && { authorization }), body: JSON.parse(body) as unknown }
}
