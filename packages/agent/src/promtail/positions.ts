import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { ConfigProblem } from '../model/problem.ts'

/** How far Promtail had read. */
export interface PromtailPositions {
  /** Bytes of each file that are read. */
  readonly files: ReadonlyMap<string, number>
  /** Cursors of journals by the name of their job. */
  readonly cursors: ReadonlyMap<string, string>
}

const CURSOR = 'cursor-'

/** Reads a `positions.yaml`; there are none when the file is not there. */
export function readPositions(path: string): PromtailPositions {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { files: new Map(), cursors: new Map() }
    throw new ConfigProblem(`cannot read ${path}: ${(error as Error).message}`)
  }
  return parsePositions(text, path)
}

/** Reads the text of a `positions.yaml`. */
export function parsePositions(text: string, path: string): PromtailPositions {
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    throw new ConfigProblem(`${path}: this is no YAML: ${(error as Error).message}`)
  }
  const positions: unknown = (value as { positions?: unknown } | null)?.positions ?? {}
  if (typeof positions !== 'object' || positions === null)
    throw new ConfigProblem(`${path}: positions: expected paths with offsets`)
  const files = new Map<string, number>()
  const cursors = new Map<string, string>()
  for (const [name, place] of Object.entries(positions)) {
    if (name.startsWith(CURSOR)) {
      cursors.set(name.slice(CURSOR.length), String(place))
      continue
    }
    const offset = Number(place)
    if (!Number.isSafeInteger(offset) || offset < 0)
      throw new ConfigProblem(`${path}: positions.${name}: ${JSON.stringify(place)} is no offset`)
    files.set(name, offset)
  }
  return { files, cursors }
}
