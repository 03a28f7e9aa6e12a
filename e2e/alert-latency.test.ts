/**
 * How long it takes from the arrival of a line or a sample to who is told: at most the interval of the rules and two seconds.
 * Each is written just after an evaluation, so that it waits for the next one all of an interval.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeSnappyBlock } from '../packages/server/src/ingest/testing/encoders.ts'
import { encodeWriteV1 } from '../packages/server/src/ingest/testing/remote-write.ts'
import { type AlertSink, startSink } from './alert-sink.ts'
import { remoteWrite } from './prometheus.ts'
import { eventually, push, QUIET, startServer, type TestServer, temporaryFolder } from './server.ts'

const INTERVAL_MS = 2_000
const LONGEST_MS = INTERVAL_MS + 2_000
const ROUNDS = 5
const AFTER_EVALUATION_MS = 150

const group = (name: string, expr: string) => `groups:
  - name: ${name}
    interval: 2s
    rules: [{alert: ${name}, expr: '${expr}'}]
`

const folder = temporaryFolder()
let sink: AlertSink
let server: TestServer
beforeAll(async () => {
  sink = await startSink()
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const settings = [
    `rules.logql=${file('logs.yml', group('Lines', 'sum by (round) (count_over_time({job="shop"} |= "error" [5m])) > 0'))}`,
    `rules.promql=${file('metrics.yml', group('Samples', 'temperature > 80'))}`,
    `alerting.configFile=${file(
      'alertmanager.yml',
      `route: {receiver: all, group_by: ['...'], group_wait: 0s}\nreceivers: [{name: all, webhook_configs: [{url: '${sink.url}'}]}]\n`,
    )}`,
  ]
  server = await startServer({ args: [...QUIET, ...settings.flatMap((one) => ['--set', one])] })
})
afterAll(async () => {
  await server?.dispose()
  await sink?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Waits until a group of rules was evaluated just before. */
async function evaluated(name: string): Promise<void> {
  let last = Number.NaN
  await eventually(async () => {
    const { data } = (await (await server.fetch('/api/v1/rules')).json()) as {
      data: { groups: { name: string; lastEvaluation: string }[] }
    }
    last = Date.parse(data.groups.find((one) => one.name === name)?.lastEvaluation ?? '')
    return last > 0
  })
  const intervals = Math.ceil((Date.now() - last) / INTERVAL_MS)
  await sleep(last + intervals * INTERVAL_MS + AFTER_EVALUATION_MS - Date.now())
}

/** Milliseconds from writing to the notification of each round, the shortest first. */
async function measure(alertname: string, write: (round: string) => Promise<unknown>): Promise<readonly number[]> {
  const took: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const toldMs = () =>
      sink.requests.find(({ body }) => {
        const [alert] = JSON.parse(body).alerts
        return alert.labels.alertname === alertname && alert.labels.round === String(round)
      })?.atMs
    await evaluated(alertname)
    const startMs = Date.now()
    await write(String(round))
    await eventually(() => toldMs() !== undefined, 30_000)
    took.push((toldMs() ?? Number.NaN) - startMs)
  }
  return took.sort((a, b) => a - b)
}

test.each<readonly [string, (round: string) => Promise<unknown>]>([
  ['Lines', (round) => push(server, { job: 'shop', round }, [[Date.now(), 'an error']])],
  [
    'Samples',
    (round) => {
      const labels: [string, string][] = [
        ['__name__', 'temperature'],
        ['round', round],
      ]
      return remoteWrite(server.url, encodeSnappyBlock(encodeWriteV1([{ labels, samples: [[Date.now(), 99]] }])))
    },
  ],
])('%s are told of within an interval and two seconds', async (alertname, write) => {
  const took = await measure(alertname, write)
  console.log(`${alertname}: median ${took[ROUNDS >> 1]} ms, from ${took[0]} to ${took.at(-1)} ms`)
  // On a busy machine others may take longer.
  expect(took[0]).toBeLessThanOrEqual(LONGEST_MS)
})
