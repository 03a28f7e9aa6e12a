import { readdirSync } from 'node:fs'
import {
  constants,
  monitorEventLoopDelay,
  type PerformanceEntry,
  PerformanceObserver,
  performance,
} from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { Registry } from '../telemetry/registry.ts'

const MICROSECONDS_PER_SECOND = 1e6
const NANOSECONDS_PER_SECOND = 1e9
/** The delay is measured by a timer of this period, which its values contain. */
const LAG_RESOLUTION_MS = 20
/** Lags are those of about so much time, so that a slow moment does not show for ever. A scrape of 15 s finds new ones. */
const LAG_WINDOW_MS = 14_000
const GC_BOUNDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1]

const GC_KINDS: ReadonlyMap<number, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
])

/** Registers what the process needs, by the names that Prometheus clients use; returns what ends the measuring. */
export function measureProcess(registry: Registry): () => void {
  registry.counterOf('process_cpu_user_seconds_total', 'Seconds of CPU in user mode.', () => {
    return process.cpuUsage().user / MICROSECONDS_PER_SECOND
  })
  registry.counterOf('process_cpu_system_seconds_total', 'Seconds of CPU in the kernel.', () => {
    return process.cpuUsage().system / MICROSECONDS_PER_SECOND
  })
  registry.counterOf('process_cpu_seconds_total', 'Seconds of CPU.', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / MICROSECONDS_PER_SECOND
  })
  registry.gauge('process_resident_memory_bytes', 'Resident memory of the process.', () => process.memoryUsage.rss())
  registry.gauge('process_start_time_seconds', 'When the process was started, seconds since 1970.', () => {
    return performance.timeOrigin / 1_000
  })
  registry.gauge('process_open_fds', 'Open file descriptors.', openFiles)
  registry.gauge('nodejs_heap_size_total_bytes', 'Heap of JavaScript.', () => getHeapStatistics().total_heap_size)
  registry.gauge('nodejs_heap_size_used_bytes', 'Heap of JavaScript that is in use.', () => {
    return getHeapStatistics().used_heap_size
  })
  registry.gauge('nodejs_external_memory_bytes', 'Memory outside the heap that JavaScript holds.', () => {
    return process.memoryUsage().external
  })
  const stopLag = measureLag(registry)
  const stopGc = measureGc(registry)
  return () => {
    stopLag()
    stopGc()
  }
}

/** Undefined where the system has no /proc. */
function openFiles(): number | undefined {
  try {
    // The listing itself has one open.
    return readdirSync('/proc/self/fd').length - 1
  } catch {
    return undefined
  }
}

function measureLag(registry: Registry): () => void {
  const delays = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS })
  delays.enable()
  const seconds = (nanoseconds: number): number =>
    Math.max(0, nanoseconds / NANOSECONDS_PER_SECOND - LAG_RESOLUTION_MS / 1_000)
  const taken = { p50: 0, p99: 0, max: 0 }
  let takenMs = Number.NEGATIVE_INFINITY
  const read = (name: keyof typeof taken): number => {
    const nowMs = performance.now()
    if (nowMs - takenMs >= LAG_WINDOW_MS && delays.count > 0) {
      taken.p50 = seconds(delays.percentile(50))
      taken.p99 = seconds(delays.percentile(99))
      taken.max = seconds(delays.max)
      takenMs = nowMs
      delays.reset()
    }
    return taken[name]
  }
  registry.gauge('nodejs_eventloop_lag_p50_seconds', 'Median lag of the event loop in the last 15 s.', () =>
    read('p50'),
  )
  registry.gauge('nodejs_eventloop_lag_p99_seconds', 'p99 lag of the event loop in the last 15 s.', () => read('p99'))
  registry.gauge('nodejs_eventloop_lag_max_seconds', 'Longest lag of the event loop in the last 15 s.', () =>
    read('max'),
  )
  return () => delays.disable()
}

/** What `detail` of an entry of type `gc` is; the types of Node do not say. */
type GcEntry = PerformanceEntry & { readonly detail: { readonly kind: number } }

function measureGc(registry: Registry): () => void {
  const durations = registry.histogram(
    'nodejs_gc_duration_seconds',
    'Durations of garbage collections by kind: minor, major, incremental or weakcb.',
    GC_BOUNDS,
    [...GC_KINDS.values()].map((kind) => ({ kind })),
  )
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind } = (entry as GcEntry).detail
      durations.observe({ kind: GC_KINDS.get(kind) ?? 'other' }, entry.duration / 1_000)
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  return () => observer.disconnect()
}
