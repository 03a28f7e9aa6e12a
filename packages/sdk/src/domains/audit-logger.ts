import { join, resolve } from 'node:path'
import type { Fields } from '../fields.ts'
import { jsonFormatter } from '../formatters/json.ts'
import type { Handler } from '../handler.ts'
import { createHierarchy } from '../hierarchy.ts'
import { chainFormatter, lastHash } from './audit-chain.ts'
import { copyOf } from './copy-of.ts'
import { DomainLogger, type DomainLoggerOptions, fileStem, logDirectory } from './domain-logger.ts'

/** An access to personal data: who, what, whose and which data, why, and how it ended. */
export interface PersonalDataAccess extends Fields {
  /** Who: a person or a program, `user:ops-7`, `job:export`. */
  readonly actor: string
  /** What was done: `read`, `export`, `delete`. */
  readonly action: string
  /** With what: a table, a file, a route. */
  readonly resource: string
  /** Whose data. */
  readonly subject: string
  /** Which data: names (`['email', 'birth_date']`), never values. */
  readonly personal_data: readonly string[]
  /** Why. */
  readonly purpose: string
  /** By what right: `consent`, `contract`, a law's article. */
  readonly legal_basis: string
  readonly outcome: 'success' | 'denied' | 'failure'
}

const REQUIRED = ['actor', 'action', 'resource', 'subject', 'purpose', 'legal_basis'] as const
const OUTCOMES: readonly unknown[] = ['success', 'denied', 'failure']

/** Two chains in one file would be none. */
const openFiles = new Set<string>()

export interface AuditLoggerOptions extends Omit<DomainLoggerOptions, 'level' | 'formatter'> {
  /** Places besides the file: girokHandler, say. */
  readonly handlers?: readonly Handler[]
  /** Makes the hashes of the chain HMACs, which nobody without the key can make anew. */
  readonly key?: string
}

/**
 * Records who looked at which personal data and why. The logger is NAME, the file `audit/NAME.log`, of which every line is
 * on the disk when the call returns and carries the hash of the line before (see verifyAuditFile).
 *
 * It stands in a hierarchy of its own unless one is given: no level, filter or processor of the program's loggers can hold
 * a record back, and records go to the file and to `handlers` only. The context (withContext) is in them.
 */
export class AuditLogger extends DomainLogger {
  readonly #handlers: readonly Handler[]
  readonly #chained: string | undefined

  constructor(name = 'audit', options: AuditLoggerOptions = {}) {
    const hierarchy = options.hierarchy ?? createHierarchy(options.now === undefined ? {} : { now: options.now })
    const path = resolve(join(logDirectory(options), 'audit', `${fileStem(name)}.log`))
    if (options.logger === undefined && openFiles.has(path)) {
      throw new RangeError(`${path} is written by another AuditLogger of this process: use that one, or close it first`)
    }
    const previous = options.logger === undefined ? lastHash(path) : undefined
    super(
      {
        loggerName: name,
        directory: 'audit',
        fileName: name,
        oneFile: true,
        durability: 'fsync',
      },
      // No formatter of the caller's, types or not: without the chain the file would prove nothing.
      { ...options, hierarchy, level: 'ALL', formatter: chainFormatter(jsonFormatter(), previous, options.key) },
    )
    if (options.logger === undefined) {
      openFiles.add(path)
      this.#chained = path
    }
    this.#handlers = options.handlers ?? []
    for (const handler of this.#handlers) this.logger.addHandler(handler)
  }

  /**
   * INFO `personal_data_access`.
   * @throws TypeError when something is missing: an access that cannot be accounted for should not go on
   */
  logAccess(given: PersonalDataAccess): void {
    const access = copyOf(given)
    const missing: string[] = REQUIRED.filter((name) => typeof access[name] !== 'string' || access[name].trim() === '')
    const { personal_data: names, outcome } = access
    if (!Array.isArray(names) || names.length === 0 || names.some((one) => typeof one !== 'string' || one === '')) {
      missing.push('personal_data (names of the data)')
    }
    if (!OUTCOMES.includes(outcome)) missing.push(`outcome (${OUTCOMES.join(', ')})`)
    if (missing.length > 0) throw new TypeError(`an audit record needs ${missing.join(', ')}`)
    this.logger.info('personal_data_access', access)
  }

  /** Also waits for the other handlers. */
  override async flush(): Promise<void> {
    await Promise.all([super.flush(), ...this.#handlers.map((handler) => handler.flush?.())])
  }

  override async close(): Promise<void> {
    await super.close()
    if (this.#chained !== undefined) openFiles.delete(this.#chained)
    await Promise.all(this.#handlers.map((handler) => handler.close?.()))
  }
}
