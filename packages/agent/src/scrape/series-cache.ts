import { createHash } from 'node:crypto'
import type { MetricDescription, Sample } from '../model/sink.ts'
import type { Labels } from '../model/source.ts'
import { type DescriptionLine, readDescription } from './exposition/description.ts'
import { ExpositionError } from './exposition/error.ts'
import { readExemplar } from './exposition/exemplar.ts'
import { Families } from './exposition/families.ts'
import type { ExpositionFormat } from './exposition/format.ts'
import { readSeries } from './exposition/labels.ts'
import { type ExpositionItem, ExpositionReader } from './exposition/reader.ts'
import { ScrapeLimitError, seriesKey, storedLabels } from './series-labels.ts'
import type { ScrapeJob } from './settings/job.ts'

/** One stored series of a target. Several texts may mean it: labels in another order. */
interface Series {
  readonly labels: Labels
  /** Number of the last scrape that brought it. */
  seen: number
  /** It has samples that are not followed by a stale marker. */
  live: boolean
}

interface Entry {
  /** Undefined: dropped by relabelling. */
  series: Series | undefined
  seen: number
  /** Text of its last exemplar: targets show one again and again until there is another. */
  exemplar: string
}

export interface Scraped {
  /** With stale markers of series that have ended. */
  readonly samples: readonly Sample[]
  readonly descriptions: readonly MetricDescription[]
  /** Samples in the exposition. */
  readonly told: number
  /** Samples that relabelling left. */
  readonly kept: number
  /** Series that are new. */
  readonly added: number
  /** Samples that were left out, because their series had one already. */
  readonly duplicates: number
  /** Why the scrape fails as a whole: then `samples` are stale markers alone, and the counts are of what was read. */
  readonly fault: ExpositionError | ScrapeLimitError | undefined
}

/** Description lines, parsed; targets of one job say nearly all the same. */
export type DescriptionCache = Map<string, DescriptionLine>

const MOST_DESCRIPTIONS = 20_000

/**
 * What is known of the series of one target. Between two scrapes nearly nothing changes but the values: texts that are
 * known cost one look-up, no labels are made.
 */
export class SeriesCache {
  #job: ScrapeJob
  #target: Labels
  readonly #byText = new Map<string, Entry>()
  /** By 48 bits of the hash of their labels; those that collide are probed. */
  readonly #series = new Map<number, Series>()
  #families = new Families()
  #scrape = 0
  /** There are series that no text stands for. */
  #strays = false

  constructor(job: ScrapeJob, target: Labels) {
    this.#job = job
    this.#target = target
  }

  /** Goes on with other settings: texts may mean other series now; those that do not come again will end. */
  reuse(job: ScrapeJob, target: Labels): void {
    this.#job = job
    this.#target = target
    this.#byText.clear()
    this.#strays = true
  }

