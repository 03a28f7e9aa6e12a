import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ConfigError, type ConfigSources, loadConfig } from './index.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'girok-config-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const yaml = (text: string, name = 'girok.yaml') => writeFileSync(join(cwd, name), text)
const load = (sources: ConfigSources = {}) => loadConfig({ cwd, env: {}, ...sources })

function problems(sources: ConfigSources = {}): readonly string[] {
  try {
    load(sources)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  throw new Error('the configuration was accepted')
}

describe('defaults', () => {
  test('hold without any source', () => {
    const config = load()
    expect(config.server).toMatchObject({ host: '127.0.0.1', port: 4100, basePath: '', shutdownTimeout: 10_000 })
    expect(config.dataDir).toBe(join(cwd, 'data'))
    expect(config.store).toMatchObject({ durability: 'fsync', maxPendingBytes: 67_108_864 })
    expect(config.store.batch).toEqual({ maxRows: 20_000, maxBytes: 8_388_608, maxAge: 100 })
    expect(config.store.url).toBeUndefined()
    expect(config.retention).toEqual({ maxAge: 2_592_000_000, maxBytes: 0, interval: 300_000 })
    expect(config.query.maxLength).toBe(721 * 3_600_000)
    expect(config.receivers).toHaveProperty('json')
  })

  test('are those of Loki for its limits', () => {
    expect(load().limits).toEqual({
      maxBodyBytes: 16 * 2 ** 20,
      maxDecompressedBytes: 100 * 2 ** 20,
      maxLineSize: 262_144,
      maxLabelNamesPerSeries: 15,
      maxLabelNameLength: 1024,
      maxLabelValueLength: 2048,
      maxStructuredMetadataSize: 65_536,
      maxStructuredMetadataEntriesCount: 128,
      maxStreamsPerTenant: 5000,
      maxMetricLabels: 60,
      maxSeriesPerTenant: 150_000,
      ingestionRateBytes: 4 * 2 ** 20,
      ingestionBurstBytes: 6 * 2 ** 20,
      perStreamRateBytes: 3 * 2 ** 20,
      perStreamBurstBytes: 15 * 2 ** 20,
      rejectOldSamplesMaxAgeMs: 604_800_000,
      creationGracePeriodMs: 600_000,
    })
  })

  test('the result cannot be written to', () => {
    const config = load() as { server: { port: number } }
    expect(() => {
      config.server.port = 1
    }).toThrow(TypeError)
  })
})

describe('order of sources', () => {
  test('file < environment < --set < named flag', () => {
    yaml('server:\n  port: 1\n  host: localhost\nstore:\n  readers: 3\nlog:\n  level: error\n')
    const config = load({
      env: { GIROK_SERVER__PORT: '2', GIROK_STORE__READERS: '4' },
      set: ['server.port=3', 'store.batch.maxAge=250ms'],
      overrides: [{ key: 'server.port', value: '4', from: '--port' }],
    })
    expect(config.server.port).toBe(4)
    expect(config.server.host).toBe('localhost')
    expect(config.store.readers).toBe(4)
    expect(config.store.batch.maxAge).toBe(250)
    expect(config.log.level).toBe('ERROR')
  })

  test('--config names the file, and then it must exist', () => {
    yaml('server: { port: 9 }', 'other.yaml')
    expect(load({ file: 'other.yaml' }).server.port).toBe(9)
    expect(problems({ file: 'absent.yaml' })[0]).toMatch(/cannot read the configuration file .*absent\.yaml: no such/)
  })

  test('an empty file and empty sections are good', () => {
    yaml('# nothing\n')
    expect(load().server.port).toBe(4100)
    yaml('server:\nstore:\n  batch:\n  url:\n')
    expect(load().store.url).toBeUndefined()
  })

  test('anchors and lists in YAML', () => {
    yaml('server:\n  allowedHosts: &names [a.example, "*.b.example"]\n')
    expect(load().server.allowedHosts).toEqual(['a.example', '*.b.example'])
  })
})

describe('environment', () => {
  test('case and single underscores do not matter; lists have commas; flags have words', () => {
    const config = load({
      env: {
        GIROK_SERVER__BASE_PATH: '/girok',
        GIROK_DATADIR: '/tmp/x',
        GIROK_SERVER__ALLOWEDHOSTS: 'a.example, b.example',
        GIROK_SAMPLE__ENABLED: 'off',
        girok_server__port: '1',
      },
    })
    expect(config.server.basePath).toBe('/girok')
    expect(config.dataDir).toBe('/tmp/x')
    expect(config.server.allowedHosts).toEqual(['a.example', 'b.example'])
    expect(config.sample.enabled).toBe(false)
    expect(config.server.port).toBe(4100)
  })

  test('the client variables and those that Kubernetes sets do not disturb', () => {
    const env = {
      GIROK_URL: 'http://x',
      GIROK_TOKEN: 't',
      GIROK_TENANT: 'a',
      GIROK_PORT: 'tcp://10.0.0.1:4100',
      GIROK_SERVER_PORT: 'tcp://10.0.0.1:4100',
      GIROK_SERVICE_HOST: '10.0.0.1',
      GIROK_PORT_4100_TCP_ADDR: '10.0.0.1',
    }
    expect(load({ env })).toEqual(load())
  })

  test('a variable with one underscore too few is told', () => {
    expect(problems({ env: { GIROK_SERVER_PORT: '1' } })).toEqual([
      'GIROK_SERVER_PORT is not read; write GIROK_SERVER__PORT for server.port',
    ])
  })

  test('an unknown path names the nearest', () => {
    expect(problems({ env: { GIROK_SERVER__PROT: '1' } })).toEqual([
      'unknown key server.prot (environment GIROK_SERVER__PROT); did you mean server.port?',
    ])
  })
})

describe('faults', () => {
  test('an unknown key: file, line, nearest', () => {
    yaml('server:\n  host: localhost\n  prot: 1\nretension:\n  maxAge: 1d\n')
    expect(problems()).toEqual([
      'unknown key server.prot (girok.yaml:3); did you mean server.port?',
      'unknown key retension (girok.yaml:4); did you mean retention?',
    ])
  })

  test('a wrong type: key, line, what came, what is allowed', () => {
    yaml('server:\n  port: many\nsample:\n  enabled: 3\nstore:\n  durability: maybe\n  batch:\n    maxBytes: [1]\n')
    expect(problems()).toEqual([
      'server.port (girok.yaml:2): "many" is not allowed here; allowed is a whole number from 0 to 65535',
      'store.durability (girok.yaml:6): "maybe" is not allowed here; allowed is fsync, fast',
      'store.batch.maxBytes (girok.yaml:8): [1] is not allowed here; allowed is a size such as 256KB, 8MiB or 1048576, at least 1KiB',
      'sample.enabled (girok.yaml:4): 3 is not allowed here; allowed is true or false',
    ])
  })

  test('units and bounds', () => {
    expect(
      problems({
        set: ['retention.maxAge=30', 'limits.maxLineSize=big', 'store.batch.maxAge=2m', 'server.port=70000'],
      }),
    ).toEqual([
      'server.port (--set): 70000 is not allowed here; allowed is a whole number from 0 to 65535',
      'store.batch.maxAge (--set): "2m" is above the most allowed, 1m',
      'retention.maxAge (--set): "30" is without a unit: write for example 100ms, 30s, 7d or 30d1h',
      'limits.maxLineSize (--set): "big" is not a size: write for example 256KB, 8MiB or 1048576',
    ])
  })

  test('a group of keys is no value, a value no group', () => {
    yaml('server: 4100\n')
    expect(problems({ set: ['store.batch=1'] })).toEqual([
      expect.stringMatching(/^server is a group of keys, not a value \(girok\.yaml:1\); it has host, port/),
      'store.batch is a group of keys, not a value (--set); it has maxRows, maxBytes, maxAge',
    ])
    expect(problems({ set: ['dataDir.x=1'], file: undefined })).toContain(
      'unknown key dataDir.x (--set); did you mean dataDir?',
    )
  })

  test('malformed --set and YAML', () => {
    expect(problems({ set: ['server.port'] })).toEqual(['--set server.port: write --set key.path=value'])
    yaml('server:\n  port: [1\n')
    expect(problems()[0]).toMatch(/^girok\.yaml:\d+:\d+: not valid YAML: /)
    yaml('- a\n')
    expect(problems()).toEqual(['girok.yaml:1: a configuration is a map of keys'])
    yaml('server:\n  port: 1\n  port: 2\n')
    expect(problems()[0]).toMatch(/^girok\.yaml:3:3: not valid YAML: Map keys must be unique/)
  })

  test('a secret is never shown', () => {
    const found = problems({ set: ['store.password=[hunter2]'], env: { GIROK_STORE__READERS: 'hunter2' } })
    expect(found).toHaveLength(1)
    yaml('store:\n  password: [hunter2]\n')
    expect(problems().join()).not.toContain('hunter2')
  })

  test('half of TLS, and a burst below its rate', () => {
    expect(problems({ set: ['server.tls.cert=a.pem', 'limits.ingestionBurstBytes=1'] })).toEqual([
      'server.tls.key is missing: TLS needs both server.tls.cert and server.tls.key',
      'limits.ingestionBurstBytes must be at least limits.ingestionRateBytes, or that rate can never be reached',
    ])
  })

  test('names from the prototype are unknown keys', () => {
    yaml('__proto__:\n  polluted: true\nconstructor: 1\n')
    expect(problems()).toHaveLength(2)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

describe('receivers', () => {
  test('a name with a hyphen has an underscore in a variable', () => {
    const receivers = [{ name: 'two-words', summary: 'Test', options: z.strictObject({}) }]
    const env = { GIROK_RECEIVERS__TWO_WORDS__ENABLED: 'false' }
    expect(load({ receivers, env }).receivers).toEqual({ 'two-words': { enabled: false } })
  })

  const receivers = [
    {
      name: 'loki',
      summary: 'Loki push',
      options: z.object({ strict: z.boolean().default(false).describe('Refuse more.'), depth: z.number().default(3) }),
    },
  ]

  test('options have the defaults of the receiver and are checked', () => {
    expect(load({ receivers }).receivers).toEqual({ loki: { enabled: true, strict: false, depth: 3 } })
    expect(load({ receivers, env: { GIROK_RECEIVERS__LOKI__STRICT: 'yes' } }).receivers).toEqual({
      loki: { enabled: true, strict: true, depth: 3 },
    })
    expect(problems({ receivers, set: ['receivers.loki.strikt=true', 'receivers.loki.depth=x'] })).toEqual([
      'unknown key receivers.loki.strikt (--set); did you mean receivers.loki.strict?',
      'receivers.loki.depth (--set): "x" is not allowed here; allowed is a number',
    ])
    expect(problems({ receivers, set: ['receivers.lokki.strict=true'] })[0]).toMatch(
      /did you mean receivers\.loki\.strict/,
    )
  })

  test('options without a fixed shape take anything, line numbers or not', () => {
    const free = [
      { name: 'free', summary: 'Free', options: z.object({ map: z.record(z.string(), z.number()).default({}) }) },
    ]
    yaml('receivers:\n  free:\n    map: { a: 1 }\n')
    expect(load({ receivers: free, set: ['receivers.free.map.b=2'] }).receivers).toEqual({
      free: { enabled: true, map: { a: 1, b: 2 } },
    })
    expect(problems({ receivers: free, set: ['receivers.free.map.b=x'] })).toHaveLength(1)
  })

  test('of the table itself', () => {
    expect(load({ set: ['receivers.loki.strictMetadata=false'] }).receivers).toMatchObject({
      loki: { enabled: true, strictMetadata: false },
    })
  })
})

test('the conformance configuration is good', () => {
  const config = load({ file: join(import.meta.dirname, '../../../../../e2e/conformance.yaml') })
  expect(config.retention).toMatchObject({ maxAge: 0, maxBytes: 0 })
  expect(config.enrich).toEqual({ serviceName: false, detectedLevel: false })
  expect(config.server.port).toBe(4100)
})

test('stages of the pipeline are checked when the configuration is read', () => {
  const of = (stages: string) => load({ env: { GIROK_PIPELINE__STAGES: stages } })
  expect(of('[{mask: {detect: [email]}}]').pipeline.stages).toEqual([{ mask: { detect: ['email'] } }])
  expect(problems({ env: { GIROK_PIPELINE__STAGES: '[{regex: {expresion: a}}]' } })).toEqual([
    expect.stringMatching(
      /^pipeline\.stages \(environment GIROK_PIPELINE__STAGES\): .* is wrong at \[0\]\.regex\.expresion: is not an option \(did you mean expression\?\)/,
    ),
  ])
})
