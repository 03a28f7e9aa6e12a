import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach } from 'vitest'
import { createHierarchy, type Handler, type Hierarchy, type LogRecord } from '../../index.ts'
import { allFields } from '../../record.ts'

/** Local time of the founding documents' example. */
export const START = new Date(2025, 11, 20, 12, 0, 0).getTime()

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'girok-domains-'))
  folders.push(folder)
  return folder
}

export interface Clock {
  (): number
  pass(ms: number): void
}

export function clockAt(startMs = START): Clock {
  let time = startMs
  const pass = (ms: number) => {
    time += ms
  }
  return Object.assign(() => time, { pass })
}

export interface Fixture {
  readonly hierarchy: Hierarchy
  readonly logDirectory: string
  readonly now: Clock
  /** What reached the root: level, message and all fields of each record. */
  seen(): [level: number, message: string, fields: unknown][]
  readonly records: readonly LogRecord[]
  /** Paths below the log directory. */
  files(): string[]
  /** Lines of a file below the log directory, parsed. */
  lines(path?: string): Record<string, unknown>[]
  content(path?: string): string
}

/** A hierarchy with a recorder at its root, a folder for files and a clock. */
export function fixture(startMs = START): Fixture {
  const now = clockAt(startMs)
  const logDirectory = temporaryFolder()
  const records: LogRecord[] = []
  const recorder: Handler = { name: 'recorder', level: 0, handle: (record) => void records.push(record) }
  const hierarchy = createHierarchy({ now })
  hierarchy.root.addHandler(recorder)
  const files = () => pathsBelow(logDirectory).map((path) => relative(logDirectory, path))
  const content = (path = files()[0] ?? '') => readFileSync(join(logDirectory, path), 'utf8')
  return {
    hierarchy,
    logDirectory,
    now,
    records,
    seen: () => records.map((record) => [record.level, record.message, defined(allFields(record))]),
    files,
    content,
    lines: (path) =>
      content(path)
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  }
}

/** Without what no formatter writes. */
function defined(fields: object | undefined): unknown {
  return fields && Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function pathsBelow(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? pathsBelow(path) : [path]))
}
