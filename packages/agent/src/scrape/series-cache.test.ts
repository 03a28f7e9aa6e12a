import { describe, expect, it } from 'vitest'
import type { Sample } from '../model/sink.ts'
import { SeriesCache } from './series-cache.ts'
import { readScrapeConfigs } from './settings/prometheus-file.ts'

const TARGET = new Map([
  ['instance', 'h:1'],
  ['job', 'a'],
])

function jobOf(settings: object = {}) {
  return readScrapeConfigs([{ job_name: 'a', ...settings }], '/').jobs[0]!
}

function open(settings: object = {}) {
  const cache = new SeriesCache(jobOf(settings), TARGET)
  let timeMs = 0
  return {
    cache,
    scrape: (text: string, format: 'text' | 'openmetrics' = 'text') => {
      const { samples, fault, ...counts } = cache.read(Buffer.from(text), format, ++timeMs, new Map())
      return { ...counts, samples: samples.map(shown), ...(fault && { fault: fault.message }) }
    },
  }
}

/** `name{label=value} 1`, without the labels of the target. */
function shown({ labels, value, stale, timeMs }: Sample): string {
  const rest = [...labels].filter(([name, text]) => name !== '__name__' && TARGET.get(name) !== text)
  const name = `${labels.get('__name__')}{${rest.map((pair) => pair.join('=')).join(',')}}`
  return `${name} ${stale ? 'stale' : value} @${timeMs}`
}

