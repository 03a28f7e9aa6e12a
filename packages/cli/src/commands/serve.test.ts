import type { Config, GirokParts } from '@girok/server'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { girok } from '../testing/girok.ts'

const calls: string[] = []
let config: Config | undefined
let parts: GirokParts | undefined
let start: () => Promise<{ url: string; port: number; listening: string[] }>

vi.mock('@girok/server', async (original) => ({
  ...(await original<typeof import('@girok/server')>()),
  createGirok(given: Config, more?: GirokParts) {
    config = given
    parts = more
    return {
      start: () => {
        calls.push('start')
        return start()
      },
      stop: async () => void calls.push('stop'),
    }
  },
}))

// The whole server is compiled for it: not in the time that a test has.
beforeAll(async () => void (await import('@girok/server')), 120_000)
beforeEach(() => {
  start = async () => ({ url: 'http://127.0.0.1:4200', port: 4200, listening: ['syslog on udp://127.0.0.1:5514'] })
})
afterEach(() => void calls.splice(0))

test('starts with what the flags say, tells where, and stops when asked to', async () => {
  const controller = new AbortController()
  const flags = ['--port', '4200', '--host', 'localhost', '--no-sample', '--data', '/tmp/x', '--set', 'log.level=debug']
  const done = girok(['serve', ...flags], { interrupted: controller.signal })
  await expect.poll(() => calls, { timeout: 25_000 }).toEqual(['start'])
  controller.abort()
  expect(await done).toEqual({
    code: 0,
    stdout: 'Listening for syslog on udp://127.0.0.1:5514\nGirok is ready at http://127.0.0.1:4200\n',
    stderr: '',
  })
  expect(calls).toEqual(['start', 'stop'])
  expect(config).toMatchObject({
    server: { port: 4200, host: 'localhost' },
    sample: { enabled: false },
    dataDir: '/tmp/x',
    log: { level: 'DEBUG' },
    receivers: expect.objectContaining({ json: expect.objectContaining({ enabled: true }) }),
  })
})

test('is given a scraper when it is to scrape', async () => {
  const controller = new AbortController()
  const done = girok(['serve', '--prometheus-config', 'prometheus.yml'], { interrupted: controller.signal })
  await expect.poll(() => calls, { timeout: 25_000 }).toEqual(['start'])
  controller.abort()
  await done
  expect(config?.prometheus.configFile).toBe('prometheus.yml')
  expect(parts?.sampleSource?.targets()).toEqual({ pools: [], active: [], dropped: [] })
})

test('an interrupt while it starts is not forgotten', async () => {
  const controller = new AbortController()
  start = async () => {
    controller.abort()
    return { url: 'http://127.0.0.1:1', port: 1, listening: [] }
  }
  expect(await girok(['serve'], { interrupted: controller.signal })).toMatchObject({ code: 0 })
  expect(calls).toEqual(['start', 'stop'])
})

test('a start that fails is one sentence and code 1', async () => {
  start = async () => {
    throw new Error('port 4100 is taken: choose another by --port')
  }
  expect(await girok(['serve'])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'girok: port 4100 is taken: choose another by --port\n',
  })
})
