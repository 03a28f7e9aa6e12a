import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, parse, sep } from 'node:path'

/** A file of templates. */
export interface TemplateFile {
  /** Its name without folders, which templates may call it by, and which faults tell. */
  readonly name: string
  readonly text: string
}

/**
 * The files that patterns name, each pattern's by name: `*`, `?` and `[a-z]` stand within one name of a path, as in
 * alertmanager.yml. A pattern that fits nothing names no file; one that names a file which cannot be read throws an Error
 * for users.
 */
export function readTemplateFiles(patterns: readonly string[]): TemplateFile[] {
  return patterns.flatMap((pattern) =>
    pathsOf(pattern).map((path) => {
      try {
        return { name: basename(path), text: readFileSync(path, 'utf8') }
      } catch (error) {
        throw new Error(`cannot read the template file ${path}: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`)
      }
    }),
  )
}

function pathsOf(pattern: string): string[] {
  const { root } = parse(pattern)
  let found = [root]
  for (const part of pattern.slice(root.length).split(sep)) {
    if (part === '') continue
    found = found.flatMap((folder) => within(folder, part))
  }
  return found.filter((path) => path !== '' && isFile(path))
}

/** Entries of a folder that a part of a pattern fits, by name. */
function within(folder: string, part: string): string[] {
  if (!/[*?[\\]/.test(part)) return [join(folder, part)]
  const expression = patternOf(part)
  let names: string[]
  try {
    names = readdirSync(folder === '' ? '.' : folder)
  } catch {
    return []
  }
  return names
    .filter((name) => expression.test(name))
    .sort()
    .map((name) => join(folder, name))
}

function patternOf(part: string): RegExp {
  const pieces = part.matchAll(/\*|\?|\[(\^?)((?:\\.|[^\]\\])+)\]|\\(.)|./gsu)
  const source = [...pieces].map(([piece, negated, characters, escaped]) => {
    if (piece === '*') return '[^/]*'
    if (piece === '?') return '[^/]'
    if (characters !== undefined)
      return `[${negated}${characters.replace(/\\(.)|[[^]/g, (one, plain) => `\\${plain ?? one}`)}]`
    return (escaped ?? piece).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  })
  return new RegExp(`^${source.join('')}$`, 's')
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}
