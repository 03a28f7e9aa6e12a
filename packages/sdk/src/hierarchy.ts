import { type Complain, createComplaints, setComplaintOutlet } from './complaints.ts'
import type { Fields } from './fields.ts'
import type { Handler } from './handler.ts'
import { consoleHandler } from './handlers/console.ts'
import { LEVELS } from './level.ts'
import { Logger } from './logger.ts'
import { Node, type Shared } from './node.ts'

export interface Hierarchy {
  /** Level WARNING until it is set. */
  readonly root: Logger
  /**
   * The logger of a dotted name: `foo.bar` is below `foo`, and everything is below the root (no name, or `root`). The
   * same name gives the same logger. Names are kept for ever: make them of what the code is, not of what it works on.
   */
  getLogger(name?: string): Logger
  /** All loggers with a level, a handler, a filter or a processor of their own, the root first; for configuration. */
  configured(): readonly Logger[]
  /** Records held back so far by filters and processors, by reason. */
  readonly dropped: Readonly<Record<string, number>>
  /**
   * Lets processors give out what they hold back, at once; `closing`: for the last time. The handlers of the package call
   * it for the process-wide hierarchy when the process ends.
   */
  flushProcessors(closing: boolean): void
  /** Lets processors give out what they hold back, then resolves when all handlers have delivered or given up. */
  flush(): Promise<void>
  /** Flushes and closes the handlers of all loggers. */
  close(): Promise<void>
}

export interface HierarchyOptions {
  /** Milliseconds since the epoch; replaced in tests. */
  readonly now?: () => number
  /** Takes records while no handler is registered. Default: warnings and above as text on the console. */
  readonly lastResort?: Handler
  /** Told of handlers, filters and processors that throw. Default: a warning of the logger `girok.sdk`, see complaints.ts. */
  readonly complain?: Complain
  /** Fields of all records, as with `root.setDefaults`. */
  readonly defaults?: Fields
}

/** A hierarchy of its own, apart from the process-wide one of getLogger: for tests and for programs inside programs. */
export function createHierarchy(options: HierarchyOptions = {}): Hierarchy {
  const shared: Shared = {
    now: options.now ?? Date.now,
    complain: options.complain ?? createComplaints(),
    lastResort: options.lastResort ?? consoleHandler({ level: LEVELS.WARNING }),
    dropped: new Map(),
  }
  const rootNode = new Node('root', undefined, shared, LEVELS.WARNING)
  rootNode.setDefaults(options.defaults)
  const root = new Logger(rootNode)
  const loggers = new Map<string, Logger>([
    ['', root],
    ['root', root],
  ])

  function nodeOf(name: string): Node {
    let node = rootNode
    for (let at = 0; at <= name.length; ) {
      const dot = name.indexOf('.', at)
      const end = dot === -1 ? name.length : dot
      const part = name.slice(at, end)
      let child = node.children.get(part)
      if (child === undefined) {
        child = new Node(name.slice(0, end), node, shared)
        node.children.set(part, child)
      }
      node = child
      at = end + 1
    }
    return node
  }

  function* nodesBelow(node: Node): Iterable<Node> {
    yield node
    for (const child of node.children.values()) yield* nodesBelow(child)
  }

  const allHandlers = () => [...new Set([...nodesBelow(rootNode)].flatMap((node) => node.handlers))]

  function flushProcessors(closing: boolean): void {
    for (const node of nodesBelow(rootNode)) node.flushProcessors(closing)
  }

  function getLogger(name = ''): Logger {
    let logger = loggers.get(name)
    if (logger === undefined) {
      logger = new Logger(nodeOf(name))
      loggers.set(name, logger)
    }
    return logger
  }

  return {
    root,
    getLogger,
    flushProcessors,
    configured() {
      return [...nodesBelow(rootNode)].filter(isConfigured).map((node) => getLogger(node.name))
    },
    get dropped() {
      return Object.fromEntries(shared.dropped)
    },
    async flush() {
      flushProcessors(false)
      await Promise.all(allHandlers().map((handler) => handler.flush?.()))
    },
    async close() {
      flushProcessors(true)
      await Promise.all(allHandlers().map((handler) => handler.close?.()))
    },
  }
}

function isConfigured(node: Node): boolean {
  return node.ownLevel !== undefined || node.handlers.length + node.filters.length + node.processors.length > 0
}

const processWide = createHierarchy()

/** The process-wide root logger. */
export const root = processWide.root

/** See {@link Hierarchy.getLogger}, of the process-wide hierarchy. */
export const getLogger: (name?: string) => Logger = processWide.getLogger

/** See {@link Hierarchy.flush}, of the process-wide hierarchy. */
export const flush: () => Promise<void> = processWide.flush

/**
 * Flushes and closes every handler of the process-wide hierarchy. File handlers need it not: they flush when the process
 * exits. Handlers that send over a network deliver what waits when the program ends by itself or by a signal; whoever
 * calls process.exit should await this before.
 */
export const shutdown: () => Promise<void> = processWide.close

/** The process-wide hierarchy itself, for configuration. */
export const defaultHierarchy: Hierarchy = processWide

/**
 * The logger `girok.sdk`, to which the library tells its own failures: handlers that throw, destinations that are away,
 * records that were lost. It does not propagate, for a handler that fails must not be told so through itself; without
 * handlers of its own it writes to stderr.
 */
export const metaLogger: Logger = processWide.getLogger('girok.sdk').setPropagate(false)

setComplaintOutlet((line) => metaLogger.warning(line))
