/**
 * Docker's own log drivers against the running server. Where no daemon can run (a machine without the rights) each test
 * says why and passes: it is the machine that is lacking then.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Dockerd, startDockerd } from './dockerd.ts'
import { eventually, lines, QUIET, queryRange, type StreamResult, startServer, type TestServer } from './server.ts'

const LINES = 200

let server: TestServer
let docker: Dockerd | { readonly reason: string }

beforeAll(async () => {
  const options = [
    'cloudwatch.accessKeys=AKIDEXAMPLE:SECRET',
    'fluent.tcp.port=0',
    'gelf.tcp.port=0',
    'gelf.udp.port=0',
    'syslog.tcp.port=0',
    'syslog.udp.port=0',
  ]
  server = await startServer({ args: [...QUIET, ...options.flatMap((option) => ['--set', `receivers.${option}`])] })
  docker = await startDockerd({ AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'SECRET' })
}, 180_000)

afterAll(async () => {
  if (docker !== undefined && 'stop' in docker) await docker.stop()
  await server?.dispose()
}, 60_000)

/** Where a receiver listens: `127.0.0.1:PORT`, as the server tells it. */
function address(receiver: string, listener: string): string {
  const found = new RegExp(`^Listening for ${receiver} ${listener}://(\\S+)$`, 'm').exec(server.output())
  if (found?.[1] === undefined) throw new Error(`${receiver} ${listener} is not in:\n${server.output()}`)
  return found[1]
}

interface Driver {
  readonly name: string
  /** Options of `docker run --log-opt`. */
  readonly options: () => readonly string[]
  /** Labels by which the records are found. */
  readonly selector: string
  /** A line of JSON holds the text in a member of this name. */
  readonly member?: string
  /** Those over UDP may lose on a machine that is busy; everything else arrives whole. */
  readonly lossy?: boolean
}

const syslog = (transport: 'tcp' | 'udp', format: string): Driver => ({
  name: `syslog (${transport}, ${format})`,
  options: () => [
    `syslog-address=${transport}://${address('syslog', transport)}`,
    `syslog-format=${format}`,
    `tag=syslog-${transport}-${format}`,
  ],
  selector: '{service_name=~".+"}',
  lossy: transport === 'udp',
})

const gelf = (transport: 'tcp' | 'udp', more: readonly string[] = []): Driver => ({
  name: `gelf (${[transport, ...more].join(', ')})`,
  options: () => [`gelf-address=${transport}://${address('gelf', transport)}`, 'tag=gelf', ...more],
  selector: '{service_name=~".+"}',
  lossy: transport === 'udp',
})

const splunk = (format: string, gzip: boolean): Driver => ({
  name: `splunk (${format}${gzip ? ', gzip' : ''})`,
  options: () => [
    `splunk-url=${server.url}`,
    'splunk-token=any',
    'splunk-sourcetype=docker',
    `splunk-format=${format}`,
    `splunk-gzip=${gzip}`,
    // Without it, the raw form puts the container's id before each line.
    ...(format === 'raw' ? ['tag='] : []),
  ],
  selector: '{sourcetype="docker", host=~".+"}',
  ...(format === 'inline' && { member: 'line' }),
})

const DRIVERS: readonly Driver[] = [
  splunk('inline', false),
  splunk('inline', true),
  splunk('raw', true),
  {
    name: 'awslogs',
    options: () => [
      `awslogs-endpoint=${server.url}`,
      'awslogs-region=eu-central-1',
      'awslogs-group=docker',
      'awslogs-stream=web',
      'awslogs-create-group=true',
    ],
    selector: '{log_group="docker", log_stream="web"}',
  },
  {
    name: 'fluentd',
    options: () => [
      `fluentd-address=${address('fluent', 'tcp')}`,
      'fluentd-sub-second-precision=true',
      'tag=docker.web',
    ],
    selector: '{service_name=~".+"}',
  },
  gelf('udp'),
  gelf('udp', ['gelf-compression-type=zlib']),
  gelf('udp', ['gelf-compression-type=none']),
  gelf('tcp'),
  syslog('udp', 'rfc3164'),
  syslog('udp', 'rfc5424'),
  syslog('tcp', 'rfc3164'),
  syslog('tcp', 'rfc5424'),
  syslog('tcp', 'rfc5424micro'),
]

for (const [place, driver] of DRIVERS.entries()) {
  test(`${driver.name} delivers every line once and whole`, async () => {
    if ('reason' in docker) {
      console.error(`NOT TRIED, dockerd does not run here: ${driver.name}\n${docker.reason}`)
      return
    }
    const mark = `run-${place}-${process.pid}`
    const options = driver.options().flatMap((option) => ['--log-opt', option])
    const name = driver.name.split(' ', 1)[0] as string
    const script = `for i in $(seq 1 ${LINES}); do echo "${mark} line $i of 한글 \\"quoted\\""; done; echo "${mark} last" >&2`
    await docker.run(['--log-driver', name, ...options], script)
    const query = `${driver.selector} |= "${mark} "`
    await eventually(async () => (await lines(server, query)).length >= LINES + 1, 20_000).catch((error) => {
      if (driver.lossy !== true) throw error
    })
    const { result } = await queryRange(server, query, { direction: 'forward' })
    const stored = (result as StreamResult[]).flatMap(({ values }) =>
      values.map(([ns, line]) => ({ ns: BigInt(ns), line })),
    )
    const texts = stored.map(({ line }) =>
      driver.member === undefined ? line : (JSON.parse(line)[driver.member] as string),
    )
    const expected = Array.from({ length: LINES }, (_, i) => `${mark} line ${i + 1} of 한글 "quoted"`)
    if (driver.lossy === true) {
      expect(texts.length).toBeGreaterThan(LINES * 0.9)
      expect(new Set(texts).size).toBe(texts.length)
      for (const text of texts) expect([...expected, `${mark} last`]).toContain(text)
    } else expect([...texts].sort()).toEqual([...expected, `${mark} last`].sort())
    const age = BigInt(Date.now()) * 1_000_000n - stored[0]!.ns
    expect(age).toBeLessThan(120_000_000_000n)
  })
}

test('nothing of all this is lost or refused without a word', async () => {
  if ('reason' in docker) return
  const response = await server.fetch('/metrics')
  const text = await response.text()
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)$`, 'gm'))].reduce(
      (total, [, n]) => total + Number(n),
      0,
    )
  expect(sum('girok_records_received_total')).toBeGreaterThan(LINES)
  expect(sum('girok_records_received_total')).toBe(
    ['stored', 'rejected', 'dropped', 'duplicate'].reduce(
      (total, what) => total + sum(`girok_records_${what}_total`),
      0,
    ),
  )
  expect(sum('girok_records_rejected_total')).toBe(0)
})
