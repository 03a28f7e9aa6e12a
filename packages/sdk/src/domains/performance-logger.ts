/// <reference lib="esnext.disposable" preserve="true" />
import type { Fields } from '../fields.ts'
import { asText } from './as-text.ts'
import {
  type Callable,
  type CallBook,
  type CallOptions,
  type LoggedDecorator,
  loggedCall,
  loggedDecorator,
} from './call-log.ts'
import { copyOf } from './copy-of.ts'
import { DomainLogger, type DomainLoggerOptions } from './domain-logger.ts'
import { elapsedMs } from './elapsed.ts'
import { settle } from './settle.ts'
import { type DurationSummary, Durations } from './statistics.ts'

export interface PerformanceLoggerOptions extends DomainLoggerOptions {
  /** Durations kept for each operation: up to so many, quantiles are exact. Default 10,000. */
  readonly maxKept?: number
  /** Operations with statistics; further ones are only logged. Default 1000. */
  readonly maxOperations?: number
}

/** A measurement under way. With `using` it ends with the block. */
export interface OperationTimer {
  /** Logs and counts the operation, gives its duration in milliseconds. Further calls do nothing but give it again. */
  end(tags?: Fields): number
  [Symbol.dispose](): void
}

/**
 * Measures operations and calls. The logger is NAME, the file `performance/NAME_20251220_120000.log`. Durations are of the
 * monotonic clock, unless the option `now` replaces it.
 */
export class PerformanceLogger extends DomainLogger {
  readonly #operations = new Map<string, Durations>()
  readonly #maxKept: number
  readonly #maxOperations: number
  readonly #calls: CallBook = { logger: () => this.logger, now: this.clock }

  constructor(name = 'performance', options: PerformanceLoggerOptions = {}) {
    super({ loggerName: name, directory: 'performance', fileName: name }, options)
    const { maxKept = 10_000, maxOperations = 1000 } = options
    if (!(maxKept >= 1)) throw new RangeError(`maxKept is ${maxKept}, it must be 1 or more`)
    this.#maxKept = maxKept
    this.#maxOperations = maxOperations
  }

  /**
   * Runs `work` and logs how long it took: INFO `Operation completed: OPERATION` with operation, duration_ms and the tags;
   * when it throws or rejects too, then with status error. Gives or throws what `work` does.
   */
  measure<T>(operation: string, work: () => T): T
  measure<T>(operation: string, tags: Fields, work: () => T): T
  measure<T>(operation: string, first: Fields | (() => T), second?: () => T): T {
    const work = (typeof first === 'function' ? first : second) as () => T
    const timer = this.start(operation, typeof first === 'function' ? undefined : first)
    return settle(
      work,
      () => void timer.end(),
      () => void timer.end({ status: 'error' }),
    )
  }

  /** Starts to measure; `end`, or the end of the block of `using`, logs as `measure` does. */
  start(name: string, tags?: Fields): OperationTimer {
    const operation = asText(name)
    const startMs = this.clock()
    let duration: number | undefined
    const end = (more?: Fields) => {
      if (duration !== undefined) return duration
      duration = elapsedMs(this.clock, startMs)
      this.#count(operation, duration)
      const all = { operation, duration_ms: duration, ...copyOf(tags ?? {}, more) }
      this.logger.info(`Operation completed: ${operation}`, all)
      return duration
    }
    return { end, [Symbol.dispose]: () => void end() }
  }

  /**
   * The function, logging its calls: INFO `API call started: NAME` with api_method, request_id (one for both records) and
   * the arguments, then INFO `API call succeeded` or ERROR `API call failed` with duration_ms, status and exception.
   */
  wrap<F extends Callable>(work: F, options: CallOptions = {}): F {
    return loggedCall(this.#calls, options.name ?? (work.name || 'anonymous'), work, options)
  }

  /** `wrap` as a decorator of methods: `@perf.logged() createOrder() {…}`. May be taken off the object. */
  readonly logged = (options: CallOptions = {}): LoggedDecorator => loggedDecorator(this.#calls, options)

  /** By operation, of what `measure` and `start` measured. */
  summary(): Record<string, DurationSummary> {
    const all: [string, DurationSummary][] = []
    for (const [operation, durations] of this.#operations) {
      const summary = durations.summary()
      if (summary !== undefined) all.push([operation, summary])
    }
    return Object.fromEntries(all)
  }

  #count(operation: string, duration: number): void {
    let durations = this.#operations.get(operation)
    if (durations === undefined) {
      if (this.#operations.size >= this.#maxOperations) {
        this.complain(`no statistics of the operation ${operation}: there are ${this.#maxOperations} others already`)
        return
      }
      durations = new Durations(this.#maxKept)
      this.#operations.set(operation, durations)
    }
    durations.add(duration)
  }
}
