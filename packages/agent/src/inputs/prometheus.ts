import * as v from 'valibot'
import { defineInput, type Input, type InputContext, type SourceStatus } from '../model/input.ts'
import { ConfigProblem } from '../model/problem.ts'
import { duration } from '../model/units.ts'
import {
  createFileScraper,
  createScraper,
  readScrapeConfigs,
  type Scraper,
  type TargetStatus,
} from '../scrape/index.ts'

/** The whole list is held against its rules when the configuration is read; `open` reads it again from its folder. */
const scrapeConfigs = v.rawCheck<unknown>(({ dataset, addIssue }) => {
  if (dataset.value === undefined) return
  try {
    readScrapeConfigs(dataset.value, '/')
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error
    addIssue({ message: error.message })
  }
})

const options = v.strictObject({
  /** A `prometheus.yml`; its `global` and `scrape_configs` are used, and followed when the file is changed. */
  configFile: v.optional(v.string()),
  /** Jobs as in `scrape_configs` of Prometheus, instead of a file. */
  scrapeConfigs: v.optional(v.pipe(v.unknown(), scrapeConfigs)),
  /** Of jobs that say none. */
  scrapeInterval: duration('1m', 100),
  scrapeTimeout: duration('10s', 100),
  /** Folder that relative paths in `scrapeConfigs` count from. */
  folder: v.optional(v.string(), '.'),
})

type Options = v.InferOutput<typeof options>

export const prometheus = defineInput<Options>({
  name: 'prometheus',
  summary: 'Metrics of targets, scraped as Prometheus does, by its configuration',
  options,
  pathOptions: ['configFile', 'folder'],
  example: `
scrapeInterval: 15s
scrapeConfigs:
  - job_name: node
    static_configs:
      - targets: [localhost:9100]
`,
  open(given, context) {
    if ((given.configFile === undefined) === (given.scrapeConfigs === undefined)) {
      throw new ConfigProblem(`${context.name}: give either configFile, the path of a prometheus.yml, or scrapeConfigs`)
    }
    return given.configFile === undefined ? openJobs(given, context) : openFile(given.configFile, context)
  },
})

function openJobs(given: Options, context: InputContext): Input {
  const { jobs, notes } = readScrapeConfigs(given.scrapeConfigs ?? [], given.folder, {
    intervalMs: given.scrapeInterval,
    timeoutMs: given.scrapeTimeout,
  })
  const scraper = createScraper({ ...context, jobs })
  return {
    start() {
      for (const note of notes) context.log('info', 'a part of the configuration is not used', { note })
      scraper.start()
    },
    stop: () => scraper.stop(),
    status: () => statusOf(scraper),
  }
}

function openFile(file: string, context: InputContext): Input {
  const scraper = createFileScraper({ ...context, file, env: process.env })
  return {
    start() {
      scraper.start().catch(() => {
        context.log('error', 'the configuration of scraping cannot be read; it is tried again', {
          error: scraper.fault(),
        })
      })
    },
    stop: () => scraper.stop(),
    status() {
      const fault = scraper.fault()
      const broken: SourceStatus[] =
        fault === undefined ? [] : [{ name: file, state: 'failing', count: 0, error: fault }]
      return [...broken, ...statusOf(scraper)]
    },
  }
}

const STATES = { up: 'active', down: 'failing', unknown: 'waiting' } as const

function statusOf(scraper: Pick<Scraper, 'targets'>): SourceStatus[] {
  return scraper.targets().active.map((target: TargetStatus) => ({
    name: target.scrapeUrl === '' ? `${target.scrapePool}: ${target.labels.instance}` : target.scrapeUrl,
    state: STATES[target.health],
    count: target.totalSamples,
    ...(target.lastScrapeMs !== undefined && { lastMs: target.lastScrapeMs }),
    ...(target.lastError !== '' && { error: target.lastError }),
  }))
}
