import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

/** The kernel counts start times in these, on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100

/** When a process started, in ms since the epoch and to about a second; undefined when that cannot be found out. */
export async function startedMs(pid: number): Promise<number | undefined> {
  return process.platform === 'linux' ? startedLinux(pid) : startedElsewhere(pid)
}

function startedLinux(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program, in parentheses, may hold spaces and parentheses; the fields count from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = Number(fields[19])
    const boot = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]
    if (boot === undefined || !Number.isFinite(ticks)) return undefined
    return (Number(boot) + ticks / TICKS_PER_SECOND) * 1000
  } catch {
    // Gone meanwhile, or /proc is hidden from this user.
    return undefined
  }
}

async function startedElsewhere(pid: number): Promise<number | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], {
      env: { ...process.env, LC_ALL: 'C' },
    })
    const started = Date.parse(stdout.trim())
    return Number.isNaN(started) ? undefined : started
  } catch {
    // No such process, or no ps.
    return undefined
  }
}
