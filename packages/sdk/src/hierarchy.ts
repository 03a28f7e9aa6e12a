import { type Complain, createComplaints } from './complaints.ts'
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
  /** Flushes and closes the handlers of all loggers. */
  close(): Promise<void>
}

export interface HierarchyOptions {
  /** Milliseconds since the epoch; replaced in tests. */
  readonly now?: () => number
  /** Takes records while no handler is registered. Default: warnings and above as text on the console. */
  readonly lastResort?: Handler
  /** Told of handlers that throw. Default: console.error, once a minute. */
  readonly complain?: Complain
}

/** A hierarchy of its own, apart from the process-wide one of getLogger: for tests and for programs inside programs. */
export function createHierarchy(options: HierarchyOptions = {}): Hierarchy {
  const shared: Shared = {
    now: options.now ?? Date.now,
    complain: options.complain ?? createComplaints(),
    lastResort: options.lastResort ?? consoleHandler({ level: LEVELS.WARNING }),
  }
  const rootNode = new Node('root', undefined, shared, LEVELS.WARNING)
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

  function* handlersBelow(node: Node): Iterable<Handler> {
    yield* node.handlers
    for (const child of node.children.values()) yield* handlersBelow(child)
  }

  return {
    root,
    getLogger(name = '') {
      let logger = loggers.get(name)
      if (logger === undefined) {
        logger = new Logger(nodeOf(name))
        loggers.set(name, logger)
      }
      return logger
    },
    async close() {
      await Promise.all([...new Set(handlersBelow(rootNode))].map((handler) => handler.close?.()))
    },
  }
}

const processWide = createHierarchy()

/** The process-wide root logger. */
export const root = processWide.root

/** See {@link Hierarchy.getLogger}, of the process-wide hierarchy. */
export const getLogger: (name?: string) => Logger = processWide.getLogger

/** Flushes and closes every handler of the process-wide hierarchy. Call it before the program ends. */
export const shutdown: () => Promise<void> = processWide.close