describe('series of a target', () => {
  it('are made once, and end when they are not told any more', () => {
    const { scrape } = open()
    expect(scrape('a 1\nb{x="1"} 2\n')).toMatchObject({
      samples: ['a{} 1 @1', 'b{x=1} 2 @1'],
      told: 2,
      kept: 2,
      added: 2,
    })
    expect(scrape('a 3\nb{x="1"} 4\n')).toMatchObject({ samples: ['a{} 3 @2', 'b{x=1} 4 @2'], added: 0 })
    expect(scrape('a 5\n')).toMatchObject({ samples: ['a{} 5 @3', 'b{x=1} stale @3'], told: 1, kept: 1, added: 0 })
    expect(scrape('a 6\n').samples).toEqual(['a{} 6 @4'])
    expect(scrape('a 7\nb{x="1"} 8\n')).toMatchObject({ samples: ['a{} 7 @5', 'b{x=1} 8 @5'], added: 1 })
  })

  it('are the same however they are written', () => {
    const { scrape } = open()
    scrape('a{x="1",y="2"} 1\n')
    expect(scrape('a{ y="2",x="1",} 2\n').samples).toEqual(['a{x=1,y=2} 2 @2'])
    expect(scrape('a{x="1",y="2"} 3\na{y="2",x="1"} 4\n')).toMatchObject({
      samples: ['a{x=1,y=2} 3 @3'],
      duplicates: 1,
    })
  })

  it('end when the scrape fails, and come back', () => {
    const { scrape, cache } = open()
    scrape('a 1\nb 2\n')
    expect(scrape('a 1\nc 1\nb x\n')).toMatchObject({
      fault: expect.stringContaining('line 3'),
      samples: ['a{} stale @2', 'b{} stale @2'],
      told: 2,
    })
    expect(cache.end(9)).toEqual([])
    expect(scrape('a 1\n').samples).toEqual(['a{} 1 @3'])
    expect(cache.end(9).map(shown)).toEqual(['a{} stale @9'])
  })

  it('do not begin with a scrape that fails', () => {
    expect(open().scrape('a 1\nb x\n').samples).toEqual([])
  })

  it('with times of their own do not end, unless told so', () => {
    const plain = open()
    expect(plain.scrape('a 1 77\nb 1\n').samples).toEqual(['a{} 1 @77', 'b{} 1 @1'])
    expect(plain.scrape('').samples).toEqual(['b{} stale @2'])
    const tracked = open({ track_timestamps_staleness: true })
    tracked.scrape('a 1 77\n')
    expect(tracked.scrape('').samples).toEqual(['a{} stale @2'])
    const ignored = open({ honor_timestamps: false })
    expect(ignored.scrape('a 1 77\n').samples).toEqual(['a{} 1 @1'])
    expect(ignored.scrape('').samples).toEqual(['a{} stale @2'])
  })

  it('take labels of the target, or keep their own', () => {
    const text = 'a{job="x",exported_job="y",instance=""} 1\n'
    expect(open().scrape(text).samples).toEqual(['a{exported_job=y,exported_exported_job=x} 1 @1'])
    expect(open({ honor_labels: true }).scrape(text).samples).toEqual(['a{job=x,exported_job=y} 1 @1'])
  })

  it('are relabelled and dropped', () => {
    const { scrape } = open({
      metric_relabel_configs: [
        { action: 'drop', source_labels: ['__name__'], regex: 'go_.*' },
        { action: 'labeldrop', regex: 'x' },
      ],
    })
    const text = 'go_a 1\na{x="1"} 1\ngo_b 1\n'
    expect(scrape(text)).toMatchObject({ samples: ['a{} 1 @1'], told: 3, kept: 1, added: 1 })
    expect(scrape(text)).toMatchObject({ samples: ['a{} 1 @2'], told: 3, kept: 1, added: 0 })
  })

  it('go on when the settings of the job change', () => {
    const { scrape, cache } = open()
    scrape('a{x="1"} 1\nb 1\n')
    cache.reuse(jobOf({ metric_relabel_configs: [{ action: 'labeldrop', regex: 'x' }] }), TARGET)
    expect(scrape('a{x="1"} 2\nb 2\n').samples).toEqual(['a{} 2 @2', 'b{} 2 @2', 'a{x=1} stale @2'])
    expect(scrape('a{x="1"} 3\nb 3\n').samples).toEqual(['a{} 3 @3', 'b{} 3 @3'])
  })

  it('show an exemplar once', () => {
    const { cache } = open()
    const read = (text: string) =>
      cache
        .read(Buffer.from(`${text}\n# EOF`), 'openmetrics', 5, new Map())
        .samples.map(({ exemplar }) => exemplar?.value)
    expect(read('a 1 # {t="1"} 2')).toEqual([2])
    expect(read('a 2 # {t="1"} 2')).toEqual([undefined])
    expect(read('a 2 # {t="2"} 3')).toEqual([3])
  })

  it('are described once, and again when the description changes', () => {
    const { scrape } = open()
    const text = '# HELP a First.\n# TYPE a gauge\na 1\n'
    expect(scrape(text).descriptions).toEqual([{ metric: 'a', type: 'gauge', help: 'First.', unit: '' }])
    expect(scrape(text).descriptions).toEqual([])
    expect(scrape(text.replace('First', 'Second')).descriptions).toMatchObject([{ help: 'Second.' }])
  })

  it.each([
    [{ sample_limit: 1 }, 'a 1\nb 1\nc 1\n', '3 samples, more than the sample_limit of 1'],
    [{ label_limit: 3 }, 'a{x="1"} 1\n', 'a has 4 labels; label_limit is 3'],
    [{ label_name_length_limit: 8 }, 'a{ninebytes="1"} 1\n', 'the label name ninebytes of a is longer'],
    [{ label_value_length_limit: 3 }, 'a{x="1234"} 1\n', 'the value of x of a is longer'],
  ])('keep within %j', (settings, text, message) => {
    expect(open(settings).scrape(text)).toMatchObject({ samples: [], fault: expect.stringContaining(message) })
  })

  it('cost little when nothing changes', () => {
    const lines = Array.from({ length: 1500 }, (_, i) => `node_cpu_seconds_total{cpu="${i}",mode="idle"} ${i}.25`)
    const bytes = Buffer.from(
      `# HELP node_cpu_seconds_total Seconds.\n# TYPE node_cpu_seconds_total counter\n${lines.join('\n')}\n`,
    )
    const cache = new SeriesCache(jobOf(), TARGET)
    const descriptions = new Map()
    for (let i = 0; i < 20; i++) cache.read(bytes, 'text', i, descriptions)
    const before = process.cpuUsage()
    for (let i = 20; i < 70; i++) cache.read(bytes, 'text', i, descriptions)
    const { user, system } = process.cpuUsage(before)
    // Some 0.6 ms where this was written.
    expect((user + system) / 50_000).toBeLessThan(12)
  })
})
