import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { HealthMonitor, type SystemReading } from './health-monitor.ts'
import { fixture } from './testing/fixture.ts'

const CALM: SystemReading = { cpu_percent: 80, memory_percent: 80, disk_percent: 99 }
const reading = (changes: Partial<SystemReading> = {}) => ({ readSystem: async () => ({ ...CALM, ...changes }) })

test('the status has the shape of the document; at the thresholds all is well', async () => {
  const given = fixture()
  const monitor = new HealthMonitor(undefined, { ...given, ...reading() })
  monitor.updateMetrics({ error_rate: 0.05 })
  expect(await monitor.getHealthStatus()).toEqual({
    status: 'healthy',
    timestamp: new Date(given.now()).toISOString(),
    system: CALM,
    application: { requests_per_minute: 0, average_response_time: 0, error_rate: 0.05, cache_hit_rate: 0 },
    checks: { high_cpu: false, high_memory: false, high_error_rate: false },
  })
  await monitor.close()
})

test('each threshold alone makes it unhealthy; thresholds may be others', async () => {
  const check = async (changes: Partial<SystemReading>, error_rate = 0, thresholds = {}) => {
    const monitor = new HealthMonitor('h', { ...fixture(), ...reading(changes), thresholds })
    monitor.updateMetrics({ error_rate })
    const { status, checks } = await monitor.getHealthStatus()
    await monitor.close()
    const high = Object.entries(checks).filter(([, value]) => value)
    return [status, ...high.map(([name]) => name)]
  }
  expect(await check({ cpu_percent: 80.1 })).toEqual(['unhealthy', 'high_cpu'])
  expect(await check({ memory_percent: 80.1 })).toEqual(['unhealthy', 'high_memory'])
  expect(await check({}, 0.051)).toEqual(['unhealthy', 'high_error_rate'])
  expect(await check({ cpu_percent: 95, memory_percent: 50 }, 0.2, { cpuPercent: 96, errorRate: 0.5 })).toEqual([
    'healthy',
  ])
})

test('updated figures are logged, all of them', async () => {
  const given = fixture()
  const monitor = new HealthMonitor(undefined, given)
  monitor.updateMetrics({ requests_per_minute: 120, queue: 4 })
  monitor.updateMetrics({ cache_hit_rate: 0.9 })
  const first = { requests_per_minute: 120, average_response_time: 0, error_rate: 0, cache_hit_rate: 0, queue: 4 }
  expect(given.seen()).toEqual([
    [20, '성능 메트릭 업데이트', { metrics: first, event_type: 'performance_update' }],
    [20, '성능 메트릭 업데이트', { metrics: { ...first, cache_hit_rate: 0.9 }, event_type: 'performance_update' }],
  ])
  expect(given.records[0]?.logger).toBe('performance_monitor')
  await monitor.close()
})

test('the machine itself is read; a disk that cannot be asked hides nothing else', async () => {
  const given = fixture()
  const monitor = new HealthMonitor('h', { ...given, diskPath: '/nowhere/at/all' })
  const { system } = await monitor.getHealthStatus()
  expect(system.disk_percent).toBeUndefined()
  expect(system.memory_percent).toBeGreaterThan(0)
  await monitor.close()
  const other = new HealthMonitor('h', given)
  expect((await other.getHealthStatus()).system.disk_percent).toBeGreaterThan(0)
  await other.close()
})

test('answers over HTTP: 200 while healthy, 503 otherwise, also when the machine cannot be read', async () => {
  const given = fixture()
  let system: () => Promise<SystemReading> = async () => CALM
  const monitor = new HealthMonitor('h', { ...given, readSystem: () => system() })
  const server = createServer(monitor.handler())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const ask = async () => {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/health`)
    return [response.status, (await response.json()).status, response.headers.get('content-type')]
  }
  const type = 'application/json; charset=utf-8'
  expect(await ask()).toEqual([200, 'healthy', type])
  system = async () => ({ ...CALM, cpu_percent: 99 })
  expect(await ask()).toEqual([503, 'unhealthy', type])
  system = async () => {
    throw new Error('no /proc')
  }
  expect(await ask()).toEqual([503, 'unhealthy', type])
  server.closeAllConnections()
  server.close()
  await monitor.close()
})
