import { mkdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/** A TypeScript program made ready to run as a process of its own, for tests that kill processes. */
export interface ChildScript {
  readonly path: string
  remove(): void
}

/** Bundles `entry` (with what it imports of this package; installed packages are left to be found as usual). */
export async function buildChildScript(entry: URL): Promise<ChildScript> {
  const source = fileURLToPath(entry)
  const name = `${basename(source, '.ts')}-${process.pid}`
  // Inside the package, so that installed packages are found from there.
  const outDir = join(dirname(fileURLToPath(import.meta.url)), '../../../node_modules/.girok-tests', name)
  mkdirSync(outDir, { recursive: true })
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      minify: false,
      target: 'node20',
      rolldownOptions: { input: source, output: { entryFileNames: 'child.mjs', format: 'es' } },
    },
    resolve: { conditions: ['girok-source', 'module', 'node', 'import', 'default'] },
    ssr: { resolve: { conditions: ['girok-source', 'module', 'node', 'import', 'default'] } },
  })
  return { path: join(outDir, 'child.mjs'), remove: () => rmSync(outDir, { recursive: true, force: true }) }
}
