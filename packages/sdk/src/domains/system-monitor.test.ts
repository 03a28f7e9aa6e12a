import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createCpuMeter, diskUsage, memoryUsage } from './host-readings.ts'
import { readGpus } from './nvidia-smi.ts'
import { GPUMonitor, SystemMonitor } from './system-monitor.ts'
import { compiled } from './testing/compiled.ts'
import { fixture, temporaryFolder } from './testing/fixture.ts'

/** An nvidia-smi that prints the file `answer`, notes its arguments, and fails when the file `fail` is there. */
function fakeSmi(answer: string) {
  const folder = temporaryFolder()
  const command = join(folder, 'nvidia-smi')
  const paths = { answer: join(folder, 'answer'), calls: join(folder, 'calls'), fail: join(folder, 'fail') }
  writeFileSync(
    command,
    `#!/bin/sh
echo "$@" >> "${paths.calls}"
if [ -f "${paths.fail}" ]; then cat "${paths.fail}" >&2; exit 9; fi
cat "${paths.answer}"
`,
  )
  chmodSync(command, 0o755)
  writeFileSync(paths.answer, answer)
  return {
    command,
    ...paths,
    called: () => (existsSync(paths.calls) ? readFileSync(paths.calls, 'utf8').trim().split('\n') : []),
  }
}

const GPU = '0, 14336, 31744, 78.5, 65, 280.5, NVIDIA GeForce RTX 5090\n'

test('a GPU is recorded field by field as the ML guide has it', async () => {
  const given = fixture()
  const smi = fakeSmi(GPU)
  const monitor = new GPUMonitor(undefined, { ...given, nvidiaSmi: { command: smi.command } })
  await monitor.logAllMetrics()
  await monitor.close()
  expect(given.files()).toEqual(['system/gpu_monitor_20251220_120000.log'])
  expect(given.lines()).toEqual([
    {
      timestamp: new Date(given.now()).toISOString(),
      level: 'INFO',
      logger: 'system.gpu_monitor',
      message: 'gpu_metrics',
      gpu_id: 0,
      gpu_memory_used: 14336,
      gpu_memory_total: 31744,
      gpu_memory_percent: 45.2,
      gpu_utilization: 78.5,
      temperature: 65,
      power_watts: 280.5,
      gpu_name: 'NVIDIA GeForce RTX 5090',
    },
  ])
  expect(smi.called()).toEqual([
    '--query-gpu=index,memory.used,memory.total,utilization.gpu,temperature.gpu,power.draw,name --format=csv,noheader,nounits',
  ])
})

test('cards that nvidia-smi does not know are read by a function', async () => {
  const given = fixture()
  const card = { gpu_id: 3, gpu_memory_used: 1, gpu_memory_total: 4, gpu_memory_percent: 25, gpu_utilization: 7 }
  const unknown = { temperature: undefined, power_watts: undefined, gpu_name: 'other' }
  const monitor = new GPUMonitor('g', { ...given, readGpus: async () => [{ ...card, ...unknown }] })
  await monitor.logAllMetrics()
  expect(given.seen()).toEqual([[20, 'gpu_metrics', { ...card, gpu_name: 'other' }]])
  await monitor.close()
})

test('several GPUs, and what a card does not know is left out', async () => {
  const { command } = fakeSmi(
    '0, 100, 200, 50, 40, [N/A], Tesla K80, special\n' +
      '1, [Not Supported], 200, [Unknown Error], ERR!, [Not Supported], Tesla K80\n',
  )
  const unknown = {
    gpu_memory_used: undefined,
    gpu_memory_percent: undefined,
    gpu_utilization: undefined,
    temperature: undefined,
    power_watts: undefined,
  }
  expect(await readGpus({ command })).toEqual([
    {
      gpu_id: 0,
      gpu_memory_used: 100,
      gpu_memory_total: 200,
      gpu_memory_percent: 50,
      gpu_utilization: 50,
      temperature: 40,
      power_watts: undefined,
      gpu_name: 'Tesla K80, special',
    },
    { gpu_id: 1, gpu_memory_total: 200, gpu_name: 'Tesla K80', ...unknown },
  ])
})

test('answers that are none, failures, silence and absence say what it was', async () => {
  await expect(readGpus({ command: fakeSmi('No devices were found\n').command })).rejects.toThrow(
    /answered a line that cannot be read: No devices were found/,
  )
  const failing = fakeSmi('')
  writeFileSync(failing.fail, 'Failed to initialize NVML: Driver/library version mismatch\n')
  await expect(readGpus({ command: failing.command })).rejects.toThrow(
    /failed: Failed to initialize NVML: Driver\/library version mismatch$/,
  )
  const silent = fakeSmi('')
  writeFileSync(silent.command, '#!/bin/sh\nexec sleep 20\n')
  const late = readGpus({ command: silent.command, timeoutMs: 100 })
  await expect(late).rejects.toThrow('no answer within 100 ms')
  await expect(readGpus({ command: silent.command, timeoutMs: 100 })).rejects.toThrow(
    'of an earlier reading still hangs',
  )
  await expect.poll(() => readGpus({ command: silent.command, timeoutMs: 20 }).catch(String)).toMatch(/no answer/)
  await expect(readGpus({ command: '/nowhere/nvidia-smi' })).rejects.toThrow('/nowhere/nvidia-smi is not there')
})

