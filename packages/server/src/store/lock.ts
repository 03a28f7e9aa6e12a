import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { GirokError } from '../model/errors.ts'
import { hasFileOpen } from './open-files.ts'
import { startedMs } from './process-start.ts'

/** Holds a data directory for this process. */
export interface DirectoryLock {
  /** Removes the lock file, if it is still ours. Idempotent. */
  release(): void
}

const LOCK = 'girok.lock'
const TAKEOVER = 'girok.lock.takeover'
/** Taking over takes milliseconds; a takeover that is older was interrupted. */
const TAKEOVER_STALE_MS = 5000
/** File times and start times of processes come from clocks of different grain. */
const CLOCK_GRAIN_MS = 2000
const ATTEMPTS = 100

/** Directories that this process holds: its own pid in a lock file means a stale lock otherwise (containers reuse pids). */
const heldHere = new Set<string>()

/**
 * Makes the directory (mode 0700) when it is missing and writes `girok.lock`, which holds this process's pid and nothing
 * else. Rejects with `store_failed` when a living process holds it (the message names its pid) or when the directory
 * cannot be written. A lock left by a process that is gone, or whose pid now belongs to another process, is replaced.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const path = resolve(directory)
  prepareDirectory(path)
  if (heldHere.has(path)) throw inUse(path, process.pid)
  heldHere.add(path)
  let descriptor: number
  try {
    descriptor = await writeLock(path)
  } catch (error) {
    heldHere.delete(path)
    throw error instanceof GirokError ? error : notWritable(path, error)
  }
  let isHeld = true
  return {
    release() {
      if (!isHeld) return
      isHeld = false
      heldHere.delete(path)
      closeSync(descriptor)
      if (readPid(path) === process.pid) rmSync(join(path, LOCK), { force: true })
    },
  }
}

function prepareDirectory(path: string): void {
  try {
    makeDirectory(path)
    const entries = readdirSync(path)
    // What is stored is private. A directory with other people's files in it keeps the mode that they gave it.
    const isOurs = entries.length === 0 || entries.includes('store') || entries.includes(LOCK)
    if (isOurs && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o700)
  } catch (error) {
    throw notWritable(path, error)
  }
}

/** Node's own recursive mkdir never returns where a file system lets nothing be made (/proc). */
function makeDirectory(path: string): void {
  if (existsSync(path)) return
  makeDirectory(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

/** Returns the open descriptor of the lock file: a pid may be reused, but only the holder has the file open. */
async function writeLock(path: string): Promise<number> {
  // Written aside and linked into place, so that the lock file never exists without its content.
  const aside = join(path, `${LOCK}.${process.pid}.${randomBytes(4).toString('hex')}`)
  const descriptor = openSync(aside, 'wx', 0o600)
  let isHeld = false
  try {
    writeFileSync(descriptor, String(process.pid))
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      isHeld = succeeds('EEXIST', () => linkSync(aside, join(path, LOCK)))
      if (isHeld) return descriptor
      const holder = await livingHolder(path)
      if (holder !== undefined) throw inUse(path, holder)
      if (!(await removeStale(path))) await pause(20)
    }
  } finally {
    rmSync(aside, { force: true })
    if (!isHeld) closeSync(descriptor)
  }
  throw new GirokError('store_failed', `the lock ${join(path, LOCK)} keeps changing hands; remove it if no Girok runs`)
}

/** Pid of the process that holds the lock; undefined when nobody does. */
async function livingHolder(path: string): Promise<number | undefined> {
  const pid = readPid(path)
  if (pid === undefined || pid === process.pid || !isAlive(pid)) return undefined
  const isOpen = hasFileOpen(pid, join(path, LOCK))
  if (isOpen !== undefined) return isOpen ? pid : undefined
  const writtenMs = statSync(join(path, LOCK), { throwIfNoEntry: false })?.mtimeMs
  if (writtenMs === undefined) return undefined
  const started = await startedMs(pid)
  // A process that began after the lock was written did not write it: its pid was reused.
  return started !== undefined && started > writtenMs + CLOCK_GRAIN_MS ? undefined : pid
}

/** Removes a stale lock, one process at a time: two that both saw it stale would else remove each other's new lock. */
async function removeStale(path: string): Promise<boolean> {
  const takeover = join(path, TAKEOVER)
  if (!succeeds('EEXIST', () => closeSync(openSync(takeover, 'wx', 0o600)))) {
    const sinceMs = statSync(takeover, { throwIfNoEntry: false })?.mtimeMs
    if (sinceMs !== undefined && Date.now() - sinceMs > TAKEOVER_STALE_MS) rmSync(takeover, { force: true })
    return false
  }
  try {
    if ((await livingHolder(path)) === undefined) rmSync(join(path, LOCK), { force: true })
    return true
  } finally {
    rmSync(takeover, { force: true })
  }
}

function readPid(path: string): number | undefined {
  let text: string
  try {
    text = readFileSync(join(path, LOCK), 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** False when `action` fails with that code; other failures are thrown. */
function succeeds(code: string, action: () => void): boolean {
  try {
    action()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === code) return false
    throw error
  }
}

function inUse(path: string, pid: number): GirokError {
  return new GirokError(
    'store_failed',
    `the data directory ${path} is in use by another Girok (pid ${pid}). Stop that one, or choose another directory ` +
      'with --data.',
  )
}

function notWritable(path: string, error: unknown): GirokError {
  const reason = error instanceof Error ? error.message : String(error)
  return new GirokError(
    'store_failed',
    `the data directory ${path} cannot be written: ${reason}. Give this user the right to write there, or choose ` +
      'another directory with --data.',
    { cause: error },
  )
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, ms)
  })
}
