/** PostgreSQL and MariaDB of Debian's packages as servers of their own, by a user that is not root. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './sockets.ts'

export interface TestDatabase {
  readonly port: number
  /** A folder with PostgreSQL's socket, or the path of MariaDB's. */
  readonly socket: string
  /** Ends the server; its data stay, and `start` begins it again. */
  stop(): Promise<void>
  start(): void
  dispose(): Promise<void>
}

/** Neither server runs as root. */
const OWNER = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'girok-db-'))
  chmodSync(folder, 0o755)
  if (OWNER.uid !== undefined) chownSync(folder, OWNER.uid, OWNER.gid)
  return folder
}

interface Server {
  readonly folder: string
  readonly port: number
  readonly socket: string
  readonly command: string
  readonly args: readonly string[]
  /** Ends it without waiting for its clients. */
  readonly signal: NodeJS.Signals
}

function serve({ folder, port, socket, command, args, signal }: Server): TestDatabase {
  let child: ChildProcess | undefined
  const start = () => {
    child = spawn(command, args, { ...OWNER, cwd: folder, stdio: 'ignore' })
  }
  const stop = async () => {
    const ending = child
    child = undefined
    if (ending === undefined || ending.exitCode !== null) return
    ending.kill(signal)
    const late = setTimeout(() => ending.kill('SIGKILL'), 10_000)
    await once(ending, 'exit')
    clearTimeout(late)
  }
  start()
  return {
    port,
    socket,
    start,
    stop,
    dispose: async () => {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export async function startPostgres(): Promise<TestDatabase> {
  const folder = ownFolder()
  const [port, version] = [await freePort(), readdirSync('/usr/lib/postgresql').sort().at(-1) ?? '']
  const bin = join('/usr/lib/postgresql', version, 'bin')
  const data = join(folder, 'data')
  const options = [
    '--no-sync',
    '--username=postgres',
    '--auth-local=trust',
    '--auth-host=scram-sha-256',
    '--encoding=UTF8',
  ]
  execFileSync(join(bin, 'initdb'), ['-D', data, ...options], { ...OWNER, cwd: folder, stdio: 'pipe' })
  const args = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-c', 'fsync=off']
  return serve({ folder, port, socket: folder, command: join(bin, 'postgres'), args, signal: 'SIGINT' })
}

export async function startMariadb(): Promise<TestDatabase> {
  const folder = ownFolder()
  const port = await freePort()
  const [data, socket] = [join(folder, 'data'), join(folder, 'server.sock')]
  mkdirSync(data)
  if (OWNER.uid !== undefined) chownSync(data, OWNER.uid, OWNER.gid)
  const install = ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db']
  execFileSync('/usr/bin/mariadb-install-db', install, { ...OWNER, cwd: folder, stdio: 'pipe' })
  const command = ['/usr/sbin/mariadbd', '/usr/bin/mariadbd'].find((path) => existsSync(path)) ?? 'mariadbd'
  const listen = [`--socket=${socket}`, `--port=${port}`, '--bind-address=127.0.0.1', `--pid-file=${folder}/pid`]
  const args = ['--no-defaults', `--datadir=${data}`, ...listen]
  return serve({ folder, port, socket, command, args, signal: 'SIGTERM' })
}
