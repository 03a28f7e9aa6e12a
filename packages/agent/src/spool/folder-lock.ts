import { closeSync, existsSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ConfigProblem } from '../model/problem.ts'

const PREFIX = 'lock.'
/** Not listening yet. */
const UNBORN = 'new-lock.'
const UNBORN_AGE_MS = 60_000
/** A process that was stopped takes connections and says nothing. */
const ANSWER_MS = 1000
/** Addresses of sockets are short; longer ones are reached through a descriptor of the folder. */
const LONGEST_PATH = 100
const ATTEMPTS = 50

export interface FolderLock {
  release(): Promise<void>
}

/** What a process says that listens in the folder. */
interface Holder {
  /** 0: it does not say. */
  readonly pid: number
  /** It has the folder; otherwise it is looking whether somebody else has. */
  readonly isSure: boolean
}

/**
 * Makes sure that only one process works in a folder: it listens on a socket there, which the kernel closes with the
 * process, however that ends, and then looks for others that do. Of two that come together at least one sees the other;
 * who sees another steps back. Unlike process numbers this holds between containers that share a volume.
 * Throws ConfigProblem that names the other process.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const fd = openSync(folder, 'r')
  const at = (name: string) => {
    const path = join(folder, name)
    return Buffer.byteLength(path) <= LONGEST_PATH ? path : `/proc/self/fd/${fd}/${name}`
  }
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const claim = await Claim.make(at)
      const others = await othersIn(folder, at, claim.name)
      if (others.length === 0 && claim.stands) {
        claim.isSure = true
        return {
          async release() {
            await claim.drop()
            closeSync(fd)
          },
        }
      }
      await claim.drop()
      refuse(
        folder,
        others.find(({ isSure }) => isSure),
      )
      await pause(20 + Math.random() * 100)
    }
    throw new ConfigProblem(`the spool folder ${folder} is being taken by several processes at once: start only one`)
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** A socket on which this process listens in the folder. */
class Claim {
  readonly name: string
  isSure = false
  readonly #path: string
  readonly #server: Server

  private constructor(name: string, path: string) {
    this.name = name
    this.#path = path
    this.#server = createServer((socket) => {
      socket.on('error', () => socket.destroy())
      socket.end(`${process.pid} ${this.isSure ? 'sure' : 'looking'}\n`)
    })
    this.#server.unref()
  }

  static async make(at: (name: string) => string): Promise<Claim> {
    const suffix = `${process.pid}-${Math.random().toString(36).slice(2)}`
    const claim = new Claim(`${PREFIX}${suffix}`, at(`${PREFIX}${suffix}`))
    // Under the name by which others look it listens from the first moment on.
    const unborn = at(`${UNBORN}${suffix}`)
    await claim.#listen(unborn)
    renameSync(unborn, claim.#path)
    return claim
  }

  /** Others still see it. */
  get stands(): boolean {
    return existsSync(this.#path)
  }

  async drop(): Promise<void> {
    rmSync(this.#path, { force: true })
    await new Promise<void>((done) => this.#server.close(() => done()))
  }

  #listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', ({ message }) => {
        reject(new ConfigProblem(`the spool folder cannot be locked by a socket in it: ${message}`))
      })
      this.#server.listen(path, resolve)
    })
  }
}

/** Who else listens in the folder. What processes have left that were killed is removed. */
async function othersIn(folder: string, at: (name: string) => string, own: string): Promise<Holder[]> {
  const others: Holder[] = []
  for (const name of readdirSync(folder)) {
    if (name.startsWith(UNBORN)) {
      const changed = statSync(at(name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
      if (Date.now() - changed > UNBORN_AGE_MS) rmSync(at(name), { force: true })
    }
    if (!name.startsWith(PREFIX) || name === own) continue
    const holder = await holderOf(at(name))
    if (holder === undefined) rmSync(at(name), { force: true })
    else others.push(holder)
  }
  return others
}

/** Who listens on a socket; undefined when nobody does. */
function holderOf(path: string): Promise<Holder | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    let text = ''
    const end = (found: Holder | undefined) => {
      socket.destroy()
      resolve(found)
    }
    // Who hangs up without a word has just ended: that is for the next look.
    const told = () => {
      const [pid, state] = text.trim().split(' ')
      end({ pid: Number(pid) || 0, isSure: state === 'sure' })
    }
    socket.setTimeout(ANSWER_MS, () => end({ pid: 0, isSure: true }))
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('end', told)
    socket.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ENOTSOCK') end(undefined)
      else if (code === 'ECONNRESET' || code === 'EPIPE') told()
      else reject(new ConfigProblem(`${path} cannot be asked who works there: ${message}`))
    })
  })
}

function refuse(folder: string, holder: Holder | undefined): void {
  if (holder === undefined) return
  const { pid } = holder
  const other = pid === 0 ? 'another process' : `process ${pid}${commandOf(pid)}`
  const who = pid === process.pid ? 'this process itself' : other
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
