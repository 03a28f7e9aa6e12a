/** Runs what documents tell users to type, in a folder of its own where the packages of this repository are installed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, temporaryFolder } from './server.ts'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  /** stdout and stderr so far. */
  output(): string
  readonly ended: Promise<Ended>
  /** Ends the program and all that it started. */
  stop(signal?: NodeJS.Signals): Promise<Ended>
}

export interface Workshop {
  readonly folder: string
  /** A program of that name on the PATH, as a shell script. */
  program(name: string, script: string): void
  /** Writes a file into the folder; its path. */
  file(name: string, text: string): string
  start(command: string, args: readonly string[], env?: Readonly<Record<string, string>>): Running
  /** Runs to the end; throws with the output when it fails. */
  run(command: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>
  /** A shell script; any failing command fails it. */
  shell(text: string, env?: Readonly<Record<string, string>>): Promise<Ended>
  dispose(): Promise<void>
}

const LONGEST_MS = 60_000

export function createWorkshop(): Workshop {
  const folder = temporaryFolder()
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const running = new Set<Running>()

  function start(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    // A group of its own, so that the programs of a pipe end with the shell.
    const child = spawn(command, args, {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PATH: `${bin}:${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`,
        NO_COLOR: '1',
        // A command that is not here must fail instead of being fetched.
        npm_config_yes: 'false',
        npm_config_update_notifier: 'false',
        ...env,
      },
    })
    const handle = follow(child)
    running.add(handle)
    handle.ended.finally(() => running.delete(handle)).catch(() => undefined)
    return handle
  }

  async function run(command: string, args: readonly string[], env?: Readonly<Record<string, string>>) {
    const program = start(command, args, env)
    const timer = setTimeout(() => void program.stop('SIGKILL'), LONGEST_MS)
    const ended = await program.ended
    clearTimeout(timer)
    if (ended.code !== 0) {
      throw new Error(`${command} ${args.join(' ')}\nended with ${ended.code}:\n${ended.stdout}${ended.stderr}`)
    }
    return ended
  }

  return {
    folder,
    program(name, script) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
      chmodSync(join(bin, name), 0o755)
    },
    file(name, text) {
      const path = join(folder, name)
      writeFileSync(path, text)
      return path
    },
    start,
    run,
    shell: (text, env) => run('sh', ['-e', '-c', text], env),
    async dispose() {
      await Promise.all([...running].map((program) => program.stop('SIGKILL')))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function follow(child: ChildProcess): Running {
  const text = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => {
    text.stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    text.stderr += chunk
  })
  const ended = new Promise<Ended>((done, failed) => {
    child.on('error', failed)
    child.on('close', (code) => done({ code, ...text }))
  })
  return {
    output: () => text.stdout + text.stderr,
    ended,
    stop(signal = 'SIGTERM') {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal)
      } catch {
        // It has ended by itself.
      }
      return ended
    },
  }
}
