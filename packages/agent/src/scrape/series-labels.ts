import type { Labels } from '../model/source.ts'
import type { ScrapeJob, ScrapeLimits } from './settings/job.ts'

/** A scrape that brings more than a limit allows; it fails as a whole. */
export class ScrapeLimitError extends Error {
  override readonly name = 'ScrapeLimitError'
}

/**
 * Labels of a series as it is stored: those of the target join those that it tells, `metric_relabel_configs` have their
 * say, external labels come last. Undefined when relabelling drops it.
 * @throws ScrapeLimitError
 */
export function storedLabels(job: ScrapeJob, target: Labels, told: ReadonlyMap<string, string>): Labels | undefined {
  const joined = new Map(told)
  for (const [name, value] of target) {
    const own = told.get(name)
    if (own === undefined) joined.set(name, value)
    else if (!job.honorLabels) {
      joined.set(name, value)
      let exported = `exported_${name}`
      while (joined.has(exported)) exported = `exported_${exported}`
      joined.set(exported, own)
    }
  }
  const labels = job.relabelMetrics(joined)
  if (labels === undefined || !labels.has('__name__')) return undefined
  checkLimits(labels, job.limits)
  return withExternal(labels, job.external)
}

/** Labels of a series that the scraper itself makes, such as `up`. */
export function reportLabels(name: string, job: ScrapeJob, target: Labels): Labels {
  return withExternal(new Map([['__name__', name], ...target]), job.external)
}

function withExternal(labels: Map<string, string>, external: Labels): Labels {
  for (const [name, value] of external) if (!labels.has(name) && value !== '') labels.set(name, value)
  return labels
}

function checkLimits(labels: Labels, limits: ScrapeLimits): void {
  const metric = labels.get('__name__')
  if (limits.labels > 0 && labels.size > limits.labels) {
    throw new ScrapeLimitError(`${metric} has ${labels.size} labels; label_limit is ${limits.labels}`)
  }
  if (limits.labelNameBytes === 0 && limits.labelValueBytes === 0) return
  for (const [name, value] of labels) {
    if (limits.labelNameBytes > 0 && Buffer.byteLength(name) > limits.labelNameBytes) {
      throw new ScrapeLimitError(
        `the label name ${name} of ${metric} is longer than label_name_length_limit, ${limits.labelNameBytes} bytes`,
      )
    }
    if (limits.labelValueBytes > 0 && Buffer.byteLength(value) > limits.labelValueBytes) {
      throw new ScrapeLimitError(
        `the value of ${name} of ${metric} is longer than label_value_length_limit, ${limits.labelValueBytes} bytes`,
      )
    }
  }
}

/** A text that is equal for equal label sets. */
export function seriesKey(labels: Labels): string {
  return JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1)))
}
