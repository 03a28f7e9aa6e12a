/** Scrapes targets as Prometheus does, and reads its configuration. */
export { ConfigProblem } from '../model/problem.ts'
export type { MetricDescription, Sample, SampleSink } from '../model/sink.ts'
export type { AlertmanagersStatus, AlertmanagerTarget } from './alertmanagers.ts'
export { ExpositionError } from './exposition/error.ts'
export type { ExpositionFormat } from './exposition/format.ts'
export { parseExposition } from './exposition/parse.ts'
export { createFileScraper, type FileScraper, type FileScraperOptions } from './file-scraper.ts'
export type { TargetDescription } from './job-runner.ts'
export { loadPrometheusConfig } from './load.ts'
export { compileRelabel, type NameScheme, type Relabel } from './relabel.ts'
export {
  createScraper,
  type DroppedTargetStatus,
  type Scraper,
  type ScraperOptions,
  type TargetStatus,
  type TargetsStatus,
} from './scraper.ts'
export type { AlertSettings, CheckRequests, RequestFault, RequestSettings } from './settings/alerting.ts'
export type { ScrapeJob } from './settings/job.ts'
export { readPrometheusConfig, readScrapeConfigs, type ScrapeSettings } from './settings/prometheus-file.ts'
