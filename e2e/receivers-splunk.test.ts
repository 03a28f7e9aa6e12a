/** Splunk's HTTP event collector, spoken by curl as clients speak it. */
import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorkshop, type Workshop } from './programs.ts'
import {
  CLI,
  lines,
  QUIET,
  queryRange,
  type StreamResult,
  startServer,
  type TestServer,
  temporaryFolder,
} from './server.ts'

const run = promisify(execFile)
let shop: Workshop

beforeAll(() => {
  shop = createWorkshop()
})
afterAll(() => shop.dispose())

describe('an open collector', () => {
  let server: TestServer

  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.dispose())

  const curl = (script: string) => shop.shell(script, { HEC: `${server.url}/services/collector` })

  test('stores events one after another, with their origin and time', async () => {
    const now = Date.now()
    shop.file(
      'events',
      [
        {
          time: `${now / 1000}`,
          host: 'web-1',
          source: '/var/log/a',
          sourcetype: 'app',
          index: 'main',
          event: 'first',
        },
        {
          time: (now + 1) / 1000,
          host: 'web-1',
          source: '/var/log/a',
          sourcetype: 'app',
          index: 'main',
          event: { n: 2, text: '한글' },
        },
        { host: 'web-2', event: 'elsewhere', fields: { region: 'eu', level: 'error' } },
      ]
        .map((event) => JSON.stringify(event))
        .join(''),
    )
    const { stdout } = await curl(`curl -fsS "$HEC/event" -H 'Authorization: Splunk any' --data-binary @events
      gzip -kf events; curl -fsS "$HEC/event/1.0" -H 'Content-Encoding: gzip' --data-binary @events.gz`)
    expect(stdout).toBe('{"text":"Success","code":0}'.repeat(2))
    const { result } = await queryRange(server, '{host="web-1"}', { direction: 'forward' })
    expect((result as StreamResult[])[0]?.stream).toMatchObject({
      host: 'web-1',
      source: '/var/log/a',
      sourcetype: 'app',
      index: 'main',
    })
    const times = (result as StreamResult[]).flatMap(({ values }) => values.map(([ns, line]) => [ns, line]))
    expect(times.sort()).toEqual([
      [`${now}000000`, 'first'],
      [`${now}000000`, 'first'],
      [`${now + 1}000000`, '{"n":2,"text":"한글"}'],
      [`${now + 1}000000`, '{"n":2,"text":"한글"}'],
    ])
    expect(await lines(server, '{host="web-2"} | region="eu" | detected_level="error"')).toHaveLength(2)
  })

  test('stores raw lines, and acknowledges by number', async () => {
    const { stdout } =
      await curl(`printf 'one\\ntwo\\n' | curl -fsS "$HEC/raw?channel=c1&sourcetype=raw" --data-binary @-
      curl -fsS "$HEC/ack?channel=c1" -d '{"acks":[0,1]}'; curl -fsS "$HEC/ack?channel=c1" -d '{"acks":[0]}'`)
    expect(stdout).toBe('{"text":"Success","code":0,"ackId":0}{"acks":{"0":true,"1":false}}{"acks":{"0":false}}')
    expect(await lines(server, '{sourcetype="raw"}', { direction: 'forward' })).toEqual(['one', 'two'])
  })

  test('answers handshakes, and faults by number', async () => {
    const { stdout } = await curl(`curl -sS -o /dev/null -w '%{http_code} ' -X OPTIONS "$HEC/event/1.0"
      curl -fsS "$HEC/health"
      curl -sS -w ' %{http_code}' "$HEC" -d '{"event":"good"}{"event":""}'
      curl -sS -w ' %{http_code}' "$HEC" -d ''`)
    expect(stdout).toContain('200 {"text":"HEC is healthy","code":17}')
    expect(stdout).toMatch(/"code":13,"invalid-event-number":1,.*} 400/)
    expect(stdout).toMatch(/"code":5,.*} 400$/)
    expect(await lines(server, '{service_name=~".+"} |= "good"')).toEqual([])
  })
})

test('with tokens, wants one in the header, or in the address of raw lines', async () => {
  const dataDir = temporaryFolder()
  const { stdout } = await run(process.execPath, [
    CLI,
    'token',
    'create',
    '--data',
    dataDir,
    '--name',
    'hec',
    '--scope',
    'ingest',
  ])
  const token = /girok_[A-Za-z0-9_-]+/.exec(stdout)?.[0] ?? ''
  const server = await startServer({ dataDir, args: QUIET })
  try {
    const { stdout: answers } = await shop.shell(
      `curl -sS -w ' %{http_code}\\n' "$HEC" -d '{"event":"x"}'
      curl -sS -w ' %{http_code}\\n' "$HEC" -H 'Authorization: Splunk wrong' -d '{"event":"x"}'
      curl -sS -w ' %{http_code}\\n' "$HEC" -H "Authorization: Splunk $TOKEN" -d '{"event":"x"}'
      curl -sS -w ' %{http_code}\\n' "$HEC?token=$TOKEN" -d '{"event":"x"}'
      curl -sS -w ' %{http_code}\\n' "$HEC/raw?token=$TOKEN" -d 'x'
      curl -sS -w ' %{http_code}\\n' "$HEC/health" -o /dev/null
      curl -sS -w ' %{http_code}\\n' "$HEC/ack?channel=c" -d '{"acks":[0]}'`,
      { HEC: `${server.url}/services/collector`, TOKEN: token },
    )
    const told = answers
      .trim()
      .split('\n')
      .map((line) => `${/"code":(\d+)/.exec(line)?.[1] ?? '-'} ${line.slice(-3)}`)
    expect(told).toEqual(['2 401', '4 403', '0 200', '2 401', '0 200', '- 200', '2 401'])
  } finally {
    await server.dispose()
    rmSync(dataDir, { recursive: true, force: true })
  }
})

test('is busy while a rate is exceeded, and says when to come again', async () => {
  const server = await startServer({
    args: [...QUIET, '--set', 'limits.ingestionRateBytes=1000', '--set', 'limits.ingestionBurstBytes=1000'],
  })
  try {
    shop.file('long', JSON.stringify({ event: 'x'.repeat(900) }))
    const { stdout } = await shop.shell(
      `for i in 1 2 3; do curl -sS -D headers$i -w ' %{http_code}\\n' "$HEC" --data-binary @long; done; cat headers3`,
      { HEC: `${server.url}/services/collector` },
    )
    expect(stdout).toMatch(/^\{"text":"Success","code":0\} 200\n/)
    expect(stdout).toMatch(/"text":"Server is busy","code":9,.*\} 503\n/)
    expect(stdout).toMatch(/^retry-after: [1-9]/im)
  } finally {
    await server.dispose()
  }
})
