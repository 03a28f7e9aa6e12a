import { execFile } from 'node:child_process'
import { percentOf } from './host-readings.ts'

/** One GPU, as its record has it; what the card does not tell is undefined. */
export interface GpuReading {
  readonly gpu_id: number
  /** MiB. */
  readonly gpu_memory_used: number | undefined
  /** MiB. */
  readonly gpu_memory_total: number | undefined
  readonly gpu_memory_percent: number | undefined
  /** Percent of the last sample period in which a kernel ran. */
  readonly gpu_utilization: number | undefined
  /** Degrees Celsius. */
  readonly temperature: number | undefined
  readonly power_watts: number | undefined
  readonly gpu_name: string | undefined
}

// Names of `nvidia-smi --help-query-gpu`. The name stands last, so that a comma in it does no harm.
const QUERY = 'index,memory.used,memory.total,utilization.gpu,temperature.gpu,power.draw,name'

export interface NvidiaSmiOptions {
  /** Default `nvidia-smi`, looked for in PATH. */
  readonly command?: string
  /** After this the program is killed and the reading failed, milliseconds. Default 5000. */
  readonly timeoutMs?: number
  /** Whether the process may end while the reading goes on. Default false. */
  readonly background?: boolean
}

/**
 * All GPUs by one call of nvidia-smi.
 * @throws Error when the program is not there, fails, takes too long or answers something else
 */
export async function readGpus(options: NvidiaSmiOptions = {}): Promise<GpuReading[]> {
  const { command = 'nvidia-smi', timeoutMs = 5000, background = false } = options
  const output = await run(command, timeoutMs, background)
  return output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => gpuOf(line, command))
}

/** Commands that took too long and have not ended yet: a driver that hangs keeps even killed programs. */
const hanging = new Set<string>()

function run(command: string, timeoutMs: number, background: boolean): Promise<string> {
  const args = [`--query-gpu=${QUERY}`, '--format=csv,noheader,nounits']
  return new Promise((resolve, reject) => {
    if (hanging.has(command)) return reject(new Error(`${command} of an earlier reading still hangs`))
    const child = execFile(command, args, (error, stdout, stderr) => {
      clearTimeout(timer)
      if (error === null) return resolve(stdout)
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return reject(new Error(`${command} is not there`))
      const said = (stderr.trim() || stdout.trim()).slice(0, 200)
      reject(new Error(`${command} failed: ${said === '' ? error.message : said}`))
    })
    // Not the option of execFile: its timer keeps the process running, and it waits for the end of what it killed.
    const timer = setTimeout(() => {
      if (child.exitCode === null && child.signalCode === null) {
        hanging.add(command)
        child.once('exit', () => hanging.delete(command))
      }
      child.kill('SIGKILL')
      reject(new Error(`${command} gave no answer within ${timeoutMs} ms`))
    }, timeoutMs)
    if (!background) return
    timer.unref()
    child.unref()
    for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as { unref?(): void } | null)?.unref?.()
  })
}

function gpuOf(line: string, command: string): GpuReading {
  const [id, used, total, utilization, temperature, power, ...name] = line.split(',').map((cell) => cell.trim())
  const gpuId = numberOf(id)
  if (gpuId === undefined || power === undefined) {
    throw new Error(`${command} answered a line that cannot be read: ${line.trim().slice(0, 200)}`)
  }
  const memoryUsed = numberOf(used)
  const memoryTotal = numberOf(total)
  return {
    gpu_id: gpuId,
    gpu_memory_used: memoryUsed,
    gpu_memory_total: memoryTotal,
    gpu_memory_percent:
      memoryUsed === undefined || memoryTotal === undefined ? undefined : percentOf(memoryUsed, memoryTotal),
    gpu_utilization: numberOf(utilization),
    temperature: numberOf(temperature),
    power_watts: numberOf(power),
    gpu_name: name.length === 0 ? undefined : name.join(', '),
  }
}

/** Cards answer `[N/A]`, `[Not Supported]`, `[Unknown Error]` or `ERR!` for what they do not know. */
function numberOf(cell: string | undefined): number | undefined {
  return cell !== undefined && /^-?\d+(\.\d+)?$/.test(cell) ? Number(cell) : undefined
}
