/** The original Alertmanager and its amtool, as Debian has them or where ALERTMANAGER and AMTOOL name others. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './server.ts'

export const ALERTMANAGER = process.env.ALERTMANAGER ?? 'prometheus-alertmanager'
export const AMTOOL = process.env.AMTOOL ?? 'amtool'

export interface TestAlertmanager {
  readonly url: string
  /** Path of its configuration. */
  readonly file: string
  /** Ends it and removes its folder. */
  dispose(): Promise<void>
}

/** Version of a program of that family as numbers: [0, 33, 1]. */
export function versionOf(program: string): readonly number[] {
  const said = execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  return (/version (\d+)\.(\d+)\.(\d+)/.exec(said) ?? []).slice(1).map(Number)
}

/** @param configuration text of an alertmanager.yml */
export async function startAlertmanager(configuration: string, program = ALERTMANAGER): Promise<TestAlertmanager> {
  const folder = temporaryFolder()
  const file = join(folder, 'alertmanager.yml')
  writeFileSync(file, configuration)
  const child = spawn(
    program,
    [
      `--config.file=${file}`,
      `--storage.path=${join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      '--cluster.listen-address=',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const ended = new Promise<void>((done) => child.on('exit', () => done()))
  let output = ''
  const url = await new Promise<string>((found, failed) => {
    child.stderr.on('data', (chunk) => {
      output += chunk
      const address = /Listening on.*?address=(127\.0\.0\.1:\d+)/.exec(output)?.[1]
      if (address !== undefined) found(`http://${address}`)
    })
    child.on('error', failed)
    child.on('exit', () => failed(new Error(output)))
  })
  return {
    url,
    file,
    async dispose() {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface Said {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs amtool against a server, in UTC and without a configuration of its own. */
export function amtool(url: string, args: readonly string[], stdin = ''): Promise<Said> {
  return new Promise((done) => {
    const all = url === '' ? args : [`--alertmanager.url=${url}`, ...args]
    const env = { ...process.env, TZ: 'UTC', HOME: '/nonexistent', USER: 'tester' }
    const child = execFile(AMTOOL, all, { env, timeout: 30_000 }, (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
    )
    child.stdin?.end(stdin)
  })
}
