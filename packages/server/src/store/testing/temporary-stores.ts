import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { openStore, type StoreOptions } from '../open.ts'
import type { LogStore } from '../store.ts'

/** Stores of the file that calls this, in folders that are removed after its tests. */
export function temporaryStores(name: string): {
  readonly newDir: () => string
  /** Opens a store, however little of the disk is free, and closes it again. */
  readonly withStore: (options: StoreOptions, use: (store: LogStore) => Promise<void>) => Promise<void>
} {
  const dirs: string[] = []
  afterAll(() => {
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true })
  })
  return {
    newDir() {
      const dir = mkdtempSync(join(tmpdir(), `girok-${name}-`))
      dirs.push(dir)
      return dir
    },
    async withStore(options, use) {
      const store = await openStore({ minFreeDiskBytes: 0, ...options })
      try {
        await use(store)
      } finally {
        await store.close()
      }
    },
  }
}
