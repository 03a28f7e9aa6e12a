/**
 * Who writes where in a spool directory. Every writer has a folder of its own whose name says who it is, so that renaming
 * a folder takes it over in one step that only one process can do: there is no lock that a crash could leave behind.
 */
import { builtin } from './builtin.ts'
import { randomHex } from './keys.ts'

type Fs = typeof import('node:fs')

/** `w.<pid>.<thread>.<start of the process>.<host>.<random>`; pid 0 is nobody. */
const FOLDER = /^w\.(\d+)\.(\d+)\.(\d+)\.([\w-]*)\.[0-9a-f]+$/

/** How long a folder of another machine must have been left alone; a writer touches its own much more often. */
const ABANDONED_AFTER_MS = 60_000

export const TOUCH_EVERY_MS = 15_000

const NOBODY = 'w.0.0.0.-.'

// On globalThis, because a program may hold this library twice.
const REGISTRY = Symbol.for('girok.sdk.spool.folders')
const shared = globalThis as { [REGISTRY]?: Set<string> }
shared[REGISTRY] ??= new Set()
/** Paths of the folders that this thread writes to. */
const ours: Set<string> = shared[REGISTRY]

/** The path of a folder that does not exist yet and is this writer's from the moment that it does. */
export function newFolder(root: string, fs: Fs): string {
  const path = `${root}/${ownPrefix(fs)}${randomHex(6)}`
  ours.add(path)
  return path
}

/** Takes over every folder whose writer has ended; gives their new paths. */
export function takeOver(root: string, fs: Fs): string[] {
  const taken: string[] = []
  for (const name of fs.readdirSync(root).sort()) {
    if (!FOLDER.test(name) || isAlive(`${root}/${name}`, name, fs)) continue
    const path = newFolder(root, fs)
    try {
      fs.renameSync(`${root}/${name}`, path)
      taken.push(path)
    } catch {
      // Another process was quicker, or it may not be moved: either way it is not ours.
      ours.delete(path)
    }
  }
  return taken
}

/** Leaves a folder to whoever comes next; an empty one is removed. */
export function leave(root: string, path: string, fs: Fs): void {
  ours.delete(path)
  try {
    fs.rmdirSync(path)
  } catch {
    try {
      fs.renameSync(path, `${root}/${NOBODY}${randomHex(6)}`)
    } catch {
      // It was never made, or it is taken over when this process has ended.
    }
  }
}

function isAlive(path: string, name: string, fs: Fs): boolean {
  const [, pid, thread, start, host] = FOLDER.exec(name) as unknown as [string, string, string, string, string]
  if (ours.has(path)) return true
  if (pid === '0') return false
  if (host !== hostName()) return Date.now() - modifiedMs(path, fs) < ABANDONED_AFTER_MS
  const running = startOf(Number(pid), fs)
  // A process of that number that began at another time is another one.
  if (running === undefined || running !== start) return false
  return Number(pid) !== process.pid || Number(thread) !== threadId()
}

/** Modification time; the present for what has just gone, which is then somebody else's. */
function modifiedMs(path: string, fs: Fs): number {
  return fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
}

function ownPrefix(fs: Fs): string {
  return `w.${process.pid}.${threadId()}.${startOf(process.pid, fs) ?? '0'}.${hostName()}.`
}

function hostName(): string {
  return (builtin('node:os')?.hostname() ?? '').replace(/[^\w-]/g, '_')
}

function threadId(): number {
  return builtin('node:worker_threads')?.threadId ?? 0
}

/** When a running process began, in ticks since the machine did; `0` where that is not told; undefined for none. */
function startOf(pid: number, fs: Fs): string | undefined {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it runs, as another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined
  }
  try {
    // proc(5): the second field, in parentheses, may hold anything; starttime is the 22nd.
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
    const rest = text.slice(text.lastIndexOf(')') + 2).split(' ')
    // A zombie answers signals and writes no more.
    return rest[0] === 'Z' ? undefined : (rest[19] ?? '0')
  } catch {
    return '0'
  }
}
