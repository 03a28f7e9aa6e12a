import { loadavg } from 'node:os'
import { DomainLogger, type DomainLoggerOptions } from './domain-logger.ts'
import { createCpuMeter, diskUsage, memoryUsage } from './host-readings.ts'
import { type GpuReading, type NvidiaSmiOptions, readGpus } from './nvidia-smi.ts'

export interface GPUMonitorOptions extends DomainLoggerOptions {
  /** Between two readings, milliseconds. Default 10,000. */
  readonly intervalMs?: number
  /** How nvidia-smi is called. */
  readonly nvidiaSmi?: Omit<NvidiaSmiOptions, 'background'>
  /** Reads cards that nvidia-smi does not know. Default: nvidia-smi. */
  readonly readGpus?: () => Promise<readonly GpuReading[]>
}

export interface SystemMonitorOptions extends GPUMonitorOptions {
  /** Default true. */
  readonly cpu?: boolean
  /** Default true. */
  readonly memory?: boolean
  /** Paths whose file systems are watched. Default `['/']`. */
  readonly disks?: readonly string[]
  /** Default true: machines without an nvidia-smi say so once. */
  readonly gpu?: boolean
}

/** One thing that is read; message and path name it when it fails. */
interface Reading {
  readonly message: string
  readonly path?: string
  log(background: boolean): void | Promise<void>
}

/**
 * Logs the use of processors, memory, disks and GPUs every ten seconds. The logger is `system.NAME`, the file
 * `system/NAME_20251220_120000.log`. What cannot be read is told once as a WARNING, and again after it worked in between.
 */
export class SystemMonitor extends DomainLogger {
  readonly intervalMs: number
  readonly #readings: readonly Reading[]
  /** What failed at the last reading. */
  readonly #failing = new Set<Reading>()
  #timer: ReturnType<typeof setInterval> | undefined
  #current: Promise<void> | undefined

  constructor(name = 'system_monitor', options: SystemMonitorOptions = {}) {
    const { intervalMs = 10_000 } = options
    if (!(intervalMs >= 100 && intervalMs <= 2 ** 31 - 1)) {
      throw new RangeError(`intervalMs is ${intervalMs}: use milliseconds from 100 to ${2 ** 31 - 1}`)
    }
    super({ loggerName: `system.${name}`, directory: 'system', fileName: name }, options)
    this.intervalMs = intervalMs
    this.#readings = this.#chosen(options)
  }

  /** Logs all readings now and then every `intervalMs`, until stopMonitoring or close. Does not keep a process running. */
  startMonitoring(): void {
    if (this.#timer !== undefined) return
    this.#timer = setInterval(() => void this.#logAll(true), this.intervalMs)
    this.#timer.unref()
    void this.#logAll(true)
  }

  stopMonitoring(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Logs all readings once. While a reading goes on, that one is waited for. Never rejects. */
  logAllMetrics(): Promise<void> {
    return this.#logAll(false)
  }

  override async close(): Promise<void> {
    this.stopMonitoring()
    await this.#current
    await super.close()
  }

  #logAll(background: boolean): Promise<void> {
    this.#current ??= Promise.all(this.#readings.map((reading) => this.#log(reading, background))).then(() => {
      this.#current = undefined
    })
    return this.#current
  }

  async #log(reading: Reading, background: boolean): Promise<void> {
    try {
      await reading.log(background)
      this.#failing.delete(reading)
    } catch (error) {
      if (this.#failing.has(reading)) return
      this.#failing.add(reading)
      const reason = error instanceof Error ? error.message : String(error)
      this.logger.warning(`${reading.message}_unavailable`, { path: reading.path, reason })
    }
  }

  #chosen({ cpu = true, memory = true, disks = ['/'], gpu = true, ...options }: SystemMonitorOptions): Reading[] {
    const readings: Reading[] = []
    if (cpu) {
      const cpuPercent = createCpuMeter()
      readings.push({
        message: 'cpu_metrics',
        log: () => this.logger.info('cpu_metrics', { cpu_percent: cpuPercent(), load_average: loadavg() }),
      })
    }
    if (memory) {
      readings.push({
        message: 'memory_metrics',
        log: () => {
          const { used, total, percent } = memoryUsage()
          this.logger.info('memory_metrics', { memory_used: used, memory_total: total, memory_percent: percent })
        },
      })
    }
    for (const path of disks) {
      readings.push({
        message: 'disk_metrics',
        path,
        log: async () => {
          const { used, total, percent } = await diskUsage(path)
          this.logger.info('disk_metrics', { path, disk_used: used, disk_total: total, disk_percent: percent })
        },
      })
    }
    if (gpu) {
      readings.push({
        message: 'gpu_metrics',
        log: async (background) => {
          const { nvidiaSmi, readGpus: read = () => readGpus({ ...nvidiaSmi, background }) } = options
          for (const one of await read()) this.logger.info('gpu_metrics', { ...one })
        },
      })
    }
    return readings
  }
}

/** A SystemMonitor of the GPUs alone. */
export class GPUMonitor extends SystemMonitor {
  constructor(name = 'gpu_monitor', options: GPUMonitorOptions = {}) {
    super(name, { ...options, cpu: false, memory: false, disks: [] })
  }
}
