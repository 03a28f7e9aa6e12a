/** The host input beside Debian's prometheus-node-exporter on this machine: the same series, types and values. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'valibot'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { gatheringContext } from '../packages/agent/src/inputs/testing/context.ts'
import type { InputKind } from '../packages/agent/src/model/input.ts'
import { exposition } from './exposition.ts'
import { ROOT } from './server.ts'
import { freePort } from './sockets.ts'

/** As the host input leaves out by itself; Debian's build of the exporter has other ideas. */
const ARGUMENTS = [
  '--collector.netdev.device-exclude=',
  '--collector.filesystem.mount-points-exclude=^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)',
  '--collector.diskstats.device-exclude=^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+$',
]

let exporter: ChildProcess
let url: string

beforeAll(async () => {
  const port = await freePort()
  exporter = spawn('prometheus-node-exporter', [`--web.listen-address=127.0.0.1:${port}`, ...ARGUMENTS], {
    stdio: 'ignore',
  })
  url = `http://127.0.0.1:${port}/metrics`
  await vi.waitFor(async () => expect((await fetch(url)).ok).toBe(true), { timeout: 10_000, interval: 100 })
})

afterAll(() => {
  exporter.kill()
})

/** Both read one after the other, and meanwhile the machine goes on. */
const near = (a: number, b: number, name: string) => {
  if (
    /_(up|carrier|readonly|device_error|mtu_bytes|speed_bytes|info|maximum|size_bytes|MemTotal_bytes)(\{|$)/.test(name)
  )
    return a === b
  const bytes = /_bytes(_total)?(\{|$)/.test(name)
  const moves = /^node_(load|procs_|memory_|network_|disk_|filefd_|filesystem_)/.test(name)
  const share = (moves ? 0.2 : 0.05) * Math.max(Math.abs(a), Math.abs(b))
  return Math.abs(a - b) <= share + (bytes ? 64 * 2 ** 20 : 200)
}

test('every series has the name, labels, type and value that node_exporter gives it, and a description', async () => {
  const { host } = (await import(join(ROOT, 'packages/agent/dist/inputs/host.js'))) as { host: InputKind }
  const context = gatheringContext()
  const before = await exposition(url)
  const input = host.open(parse(host.options, {}), context)
  input.start()
  await vi.waitFor(() => expect(context.rounds).toHaveLength(1))
  await input.stop()
  const ours = context.series('job', 'instance')
  expect(ours.size).toBeGreaterThan(150)

  // This kernel tells of waiting only what it has: the exporter names the same.
  const unknown = [...ours.keys()].filter((name) => !before.values.has(name))
  expect(unknown).toEqual([])
  const far = [...ours].filter(
    ([name, value]) =>
      !name.startsWith('node_scrape_collector_duration') && !near(value, before.values.get(name) as number, name),
  )
  expect(far.map(([name, value]) => `${name}: ${value}, not ${before.values.get(name)}`)).toEqual([])
  for (const { metric, type, help } of context.descriptions) {
    expect(`${metric} ${type}`).toBe(`${metric} ${before.types.get(metric)}`)
    expect(help.length, metric).toBeGreaterThan(10)
  }
  expect(new Set(context.descriptions.map(({ metric }) => metric))).toEqual(
    new Set([...ours.keys()].map((name) => name.replace(/\{.*/, ''))),
  )
  expect(context.said).toEqual([])

  // Families that are here are here whole: no processor, disk or file system is missing.
  const metrics = new Set(context.descriptions.map(({ metric }) => metric))
  const left = [...before.values.keys()].filter((name) => metrics.has(name.replace(/\{.*/, '')) && !ours.has(name))
  expect(left.filter((name) => !name.startsWith('node_scrape_collector_'))).toEqual([])
})

test("counters go on as the exporter's do", async () => {
  const { host } = (await import(join(ROOT, 'packages/agent/dist/inputs/host.js'))) as { host: InputKind }
  const context = gatheringContext()
  const input = host.open(parse(host.options, { collectors: ['cpu', 'stat', 'time'], interval: '1s' }), context)
  const first = await exposition(url)
  input.start()
  await vi.waitFor(() => expect(context.rounds.length).toBeGreaterThanOrEqual(2), { timeout: 5000 })
  await sleep(50)
  const last = await exposition(url)
  await input.stop()
  for (const [name, value] of context.series('job', 'instance')) {
    if (!/_total|time_seconds/.test(name)) continue
    expect(value, name).toBeGreaterThanOrEqual((first.values.get(name) as number) - 3)
    expect(value, name).toBeLessThanOrEqual((last.values.get(name) as number) + 3)
  }
})
