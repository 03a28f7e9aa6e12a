import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

/** A process that has a file open. */
export interface FileHolder {
  readonly pid: number
  /** The program and its script: `python3 train.py`. */
  readonly program: string
  /** Whether it may write to it. */
  readonly writes: boolean
}

/**
 * Which of some files are open in which process, as far as /proc lets this process see (its own user's processes; all for
 * root). `wanted` says whether a path is of interest; it is asked once for each open file. Files that a program opens anew
 * for every line are seen only by chance. Linux only; elsewhere nothing is found.
 */
export function openFiles(wanted: (path: string) => boolean, procPath = '/proc'): Map<string, FileHolder[]> {
  const found = new Map<string, FileHolder[]>()
  for (const name of namesIn(procPath)) {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    const folder = `${procPath}/${name}`
    let program: string | undefined
    for (const descriptor of namesIn(`${folder}/fd`)) {
      const path = targetOf(`${folder}/fd/${descriptor}`)
      if (path === undefined || !path.startsWith('/') || !wanted(path)) continue
      program ??= programOf(folder)
      const holders = found.get(path) ?? []
      found.set(path, [...holders, { pid, program, writes: mayWrite(`${folder}/fdinfo/${descriptor}`) }])
    }
  }
  return found
}

/** Processes come and go, and those of others are closed to us: then there is nothing to see. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link)
  } catch {
    return undefined
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** Octal flags of open(2): the last digit is 0 for reading, 1 for writing, 2 for both. */
function mayWrite(fdinfo: string): boolean {
  return /^flags:\s+\d*[12]$/m.test(textOf(fdinfo))
}

/** Interpreters alone say little: the first argument that is no flag goes with them. */
function programOf(folder: string): string {
  const [program = '', ...rest] = textOf(`${folder}/cmdline`).split('\0')
  const name = basename(program)
  const script = /^(python|node|ruby|perl|java|php|bash|sh)/.test(name)
    ? rest.find((argument) => argument !== '' && !argument.startsWith('-'))
    : undefined
  return script === undefined ? name || textOf(`${folder}/comm`).trim() : `${name} ${basename(script)}`
}
