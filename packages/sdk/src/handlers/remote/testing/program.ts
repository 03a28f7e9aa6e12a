import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { build } from 'vite'

/** Bundles a TypeScript program of this folder, for processes that a test starts and kills. Gives the path of the file. */
export async function bundled(name: string, outDir: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'silent',
    root: import.meta.dirname,
    build: {
      ssr: join(import.meta.dirname, `${name}.ts`),
      outDir,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
    },
  })
  return join(outDir, `${name}.js`)
}

export interface Program {
  readonly child: ChildProcess
  readonly ended: Promise<void>
  /** What it has written to stdout so far, as lines; an unfinished one is left out. */
  lines(): string[]
}

/** Starts a bundled program with arguments. */
export function run(path: string, ...args: string[]): Program {
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout?.on('data', (chunk) => {
    text += chunk
  })
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  return { child, ended, lines: () => text.split('\n').slice(0, -1) }
}
