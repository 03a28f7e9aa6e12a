import { StageProblem } from '@girok/query/process'
import { z } from 'zod'
import type { IngestLimits } from '../../ingest/limits.ts'
import {
  bytes,
  choice,
  count,
  duration,
  flag,
  LONGEST_TIMER,
  list,
  optionalText,
  text,
} from '../../model/options/kinds.ts'
import { compileReceiverStages } from '../../pipeline/stages.ts'
import { FIELD, fieldTexts } from '../../store/stored-fields.ts'

/** As model/tenant.ts checks it. */
const TENANT = /^(?!\.{1,2}$)[A-Za-z0-9!\-_.*'()]{1,150}$/

const server = z
  .object({
    host: text('127.0.0.1', {
      allowed: 'a host name or IP address',
      pattern: /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/,
    }).describe('Address to listen on. Anything but loopback needs at least one token.'),
    port: count(4100, { max: 65_535 }).describe('Port to listen on; 0 takes any free one.'),
    basePath: text('', {
      allowed: 'empty, or a path such as /girok (no slash at its end)',
      pattern: /^(?:(?:\/[A-Za-z0-9._~-]+)+)?$/,
    }).describe('Path under which a reverse proxy serves Girok.'),
    tls: z
      .object({
        cert: optionalText({ allowed: 'a file path' }).describe('PEM file with the certificate chain; turns TLS on.'),
        key: optionalText({ allowed: 'a file path' }).describe('PEM file with the private key.'),
      })
      .describe('Encrypted connections.')
      .prefault({}),
    allowedHosts: list({
      allowed: 'host names without port, *.example.com for all names below',
      pattern: /^(?:\*\.)?[A-Za-z0-9._:[\]-]+$/,
    }).describe(
      'Host names that requests may be addressed to, besides loopback names and server.host. Guards against DNS rebinding.',
    ),
    allowedOrigins: list({
      allowed: 'origins such as https://logs.example.com',
      pattern: /^https?:\/\/[A-Za-z0-9._[\]:-]+$/,
    }).describe('Origins of other web pages that may write and open websockets.'),
    shutdownTimeout: duration('10s', { max: LONGEST_TIMER }).describe(
      'How long a stop waits for open requests before it cuts them off.',
    ),
  })
  .describe('Where Girok listens and whom it talks to.')
  .prefault({})

const store = z
  .object({
    url: optionalText({
      allowed: 'an http:// or https:// URL without user and password',
      pattern: /^https?:\/\/[^@\s]+$/,
    }).describe(
      'URL of a ClickHouse server. Unset: the engine runs inside the process and keeps its files in dataDir.',
    ),
    database: text('girok', { allowed: 'letters, digits and _', pattern: /^[A-Za-z_][A-Za-z0-9_]{0,63}$/ }).describe(
      'Database that holds the tables; created when it is missing.',
    ),
    username: text('default').describe('User of the ClickHouse server.'),
    password: text('', { secret: true }).describe('Password of the ClickHouse server.'),
    durability: choice(['fsync', 'fast'], 'fsync').describe(
      'fsync: what is acknowledged survives a power cut. fast: it survives a crash of the process only.',
    ),
    readers: count(2, { min: 1, max: 16 }).describe('Sessions that answer queries side by side.'),
    maxMemory: bytes('450MiB', { min: '128MiB' }).describe('Most memory that the embedded engine may take.'),
    batch: z
      .object({
        maxRows: count(20_000, { min: 1, max: 1_000_000 }).describe('Rows after which a batch is written.'),
        maxBytes: bytes('8MiB', { min: '1KiB' }).describe('Bytes after which a batch is written.'),
        maxAge: duration('100ms', { max: '1m' }).describe('How long the first row of a batch waits for others.'),
      })
      .describe('When rows that wait are written; the first limit reached decides.')
      .prefault({}),
    maxPendingBytes: bytes('64MiB', { min: '1MiB' }).describe(
      'Bytes that may wait to be written; above that writers get 429 with Retry-After.',
    ),
    minFreeDisk: bytes('64MiB').describe('Free disk space below which writes are refused with 507.'),
    promotedFields: list(
      { allowed: 'entries such as latency_ms:number or path:text', pattern: FIELD },
      fieldTexts(),
    ).describe(
      'Fields of JSON lines that are stored a second time in columns of their own, so that queries by them are fast: number for measurements, text for words and codes. Changes take effect at the next start; lines stored before are worked through in the background, and queried as before until then.',
    ),
  })
  .describe('The storage engine.')
  .prefault({})

const retention = z
  .object({
    maxAge: duration('30d').describe('Records older than this are removed; 0 keeps them for ever.'),
    maxBytes: bytes('0').describe('Size on disk above which the oldest days are removed; 0 is no limit.'),
    interval: duration('5m', { min: '1s', max: LONGEST_TIMER }).describe('How often retention looks.'),
  })
  .describe('How long records stay.')
  .prefault({})

const limits = z
  .object({
    maxBodyBytes: bytes('16MiB').describe('Size of a request body as it comes over the wire.'),
    maxDecompressedBytes: bytes('100MiB').describe('Size of a request body once decompressed.'),
    maxLineSize: bytes('256KB').describe('Size of one line.'),
    maxLabelNamesPerSeries: count(15).describe('Labels of one stream.'),
    maxLabelNameLength: count(1024).describe('Bytes of a label name.'),
    maxLabelValueLength: count(2048).describe('Bytes of a label value.'),
    maxStructuredMetadataSize: bytes('64KB').describe('Size of the structured metadata of one record.'),
    maxStructuredMetadataEntriesCount: count(128).describe('Structured metadata entries of one record.'),
    maxStreamsPerTenant: count(5000).describe('Streams of one tenant that are written to.'),
    maxMetricLabels: count(60).describe('Labels of one series of a metric, its name not counted.'),
    maxSeriesPerTenant: count(150_000).describe(
      'Series of metrics of one tenant that get samples within an hour or two; samples of further ones are refused.',
    ),
    ingestionRateBytes: bytes('4MB').describe('Bytes per second of one tenant, averaged.'),
    ingestionBurstBytes: bytes('6MB').describe('Bytes that one tenant may send at once.'),
    perStreamRateBytes: bytes('3MB').describe('Bytes per second of one stream, averaged.'),
    perStreamBurstBytes: bytes('15MB').describe('Bytes that one stream may receive at once.'),
    rejectOldSamplesMaxAgeMs: duration('7d').describe('Age above which a record is refused.'),
    creationGracePeriodMs: duration('10m').describe('How far in the future the time of a record may lie.'),
  } satisfies Record<keyof IngestLimits, z.ZodType<number>>)
  .describe('What receivers accept, with the defaults of Loki where it has the limit. 0 is no limit.')
  .prefault({})

const deletes = z
  .object({
    cancelPeriod: duration('24h').describe(
      'How long a delete request hides lines before it removes them; until then it can be cancelled. 0 removes at once.',
    ),
  })
  .describe('Deletion of lines on request.')
  .prefault({})

const tenancy = z
  .object({
    default: text('default', {
      allowed: "1 to 150 letters, digits or !-_.*'()",
      pattern: TENANT,
    }).describe('Tenant of requests without an X-Scope-OrgID header.'),
  })
  .describe('Who owns a record.')
  .prefault({})

const enrich = z
  .object({
    serviceName: flag(true).describe(
      'Adds the label service_name, taken from the first of service, app, application, job … that a stream has.',
    ),
    detectedLevel: flag(true).describe('Finds the level of a record in its labels, metadata, fields or text.'),
  })
  .describe('What Girok adds to records.')
  .prefault({})

const pipeline = z
  .object({
    stages: z
      .array(z.unknown())
      .default([])
      .superRefine((stages, context) => {
        try {
          compileReceiverStages(stages)
        } catch (error) {
          if (!(error instanceof StageProblem)) throw error
          context.addIssue({ code: 'custom', message: `wrong at ${error.message}` })
        }
      })
      .meta({ kind: 'other', allowed: 'a list of stages such as [{mask: {detect: [email]}}]' })
      .describe(
        'Stages that records of all receivers go through before they are stored: mask, drop, json, labels, match and the others of the agent but those that join lines. Applies to what arrives from then on.',
      ),
  })
  .describe('What is done to records on their way in.')
  .prefault({})

const promql = z
  .object({
    timeout: duration('2m', { min: '100ms', max: LONGEST_TIMER }).describe('How long one query may run.'),
    lookback: duration('5m', { min: '1s' }).describe(
      'How far back a selector looks for the newest sample of a series.',
    ),
    defaultStep: duration('1m', { min: '1ms' }).describe('The step of subqueries that name none.'),
    maxSamples: count(20_000_000, { min: 1 }).describe(
      'Most samples that one query may hold at once, 16 bytes each. What can be evaluated some series at a time does not count: it is given up in between.',
    ),
    maxResolution: count(11_000, { min: 1 }).describe('Most points per series in one answer.'),
    maxConcurrent: count(20, { min: 1, max: 64 }).describe('Queries that run at once; others wait.'),
    threads: count(1, { min: 1, max: 16 }).describe('Threads that evaluate queries which are not small.'),
    delayedNameRemoval: flag(true).describe(
      'Drops the names of metrics at the end of evaluation, as Prometheus does with its feature flag of that name; false: at once, as it does without.',
    ),
  })
  .describe('PromQL.')
  .prefault({})

const query = z
  .object({
    timeout: duration('60s', { min: '100ms', max: LONGEST_TIMER }).describe('How long one query may run.'),
    maxEntries: count(5000, { min: 1 }).describe('Most log lines in one answer.'),
    maxSeries: count(500, { min: 1 }).describe('Most series in one answer.'),
    maxLength: duration('30d1h').describe('Longest time range of one query; 0 is no limit.'),
    maxResolution: count(11_000, { min: 1 }).describe('Most points per series in one answer.'),
    maxConcurrent: count(8, { min: 1, max: 64 }).describe('Queries that run at once; others wait.'),
    maxQueryBytes: bytes('128KiB', { min: '1KiB' }).describe('Longest query text.'),
    selectorFallthrough: flag(true).describe(
      'A name in a selector that is no label of any stream in the range is looked for in metadata and in fields of the lines: {job="x", request_id="7"}. Off: such a selector finds nothing, as in Loki.',
    ),
    extensions: flag(true).describe('Knows distinct, count_values and present_over_time, which Loki does not.'),
    alignWithStep: flag(false).describe(
      'Widens the range of metric queries to whole multiples of the step, so that the points of a dashboard stay where they are between reloads.',
    ),
    multiTenant: flag(false).describe(
      'Reads may name several tenants (X-Scope-OrgID: a|b); their streams carry the label __tenant_id__. Only without tokens.',
    ),
    promql,
  })
  .describe('Bounds of one query.')
  .prefault({})

const tail = z
  .object({
    maxConnections: count(10, { min: 1 }).describe('Live tails of one tenant at once.'),
    maxDuration: duration('1h', { min: '1s', max: LONGEST_TIMER }).describe('After this a live tail is closed.'),
  })
  .describe('Live tail.')
  .prefault({})

const prometheus = z
  .object({
    configFile: optionalText({ allowed: 'a file path' }).describe(
      'A prometheus.yml by which girok serve scrapes targets, evaluates rules and sends alerts, for the default tenant. Read again when it is changed.',
    ),
  })
  .describe('Scraping of metrics in this process.')
  .prefault({})

const ruleFiles = (language: string) =>
  list({ allowed: 'file paths; * and ? may stand in the name of the file', pattern: /./ }).describe(
    `Files of rules in Prometheus' format whose expressions are ${language}. Read again when they change.`,
  )

const rules = z
  .object({
    promql: ruleFiles('PromQL'),
    logql: ruleFiles('LogQL'),
    evaluationInterval: duration('1m', { min: '1s', max: LONGEST_TIMER }).describe(
      'How often rules are evaluated whose group names no interval.',
    ),
    queryOffset: duration('0s', { max: '1h' }).describe(
      'How far behind the time of evaluation rules look, for samples that arrive late.',
    ),
  })
  .describe('Rules, evaluated for the default tenant. Paths are relative to the working directory.')
  .prefault({})

const alerting = z
  .object({
    configFile: optionalText({ allowed: 'path of an alertmanager.yml' }).describe(
      'Routes, contact points, inhibition and time intervals in the format of Alertmanager. Read again when it changes. Without it they are kept in the store and edited in the web app.',
    ),
    alertmanagers: list({ allowed: 'addresses such as http://alertmanager:9093', pattern: /^https?:\/\// }, [], {
      secret: true,
    }).describe('Alertmanagers that all alerts of rules and monitors are also sent to.'),
    notify: flag(true).describe(
      'Notifies by itself. False: alerts are shown and sent to alerting.alertmanagers, which notify.',
    ),
    externalUrl: optionalText({ allowed: 'an address such as https://girok.example.com' }).describe(
      'Address of this server in notifications. Default: the one that it listens on.',
    ),
    externalLabels: list({ allowed: 'labels as NAME=VALUE', pattern: /^[A-Za-z_][A-Za-z0-9_]*=.*$/s }).describe(
      'Labels of every alert that rules report, beside external_labels of the prometheus.yml.',
    ),
    resendDelay: duration('1m', { min: '1s', max: '1h' }).describe('How often a firing alert is reported anew.'),
    historyRetention: duration('30d', { min: '1h' }).describe(
      'How long evaluations of rules, changes of alerts and notifications can be looked up.',
    ),
    silenceRetention: duration('5d', { min: '1h' }).describe(
      'How long expired silences, and what was notified last to each group, are kept.',
    ),
    monitors: list({ allowed: 'paths of JavaScript modules', pattern: /./ }).describe(
      'Modules whose default export is a monitor made by defineMonitor, or a list of them.',
    ),
  })
  .describe('Alerts: who is told of them, and how. Of the default tenant. Paths are relative to the working directory.')
  .prefault({})

const outgoing = z
  .object({
    allow: list({ allowed: 'networks such as 10.1.0.0/16, addresses or host names', pattern: /./ }).describe(
      'Private networks and hosts that contact points made over the API may send to. What stands in configuration files may send anywhere.',
    ),
  })
  .describe('Requests that this server sends to addresses that users name.')
  .prefault({})

const dashboards = z
  .object({
    path: optionalText({ allowed: 'a directory path' }).describe(
      'Directory of dashboards as JSON files, of Girok or of Grafana; those in directories below it carry their names as tags. Changed files are taken up within seconds.',
    ),
  })
  .describe('Dashboards that are kept in files, for example under version control.')
  .prefault({})

const sample = z
  .object({
    enabled: flag(true).describe('Writes sample workloads, marked by the label girok_sample="true".'),
    linesPerSecond: count(15, { min: 1, max: 20 }).describe('Lines per second of all samples together.'),
  })
  .describe('Sample data, so that a first start has something to show.')
  .prefault({})

const telemetry = z
  .object({
    ownMetrics: flag(true).describe(
      'Stores the metrics of Girok and its process too, with job="girok"; they are at /metrics in any case.',
    ),
    interval: duration('15s', { min: '1s', max: LONGEST_TIMER }).describe('How often they are stored.'),
  })
  .describe('The metrics of Girok itself.')
  .prefault({})

const log = z
  .object({
    level: choice(['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'], 'INFO').describe(
      'Least level that Girok logs itself.',
    ),
    format: choice(['auto', 'text', 'json'], 'auto').describe('auto: text on a terminal, JSON lines otherwise.'),
    ingest: flag(true).describe('Stores the log of Girok too, with service_name="girok".'),
  })
  .describe('The log of Girok itself.')
  .prefault({})

/** Every key of girok.yaml but those of receivers, which come from the receivers' own declarations. */
export const configShape = {
  server,
  dataDir: text('./data', { allowed: 'a directory path', pattern: /./ }).describe(
    'Directory of everything Girok keeps: records (with the embedded engine), tokens, lock. Relative to the working directory.',
  ),
  store,
  retention,
  deletes,
  tenancy,
  limits,
  enrich,
  pipeline,
  query,
  tail,
  prometheus,
  rules,
  alerting,
  outgoing,
  dashboards,
  sample,
  telemetry,
  log,
}

/** Types of {@link configShape} alone. */
export const baseSchema = z.object(configShape)
