import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { createFileScraper } from '../scrape/index.ts'
import { prometheus } from './prometheus.ts'
import { gatheringContext } from './testing/context.ts'

let folder = ''
let address = ''
const server = createServer((_, response) => response.end('a 1\n'))

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'girok-prometheus-'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  server.close()
  server.closeAllConnections()
})

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 5000, interval: 10 })
const config = (target: string) =>
  `global: {scrape_interval: 100ms}\nscrape_configs: [{job_name: j, static_configs: [{targets: ["${target}"]}]}]\n`

describe('the input prometheus', () => {
  it('reads its example', () => {
    const given = v.parse(prometheus.options, parse(prometheus.example))
    expect(prometheus.open(given, gatheringContext()).status()).toEqual([])
  })

  it('refuses jobs that are none', () => {
    const refused = v.safeParse(prometheus.options, { scrapeConfigs: [{ job_name: 'a', schema: 'x' }] })
    expect(refused.issues?.[0]?.message).toBe('scrape_configs[0].schema: no such key; did you mean scheme?')
    expect(v.safeParse(prometheus.options, { interval: '5s' }).success).toBe(false)
    const none = v.parse(prometheus.options, {})
    expect(() => prometheus.open(none, gatheringContext())).toThrow('test[0]: give either configFile')
  })

  it('scrapes jobs of its own', async () => {
    const context = gatheringContext()
    const scrapeConfigs = [{ job_name: 'j', static_configs: [{ targets: [address, '127.0.0.1:1'] }] }]
    const input = prometheus.open(v.parse(prometheus.options, { scrapeConfigs, scrapeInterval: '100ms' }), context)
    input.start()
    await until(() => expect(input.status().map(({ state }) => state)).toEqual(['active', 'failing']))
    const [up, down] = input.status()
    expect(up).toMatchObject({ name: `http://${address}/metrics`, lastMs: expect.any(Number) })
    expect(up?.count).toBeGreaterThan(0)
    expect(down?.error).toContain('ECONNREFUSED')
    await input.stop()
    const names = context.rounds.flat().map(({ labels }) => labels.get('__name__'))
    expect(names).toEqual(expect.arrayContaining(['a', 'up', 'scrape_duration_seconds']))
  })

  it('follows a prometheus.yml, and tells when it is broken', async () => {
    const configFile = join(folder, 'prometheus.yml')
    const context = gatheringContext()
    const input = prometheus.open(v.parse(prometheus.options, { configFile }), context)
    input.start()
    await until(() => expect(input.status()[0]?.error).toBe(`there is no file ${configFile}`))
    await input.stop()
    expect(context.said).toHaveLength(1)

    writeFileSync(configFile, config('127.0.0.1:1'))
    const again = prometheus.open(v.parse(prometheus.options, { configFile }), context)
    again.start()
    await until(() => expect(again.status()).toMatchObject([{ name: 'http://127.0.0.1:1/metrics', state: 'failing' }]))
    await again.stop()
  })

  it('sees that the file was changed', async () => {
    const file = join(folder, 'changing.yml')
    writeFileSync(file, config('127.0.0.1:1'))
    const context = gatheringContext()
    const scraper = createFileScraper({ ...context, file, lookMs: 30 })
    await scraper.start()
    const urls = () => scraper.targets().active.map(({ scrapeUrl }) => scrapeUrl)
    expect(urls()).toEqual(['http://127.0.0.1:1/metrics'])
    writeFileSync(file, 'scrape_configs: [')
    await until(() => expect(scraper.fault()).toContain('line 1: not YAML'))
    expect(urls()).toEqual(['http://127.0.0.1:1/metrics'])
    await expect(scraper.reload()).rejects.toThrow('not YAML')
    writeFileSync(file, config(address))
    await until(() => expect(urls()).toEqual([`http://${address}/metrics`]))
    expect(scraper.fault()).toBeUndefined()
    await scraper.stop()
    const broken = context.said.filter(({ level }) => level === 'error')
    expect(broken).toHaveLength(1)
  })
})
