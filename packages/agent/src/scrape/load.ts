import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ConfigProblem } from '../model/problem.ts'
import type { AlertSettings } from './settings/alerting.ts'
import {
  type PrometheusConfigOptions,
  readPrometheusConfig,
  readScrapeConfigFile,
  refuseTwins,
  type ScrapeSettings,
} from './settings/prometheus-file.ts'
import { filesOf } from './target-files.ts'

/** A `prometheus.yml` as a whole. */
export interface LoadedConfig extends ScrapeSettings {
  /** Undefined when nobody here sends alerts. */
  readonly alerts: AlertSettings | undefined
}

/**
 * Reads a `prometheus.yml` and the files that its `scrape_config_files` name.
 * @throws ConfigProblem with file, line and remedy
 */
export async function loadPrometheusConfig(
  file: string,
  options: Omit<PrometheusConfigOptions, 'at'> = {},
): Promise<LoadedConfig> {
  const at = resolve(file)
  const config = readPrometheusConfig(await textOf(at), { ...options, at })
  const jobs = [...config.jobs]
  const notes = [...config.notes]
  for (const pattern of config.moreFiles) {
    for (const { path } of await filesOf(pattern)) {
      const more = readScrapeConfigFile(await textOf(path), path, config.global)
      jobs.push(...more.jobs)
      notes.push(...more.notes)
    }
  }
  refuseTwins(jobs)
  return { jobs, notes, alerts: config.alerts }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new ConfigProblem(code === 'ENOENT' ? `there is no file ${path}` : `cannot read ${path}: ${message}`)
  }
}
