import { hostname } from 'node:os'
import { join } from 'node:path'
import { MetricTable, metricSamples, type StageServices } from '@girok/query/process'
import type { ConfiguredInput, LoadedConfig } from '../config/load.ts'
import type { Housekeeper, Safe } from '../housekeeping/index.ts'
import type { Input, InputContext } from '../model/input.ts'
import type { MetricDescription, Sample } from '../model/sink.ts'
import type { Labels } from '../model/source.ts'
import type { Spool } from '../model/spool.ts'
import { createShippers, type Shippers } from '../ship/shippers.ts'
import { openSpool } from '../spool/open.ts'
import { isRead } from '../tail/read-state.ts'
import { Assembler } from './assembler.ts'
import { createClock } from './clock.ts'
import { LineIntake } from './line-intake.ts'
import { Room } from './room.ts'
import { SampleIntake, SampleRecords } from './sample-intake.ts'
import type { StageCounts } from './stage-counts.ts'
import type { AgentStatus } from './status.ts'
import { Writers } from './writers.ts'

type Log = InputContext['log']

/** Their sources are files that programs write. */
const FILE_KINDS: ReadonlySet<string> = new Set(['file', 'docker', 'cri'])
const STOP_WITHIN_MS = 5_000

interface OpenInput {
  readonly configured: ConfiguredInput
  readonly input: Input
  readonly intake: LineIntake
}

/** Inputs, spool and destinations of one configuration, at work. */
export class Collection {
  readonly #config: LoadedConfig
  readonly #log: Log
  readonly #spool: Spool
  readonly #assembler: Assembler
  readonly #records: SampleRecords
  readonly #inputs: readonly OpenInput[]
  readonly #shippers: Shippers
  readonly #metrics = new MetricTable(Date.now)
  readonly #writers = new Writers()
  #housekeeper: Housekeeper | undefined

  /** Whether everything in a file was read, and everything that was read is delivered. */
  readonly #isShipped: Safe = (path) => {
    if (!isRead(path)) return { why: 'is not read to its end yet' }
    if (this.#assembler.pendingBytes === 0 && this.#spool.usage().waitingBytes === 0) return { ok: true }
    return { why: 'may hold lines that wait in the spool' }
  }
  readonly #counts: StageCounts

  /**
   * Opens everything; nothing runs before `start`.
   * @throws ConfigProblem when the spool is in use by another agent, or a file that the configuration names cannot be read
   */
  static async open(config: LoadedConfig, log: Log, counts: StageCounts): Promise<Collection> {
    const { spool } = config.settings
    const opened = await openSpool({
      folder: join(config.dataDir, 'spool'),
      maxBytes: spool.maxBytes,
      maxAgeMs: spool.maxAge,
      fsync: spool.fsync,
      destinations: config.destinations.map(({ name }) => name),
      now: Date.now,
      log,
    })
    try {
      const collection = new Collection(config, log, counts, opened)
      if (config.housekeeping.length > 0) {
        const { createHousekeeper } = await import('../housekeeping/index.ts')
        collection.#housekeeper = createHousekeeper({ rules: config.housekeeping, safe: collection.#isShipped, log })
      }
      return collection
    } catch (error) {
      await opened.close()
      throw error
    }
  }

  private constructor(config: LoadedConfig, log: Log, counts: StageCounts, spool: Spool) {
    const { settings } = config
    this.#config = config
    this.#log = log
    this.#spool = spool
    this.#counts = counts
    this.#assembler = new Assembler({ spool, maxBytes: settings.batch.maxBytes, maxWaitMs: settings.batch.maxWait })
    this.#records = new SampleRecords(this.#assembler, settings.batch.maxBytes)
    this.#shippers = createShippers({ destinations: config.destinations, spool, log, now: Date.now })
    const room = new Room({
      spool,
      assembler: this.#assembler,
      readAheadBytes: settings.spool.readAhead,
      maxMemoryBytes: settings.memory.max,
    })
    this.#inputs = config.inputs.map((configured) => this.#open(configured, room))
  }

  /** Undefined when no rule asks for it. */
  get housekeeper(): Housekeeper | undefined {
    return this.#housekeeper
  }

