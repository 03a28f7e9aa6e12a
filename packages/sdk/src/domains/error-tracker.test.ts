import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { expect, test } from 'vitest'
import { ErrorTracker } from './error-tracker.ts'
import { fixture } from './testing/fixture.ts'

const alarms = (given: ReturnType<typeof fixture>) =>
  given
    .seen()
    .filter(([level]) => level === 50)
    .map(([, message, fields]) => [message, fields])

test('an error is recorded with its type, message, context and exception', async () => {
  const given = fixture()
  const tracker = new ErrorTracker(undefined, given)
  const exception = new TypeError('not a number')
  tracker.trackError({ error_type: 'PaymentError', message: 'declined', context: { order: 7 }, exception })
  tracker.logger.warning('below ERROR')
  expect(given.seen()).toEqual([
    [
      40,
      'PaymentError: declined',
      { error_type: 'PaymentError', message: 'declined', context: { order: 7 }, exception },
    ],
  ])
  await tracker.close()
})

test('the file has the lines of the document, and appends over runs', async () => {
  const given = fixture()
  for (const run of [1, 2]) {
    const tracker = new ErrorTracker(undefined, given)
    tracker.trackError({ error_type: 'RunError', message: `run ${run}`, exception: new RangeError('r') })
    await tracker.close()
  }
  expect(given.files()).toEqual(['errors.log'])
  const lines = given.content().split('\n')
  expect(lines[0]).toMatch(/^2025-12-20 12:00:00,000 - ad_system_errors - ERROR - RunError: run 1( |$)/)
  expect(lines[1]).toMatch(/^File: error-tracker\.test\.ts - Line: \d+ - Function: /)
  expect(lines.join('\n')).toContain('RangeError: r')
  expect(given.content()).toContain('RunError: run 2')
})

test('types are counted, with when they were first and last seen', async () => {
  const given = fixture()
  const tracker = new ErrorTracker('t', given)
  tracker.trackError({ error_type: 'A', message: '1' })
  given.now.pass(60_000)
  tracker.trackError({ error_type: 'B', message: '2' })
  tracker.trackError({ error_type: 'A', message: '3' })
  const at = (ms: number) => new Date(given.now() - ms).toISOString()
  expect(tracker.errorStats()).toEqual({
    A: { count: 2, first_seen: at(60_000), last_seen: at(0) },
    B: { count: 1, first_seen: at(0), last_seen: at(0) },
  })
  await tracker.close()
})

test('ten within 300 seconds raise one alarm, both ends included; nine do not, nor ten in a little more', async () => {
  const given = fixture()
  const tracker = new ErrorTracker('t', given)
  /** Nine at once, and a tenth after a while. */
  const ten = (error_type: string, gapMs: number) => {
    for (let i = 0; i < 9; i++) tracker.trackError({ error_type, message: 'm' })
    given.now.pass(gapMs)
    tracker.trackError({ error_type, message: 'm' })
  }
  for (let i = 0; i < 9; i++) tracker.trackError({ error_type: 'Nine', message: 'm' })
  ten('Slow', 300_001)
  expect(alarms(given)).toEqual([])
  ten('Edge', 300_000)
  expect(alarms(given)).toEqual([
    ['높은 에러 빈도 감지: Edge', { error_type: 'Edge', count: 10, time_window_seconds: 300 }],
  ])
  await tracker.close()
})

test('a type that was slow at first still raises an alarm: the window slides', async () => {
  const given = fixture()
  const tracker = new ErrorTracker('t', given)
  const track = () => tracker.trackError({ error_type: 'X', message: 'm' })
  track()
  given.now.pass(3_600_000)
  for (let i = 0; i < 9; i++) track()
  expect(alarms(given)).toEqual([])
  given.now.pass(1500)
  track()
  expect(alarms(given)).toEqual([['높은 에러 빈도 감지: X', { error_type: 'X', count: 10, time_window_seconds: 1.5 }]])
  await tracker.close()
})

test('a long storm raises one alarm per window', async () => {
  const given = fixture()
  const tracker = new ErrorTracker('t', given)
  // One a second for 20 minutes: the first alarm after 9 s, the next ones each when more than 300 s have passed.
  for (let second = 0; second < 1200; second++) {
    tracker.trackError({ error_type: 'S', message: 'm' })
    given.now.pass(1000)
  }
  expect(alarms(given)).toHaveLength(1 + Math.floor((1200 - 10) / 301))
  expect(tracker.errorStats().S?.count).toBe(1200)
  await tracker.close()
})

