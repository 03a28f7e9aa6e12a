import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Monitor } from '../alerting/monitors/monitor.ts'
import { type ApiContext, allRoutes, isViewContent, tailPaths } from '../api/index.ts'
import { createDashboardBook } from '../dashboards/book.ts'
import { builtInDashboards } from '../dashboards/built-in/index.ts'
import { openDashboardFiles } from '../dashboards/files.ts'
import { createArrivals } from '../ingest/arrivals.ts'
import { Admission } from '../ingest/batch/admission.ts'
import { createSampleIntake } from '../ingest/prometheus/sample-intake.ts'
import { createScrapedSamples } from '../ingest/prometheus/scraped-samples.ts'
import type { ReceiverContext } from '../ingest/receiver.ts'
import { receivers } from '../ingest/receivers/index.ts'
import { createSourceBook } from '../ingest/source-book.ts'
import { createSubmit, createSubmitSamples } from '../ingest/submit.ts'
import { GirokError } from '../model/errors.ts'
import { createFeed } from '../model/feed.ts'
import type { SampleSource } from '../model/scraping.ts'
import { openChain } from '../pipeline/chain.ts'
import { stageSteps } from '../pipeline/stages.ts'
import { createQueryEngine } from '../query/create-engine.ts'
import { createRemover } from '../query/deletions/remover.ts'
import { DEFAULT_QUERY_LIMITS } from '../query/limits.ts'
import { createEvaluator } from '../query/promql/choose-evaluator.ts'
import { createPromEngine } from '../query/promql/create-prom-engine.ts'
import { createRuns } from '../query/run/runs.ts'
import { openStore } from '../store/open.ts'
import { ingestCounters } from '../telemetry/counters.ts'
import { createRegistry } from '../telemetry/registry.ts'
import { openAgentBook } from './agent-book.ts'
import { openAlerting } from './alerting.ts'
import { checkAlertmanagerRequests } from './alertmanager-requests.ts'
import { type Config, isLoopback } from './config/index.ts'
import { openDocuments } from './documents.ts'
import { identify } from './http/access.ts'
import { originPolicy } from './http/origin-policy.ts'
import { startHttp } from './http/server.ts'
import { loadWebFiles } from './http/web-files.ts'
import { createServerLogging } from './logging.ts'
import { startOwnMetrics } from './own-metrics.ts'
import { measureRequests } from './own-metrics-http.ts'
import { measureProcess } from './own-metrics-process.ts'
import { measureQueries } from './own-metrics-queries.ts'
import { measureStore } from './own-metrics-store.ts'
import { addressAsSeen, describeSources, openReceivers, runReceivers } from './receivers.ts'
import { lokiLimits, promLimits, queryLimits, storeOptions } from './room-options.ts'
import { createSampleControl, hasNoSamples } from './samples/control.ts'
import { createPlayer } from './samples/player.ts'
import { readSettings } from './settings.ts'
import { createSetupState } from './setup-state.ts'
import { Teardown } from './teardown.ts'
import { openTokens } from './tokens.ts'
import { VERSION } from './version.ts'

/** A time and a value: nothing of them ever came over a wire. */
const BYTES_PER_SAMPLE = 16

/** A Girok server in this process. */
export interface Girok {
  /**
   * Opens the store, then listens; resolves when requests are answered. Rejects with an Error whose message is written
   * for users (port taken, directory in use, no token beyond loopback …); everything is closed again then.
   */
  start(): Promise<{
    readonly url: string
    readonly port: number
    /** Ports of receivers besides: `syslog udp://127.0.0.1:5514`. */
    readonly listening: readonly string[]
  }>
  /** Stops intake, lets running requests end, writes what waits, closes the store. Idempotent; safe at any time. */
  stop(): Promise<void>
}

/** What a program that runs a server may add to it. */
export interface GirokParts {
  /** Scrapes targets in this process, for the default tenant. */
  readonly sampleSource?: SampleSource | undefined
  /** Functions over the live feed, besides those of `alerting.monitors`. */
  readonly monitors?: readonly Monitor[]
}