  /** Reads what the target answered. */
  read(bytes: Buffer, format: ExpositionFormat, timeMs: number, descriptions: DescriptionCache): Scraped {
    const scrape = ++this.#scrape
    const revived: Series[] = []
    const samples: Sample[] = []
    const count = { told: 0, kept: 0, added: 0, duplicates: 0 }
    let seen = 0
    const { honorTimestamps, staleWithTimestamps, limits } = this.#job
    let fault: Scraped['fault']
    try {
      const reader = new ExpositionReader(bytes, format)
      for (let item = reader.next(); item !== undefined; item = reader.next()) {
        if (item !== 'sample') {
          this.#families.tell(describe(item, reader, descriptions))
          continue
        }
        count.told++
        const text = bytes.toString('latin1', reader.start, reader.end)
        let entry = this.#byText.get(text)
        if (entry === undefined) {
          entry = this.#meet(text, reader)
          if (entry.series !== undefined) count.added++
        }
        if (entry.seen !== scrape) {
          entry.seen = scrape
          seen++
        }
        const { series } = entry
        if (series === undefined) continue
        const ownTime = honorTimestamps ? reader.timeMs : undefined
        if (ownTime === undefined && series.seen === scrape) {
          count.duplicates++
          continue
        }
        series.seen = scrape
        if (!series.live && (ownTime === undefined || staleWithTimestamps)) {
          series.live = true
          revived.push(series)
        }
        count.kept++
        // Counted to the end, so that the reports tell how far it is above the limit.
        if (limits.samples === 0 || count.kept <= limits.samples) {
          samples.push(sampleOf(series.labels, ownTime ?? timeMs, entry, reader))
        }
      }
    } catch (error) {
      if (!(error instanceof ExpositionError || error instanceof ScrapeLimitError)) throw error
      fault = error
    }
    if (fault === undefined && limits.samples > 0 && count.kept > limits.samples) {
      fault = new ScrapeLimitError(`${count.kept} samples, more than the sample_limit of ${limits.samples}`)
    }
    if (fault !== undefined) {
      // They were not stored, so they need no end.
      for (const series of revived) series.live = false
      return { samples: this.end(timeMs), descriptions: [], ...count, fault }
    }
    if (seen < this.#byText.size || this.#strays) this.#forget(scrape, timeMs, samples)
    return { samples, descriptions: this.#families.takeChanged(), ...count, fault }
  }

  /** Stale markers for all series that are live, because the target or the scrape is gone; and forgets all. */
  end(timeMs: number): Sample[] {
    const samples: Sample[] = []
    for (const { labels, live } of this.#series.values()) {
      if (live) samples.push({ labels, value: Number.NaN, timeMs, stale: true })
    }
    this.#byText.clear()
    this.#series.clear()
    return samples
  }

  /** What the target says of its metrics. */
  descriptions(): Iterable<MetricDescription> {
    return this.#families.all()
  }

  #meet(text: string, reader: ExpositionReader): Entry {
    const { bytes, start, end, line } = reader
    const told = readSeries(bytes, start, end, this.#families.type, line)
    const labels = storedLabels(this.#job, this.#target, told)
    const entry = { series: labels && this.#seriesOf(labels), seen: 0, exemplar: '' }
    this.#byText.set(text, entry)
    return entry
  }

  #seriesOf(labels: Labels): Series {
    let hash = createHash('md5').update(seriesKey(labels)).digest().readUIntBE(0, 6)
    for (;;) {
      const known = this.#series.get(hash)
      if (known === undefined) {
        const series = { labels, seen: 0, live: false }
        this.#series.set(hash, series)
        return series
      }
      if (isEqual(known.labels, labels)) return known
      hash++
    }
  }

  /** Forgets what this scrape did not bring; what was live ends. */
  #forget(scrape: number, timeMs: number, samples: Sample[]): void {
    for (const [text, entry] of this.#byText) if (entry.seen !== scrape) this.#byText.delete(text)
    for (const [hash, series] of this.#series) {
      if (series.seen === scrape) continue
      this.#series.delete(hash)
      if (series.live) samples.push({ labels: series.labels, value: Number.NaN, timeMs, stale: true })
    }
    this.#strays = false
    if (this.#families.size > MOST_DESCRIPTIONS) this.#families = new Families()
  }
}

function describe(
  item: Exclude<ExpositionItem, 'sample'>,
  { bytes, start, end, line, format }: ExpositionReader,
  known: DescriptionCache,
): DescriptionLine {
  const text = bytes.toString('utf8', start, end)
  const key = `${item} ${text}`
  const found = known.get(key)
  if (found !== undefined) return found
  const read = readDescription(item, text, format, line)
  if (known.size >= MOST_DESCRIPTIONS) known.clear()
  known.set(key, read)
  return read
}

function sampleOf(labels: Labels, timeMs: number, entry: Entry, reader: ExpositionReader): Sample {
  const { bytes, value, exemplarStart, exemplarEnd, line } = reader
  if (exemplarEnd === 0) return { labels, value, timeMs }
  const text = bytes.toString('latin1', exemplarStart, exemplarEnd)
  if (text === entry.exemplar) return { labels, value, timeMs }
  const exemplar = readExemplar(bytes, exemplarStart, exemplarEnd, line)
  entry.exemplar = text
  return { labels, value, timeMs, exemplar: { ...exemplar, timeMs: exemplar.timeMs ?? timeMs } }
}

function isEqual(a: Labels, b: Labels): boolean {
  if (a.size !== b.size) return false
  for (const [name, value] of a) if (b.get(name) !== value) return false
  return true
}
