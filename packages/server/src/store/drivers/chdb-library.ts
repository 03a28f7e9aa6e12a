import { GirokError } from '../../model/errors.ts'

/** What this driver uses of the package `chdb`; written down here because the package may be absent. */
export interface ChdbLibrary {
  readonly Session: new (path: string, options: { readonly connectionArgs: readonly string[] }) => ChdbSession
  drainPending(): Promise<void>
}

export interface ChdbSession {
  queryAsync(sql: string, options: { readonly format: string }): Promise<{ bytes(): Uint8Array }>
  queryStream(sql: string, options: { readonly format: string }): ChdbStream
  insert(insert: {
    readonly table: string
    readonly columns: readonly string[]
    readonly values: Buffer
    readonly format: 'TabSeparated'
    readonly settings: Readonly<Record<string, string | number>>
  }): Promise<unknown>
  close(): void
}

export interface ChdbStream extends AsyncIterable<{ raw(): Uint8Array }> {
  cancel(): void
}

/**
 * Loads the embedded engine. Rejects with a GirokError that names the platforms with a build when there is none here.
 * `load` is for tests.
 */
export async function loadChdb(load: () => Promise<unknown> = () => import('chdb')): Promise<ChdbLibrary> {
  try {
    return (await load()) as ChdbLibrary
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error)
    throw new GirokError(
      'store_failed',
      'the embedded storage engine (package chdb) cannot be loaded here ' +
        `(${process.platform} ${process.arch}): ${reason}. It has builds for Linux x64 and arm64 with glibc (not musl, ` +
        'as in Alpine) and for macOS x64 and arm64. Elsewhere set store.url to a ClickHouse server; on Windows, WSL ' +
        'also works. If this platform is one of those, install without --omit=optional.',
      { cause: error },
    )
  }
}

/**
 * Runs `open` with another time zone. The engine takes its zone from the environment when the first session opens and
 * ignores the one in its configuration file; unless it is UTC, day partitions follow the zone of the host.
 */
export function inZone<T>(zone: string, open: () => T): T {
  const before = process.env.TZ
  process.env.TZ = zone
  try {
    return open()
  } finally {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  }
}
