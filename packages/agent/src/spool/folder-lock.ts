import { closeSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { ConfigProblem } from '../model/problem.ts'

const NAME = 'lock'
/** A process that was stopped takes connections and says nothing. */
const ANSWER_MS = 1000
/** Addresses of sockets are short; longer ones are reached through a descriptor of the folder. */
const LONGEST_PATH = 100
const ATTEMPTS = 10

export interface FolderLock {
  release(): Promise<void>
}

/**
 * Makes sure that only one process works in a folder: it listens on a socket there, which nobody can do a second time, and
 * which the kernel closes with the process, however that ends. Unlike process numbers this holds between containers that
 * share a volume. Throws ConfigProblem that names the other process.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const fd = openSync(folder, 'r')
  const at = (name: string) => {
    const path = join(folder, name)
    return Buffer.byteLength(path) <= LONGEST_PATH ? path : `/proc/self/fd/${fd}/${name}`
  }
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const server = await listen(at(NAME))
      if (server !== undefined) return { release: () => release(server, fd) }
      refuse(folder, await holder(at(NAME)))
      // Nobody listens: its process was killed. Whoever moves it away has it; it is looked at once more, because in
      // between somebody may have done the same and listen already.
      const stale = `${NAME}.${process.pid}.${Date.now()}`
      try {
        renameSync(at(NAME), at(stale))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue
        throw error
      }
      const found = await holder(at(stale))
      if (found !== undefined) renameSync(at(stale), at(NAME))
      refuse(folder, found)
      rmSync(at(stale), { force: true })
    }
    throw new ConfigProblem(`the spool folder ${folder} is being taken by several processes at once: start only one`)
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** A server on the address; undefined when there is something. */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy())
      socket.end(`${process.pid}\n`)
    })
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(new ConfigProblem(`the spool folder cannot be locked by a socket in it: ${error.message}`))
    })
    server.listen(path, () => resolve(server))
    server.unref()
  })
}

async function release(server: Server, fd: number): Promise<void> {
  await new Promise<void>((done) => server.close(() => done()))
  closeSync(fd)
}

/** Who listens: its process number, 0 when it does not say; undefined when nobody does. */
function holder(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    let text = ''
    socket.setTimeout(ANSWER_MS, () => end(0))
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('end', () => end(Number(text) || 0))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const { code } = error
      if (code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ENOTSOCK') end(undefined)
      else if (code === 'ECONNRESET' || code === 'EPIPE') end(Number(text) || 0)
      else reject(new ConfigProblem(`${path} cannot be asked who works there: ${error.message}`))
    })
    const end = (found: number | undefined) => {
      socket.destroy()
      resolve(found)
    }
  })
}

function refuse(folder: string, pid: number | undefined): void {
  if (pid === undefined) return
  const who = pid === process.pid ? 'this process itself' : `process ${pid}${commandOf(pid)}`
  throw new ConfigProblem(
    `the spool folder ${folder} is in use by ${who}: stop it, or give this agent a data directory of its own`,
  )
}

function commandOf(pid: number): string {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim()
    return command === '' ? '' : ` (${command.slice(0, 200)})`
  } catch {
    // Of another container, or just gone: its number must do.
    return ''
  }
}
