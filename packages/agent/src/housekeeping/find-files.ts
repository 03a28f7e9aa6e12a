import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Glob, GlobStep } from '../tail/glob.ts'

/** A regular file as it was when it was looked at. */
export interface FoundFile {
  readonly path: string
  readonly bytes: number
  readonly modifiedMs: number
  readonly device: number
  readonly inode: number
}

/**
 * Regular files that fit a pattern, each once. Unlike collecting, deleting does not follow symbolic links below the part
 * of a pattern that has no wildcards: what a link leads to belongs to somebody else. Folders that cannot be read are told.
 */
export async function findFiles(
  include: readonly Glob[],
  exclude: readonly Glob[],
  fault: (path: string, error: NodeJS.ErrnoException) => void,
): Promise<FoundFile[]> {
  const found = new Map<string, FoundFile>()
  const tell = (path: string, error: unknown) => {
    const known = error as NodeJS.ErrnoException
    if (known.code !== 'ENOENT' && known.code !== 'ENOTDIR') fault(path, known)
  }
  const walk = async (folder: string, steps: readonly GlobStep[]): Promise<void> => {
    const [step, ...rest] = steps
    if (step === undefined) return
    const any = step.kind === 'any depth'
    // Also no folder at all.
    if (any && rest.length > 0) await walk(folder, rest)
    for (const { name, isFile, isFolder } of await entriesOf(folder, tell)) {
      const path = join(folder, name)
      const fits = any || fitsName(step, name)
      if (isFolder && any) await walk(path, steps)
      else if (isFolder && fits) await walk(path, rest)
      else if (isFile && fits && rest.length === 0) await take(path)
    }
  }
  const take = async (path: string) => {
    if (found.has(path) || exclude.some((glob) => glob.matches(path))) return
    const file = await lookAt(path).catch((error: unknown) => tell(path, error))
    if (file) found.set(path, file)
  }
  for (const glob of include) for (const { base, steps } of glob.paths) await walk(base, steps)
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Undefined when it is not a regular file. @throws the error of lstat */
export async function lookAt(path: string): Promise<FoundFile | undefined> {
  const stat = await lstat(path)
  if (!stat.isFile()) return undefined
  const { size, mtimeMs, dev, ino } = stat
  return { path, bytes: size, modifiedMs: mtimeMs, device: dev, inode: ino }
}

/** Whether the file is the same and nobody wrote to it in between. */
export async function isUnchanged(file: FoundFile): Promise<boolean> {
  const now = await lookAt(file.path).catch(() => undefined)
  return (
    now !== undefined &&
    now.device === file.device &&
    now.inode === file.inode &&
    now.bytes === file.bytes &&
    now.modifiedMs === file.modifiedMs
  )
}

function fitsName(step: GlobStep, name: string): boolean {
  if (step.kind === 'any depth') return true
  return typeof step.pattern === 'string' ? step.pattern === name : step.pattern.test(name)
}

async function entriesOf(folder: string, tell: (path: string, error: unknown) => void) {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.map((entry) => ({ name: entry.name, isFile: entry.isFile(), isFolder: entry.isDirectory() }))
  } catch (error) {
    tell(folder, error)
    return []
  }
}
