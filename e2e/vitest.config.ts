import { defineConfig } from 'vitest/config'

// One file at a time unless the run says otherwise: these tests start servers, kill them and fill disks. Packages are the
// built ones.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
})
