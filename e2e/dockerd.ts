/** A Docker daemon of the tests' own: private files and socket, no network, one image made of busybox. */
import { execFile, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from './server.ts'

const run = promisify(execFile)
const IMAGE = 'busybox-of-tests'
const START_MS = 60_000

export interface Dockerd {
  /** Runs a shell script in a container with these options of `docker run`; resolves with its output when it has ended. */
  run(options: readonly string[], script: string): Promise<string>
  stop(): Promise<void>
}

/** Resolves with the daemon, or with the reason why it cannot run on this machine; throws when it is not installed. */
export async function startDockerd(
  env: Readonly<Record<string, string>>,
): Promise<Dockerd | { readonly reason: string }> {
  const busybox = '/bin/busybox'
  for (const file of ['/usr/sbin/dockerd', busybox]) {
    // Nothing that a machine cannot do: .ci/run installs them.
    if (!existsSync(file)) throw new Error(`${file} is missing: install docker.io and busybox-static`)
  }
  const folder = temporaryFolder()
  const host = `unix://${join(folder, 'socket')}`
  const args = ['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '-H', host]
  const isolated = ['--iptables=false', '--ip6tables=false', '--bridge=none', '--storage-driver=vfs']
  const child = spawn('dockerd', [...args, '--pidfile', join(folder, 'pid'), ...isolated], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', (chunk) => {
    log = `${log}${chunk}`.slice(-20_000)
  })
  const ended = new Promise<void>((done) => {
    child.on('error', (error) => {
      log += error.message
      done()
    })
    child.on('exit', () => done())
  })
  const docker = (...words: readonly string[]) => run('docker', ['-H', host, ...words], { timeout: START_MS })
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
  const runContainer = async (options: readonly string[], script: string) => {
    const { stdout } = await docker('run', '--rm', '--network', 'none', ...options, IMAGE, '/bin/sh', '-c', script)
    return stdout
  }
  try {
    const deadline = Date.now() + START_MS
    for (let up = false; !up; ) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error('dockerd does not answer')
      up = await docker('version').then(
        () => true,
        () => false,
      )
      if (!up) await new Promise((done) => setTimeout(done, 200))
    }
    const bin = join(folder, 'rootfs/bin')
    mkdirSync(bin, { recursive: true })
    copyFileSync(busybox, join(bin, 'busybox'))
    for (const name of ['sh', 'seq', 'sleep', 'head', 'tr']) symlinkSync('busybox', join(bin, name))
    await run('tar', ['-C', join(folder, 'rootfs'), '-cf', join(folder, 'image.tar'), '.'])
    await docker('import', join(folder, 'image.tar'), IMAGE)
    if ((await runContainer(['--log-driver', 'none'], 'echo it runs')) !== 'it runs\n')
      throw new Error('no container runs')
  } catch (error) {
    await stop()
    return { reason: `${(error as Error).message}\n${log}` }
  }
  return { run: runContainer, stop }
}
