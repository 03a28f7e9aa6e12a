import { isUtf8 } from 'node:buffer'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** A file as it is now. */
export interface FoundFile {
  readonly path: string
  readonly text: string
}

/**
 * The files that patterns name, each once, in order of path. `*`, `?` and `[a-z]` may stand in the name of the file. A pattern
 * without them that names nothing, and a file that cannot be read or is not UTF-8, are faults.
 */
export function findRuleFiles(patterns: readonly string[], folder: string): { files: FoundFile[]; faults: string[] } {
  const faults: string[] = []
  const paths = new Set(patterns.flatMap((pattern) => pathsOf(resolve(folder, pattern))))
  const files = [...paths].sort().flatMap((path) => {
    try {
      const bytes = readFileSync(path)
      if (isUtf8(bytes)) return [{ path, text: bytes.toString('utf8') }]
      faults.push(`cannot read the rule file ${path}: it is not UTF-8`)
      return []
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      faults.push(`cannot read the rule file ${path}: ${code === 'ENOENT' ? 'no such file' : message}`)
      return []
    }
  })
  return { files, faults }
}

function pathsOf(pattern: string): string[] {
  const name = basename(pattern)
  if (!/[*?]|\[[^\]]+\]/.test(name)) return [pattern]
  const folder = dirname(pattern)
  const expression = name.replaceAll(/\[\^?[^\]]+\]|[*?]|[.+^${}()|[\]\\]/g, (part) => {
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    return part.length > 1 ? part.replaceAll('\\', '\\\\') : `\\${part}`
  })
  const matches = new RegExp(`^${expression}$`)
  try {
    return readdirSync(folder)
      .filter((entry) => matches.test(entry) && !entry.startsWith('.'))
      .map((entry) => join(folder, entry))
  } catch (error) {
    // As for any pattern that nothing fits: files may come later.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
