import { END_OF_TIME_SECONDS, type WriteResult } from '../../model/batch.ts'
import { GirokError } from '../../model/errors.ts'
import type { SampleBatch } from '../../model/sample-batch.ts'
import type { Driver } from '../driver.ts'
import { GroupCommit, type GroupOptions, Inserts, type Sized } from '../group-commit.ts'
import type { StoreHealth } from '../health.ts'
import { encodeStreams, type LabelHours, type StreamTable } from '../streams.ts'
import { estimateBytes, SampleEncoder } from './encode.ts'
import { encodeExemplars } from './exemplars.ts'
import { encodeMetadata, type MetadataTable } from './metadata.ts'
import {
  EXEMPLARS,
  EXEMPLARS_COLUMNS,
  METADATA,
  METADATA_COLUMNS,
  SAMPLES_IN,
  SAMPLES_IN_COLUMNS,
  SERIES,
  SERIES_COLUMNS,
} from './schema.ts'
import { sampleSlices } from './slice.ts'

const MS_PER_HOUR = 3_600_000
const END_OF_TIME_MS = END_OF_TIME_SECONDS * 1000

interface Pending extends Sized {
  readonly batch: SampleBatch
  readonly hours: LabelHours
}

/** Stores batches of samples in groups. */
export class SampleWriter {
  readonly #groups: GroupCommit<Pending>
  readonly #inserts: Inserts
  readonly #series: StreamTable
  readonly #metadata: MetadataTable
  readonly #encoder = new SampleEncoder()
  readonly #now: () => number

  constructor(
    driver: Driver,
    tables: { readonly series: StreamTable; readonly metadata: MetadataTable },
    options: GroupOptions,
    now: () => number = Date.now,
  ) {
    this.#groups = new GroupCommit(options, (group) => this.#store(group))
    this.#inserts = new Inserts(driver, () => this.#groups.isClosing)
    this.#series = tables.series
    this.#metadata = tables.metadata
    this.#now = now
  }

  /** See WriteSamples. */
  async write(batch: SampleBatch): Promise<WriteResult> {
    this.#groups.refuseWhenClosed()
    const slices = sampleSlices(batch)
    await Promise.all(
      slices.map((slice) =>
        this.#groups.submit({
          batch: slice,
          hours: seriesHours(slice),
          rows: slice.count,
          bytes: estimateBytes(slice),
        }),
      ),
    )
    return { stored: true }
  }

  /** Runs a task while no insert runs. Rejects as the task does. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    return this.#groups.exclusive(task)
  }

  health(): StoreHealth {
    return this.#groups.health()
  }

  /** Refuses new batches, stores what waits. Idempotent. The driver stays open. */
  close(): Promise<void> {
    return this.#groups.close()
  }

  /** Series before samples: after a crash anywhere no sample is without its series. */
  async #store(group: readonly Pending[]): Promise<void> {
    const batches = group.map(({ batch }) => batch)
    const described = this.#metadata.changes(batches)
    if (described.length > 0) {
      await this.#inserts.insert(METADATA, METADATA_COLUMNS, encodeMetadata(described, this.#now()))
      this.#metadata.apply(described)
    }
    const changes = this.#series.changes(group.map(({ hours }) => hours))
    if (changes.length > 0) {
      await this.#inserts.insert(SERIES, SERIES_COLUMNS, encodeStreams(changes))
      this.#series.apply(changes)
    }
    if (batches.some(({ count }) => count > 0)) await this.#insertSamples(batches)
    const exemplars = encodeExemplars(batches)
    if (exemplars.length > 0) await this.#inserts.insert(EXEMPLARS, EXEMPLARS_COLUMNS, exemplars)
  }

  async #insertSamples(batches: readonly SampleBatch[]): Promise<void> {
    try {
      await this.#inserts.insert(SAMPLES_IN, SAMPLES_IN_COLUMNS, this.#encoder.encode(batches))
    } catch (error) {
      this.#encoder.forget()
      throw error
    }
  }
}

/** First and last hour of each series; throws `unprocessable` for a time that cannot be stored. */
function seriesHours(batch: SampleBatch): LabelHours {
  const { seriesList, series, timeMs, count, tenant, exemplars = [] } = batch
  const first = new Float64Array(seriesList.length).fill(Number.POSITIVE_INFINITY)
  const last = new Float64Array(seriesList.length).fill(Number.NEGATIVE_INFINITY)
  const note = (index: number, ms: number): void => {
    if (!(ms >= 0 && ms < END_OF_TIME_MS)) {
      throw new GirokError(
        'unprocessable',
        `a sample has the time ${ms} ms since 1970; the store takes 0 to ${END_OF_TIME_MS - 1}`,
      )
    }
    if (ms < (first[index] as number)) first[index] = ms
    if (ms > (last[index] as number)) last[index] = ms
  }
  for (let i = 0; i < count; i++) note(series[i] as number, timeMs[i] as number)
  for (const exemplar of exemplars) note(exemplar.series, exemplar.timeMs)
  for (let i = 0; i < first.length; i++) {
    first[i] = Math.floor((first[i] as number) / MS_PER_HOUR)
    last[i] = Math.floor((last[i] as number) / MS_PER_HOUR)
  }
  return { tenant, sets: seriesList, first, last }
}