  start(): void {
    this.#shippers.start()
    this.#housekeeper?.start()
    for (const { input } of this.#inputs) input.start()
  }

  /**
   * Ends reading, puts everything read into the spool and lets the running requests end. What is not delivered stays in the
   * spool for the next start.
   */
  async stop(): Promise<void> {
    await this.#housekeeper?.stop()
    await Promise.all(this.#inputs.map(({ input }) => input.stop()))
    for (const { intake } of this.#inputs) intake.close()
    this.#assembler.cut()
    this.#records.cut()
    // A full disk may hold the spool up for ever. What it cannot take is read again, as far as its source can be.
    await Promise.race([this.#assembler.settled(), new Promise((late) => setTimeout(late, STOP_WITHIN_MS).unref())])
    await this.#shippers.stop()
    await this.#spool.close()
  }

  /** Resolves when all inputs have come to an end of their own and everything is delivered; never, if one has no end. */
  async finished(): Promise<void> {
    const never = new Promise<void>(() => {})
    if (this.#inputs.length === 0) await never
    await Promise.all(this.#inputs.map(({ input }) => input.done ?? never))
    for (const { intake } of this.#inputs) intake.close()
    this.#assembler.cut()
    this.#records.cut()
    await this.#assembler.settled()
    while (this.#shippers.status().some(({ backlog }) => backlog.records > 0)) {
      await new Promise((again) => setTimeout(again, 50))
    }
  }

  /** Takes samples of the agent itself. */
  writeOwn(samples: readonly Sample[], descriptions: readonly MetricDescription[]): void {
    const labels: Labels = new Map([
      ['job', 'girok-agent'],
      ['instance', hostname()],
      ...Object.entries(this.#config.settings.labels),
    ])
    new SampleIntake(this.#records, labels).write(samples, descriptions)
  }

  /** Metrics that processors make of lines, now. */
  logMetrics(nowMs: number): {
    readonly samples: readonly Sample[]
    readonly descriptions: readonly MetricDescription[]
  } {
    const samples: Sample[] = []
    const descriptions: MetricDescription[] = []
    for (const family of this.#metrics.read()) {
      const { name, kind, help } = family.definition
      descriptions.push({ metric: name, type: kind, help, unit: '' })
      for (const sample of metricSamples(family)) {
        samples.push({
          labels: new Map([['__name__', sample.name], ...sample.labels]),
          value: sample.value,
          timeMs: nowMs,
        })
      }
    }
    return { samples, descriptions }
  }

  /** Whether a destination lists agents. */
  get isListed(): boolean {
    return this.#shippers.wantsReports
  }

  /** Tells the destinations that list agents how this one is. */
  report(status: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#shippers.report(Buffer.from(JSON.stringify(status)))
  }

  get takesSamples(): boolean {
    return this.#config.destinations.some(({ kind }) => kind.takes.includes('samples'))
  }

  status(): Pick<AgentStatus, 'inputs' | 'spool' | 'destinations'> {
    const nowMs = Date.now()
    return {
      inputs: this.#inputs.map(({ configured: { name, kind }, input }) => ({
        name,
        type: kind.name,
        sources: FILE_KINDS.has(kind.name) ? this.#writers.named(name, input.status(), nowMs) : input.status(),
      })),
      spool: this.#spool.usage(),
      destinations: this.#shippers.status(),
    }
  }

  #open(configured: ConfiguredInput, room: Room): OpenInput {
    const labels: Labels = new Map([...Object.entries(this.#config.settings.labels), ...configured.labels])
    const services: StageServices = {
      now: Date.now,
      count: (stage, reason, n) => this.#counts.dropped(configured.name, stage, reason, n),
      fault: (stage, reason) => this.#counts.failed(configured.name, stage, reason),
      metrics: this.#metrics,
    }
    const intake = new LineIntake({
      assembler: this.#assembler,
      room,
      stages: configured.stages,
      services,
      labels,
      clock: createClock(Date.now),
    })
    const input = configured.kind.open(configured.options, {
      name: configured.name,
      labels,
      lines: intake,
      samples: new SampleIntake(this.#records, labels),
      kept: this.#spool.kept,
      ...(this.#config.startPlaces !== undefined && { startPlaces: this.#config.startPlaces }),
      log: (level, message, fields) => this.#log(level, message, { input: configured.name, ...fields }),
      now: Date.now,
    })
    return { configured, input, intake }
  }
}
