import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { AlertmanagerFinder } from './alertmanagers.ts'
import { readPrometheusConfig } from './settings/prometheus-file.ts'
import { folder, until } from './testing/bench.ts'

const logged: string[] = []
const finders: AlertmanagerFinder[] = []
afterEach(async () => {
  await Promise.all(finders.splice(0).map((finder) => finder.stop()))
  logged.length = 0
})

function finder(): AlertmanagerFinder {
  const made = new AlertmanagerFinder({
    log: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
    now: Date.now,
    userAgent: 'test',
  })
  finders.push(made)
  return made
}

const read = (entries: string) =>
  readPrometheusConfig(`alerting: {alertmanagers: ${entries}}`, {
    at: join(folder, 'prometheus.yml'),
    checkRequests: () => [],
  }).alerts?.alertmanagers ?? []

it('makes addresses of targets, relabelled, each once in its entry', async () => {
  const found = finder()
  await found.use(
    read(`[
      {static_configs: [{targets: ['a:9093', 'a:9093', 'b:9093'], labels: {zone: x}}],
       relabel_configs: [
         {source_labels: [__address__, zone], regex: 'b:9093;x', target_label: __scheme__, replacement: https},
         {source_labels: [__address__], regex: 'b:(.*)', target_label: __alerts_path__, replacement: /other},
         {source_labels: [__address__], regex: 'b:(.*)', target_label: __address__, replacement: 'c:$1'}]},
      {static_configs: [{targets: ['a:9093', 'd:9093', 'e:9093']}], path_prefix: am,
       relabel_configs: [{action: drop, source_labels: [__address__], regex: 'd.*'},
         {source_labels: [__address__], regex: 'e.*', target_label: __address__, replacement: 'e/x'}]}]`),
  )
  const { active, dropped } = found.status
  expect(active.map(({ url }) => url)).toEqual([
    'http://a:9093/api/v2/alerts',
    'https://c:9093/other',
    'http://a:9093/am/api/v2/alerts',
  ])
  expect(new Set(active.map(({ key }) => key)).size).toBe(3)
  expect(dropped).toEqual(['http://d:9093/am/api/v2/alerts'])
  expect(logged).toEqual([expect.stringContaining('an Alertmanager cannot be sent to')])
  expect(found.status).toBe(found.status)
})

it('follows files that list them, and keeps what was read while they are broken', async () => {
  const file = join(folder, 'ams.json')
  writeFileSync(file, '[{"targets": ["a:1"]}]')
  const found = finder()
  const urls = () => found.status.active.map(({ url }) => new URL(url).host)
  await found.use(read("[{file_sd_configs: [{files: ['ams.json'], refresh_interval: 100ms}]}]"))
  await until(() => expect(urls()).toEqual(['a:1']))
  writeFileSync(file, '[{"targets": ["a:1", "b:1"]}]')
  await until(() => expect(urls()).toEqual(['a:1', 'b:1']))
  writeFileSync(file, '[{"targets": [')
  await until(() => expect(logged.join()).toContain('targets cannot be read'))
  expect(urls()).toEqual(['a:1', 'b:1'])
  rmSync(file)
})

it('does not disturb what is configured as before', async () => {
  const found = finder()
  const one = "{static_configs: [{targets: ['a:1']}]}"
  await found.use(read(`[${one}, {static_configs: [{targets: ['b:1']}]}]`))
  const [before] = found.status.active
  await found.use(read(`[${one}, {static_configs: [{targets: ['c:1']}], timeout: 1s}]`))
  const { active } = found.status
  expect(active[0]).toBe(before)
  expect(active.map(({ url, timeoutMs }) => [new URL(url).host, timeoutMs])).toEqual([
    ['a:1', 10_000],
    ['c:1', 1_000],
  ])
  await found.use([])
  expect(found.status.active).toEqual([])
})
