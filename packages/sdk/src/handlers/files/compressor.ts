import {
  createReadStream,
  createWriteStream,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  renameSync,
  unlinkSync,
  utimesSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Complain } from '../../complaints.ts'
import { messageOf } from '../error-text.ts'
import { closeQuietly } from './open-file.ts'

const UNFINISHED = '.gz.tmp'

interface Job {
  /** Undefined when the file is not to be compressed any more. */
  path: string | undefined
  /** What is being written. */
  unfinished: string | undefined
  readonly complain: Complain
}

// Of the whole process, the first one is being worked on: a handler that is closed and made anew must not compress what
// the closed one is compressing still, and renames of the new one count for the work of the old one.
const jobs: Job[] = []
let working: Promise<void> | undefined

/**
 * Compresses files that are not written any more, one at a time, in the background: `x` becomes `x.gz`. A crash at any
 * moment leaves `x`, or a complete `x.gz`, or both, never half of one under that name; see `recover`.
 */
export class Compressor {
  readonly #complain: Complain

  constructor(complain: Complain) {
    this.#complain = complain
  }

  add(path: string): void {
    if (jobs.some((job) => job.path === path)) return
    jobs.push({ path, unfinished: undefined, complain: this.#complain })
    working ??= work()
  }

  /** Files keep their place in the queue when they are renamed before or while they are compressed. */
  renamed(from: string, to: string): void {
    for (const job of jobs) if (job.path === from) job.path = to
  }

  /** For a file that was deleted, or that is written on: it stays as it is. */
  forget(path: string): void {
    for (const job of jobs) if (job.path === path) job.path = undefined
  }

  async settled(): Promise<void> {
    await working
  }

  /** Takes up what an earlier process left: all files of a directory whose names are those of files that are finished. */
  recover(directory: string, isFinished: (name: string) => boolean): void {
    const names = new Set(existsSync(directory) ? readdirSync(directory) : [])
    for (const name of names) {
      const path = join(directory, name)
      try {
        if (name.endsWith(UNFINISHED) && isFinished(name.slice(0, -UNFINISHED.length))) {
          if (!jobs.some((job) => job.unfinished === path)) unlinkSync(path)
        } else if (!name.endsWith('.gz') && isFinished(name)) {
          // The compressed file is complete when it has its name; only deleting the other one was not done any more.
          if (names.has(`${name}.gz`)) unlinkSync(path)
          else this.add(path)
        }
      } catch (error) {
        this.#complain(`${path}: ${messageOf(error)}`)
      }
    }
  }
}

async function work(): Promise<void> {
  // Not within the call that rotates: it has a record to write.
  await new Promise((resolve) => setImmediate(resolve))
  for (let job = jobs[0]; job !== undefined; job = jobs[0]) {
    try {
      if (job.path !== undefined) await compress(job, job.path)
    } catch (error) {
      const why = messageOf(error)
      job.complain(`${job.path ?? 'a log file'} cannot be compressed and stays as it is: ${why}`)
    }
    jobs.shift()
  }
  working = undefined
}

async function compress(job: Job, path: string): Promise<void> {
  const unfinished = join(dirname(path), `${basename(path)}${UNFINISHED}`)
  // By descriptor: the name may change before a stream would open it.
  const source = openSync(path, 'r')
  job.unfinished = unfinished
  try {
    const { atime, mtime, mode } = fstatSync(source)
    const from = createReadStream(path, { fd: source, autoClose: false, highWaterMark: 262_144 })
    const to = createWriteStream(unfinished, { mode, flush: true })
    await pipeline(from, createGzip(), to)
    // Whoever deletes logs by age means the age of what is in them.
    utimesSync(unfinished, atime, mtime)
    if (job.path === undefined) unlinkSync(unfinished)
    else {
      renameSync(unfinished, `${job.path}.gz`)
      unlinkSync(job.path)
    }
  } catch (error) {
    if (existsSync(unfinished)) unlinkSync(unfinished)
    throw error
  } finally {
    closeQuietly(source)
  }
}
