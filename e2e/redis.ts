/** Debian's redis-server on a free port, which may be killed and started again: what it has answered is on its disk. */
import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { Redis, type RedisOptions } from 'ioredis'
import { eventually, temporaryFolder } from './server.ts'
import { freePort } from './sockets.ts'

/** Without the option that would change the type of the client. */
type ClientOptions = Omit<RedisOptions, 'replyMapping'>

export interface TestRedis {
  readonly url: string
  readonly port: number
  /** A connection for the test itself; closed by `dispose`. */
  readonly client: (options?: ClientOptions) => Redis
  readonly start: () => Promise<void>
  /** SIGKILL. */
  readonly kill: () => Promise<void>
  readonly dispose: () => Promise<void>
}

export async function startRedis(flags: readonly string[] = []): Promise<TestRedis> {
  const folder = temporaryFolder()
  const port = await freePort()
  const clients: Redis[] = []
  let child: ChildProcess | undefined
  const start = async () => {
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes']
    const started = spawn('redis-server', [...own, '--appendfsync', 'always', '--daemonize', 'no', ...flags])
    let output = ''
    started.on('error', (error) => {
      output += `redis-server cannot be started (apt-get install redis-server): ${error.message}`
    })
    started.stdout.on('data', (chunk) => {
      output += chunk
    })
    child = started
    await eventually(() => {
      if (started.exitCode !== null || started.pid === undefined) throw new Error(output)
      return output.includes('Ready to accept connections')
    })
  }
  const kill = async () => {
    const running = child
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    const ended = new Promise((done) => running.once('exit', done))
    running.kill('SIGKILL')
    await ended
  }
  await start()
  const url = `redis://127.0.0.1:${port}`
  return {
    url,
    port,
    start,
    kill,
    client: (options: ClientOptions = {}) => {
      const made = new Redis({ ...options, host: '127.0.0.1', port })
      // It connects again by itself.
      made.on('error', () => {})
      clients.push(made)
      return made
    },
    dispose: async () => {
      for (const client of clients) client.disconnect()
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