test('threshold, window and text may be others; what cannot be is refused', async () => {
  const given = fixture()
  const texts = {
    highFrequency: ({ error_type, count }: { error_type: string; count: number }) => `${count}x ${error_type}`,
  }
  const tracker = new ErrorTracker('t', { ...given, threshold: 2, windowMs: 1000, texts })
  tracker.trackError({ error_type: 'E', message: 'm' })
  tracker.trackError({ error_type: 'E', message: 'm' })
  expect(alarms(given)).toEqual([['2x E', { error_type: 'E', count: 2, time_window_seconds: 0 }]])
  await tracker.close()
  expect(() => new ErrorTracker('t', { ...given, threshold: 0 })).toThrow('threshold is 0')
  expect(() => new ErrorTracker('t', { ...given, windowMs: 0 })).toThrow('windowMs is 0')
  expect(() => new ErrorTracker('t', { ...given, emailAlerts: true, smtpHost: 'h' })).toThrow(
    'emailAlerts needs fromEmail and alertEmails',
  )
  expect(
    () => new ErrorTracker('t', { ...given, emailAlerts: true, fromEmail: 'a@b.c', alertEmails: ['d@e.f'] }),
  ).toThrow('emailAlerts needs smtpHost')
})

test('memory is bounded: the type that was quiet for longest is forgotten', async () => {
  const given = fixture()
  const tracker = new ErrorTracker('t', { ...given, maxTypes: 2 })
  for (const error_type of ['A', 'B', 'A', 'C']) tracker.trackError({ error_type, message: 'm' })
  expect(Object.keys(tracker.errorStats()).sort()).toEqual(['A', 'C'])
  await tracker.close()
})

test('Slack is told of errors, and mails go out for the alarm only', async () => {
  const posts: { text: string; attachments: { color: string; fields: { title: string; value: string }[] }[] }[] = []
  const slack = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      posts.push(JSON.parse(body))
      response.end('ok')
    })
  })
  const mails: string[] = []
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      let text = ''
      stream.on('data', (chunk) => {
        text += chunk
      })
      stream.on('end', () => {
        mails.push(text)
        done()
      })
    },
  })
  await new Promise<void>((resolve) => slack.listen(0, '127.0.0.1', resolve))
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
  const given = fixture()
  const tracker = new ErrorTracker(undefined, {
    ...given,
    emailAlerts: true,
    smtpHost: '127.0.0.1',
    smtp: { port: (smtp.server.address() as AddressInfo).port, digestIntervalMs: 5 },
    fromEmail: 'ads@example.com',
    alertEmails: ['oncall@example.com'],
    slackWebhook: `http://127.0.0.1:${(slack.address() as AddressInfo).port}/services/T0/B0/x`,
    slack: { intervalMs: 5 },
    threshold: 2,
  })
  tracker.trackError({ error_type: 'BidError', message: 'timeout' })
  tracker.trackError({ error_type: 'BidError', message: 'timeout' })
  await tracker.flush()
  expect(posts.map(({ text, attachments }) => [text, attachments[0]?.color, attachments[0]?.fields[0]?.value])).toEqual(
    [
      [':warning: *ERROR* in Ad System', 'warning', 'BidError: timeout'],
      [':warning: *ERROR* in Ad System', 'warning', 'BidError: timeout'],
      [':warning: *CRITICAL* in Ad System', 'danger', '높은 에러 빈도 감지: BidError'],
    ],
  )
  const shown = Object.fromEntries((posts[0]?.attachments[0]?.fields ?? []).map(({ title, value }) => [title, value]))
  expect(shown.Location).toMatch(/^error-tracker\.test\.ts:\d+$/)
  expect(mails).toHaveLength(1)
  const subject = /^Subject: (.*(?:\r\n .*)*)/m.exec(mails[0] ?? '')?.[1] ?? ''
  const words = [...subject.matchAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi)].map(([, kind, text]) =>
    kind?.toUpperCase() === 'B'
      ? Buffer.from(text ?? '', 'base64')
      : Buffer.from(
          (text ?? '').replace(/_/g, ' ').replace(/=(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
          'latin1',
        ),
  )
  expect(Buffer.concat(words).toString()).toBe('광고 시스템 심각한 오류 발생')
  await tracker.close()
  slack.closeAllConnections()
  slack.close()
  await new Promise<void>((resolve) => smtp.close(() => resolve()))
})
