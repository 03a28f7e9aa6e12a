import type { Fields } from '../fields.ts'
import { copyOf } from './copy-of.ts'
import { DomainLogger, type DomainLoggerOptions } from './domain-logger.ts'
import { createCpuMeter, diskUsage, memoryUsage } from './host-readings.ts'
import { textOf } from './text-table.ts'

/** What the application tells of itself; further figures may be added. */
export interface ApplicationMetrics extends Fields {
  readonly requests_per_minute: number
  /** Seconds. */
  readonly average_response_time: number
  /** 0 to 1. */
  readonly error_rate: number
  /** 0 to 1. */
  readonly cache_hit_rate: number
}

/** Use of the machine, 0 to 100. */
export interface SystemReading {
  readonly cpu_percent: number
  readonly memory_percent: number
  /** Undefined when the file system cannot be asked. */
  readonly disk_percent: number | undefined
}

export interface HealthStatus {
  readonly status: 'healthy' | 'unhealthy'
  /** ISO 8601, UTC. */
  readonly timestamp: string
  readonly system: SystemReading
  readonly application: ApplicationMetrics
  readonly checks: {
    readonly high_cpu: boolean
    readonly high_memory: boolean
    readonly high_error_rate: boolean
  }
}

export interface HealthTexts {
  readonly metricsUpdated: (metrics: ApplicationMetrics) => string
}

const TEXTS: HealthTexts = { metricsUpdated: () => '성능 메트릭 업데이트' }

export interface HealthMonitorOptions extends DomainLoggerOptions {
  /** Unhealthy above these. Defaults 80, 80 and 0.05. */
  readonly thresholds?: {
    readonly cpuPercent?: number
    readonly memoryPercent?: number
    readonly errorRate?: number
  }
  /** The file system whose use is told. Default `/`. */
  readonly diskPath?: string
  /** Messages in place of the Korean ones. */
  readonly texts?: Partial<HealthTexts>
  /** Replaced in tests. Default: the machine. */
  readonly readSystem?: () => Promise<SystemReading>
}

/** Whether the machine and the application are well. The logger is NAME, the file `system/NAME_20251220_120000.log`. */
export class HealthMonitor extends DomainLogger {
  readonly #thresholds: { cpuPercent: number; memoryPercent: number; errorRate: number }
  readonly #texts: HealthTexts
  readonly #readSystem: () => Promise<SystemReading>
  #metrics: ApplicationMetrics = {
    requests_per_minute: 0,
    average_response_time: 0,
    error_rate: 0,
    cache_hit_rate: 0,
  }

  constructor(name = 'performance_monitor', options: HealthMonitorOptions = {}) {
    super({ loggerName: name, directory: 'system', fileName: name }, options)
    this.#thresholds = { cpuPercent: 80, memoryPercent: 80, errorRate: 0.05, ...options.thresholds }
    this.#texts = { ...TEXTS, ...options.texts }
    this.#readSystem = options.readSystem ?? systemReader(options.diskPath ?? '/')
  }

  /** Replaces some of the application's figures and logs all of them: INFO, event_type performance_update, `metrics`. */
  updateMetrics(metrics: Partial<ApplicationMetrics>): void {
    this.#metrics = { ...this.#metrics, ...copyOf(metrics) } as ApplicationMetrics
    this.logger.info(textOf(this.#texts.metricsUpdated, this.#metrics), {
      metrics: this.#metrics,
      event_type: 'performance_update',
    })
  }

  /** The load of the processors is that since the status before (or since the monitor was made). */
  async getHealthStatus(): Promise<HealthStatus> {
    const system = await this.#readSystem()
    const checks = {
      high_cpu: system.cpu_percent > this.#thresholds.cpuPercent,
      high_memory: system.memory_percent > this.#thresholds.memoryPercent,
      high_error_rate: this.#metrics.error_rate > this.#thresholds.errorRate,
    }
    return {
      status: Object.values(checks).includes(true) ? 'unhealthy' : 'healthy',
      timestamp: new Date(this.now()).toISOString(),
      system,
      application: { ...this.#metrics },
      checks,
    }
  }

  /** Answers with the status as JSON, 200 or 503: a listener for node:http, a route for Express. Never rejects. */
  handler(): (request: unknown, response: HealthResponse) => Promise<void> {
    return async (_request, response) => {
      let status = 503
      let body: unknown
      try {
        const health = await this.getHealthStatus()
        status = health.status === 'healthy' ? 200 : 503
        body = health
      } catch (error) {
        body = { status: 'unhealthy', error: error instanceof Error ? error.message : String(error) }
      }
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
      response.end(JSON.stringify(body))
    }
  }
}

interface HealthResponse {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body: string): unknown
}

function systemReader(diskPath: string): () => Promise<SystemReading> {
  const cpuPercent = createCpuMeter()
  return async () => ({
    cpu_percent: cpuPercent(),
    memory_percent: memoryUsage().percent,
    // A file system that is away must not hide how the rest is.
    disk_percent: await diskUsage(diskPath).then(
      ({ percent }) => percent,
      () => undefined,
    ),
  })
}
