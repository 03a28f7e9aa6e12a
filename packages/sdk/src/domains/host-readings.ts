import { statfs } from 'node:fs/promises'
import { cpus, freemem, totalmem } from 'node:os'

const MIB = 2 ** 20

/** Shorter spans tell nothing of the load. */
const LEAST_MS = 100

/** To one decimal, as psutil and nvidia-smi give percentages. */
export const percentOf = (part: number, whole: number): number =>
  whole > 0 ? Math.round((part / whole) * 1000) / 10 : 0

/** Sums of all processors since the start of the machine, milliseconds. */
export interface CpuTimes {
  readonly processors: number
  readonly busyMs: number
  readonly totalMs: number
}

function cpuTimes(): CpuTimes {
  let idleMs = 0
  let totalMs = 0
  const processors = cpus()
  for (const { times } of processors) {
    idleMs += times.idle
    totalMs += times.user + times.nice + times.sys + times.idle + times.irq
  }
  return { processors: processors.length, busyMs: totalMs - idleMs, totalMs }
}

/**
 * A meter of the processors' load between two calls, over all processors, 0 to 100. The first call covers the time since
 * the meter was made. A call within 100 ms gives the value before (0 at first): the system counts in steps of 10 ms.
 */
export function createCpuMeter(read: () => CpuTimes = cpuTimes): () => number {
  let before = read()
  let percent = 0
  return () => {
    const after = read()
    const totalMs = after.totalMs - before.totalMs
    if (totalMs < LEAST_MS * after.processors) return percent
    percent = Math.min(100, Math.max(0, percentOf(after.busyMs - before.busyMs, totalMs)))
    before = after
    return percent
  }
}

/** Sizes in MiB. */
export interface Usage {
  readonly used: number
  readonly total: number
  /** 0 to 100. */
  readonly percent: number
}

/** Memory of the machine: used is what programs could not get any more (total less available). */
export function memoryUsage(): Usage {
  const total = totalmem()
  const used = total - freemem()
  return { used: Math.round(used / MIB), total: Math.round(total / MIB), percent: percentOf(used, total) }
}

/**
 * Of the file system that `path` is on; as df, the percentage leaves out what is reserved for root.
 * @throws the error of statfs
 */
export async function diskUsage(path: string): Promise<Usage> {
  const { bsize, blocks, bfree, bavail } = await statfs(path)
  const used = blocks - bfree
  return {
    used: Math.round((used * bsize) / MIB),
    total: Math.round((blocks * bsize) / MIB),
    percent: percentOf(used, used + bavail),
  }
}
