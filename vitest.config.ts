import { defineConfig } from 'vitest/config'

// Packages import one another by name; the "girok-source" condition resolves those names to TypeScript sources, so that
// tests never run against a stale build.
export default defineConfig({
  resolve: { conditions: ['girok-source', 'module', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: ['girok-source', 'module', 'node', 'import', 'default'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/src/**/*.test.tsx',
      'examples/src/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    // chDB allows one data directory per process, and its library must not be unloaded: one process per file.
    pool: 'forks',
    // Operations of the storage engine each hold a thread of this pool; its size counts only before node starts.
    env: { UV_THREADPOOL_SIZE: '16' },
    setupFiles: ['scripts/watchdog.mjs'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
  },
})