test('a failure is told once, and again when it comes back after it was gone', async () => {
  const given = fixture()
  const smi = fakeSmi(GPU)
  const monitor = new GPUMonitor('g', { ...given, nvidiaSmi: { command: smi.command } })
  const messages = () => given.seen().map(([level, message]) => `${level} ${message}`)
  writeFileSync(smi.fail, 'lost the GPU')
  for (let i = 0; i < 3; i++) await monitor.logAllMetrics()
  expect(given.seen()).toEqual([[30, 'gpu_metrics_unavailable', { reason: `${smi.command} failed: lost the GPU` }]])
  rmSync(smi.fail)
  await monitor.logAllMetrics()
  writeFileSync(smi.fail, 'again')
  await monitor.logAllMetrics()
  expect(messages()).toEqual(['30 gpu_metrics_unavailable', '20 gpu_metrics', '30 gpu_metrics_unavailable'])
  await monitor.close()
})

test('readings of the machine are there and plausible; each part may be left out', async () => {
  const given = fixture()
  const monitor = new SystemMonitor('m', { ...given, gpu: false, disks: [given.logDirectory, '/nowhere/at/all'] })
  await monitor.logAllMetrics()
  const by = Object.fromEntries(given.seen().map(([, message, fields]) => [message, Object(fields)]))
  expect(Object.keys(by).sort()).toEqual(['cpu_metrics', 'disk_metrics', 'disk_metrics_unavailable', 'memory_metrics'])
  expect(by.disk_metrics_unavailable).toEqual({ path: '/nowhere/at/all', reason: expect.stringContaining('ENOENT') })
  expect(by.cpu_metrics.cpu_percent).toBeGreaterThanOrEqual(0)
  expect(by.cpu_metrics.cpu_percent).toBeLessThanOrEqual(100)
  expect(by.cpu_metrics.load_average).toHaveLength(3)
  for (const kind of ['memory', 'disk']) {
    const { [`${kind}_used`]: used, [`${kind}_total`]: total, [`${kind}_percent`]: percent } = by[`${kind}_metrics`]
    expect(total).toBeGreaterThan(0)
    expect(used).toBeLessThanOrEqual(total)
    expect(percent).toBeGreaterThan(0)
    expect(percent).toBeLessThanOrEqual(100)
  }
  await monitor.close()
  const bare = new SystemMonitor('bare', { ...fixture(), gpu: false, cpu: false, memory: false, disks: [] })
  await bare.logAllMetrics()
  await bare.close()
})

test('monitoring reads at once and at each interval, one reading at a time, until it is stopped', async () => {
  const given = fixture()
  const smi = fakeSmi(GPU)
  writeFileSync(smi.command, `${readFileSync(smi.command, 'utf8')}sleep 0.35\n`)
  const monitor = new GPUMonitor('g', { ...given, intervalMs: 100, nvidiaSmi: { command: smi.command } })
  monitor.startMonitoring()
  monitor.startMonitoring()
  await expect.poll(() => given.seen().length, { timeout: 5000 }).toBe(2)
  // Two readings of more than 350 ms each, in which seven intervals passed.
  expect(smi.called().length).toBeLessThanOrEqual(3)
  monitor.stopMonitoring()
  await monitor.close()
  const calls = smi.called().length
  await new Promise((resolve) => setTimeout(resolve, 250))
  expect(smi.called()).toHaveLength(calls)
})

test('monitoring keeps no program running, not even while nvidia-smi hangs', () => {
  const smi = fakeSmi('')
  writeFileSync(smi.command, `#!/bin/sh\ntouch "${smi.calls}"\nexec sleep 20\n`)
  const program = `
import { createHierarchy } from 'SRC/index.ts'
import { GPUMonitor } from 'SRC/domains/system-monitor.ts'
const { root } = createHierarchy()
new GPUMonitor('g', { logger: root, intervalMs: 100, nvidiaSmi: { command: '${smi.command}' } }).startMonitoring()
setTimeout(() => console.log('end'), 300)
`
  const run = compiled(program)
  const begin = performance.now()
  expect(run()).toBe('end\n')
  expect(existsSync(smi.calls)).toBe(true)
  expect(performance.now() - begin).toBeLessThan(4000)
}, 60_000)

test('an interval that cannot be kept is refused', () => {
  expect(() => new GPUMonitor('g', { ...fixture(), intervalMs: 10 })).toThrow(
    'intervalMs is 10: use milliseconds from 100',
  )
})

test('the load of the processors is that between two readings', () => {
  const readings = [
    { busyMs: 1000, totalMs: 10_000 },
    { busyMs: 1100, totalMs: 10_199 },
    { busyMs: 1250, totalMs: 11_000 },
    { busyMs: 1250, totalMs: 11_000 },
    { busyMs: 2250, totalMs: 12_000 },
  ]
  const meter = createCpuMeter(() => ({ processors: 2, ...(readings.shift() ?? { busyMs: 0, totalMs: 0 }) }))
  expect([meter(), meter(), meter(), meter()]).toEqual([0, 25, 25, 100])
})

test('memory and disk are in MiB, with percentages that belong to them', async () => {
  const memory = memoryUsage()
  expect(memory.percent).toBeCloseTo((memory.used / memory.total) * 100, 0)
  const disk = await diskUsage('/')
  expect(disk.used).toBeLessThan(disk.total)
})