/**
 * Makes a server of a loaded configuration. Nothing happens before `start`. With the embedded store a program that embeds
 * Girok must not leave data waiting on its standard input: the engine takes it for rows (`girok serve` gives stdin up).
 */
export function createGirok(config: Config, parts: GirokParts = {}): Girok {
  const logging = createServerLogging(config)
  const log = logging.hierarchy.getLogger('girok')
  const teardown = new Teardown((name, error) => log.error(`could not end ${name}`, { error }))
  teardown.add('log', () => logging.hierarchy.close())
  return {
    async start() {
      try {
        return await startServer(config, parts, logging, teardown)
      } catch (error) {
        await teardown.run()
        throw error
      }
    },
    stop: () => teardown.run(),
  }
}

async function startServer(
  config: Config,
  { sampleSource, monitors = [] }: GirokParts,
  { hierarchy, ownLog }: ReturnType<typeof createServerLogging>,
  teardown: Teardown,
): ReturnType<Girok['start']> {
  const startedMs = Date.now()
  const log = hierarchy.getLogger('girok')
  const now = Date.now
  const tokens = openTokens(config.dataDir)
  if (!isLoopback(config.server.host) && !tokens.required()) {
    throw new GirokError(
      'forbidden',
      `refusing to listen on ${config.server.host} without tokens, because anyone could read and write: create one with girok token create --data ${config.dataDir}, or listen on 127.0.0.1`,
    )
  }
  const web = loadWebFiles(join(import.meta.dirname, '../../web'), config.server.basePath)

  const registry = createRegistry()
  const book = createSourceBook(ingestCounters(registry), now)
  const { counters } = book
  const refusedRequests = registry.counter(
    'girok_http_requests_refused_total',
    'Requests answered with a status of 400 or above, by route and status.',
  )
  const setup = createSetupState(now)
  const unseen = registry.counter(
    'girok_feed_dropped_records_total',
    'Stored records that a live tail or the monitors did not see because they came too fast, by listener.',
  )
  const feed = createFeed({
    error: (listener, error) => log.error('a listener of stored records failed', { listener, error }),
    dropped: (listener, records) => unseen.add({ listener }, records),
  })
  feed.subscribe('setup', setup.stored)

  const storeLog = hierarchy.getLogger('girok.store')
  const store = await openStore(storeOptions(config), {
    onStored: feed.publish,
    log: (level, message, fields) => storeLog[level](message, fields),
  })
  teardown.add('store', () => store.close())

  const arrivals = createArrivals(counters)
  const submit = createSubmit({
    process: openChain(
      { 'service-name': config.enrich.serviceName, 'detected-level': config.enrich.detectedLevel },
      counters,
      stageSteps(config.pipeline.stages, counters, now),
    ),
    write: store.write,
    counters,
  })
  // Girok's own records and the samples go the same way as everyone's, and are counted like them.
  const submitOwn: ReceiverContext['submit'] = (batch, options) => {
    const settled = arrivals.arrived(batch, batch.count, batch.bytes.length)
    return submit(batch, options).finally(settled)
  }
  const submitSamples = createSubmitSamples(store.samples.write, counters)
  const submitOwnSamples: ReceiverContext['submitSamples'] = (batch, options) => {
    const settled = arrivals.arrived(batch, batch.count, batch.count * BYTES_PER_SAMPLE)
    return submitSamples(batch, options).finally(settled)
  }
  ownLog?.open(submitOwn)
  if (ownLog) teardown.add('own log', () => ownLog.close())

  const timed = measureQueries(registry)
  const engine = timed.logql(
    createQueryEngine({
      store,
      limits: queryLimits(config),
      dialect: config.query,
      log: hierarchy.getLogger('girok.query'),
    }),
  )
  const promEngine = createPromEngine({
    store,
    limits: promLimits(config),
    evaluator: createEvaluator({ threads: config.query.promql.threads }),
    log: hierarchy.getLogger('girok.query'),
  })
  teardown.add('promql', () => promEngine.close())
  const prom = timed.promql(promEngine)
  registry.gauge('girok_queries_running', 'Queries that run now.', () => engine.running().length)
  registry.gauge('girok_uptime_seconds', 'Seconds since the start.', () => (now() - startedMs) / 1_000)
  registry.gauge('girok_resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss())
  teardown.add('process metrics', measureProcess(registry))
  const storeMetrics = measureStore(registry, store)

  const remover = createRemover({
    store,
    runs: createRuns(DEFAULT_QUERY_LIMITS, now, () => {}),
    cancelPeriodMs: config.deletes.cancelPeriod,
    maxLineAgeMs: config.limits.rejectOldSamplesMaxAgeMs,
    now,
    log: (level, message, fields) => storeLog[level](message, fields),
  })
  remover.start()
  teardown.add('deletions', () => remover.stop())

  const player = createPlayer({
    tenant: config.tenancy.default,
    linesPerSecond: config.sample.linesPerSecond,
    submit: submitOwn,
    submitSamples: submitOwnSamples,
    needsHistory: () => hasNoSamples(store, config.tenancy.default, now()),
    onError: (error) => log.warning('sample data could not be stored', { error }),
  })
  teardown.add('samples', () => player.stop())

  const admission = new Admission(config.limits, now)
  const context: ReceiverContext = {
    limits: config.limits,
    tenant: config.tenancy.default,
    submit,
    submitSamples,
    samples: createSampleIntake(config.limits, now),
    admit: (assembled) => admission.admit(assembled),
    arrived: arrivals.arrived,
    counters,
    rejected: (entry) => {
      setup.rejected(entry)
      book.rejected(entry)
    },
    authenticate: (token, wantedTenant) =>
      identify({ 'x-scope-orgid': wantedTenant }, 'ingest', tokens, config.tenancy.default, { token }),
    tokensRequired: () => tokens.required(),
    log: (level, message, fields) => hierarchy.getLogger('girok.ingest')[level](message, fields),
    now,
  }
  const active = openReceivers(config.receivers, context)
  const running = await runReceivers(active, context, config.server.shutdownTimeout)
  teardown.add('receivers', () => running.close())
  if (config.prometheus.configFile !== undefined && sampleSource === undefined) {
    throw new GirokError(
      'bad_request',
      'prometheus.configFile is set, but this program does not scrape: start with girok serve',
    )
  }
  if (sampleSource !== undefined) {
    const scraped = createScrapedSamples(context)
    teardown.add('scraping', async () => {
      await sampleSource.stop()
      await scraped.close()
    })
    const scrapeLog = hierarchy.getLogger('girok.scrape')
    await sampleSource.start({
      push: scraped.push,
      checkRequests: checkAlertmanagerRequests,
      log: (level, message, fields) => scrapeLog[level](message, fields),
    })
  }
  /** Where the server listens, which is known in the end. */
  let ownUrl = `http://${config.server.host}:${config.server.port}`
  const alerting = await openAlerting(
    {
      config,
      prom,
      engine,
      store,
      feed,
      arrivals,
      submitSamples: context.submitSamples,
      scraping: sampleSource,
      monitors,
      samplesRun: () => player.running,
      externalUrl: () => (config.alerting.externalUrl ?? ownUrl).replace(/\/+$/, ''),
      registry,
      logger: (name) => hierarchy.getLogger(name),
      now,
    },
    teardown,
  )
  const sources = describeSources(active, running, book, arrivals)
  const agents = openAgentBook({
    path: join(config.dataDir, 'agents.json'),
    now,
    log: (level, message, fields) => hierarchy.getLogger('girok.agents')[level](message, fields),
  })
  teardown.add('agents', () => agents.close())
  const dashboardFiles = await openDashboardFiles({
    path: config.dashboards.path,
    reserved: Object.keys(builtInDashboards),
    log: (message, fields) => hierarchy.getLogger('girok.dashboards').warning(message, fields),
  })
  teardown.add('files of dashboards', () => dashboardFiles.stop())
  const api: ApiContext = {
    version: VERSION,
    startedMs,
    engine,
    prom,
    rules: alerting.rules,
    alerting: alerting.alerting,
    store,
    feed,
    registry,
    sample: createSampleControl({
      player,
      store,
      tenant: config.tenancy.default,
      dataDir: config.dataDir,
      linesPerSecond: config.sample.linesPerSecond,
    }),
    views: openDocuments(join(config.dataDir, 'views.json'), 'view', isViewContent),
    dashboards: {
      book: createDashboardBook(builtInDashboards, dashboardFiles, store.documents),
      files: dashboardFiles,
    },
    setup: (tenant) => ({
      ...setup.of(tenant),
      tokensRequired: tokens.required(),
      receivers: receivers
        .filter(({ exampleOptions }) => exampleOptions === undefined)
        .map(({ name, summary, example }) => ({ name, summary, example })),
    }),
    sources: (tenant, headers) => ({
      sources: sources(tenant, addressAsSeen(headers, config)),
      tokensRequired: tokens.required(),
    }),
    agents,
    cancelPeriodMs: config.deletes.cancelPeriod,
    scraping: sampleSource && { source: sampleSource, tenant: config.tenancy.default },
    tail: {
      maxConnections: config.tail.maxConnections,
      maxDurationMs: config.tail.maxDuration,
      maxHistory: config.query.maxEntries,
    },
    reads: { alignWithStep: config.query.alignWithStep, limits: lokiLimits(config) },
    now,
  }
  const httpLog = hierarchy.getLogger('girok.http')
  const { server } = config
  const http = await startHttp({
    host: server.host,
    port: server.port,
    basePath: server.basePath,
    tls: server.tls.cert && server.tls.key ? { cert: server.tls.cert, key: server.tls.key } : undefined,
    maxBodyBytes: config.limits.maxBodyBytes,
    policy: originPolicy({
      listenHost: server.host,
      allowedHosts: server.allowedHosts,
      allowedOrigins: server.allowedOrigins,
    }),
    tokens,
    defaultTenant: config.tenancy.default,
    multiTenant: config.query.multiTenant,
    routes: allRoutes(api),
    receivers: active.map(({ name, routes = [] }) => ({ name, routes })),
    websockets: tailPaths(api),
    web,
    report: (id, error) => httpLog.error(id === '' ? 'request failed' : `fault ${id}`, { error }),
    answered: measureRequests(registry),
    refused: (route, status) => refusedRequests.add({ route, status: String(status) }),
    refusedEarly: (receiver, { code, status, message }) => {
      counters.undecodable.add({ receiver, reason: code })
      // Whose it was nobody knows.
      context.rejected({ receiver, tenant: context.tenant, status, reason: message.slice(0, 500) })
    },
    shutdownTimeoutMs: server.shutdownTimeout,
  })
  teardown.add('http', () => http.close())
  ownUrl = http.url
  await alerting.start()

  if (config.telemetry.ownMetrics) {
    const ownMetrics = startOwnMetrics({
      registry,
      tenant: config.tenancy.default,
      instance: `${hostname()}:${http.port}`,
      intervalMs: config.telemetry.interval,
      submitSamples: submitOwnSamples,
      refresh: storeMetrics.refresh,
      log: (message, fields) => log.warning(message, fields),
      now,
    })
    teardown.add('own metrics', () => ownMetrics.stop())
  }

  if (readSettings(config.dataDir).sampleRunning ?? config.sample.enabled) player.start()
  const listening = running.addresses()
  log.info('ready', {
    url: http.url,
    ...(listening.length > 0 && { listening }),
    version: VERSION,
    store: store.driver.kind,
    start_ms: Date.now() - startedMs,
  })
  return { url: http.url, port: http.port, listening }
}
