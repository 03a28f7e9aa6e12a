import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadPrometheusConfig } from './load.ts'
import { folder, healthOf, jobsOf, last, METRICS, nameOf, scrape, target, until } from './testing/bench.ts'

describe('targets', () => {
  it('are relabelled, dropped, refused and counted', async () => {
    const { address } = await target(METRICS)
    const { scraper } = scrape([
      {
        static_configs: [
          { targets: [address, address], labels: { keep: 'yes' } },
          { targets: [address], labels: { keep: 'no' } },
          { targets: [address], labels: { keep: 'yes', __scrape_interval__: 'soon' } },
        ],
        relabel_configs: [
          { action: 'keep', source_labels: ['keep'], regex: 'yes' },
          { source_labels: ['__address__'], target_label: 'instance', replacement: 'renamed' },
          { target_label: '__param_x', replacement: 'y z' },
          { target_label: '__metrics_path__', replacement: '/other?a=b' },
        ],
      },
      { static_configs: [{ targets: [address, 'localhost:1'] }], target_limit: 1 },
    ])
    await until(() => expect(scraper.targets().active.filter(({ health }) => health === 'unknown')).toEqual([]))
    const { active, dropped } = scraper.targets()
    expect(active.map(({ health }) => health)).toEqual(['up', 'down', 'down', 'down'])
    expect(active[0]).toMatchObject({
      labels: { instance: 'renamed', job: 'job0', keep: 'yes' },
      scrapeUrl: `http://${address}/other?a=b&x=y+z`,
    })
    expect(active[1]?.lastError).toBe('__scrape_interval__ is "soon", which is no duration')
    expect(active[2]?.lastError).toBe('2 targets, more than the target_limit of 1')
    expect(dropped).toMatchObject([{ scrapePool: 'job0', discoveredLabels: { keep: 'no', __address__: address } }])
  })

  it('come from files, whose changes are seen; what is broken keeps what was read', async () => {
    const one = await target(METRICS)
    const two = await target('c 3\n')
    const file = join(folder, 'targets-1.json')
    const write = (...targets: string[]) => writeFileSync(file, JSON.stringify([{ targets, labels: { from: 'file' } }]))
    write(one.address)
    const { scraper, samples, logged } = scrape([
      { file_sd_configs: [{ files: ['targets-*.json'], refresh_interval: '100ms' }] },
    ])
    await until(() => expect(healthOf(scraper)).toEqual(['up']))
    expect(scraper.targets().active[0]?.discoveredLabels.__meta_filepath).toBe(file)
    write(one.address, two.address)
    await until(() => expect(healthOf(scraper)).toEqual(['up', 'up']))
    writeFileSync(file, '[{"targets": [')
    await until(() => expect(logged.join()).toContain('targets cannot be read; those that were read before are kept'))
    expect(scraper.targets().active.length).toBe(2)
    write(two.address)
    await until(() => expect(scraper.targets().active.length).toBe(1))
    await until(() => {
      const ended = samples.filter(({ stale, labels }) => stale && labels.get('instance') === one.address).map(nameOf)
      expect(ended).toEqual(expect.arrayContaining(['a', 'b', 'up', 'scrape_duration_seconds']))
    })
    rmSync(file)
    await until(() => expect(scraper.targets().active).toEqual([]))
    writeFileSync(join(folder, 'targets-2.json'), JSON.stringify([{ targets: [two.address] }]))
    await until(() => expect(scraper.targets().active.length).toBe(1))
  })

  it('come from a server', async () => {
    const one = await target(METRICS)
    const discovery = await target((_, response) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify([{ targets: [one.address] }])),
    )
    const url = `http://${discovery.address}/sd`
    const { scraper } = scrape([{ http_sd_configs: [{ url, refresh_interval: '100ms' }] }])
    await until(() => expect(healthOf(scraper)).toEqual(['up']))
    expect(scraper.targets().active[0]?.discoveredLabels.__meta_url).toBe(url)
    discovery.answer((_, response) => response.writeHead(500).end())
    const asked = discovery.requests.length
    await until(() => expect(discovery.requests.length).toBeGreaterThan(asked + 2))
    expect(healthOf(scraper)).toEqual(['up'])
  })

  it('are never scraped all at once', async () => {
    const times: number[] = []
    const { address } = await target((_, response) => {
      times.push(Date.now())
      response.end(METRICS)
    })
    const targets = Array.from({ length: 20 }, (_, i) => ({ targets: [address], labels: { n: String(i) } }))
    const { scraper } = scrape([{ scrape_interval: '1s', static_configs: targets }])
    await until(() => expect(new Set(healthOf(scraper))).toEqual(new Set(['up'])))
    times.sort((a, b) => a - b)
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(400)
  })

  it('are reloaded: what did not change is not disturbed, what is gone ends', async () => {
    const one = await target(METRICS)
    const two = await target('c 3\n')
    const first = { static_configs: [{ targets: [one.address] }] }
    const second = { static_configs: [{ targets: [two.address] }] }
    const { scraper, samples } = scrape([first, second])
    await until(() => expect(healthOf(scraper)).toEqual(['up', 'up']))
    const changed = { ...first, metric_relabel_configs: [{ action: 'drop', source_labels: ['__name__'], regex: 'b' }] }
    await scraper.reload(jobsOf([changed]))
    expect(scraper.targets().pools).toEqual(['job0'])
    expect(scraper.targets().active.map(({ health }) => health)).toEqual(['up'])
    await until(() => expect(last(samples, 'b')?.stale).toBe(true))
    expect(last(samples, 'c')?.stale).toBe(true)
    expect(last(samples, 'a')?.stale).toBeUndefined()
    expect(samples.filter((sample) => nameOf(sample) === 'up' && sample.value === 0)).toEqual([])
    await scraper.stop()
    const { length } = samples
    await new Promise((resolve) => setTimeout(resolve, 250))
    expect(samples.length).toBe(length)
    expect(last(samples, 'a')?.stale).toBeUndefined()
  })
})

describe('a configuration of several files', () => {
  it('is read as one', async () => {
    writeFileSync(join(folder, 'prometheus.yml'), 'global: {scrape_interval: 7s}\nscrape_config_files: [more-*.yml]\n')
    writeFileSync(join(folder, 'more-1.yml'), 'scrape_configs: [{job_name: x}]\n')
    const { jobs } = await loadPrometheusConfig(join(folder, 'prometheus.yml'))
    expect(jobs).toMatchObject([{ name: 'x', intervalMs: 7000 }])
    writeFileSync(join(folder, 'more-2.yml'), 'scrape_configs: [{job_name: x}]\n')
    await expect(loadPrometheusConfig(join(folder, 'prometheus.yml'))).rejects.toThrow('two jobs named "x"')
    await expect(loadPrometheusConfig(join(folder, 'none.yml'))).rejects.toThrow(
      `there is no file ${join(folder, 'none.yml')}`,
    )
  })
})
