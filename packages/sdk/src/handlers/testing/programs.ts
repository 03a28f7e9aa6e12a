import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Programs {
  readonly directory: string
  /** Runs a module that may import these sources from `./sdk.mjs`, and waits for its end. */
  run(source: string, started?: (kill: (signal: NodeJS.Signals) => void) => void): Promise<Ended>
  remove(): void
}

const MODULES = [
  '../../index.ts',
  '../console.ts',
  '../exit.ts',
  '../files/daily.ts',
  '../files/file.ts',
  '../files/rotating.ts',
  '../files/timed.ts',
  '../../processors/dedupe.ts',
]

/** A directory for programs that are run to see how they end; Node itself cannot import TypeScript everywhere. */
export async function createPrograms(): Promise<Programs> {
  const directory = mkdtempSync(join(tmpdir(), 'girok-programs-'))
  const entry = join(directory, 'entry.ts')
  const exports = MODULES.map((module) => {
    return `export * from ${JSON.stringify(fileURLToPath(new URL(module, import.meta.url)))}\n`
  })
  writeFileSync(entry, exports.join(''))
  await build({
    configFile: false,
    envFile: false,
    root: directory,
    logLevel: 'error',
    build: {
      ssr: true,
      outDir: directory,
      emptyOutDir: false,
      minify: false,
      target: 'node20',
      rolldownOptions: { input: { sdk: entry }, output: { entryFileNames: '[name].mjs' } },
    },
  })
  let count = 0
  return {
    directory,
    run(source, started) {
      const path = join(directory, `program-${count++}.mjs`)
      writeFileSync(path, source)
      return ended(path, directory, started)
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

function ended(path: string, cwd: string, started?: (kill: (signal: NodeJS.Signals) => void) => void): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => {
      // `ready` is how a program says that it may be killed.
      if (stdout === '' && started !== undefined) started((signal) => void child.kill(signal))
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}
