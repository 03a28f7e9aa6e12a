import type { Grouping } from '../../logql/ast.ts'
import { QueryError } from '../../text/error.ts'
import {
  ERROR_DETAILS_LABEL,
  ERROR_LABEL,
  formatLabels,
  groupLabels,
  keyPart,
  labelsKey,
  PRESERVE_ERROR_LABEL,
} from '../labels.ts'
import type { LineState } from '../pipeline/line-state.ts'
import type { Labels } from '../types.ts'

/**
 * Finds the series that a line belongs to. Two steps, because making a label Map per line would cost more than all the
 * rest: a cheap key of what the line has finds the series of lines seen before; only a new key builds the labels.
 */
export class SeriesIndex<T> {
  private readonly byRawKey = new Map<string, T>()
  private readonly byPlainStream = new Map<Labels, T>()
  private readonly byLabels = new Map<string, T>()
  private readonly grouping: Grouping | undefined
  /** Removed from series without a grouping: the unwrapped label. */
  private readonly dropped: readonly string[]
  private readonly make: (labels: Labels) => T

  constructor(grouping: Grouping | undefined, dropped: readonly string[], make: (labels: Labels) => T) {
    const all = grouping === undefined && dropped.length === 0
    // Details of an error that was dropped are part of whole label sets only.
    const without = [...(grouping?.labels ?? []), ...dropped, ERROR_DETAILS_LABEL]
    this.grouping = all || grouping?.without === false ? grouping : { without: true, labels: without }
    this.dropped = this.grouping?.without === true ? this.grouping.labels : []
    this.make = make
  }

  get size(): number {
    return this.byLabels.size
  }

  /** Throws an evaluate-phase `QueryError` when the line carries an error that the query did not ask for. */
  of(state: LineState): T {
    if (state.error !== '') return this.ofFailed(state)
    const { grouping } = this
    if (grouping !== undefined && !grouping.without) return this.ofGroup(state, grouping.labels)
    if (state.isPlain()) {
      const known = this.byPlainStream.get(state.stream)
      if (known !== undefined) return known
      const series = this.resolve(this.reduce(state.stream))
      this.byPlainStream.set(state.stream, series)
      return series
    }
    const raw = state.rawKey(this.dropped)
    const known = this.byRawKey.get(raw)
    if (known !== undefined) return known
    const series = this.resolve(this.reduce(state.allLabels()))
    this.byRawKey.set(raw, series)
    return series
  }

  private reduce(labels: Labels): Labels {
    return this.grouping === undefined ? labels : groupLabels(labels, this.grouping)
  }

  private ofGroup(state: LineState, names: readonly string[]): T {
    let raw = ''
    if (names.length === 1) {
      const value = state.get(names[0] as string)
      raw = value === undefined ? '' : `=${value}`
    } else {
      for (let i = 0; i < names.length; i++) {
        const value = state.get(names[i] as string)
        if (value !== undefined) raw += `${i}${keyPart('', value)}`
      }
    }
    const known = this.byRawKey.get(raw)
    if (known !== undefined) return known
    const labels = new Map<string, string>()
    for (const name of names) {
      const value = state.get(name)
      if (value !== undefined) labels.set(name, value)
    }
    const series = this.resolve(labels)
    this.byRawKey.set(raw, series)
    return series
  }

  /** A failed line keeps all its labels, whatever the grouping: the aggregation around sees `__error__` that way. */
  private ofFailed(state: LineState): T {
    const labels = state.allLabels()
    if (labels.get(PRESERVE_ERROR_LABEL) !== 'true') throw pipelineError(labels)
    return this.resolve(labels)
  }

  private resolve(labels: Labels): T {
    const key = labelsKey(labels)
    const known = this.byLabels.get(key)
    if (known !== undefined) return known
    const series = this.make(labels)
    this.byLabels.set(key, series)
    return series
  }
}

function pipelineError(labels: Labels): QueryError {
  const kind = labels.get(ERROR_LABEL) as string
  const series = formatLabels(labels)
  return new QueryError(
    `pipeline error: '${kind}' for series: '${series}'.\n` +
      `Use a label filter to intentionally skip this error. (e.g | ${ERROR_LABEL}!="${kind}").\n` +
      `To skip all potential errors you can match empty errors.(e.g ${ERROR_LABEL}="")\n` +
      'The label filter can also be specified after unwrap. ' +
      `(e.g | unwrap latency | ${ERROR_LABEL}="" )\n`,
    0,
    0,
    'evaluate',
  )
}
