/**
 * What speaks syslog in the wild sends to the server: util-linux' logger, rsyslog, syslog-ng's loggen, Python, winston-syslog
 * and the SDK, by UDP, TCP and TLS. Nothing may be missing, and the counts must add up.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { connect as dialTls } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorkshop, type Workshop } from './programs.ts'
import { eventually, QUIET, queryRange, type StreamResult, startServer, type TestServer, UNLIMITED } from './server.ts'
import { expectConserved, listenerOf, sourceOf } from './sources.ts'

/** Files of Debian's syslog-ng-core, which cannot be installed beside rsyslog; .ci/run puts them here. */
const SYSLOG_NG = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'girok-e2e/syslog-ng')

let workshop: Workshop
let server: TestServer
const ports = { udp: 0, tcp: 0, tls: 0 }

beforeAll(async () => {
  workshop = createWorkshop()
  createCertificates(workshop.folder)
  const tls = (name: string, file: string) => `tls.tls.${name}=${join(workshop.folder, file)}`
  const settings = ['udp.port=0', 'udp.maxQueueBytes=64MiB', 'tcp.port=0', 'tls.port=0', 'timeZone=UTC']
  settings.push(tls('cert', 'server.pem'), tls('key', 'server.key'), tls('clientCa', 'ca.pem'))
  server = await startServer({
    args: [...QUIET, ...UNLIMITED, ...settings.flatMap((setting) => ['--set', `receivers.syslog.${setting}`])],
  })
  for (const name of ['udp', 'tcp', 'tls'] as const) ports[name] = (await listenerOf(server, 'syslog', name)).port
})
afterAll(async () => {
  await server?.dispose()
  await workshop?.dispose()
})

