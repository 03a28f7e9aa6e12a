import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { lstat, mkdir, rm, stat, unlink } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { openBucket } from '../s3/upload.ts'
import { PART, writeGzip } from './atomic-file.ts'
import { type FoundFile, isUnchanged } from './find-files.ts'
import { type Action, isBackup, type Plan, type Safe } from './plan.ts'
import type { CompiledRule } from './rule.ts'
import { tarOf } from './tar.ts'
import { findWrittenFiles, type WrittenFiles } from './written-files.ts'

export interface Done {
  readonly compressed: number
  readonly deleted: number
  readonly backups: number
  readonly uploads: number
  /** Bytes that the disk got back. */
  readonly freedBytes: number
  /** In words: what could not be done, and why. */
  readonly faults: readonly string[]
}

/** Does what was planned; what fails is told and costs only itself. Stops before the next action by the signal. */
export async function run(rule: CompiledRule, planned: Plan, safe: Safe, signal: AbortSignal): Promise<Done> {
  const done = { compressed: 0, deleted: 0, backups: 0, uploads: 0, freedBytes: 0, faults: [] as string[] }
  const failed = new Set<string>()
  // Looked at again: minutes of compressing may have passed since the plan.
  let written: WrittenFiles | undefined
  const mayTouch = async (file: FoundFile): Promise<boolean> => {
    written ??= await findWrittenFiles()
    return (await isUnchanged(file)) && written.writerOf(file) === undefined && 'ok' in safe(file.path)
  }
  for (const action of planned.actions) {
    if (signal.aborted) break
    try {
      if (action.kind === 'backup') {
        for (const fault of await backUp(rule, action, signal)) done.faults.push(fault)
        done.backups++
      } else if (action.kind === 'upload') {
        if (!failed.has(action.path) && (await uploaded(rule, action, signal))) done.uploads++
      } else if (await mayTouch(action.file)) {
        done.freedBytes += action.kind === 'delete' ? await remove(action.file) : await compress(action, safe, signal)
        if (action.kind === 'delete') done.deleted++
        else done.compressed++
      }
    } catch (error) {
      if (signal.aborted) break
      if (action.kind === 'backup') failed.add(action.into)
      done.faults.push(`${action.kind} ${pathOf(action)}: ${(error as Error).message}`)
    }
  }
  return done
}

const pathOf = (action: Action) => ('file' in action ? action.file.path : 'path' in action ? action.path : action.into)

async function remove({ path, bytes }: FoundFile): Promise<number> {
  await unlink(path)
  return bytes
}

async function compress(
  { file, into }: Extract<Action, { kind: 'compress' }>,
  safe: Safe,
  signal: AbortSignal,
): Promise<number> {
  const { mode, uid, gid, mtimeMs: modifiedMs } = await lstat(file.path)
  if (existsSync(into)) {
    if (!(await holdsSame(into, file.path))) throw new Error(`${into} is there already, with something else in it`)
  } else await writeGzip(createReadStream(file.path), into, { mode, uid, gid, modifiedMs }, signal)
  const again = await findWrittenFiles()
  if (!(await isUnchanged(file)) || again.writerOf(file) !== undefined || !('ok' in safe(file.path))) {
    await rm(into)
    throw new Error('was written to while it was compressed; it stays as it is')
  }
  await unlink(file.path)
  return file.bytes - (await stat(into)).size
}

async function holdsSame(packed: string, path: string): Promise<boolean> {
  const hashes = [createHash('sha256'), createHash('sha256')] as const
  try {
    await pipeline(createReadStream(packed), createGunzip(), hashes[0])
  } catch {
    // It is no gzip.
    return false
  }
  await pipeline(createReadStream(path), hashes[1])
  return hashes[0].digest().equals(hashes[1].digest())
}

/** What could not be read whole, in words. */
async function backUp(
  { dailyBackup, exclude }: CompiledRule,
  { folder, into }: Extract<Action, { kind: 'backup' }>,
  signal: AbortSignal,
): Promise<string[]> {
  const faults: string[] = []
  const name = dailyBackup?.name ?? ''
  const home = dirname(into)
  // Archives that lie in the folder itself do not hold one another.
  const skip = (path: string) => {
    const plain = basename(path).replace(PART, '')
    return (dirname(path) === home && isBackup(name, plain)) || exclude.some((glob) => glob.matches(path))
  }
  if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is no folder`)
  await mkdir(home, { recursive: true, mode: 0o750 })
  const content = tarOf(folder, basename(folder), skip, (path, { message }) =>
    faults.push(`backup ${path}: ${message}`),
  )
  await writeGzip(content, into, { mode: 0o640 }, signal)
  return faults
}

/** False when the bucket has it already. */
async function uploaded(
  { dailyBackup }: CompiledRule,
  { path, key }: Extract<Action, { kind: 'upload' }>,
  signal: AbortSignal,
): Promise<boolean> {
  const upload = dailyBackup?.upload
  if (upload === undefined) return false
  const bucket = openBucket(upload)
  const { size } = await stat(path)
  if ((await bucket.size(key, signal)) === size) return false
  await bucket.put(key, path, signal)
  return true
}
