/// <reference lib="esnext.disposable" preserve="true" />
import type { Handler } from '../handler.ts'
import { defaultHierarchy, type Hierarchy } from '../hierarchy.ts'
import { levelValue } from '../level.ts'
import type { Logger } from '../logger.ts'
import type { Processor } from '../processor.ts'
import type { LogRecord } from '../record.ts'
import { callSite } from '../source.ts'
import { CapturedList, type CapturedLogs } from './captured.ts'

export interface CaptureOptions {
  /** Default: the process-wide one, that of getLogger. */
  readonly hierarchy?: Hierarchy
  /** Captures records of this logger and of those below. Default: the root, hence all. */
  readonly logger?: string
  /** The level of that logger meanwhile. Default: everything. Loggers below with levels of their own keep them. */
  readonly level?: number | string
  /** Steps that captured records pass before they are kept, after those of the loggers. */
  readonly processors?: readonly Processor[]
  /** Whether records go to the handlers that are there, too. Default false. */
  readonly passOn?: boolean
  /** Whether records tell where the call stands. Default false. */
  readonly source?: boolean
}

/** A capture that goes on until it is stopped. What was captured stays. */
export interface Capture extends CapturedLogs {
  /** Puts loggers back as they were. Idempotent. */
  stop(): void
  [Symbol.dispose](): void
}

interface Running {
  stopped: boolean
  /** Puts the loggers back as they were when the capture began. */
  readonly undo: () => void
}

/** Captures of each hierarchy, the innermost last. One that ends out of turn is undone when those inside of it have ended. */
const running = new WeakMap<Hierarchy, Running[]>()

/**
 * Captures what is logged instead of writing it: `using logs = captureLogs()`, or stop it yourself; or for as long as a
 * function runs: `const logs = await captureLogs(async () => { … })`, which ends it also when the function throws.
 * @throws RangeError for an unknown level
 */
export function captureLogs(options?: CaptureOptions): Capture
export function captureLogs(work: () => unknown, options?: CaptureOptions): Promise<CapturedLogs>
export function captureLogs(
  first: CaptureOptions | (() => unknown) = {},
  second: CaptureOptions = {},
): Capture | Promise<CapturedLogs> {
  return typeof first === 'function' ? captureWhile(first, second) : start(first)
}

async function captureWhile(work: () => unknown, options: CaptureOptions): Promise<CapturedLogs> {
  const capture = start(options)
  try {
    await work()
    return capture
  } finally {
    capture.stop()
  }
}

function start(options: CaptureOptions): Capture {
  const { hierarchy = defaultHierarchy, passOn = false, processors = [], source = false } = options
  const level = levelValue(options.level ?? 0)
  const top = hierarchy.getLogger(options.logger)
  const list = new CapturedList()
  const handler: Handler = {
    name: 'capture',
    level: 0,
    needsSource: source ? callSite : undefined,
    handle(record) {
      if (capture.stopped) return
      for (const one of processed(record, processors)) list.add(one)
    },
  }

  const isBelow = (logger: Logger) => top === hierarchy.root || `${logger.name}.`.startsWith(`${top.name}.`)
  // Loggers below that do not propagate, or have handlers, are captured at the place; a record goes to one handler once.
  const loggers = new Set([top, ...hierarchy.configured().filter(isBelow)])
  const detached: { logger: Logger; handlers: readonly Handler[] }[] = []
  for (const logger of loggers) {
    const handlers = passOn ? [] : [...logger.handlers]
    for (const one of handlers) logger.removeHandler(one)
    logger.addHandler(handler)
    detached.push({ logger, handlers })
  }
  const { ownLevel, propagate } = top
  top.setLevel(level)
  if (!passOn) top.setPropagate(false)

  const capture: Running = {
    stopped: false,
    undo() {
      for (const { logger, handlers } of detached) {
        logger.removeHandler(handler)
        for (const one of handlers) logger.addHandler(one)
      }
      top.setLevel(ownLevel)
      top.setPropagate(propagate)
    },
  }
  const stack = running.get(hierarchy) ?? []
  running.set(hierarchy, stack)
  stack.push(capture)

  function stop(): void {
    capture.stopped = true
    while (stack.at(-1)?.stopped) stack.pop()?.undo()
  }

  return Object.assign(list, { stop, [Symbol.dispose]: stop })
}

function processed(record: LogRecord, processors: readonly Processor[]): readonly LogRecord[] {
  let records: readonly LogRecord[] = [record]
  for (const processor of processors) {
    records = records.flatMap((one) => {
      const result = processor(one)
      return result === undefined
        ? []
        : Array.isArray(result)
          ? (result as readonly LogRecord[])
          : [result as LogRecord]
    })
  }
  return records
}