/** An authority, and certificates of it for the server (127.0.0.1) and a client. */
function createCertificates(folder: string): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const common = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  openssl('req', '-x509', ...common, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test authority')
  for (const [name, extra] of [
    ['server', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
    ['client', 'extendedKeyUsage=clientAuth'],
  ] as const) {
    openssl(
      'req',
      '-x509',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      ...common,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
      '-subj',
      `/CN=${name}`,
      '-addext',
      extra,
      '-addext',
      'basicConstraints=CA:FALSE',
    )
  }
}

interface Found {
  readonly line: string
  readonly labels: Readonly<Record<string, string>>
  readonly ms: number
}

/** Records of a program; labels, level and metadata in one, as queries see them. */
async function recordsOf(program: string): Promise<Found[]> {
  const { result } = await queryRange(server, `{service_name="${program}"}`, { direction: 'forward' })
  return (result as StreamResult[]).flatMap(({ stream, values }) =>
    values.map(([ns, line]) => ({ line, labels: stream, ms: Number(BigInt(ns) / 1_000_000n) })),
  )
}

async function arrived(program: string, count: number): Promise<Found[]> {
  await eventually(async () => (await recordsOf(program)).length >= count, 20_000)
  const records = await recordsOf(program)
  expect(records).toHaveLength(count)
  return records
}

async function storedCount(): Promise<number> {
  return (await sourceOf(server, 'syslog')).counts.stored
}

test.each<[string, readonly string[]]>([
  ['udp, RFC 5424', ['--udp', '--rfc5424']],
  ['udp, RFC 3164', ['--udp', '--rfc3164']],
  ['tcp, RFC 5424, counted', ['--tcp', '--rfc5424', '--octet-count']],
  ['tcp, RFC 5424, line feeds', ['--tcp', '--rfc5424']],
  ['tcp, RFC 3164, line feeds', ['--tcp', '--rfc3164']],
])("util-linux' logger: %s", async (name, flags) => {
  const tag = `logger-${name.replace(/\W+/g, '-')}`
  const port = String(flags.includes('--udp') ? ports.udp : ports.tcp)
  const to = ['--server', '127.0.0.1', '--port', port, ...flags, '--tag', tag]
  const env = { TZ: 'UTC' }
  await workshop.run('logger', [...to, '--priority', 'local3.err', '--id=4711', '한국어: it failed'], env)
  const [record] = await arrived(tag, 1)
  expect(record).toMatchObject({
    line: '한국어: it failed',
    labels: { facility: 'local3', procid: '4711', detected_level: 'error' },
  })
  expect(Math.abs((record as Found).ms - Date.now())).toBeLessThan(20_000)
  expect(record?.labels.sent_at).toBeUndefined()
})

interface Forwarding {
  readonly protocol: 'udp' | 'tcp'
  readonly template: string
  readonly more?: string
  readonly global?: string
  readonly port: () => number
}

const gtls = () => {
  const file = (name: string) => join(workshop.folder, name)
  return `global(DefaultNetstreamDriver="gtls" DefaultNetstreamDriverCAFile="${file('ca.pem')}"
  DefaultNetstreamDriverCertFile="${file('client.pem')}" DefaultNetstreamDriverKeyFile="${file('client.key')}")`
}

test.each<[string, () => Forwarding]>([
  ['udp', () => ({ protocol: 'udp', template: 'RSYSLOG_TraditionalForwardFormat', port: () => ports.udp })],
  [
    'tcp-counted',
    () => ({
      protocol: 'tcp',
      template: 'RSYSLOG_SyslogProtocol23Format',
      more: 'TCP_Framing="octet-counted"',
      port: () => ports.tcp,
    }),
  ],
  ['tcp-forward-format', () => ({ protocol: 'tcp', template: 'RSYSLOG_ForwardFormat', port: () => ports.tcp })],
  [
    'tls',
    () => ({
      protocol: 'tcp',
      template: 'RSYSLOG_SyslogProtocol23Format',
      more: 'TCP_Framing="octet-counted" StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/certvalid"',
      global: gtls(),
      port: () => ports.tls,
    }),
  ],
])('rsyslog: %s', async (name, make) => {
  const { protocol, template, more = '', global = '', port } = make()
  const tag = `rsyslog-${name}`
  const socket = join(workshop.folder, `${name}.sock`)
  const config = workshop.file(
    `${name}.conf`,
    `${global}
global(workDirectory="${workshop.folder}" localHostname="web-1")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="${socket}" CreatePath="off" RateLimit.Interval="0")
if $programname == "${tag}" then action(type="omfwd" target="127.0.0.1" port="${port()}" protocol="${protocol}" template="${template}" ${more})
`,
  )
  const daemon = workshop.start('rsyslogd', ['-n', '-f', config, '-i', join(workshop.folder, `${name}.pid`)], {
    TZ: 'UTC',
  })
  try {
    await eventually(() => existsSync(socket))
    const sent = Array.from({ length: 200 }, (_, i) => `message ${i} with "quotes", [brackets] and 한글`)
    const texts = workshop.file(`${name}.txt`, sent.map((text) => `${text}\n`).join(''))
    await workshop.run('logger', [
      '--socket',
      socket,
      '--tag',
      tag,
      '--id=99',
      '--priority',
      'daemon.warning',
      '--file',
      texts,
    ])
    const records = await arrived(tag, sent.length).catch((error) => {
      throw new Error(`${error.message}: ${daemon.output()}`)
    })
    expect(records.map(({ line }) => line.trim()).sort()).toEqual([...sent].sort())
    expect(records[0]?.labels).toMatchObject({
      host: 'web-1',
      facility: 'daemon',
      procid: '99',
      detected_level: 'warn',
    })
  } finally {
    await daemon.stop()
  }
})

test.each<[string, readonly string[], 'tcp' | 'udp']>([
  ['RFC 5424, counted', ['--stream', '--syslog-proto', '--active-connections=4'], 'tcp'],
  ['RFC 3164, line feeds', ['--stream', '--active-connections=4'], 'tcp'],
  ['RFC 5424 without framing', ['--stream', '--syslog-proto', '--no-framing', '--active-connections=4'], 'tcp'],
  ['datagrams', ['--dgram', '--active-connections=2'], 'udp'],
])("syslog-ng's loggen: %s", async (_name, flags, listener) => {
  const before = await storedCount()
  const perConnection = 2500
  const connections = listener === 'tcp' ? 4 : 2
  const load = [
    '--inet',
    ...flags,
    `--number=${perConnection}`,
    '--rate=20000',
    '--interval=30',
    '--size=200',
    '--quiet',
  ]
  const env = { SYSLOGNG_PREFIX: join(SYSLOG_NG, 'usr'), LD_LIBRARY_PATH: join(SYSLOG_NG, 'usr/lib/syslog-ng') }
  const { stdout, stderr } = await workshop.run(
    join(SYSLOG_NG, 'usr/bin/loggen'),
    [...load, '127.0.0.1', String(ports[listener])],
    env,
  )
  const told = Number(/count=(\d+)/.exec(stdout + stderr)?.[1])
  expect(told).toBeGreaterThanOrEqual(perConnection * connections)
  await eventually(async () => (await storedCount()) - before >= told, 20_000)
  await expectConserved(server, 'syslog')
  expect((await storedCount()) - before).toBe(told)
  expect((await sourceOf(server, 'syslog')).counts.dropped).toEqual([])
  const { result } = await queryRange(server, '{service_name=~"prg0000[0-9]"} |= "seq: 0000000000"')
  expect((result as StreamResult[]).length).toBeGreaterThan(0)
})

test("Python's SysLogHandler", async () => {
  const script = workshop.file(
    'syslog_handler.py',
    `import logging, logging.handlers, sys
handler = logging.handlers.SysLogHandler(address=("127.0.0.1", int(sys.argv[1])), facility="local1")
handler.ident = "python-app: "
log = logging.getLogger("shop")
log.addHandler(handler)
log.critical("it is over: 끝")
log.warning("two\\nlines")
`,
  )
  await workshop.run('python3', [script, String(ports.udp)])
  const records = await arrived('python-app', 2)
  expect(records.map(({ line, labels }) => [line, labels.facility, labels.detected_level]).sort()).toEqual([
    ['it is over: 끝', 'local1', 'critical'],
    ['two\nlines', 'local1', 'warn'],
  ])
})

test.each([
  ['RFC3164', 'udp4'],
  ['RFC5424', 'udp4'],
  ['RFC5424', 'tcp4'],
] as const)('winston-syslog: %s, %s', async (type, protocol) => {
  const app = `winston-${type}-${protocol}`
  const script = workshop.file(
    `${app}.mjs`,
    `import winston from 'winston'
import { Syslog } from 'winston-syslog'
const transport = new Syslog({
  host: '127.0.0.1', port: ${protocol === 'udp4' ? ports.udp : ports.tcp}, protocol: '${protocol}', type: '${type.slice(3)}',
  app_name: '${app}', facility: 'local2', localhost: 'web-2', pid: 321, eol: '\\n',
})
const log = winston.createLogger({ levels: winston.config.syslog.levels, transports: [transport], format: winston.format.printf(({ message }) => message) })
log.error('cart 811 was lost')
log.warning('cart 812 is slow')
// It keeps its connection open for ever.
setTimeout(() => process.exit(0), 500)
`,
  )
  await workshop.run(process.execPath, [script], { TZ: 'UTC' })
  const records = await arrived(app, 2)
  expect(records.map(({ line }) => line).sort()).toEqual(['cart 811 was lost', 'cart 812 is slow'])
  const labels = { facility: 'local2', host: 'web-2', procid: '321' }
  expect(records.find(({ line }) => line.includes('811'))?.labels).toMatchObject({ ...labels, detected_level: 'error' })
})

test.each([
  ['udp', 'rfc5424', 'octet-counting'],
  ['udp', 'rfc3164', 'octet-counting'],
  ['tcp', 'rfc5424', 'octet-counting'],
  ['tcp', 'rfc5424', 'lf'],
  ['tcp', 'rfc3164', 'lf'],
  ['tls', 'rfc5424', 'octet-counting'],
] as const)("the SDK's handler: %s, %s, %s", async (protocol, format, framing) => {
  const app = `sdk-${protocol}-${format}-${framing}`
  const script = workshop.file(
    `${app}.mjs`,
    `import { readFileSync } from 'node:fs'
import { getLogger, root, shutdown } from '@girok/sdk'
import { syslogHandler } from '@girok/sdk/handlers'
root.addHandler(syslogHandler({
  host: '127.0.0.1', port: ${ports[protocol]}, protocol: '${protocol}', format: '${format}', framing: '${framing}',
  appName: '${app}', hostname: 'web-3', facility: 'local5',
  ${format === 'rfc5424' ? "structuredData: 'fields@32473'," : ''}
  ${protocol === 'tls' ? "tls: { ca: readFileSync('ca.pem'), cert: readFileSync('client.pem'), key: readFileSync('client.key') }," : ''}
}))
const log = getLogger('shop')
log.setLevel('DEBUG')
for (let i = 0; i < 100; i++) log.error('order failed', { order: i, why: 'a "quote" and a ]' })
await shutdown()
`,
  )
  await workshop.run(process.execPath, [script], { TZ: 'UTC' })
  const records = await arrived(app, 100)
  for (const { line } of records) expect(line).toContain('order failed')
  expect(records[0]?.labels).toMatchObject({ host: 'web-3', facility: 'local5', detected_level: 'error' })
  if (format === 'rfc5424') {
    const orders = records.map(({ labels }) => Number(labels.fields_order)).sort((a, b) => a - b)
    expect(orders).toEqual(Array.from({ length: 100 }, (_, i) => i))
    expect(records[0]?.labels.fields_why).toBe('a "quote" and a ]')
  }
})

test('a client without a certificate does not get in', async () => {
  const before = (await sourceOf(server, 'syslog')).counts.received
  const outcome = await new Promise<string>((done) => {
    const socket = dialTls({ host: '127.0.0.1', port: ports.tls, rejectUnauthorized: false })
    socket.on('secureConnect', () => socket.write('<14>intruder: hello\n'))
    socket.on('error', (error) => done((error as NodeJS.ErrnoException).code ?? error.message))
    socket.on('close', () => done('closed'))
  })
  expect(outcome).toMatch(/^(?:ERR_SSL_\w*CERTIFICATE_REQUIRED|ECONNRESET|EPIPE|closed)$/)
  expect((await sourceOf(server, 'syslog')).counts.received).toBe(before)
})

test('what was sent is stored, refused or dropped, and counted', async () => {
  const counts = await expectConserved(server, 'syslog')
  expect([counts.rejected, counts.dropped]).toEqual([[], []])
})
