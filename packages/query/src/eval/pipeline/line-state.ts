import { ERROR_DETAILS_LABEL, ERROR_LABEL, identityOf, keyPart, NO_LABELS, PRESERVE_ERROR_LABEL } from '../labels.ts'
import type { Labels, LogRow } from '../types.ts'

/** Where a label came from. A stage's labels are `parsed`, renamed ones too. */
export type Category = 0 | 1 | 2
export const STREAM: Category = 0
export const METADATA: Category = 1
export const PARSED: Category = 2

const COLLISION_SUFFIX = '_extracted'
const RESERVED: ReadonlySet<string> = new Set([ERROR_LABEL, ERROR_DETAILS_LABEL, PRESERVE_ERROR_LABEL])

/**
 * The line and labels while a row passes through the stages. One object serves all rows of a pipeline: `load` resets it.
 *
 * Labels that stages (or metadata) add live in parallel arrays searched from the front; lines have few labels, so this
 * beats a Map per row. A label that a parser set and a later stage removed keeps its place as a tombstone, because what
 * was extracted once is not extracted again.
 */
export class LineState {
  timeNs = 0n
  line = ''
  stream: Labels = NO_LABELS
  error = ''
  errorDetails = ''
  private names: string[] = []
  private values: (string | undefined)[] = []
  private categories: Category[] = []
  private count = 0
  private removed: string[] = []

  load(row: LogRow): void {
    this.timeNs = row.timeNs
    this.line = row.line
    this.stream = row.stream
    this.error = ''
    this.errorDetails = ''
    this.count = 0
    if (this.removed.length > 0) this.removed = []
    const { metadata } = row
    for (let i = 0; i < metadata.length; i++) {
      const [name, value] = metadata[i] as readonly [string, string]
      if (name === ERROR_LABEL) this.error = value
      else if (name === ERROR_DETAILS_LABEL) this.errorDetails = value
      else this.set(METADATA, this.stream.has(name) ? name + COLLISION_SUFFIX : name, value)
    }
  }

  /** The value of a label, or undefined when the line has none of the name. Errors are not labels yet: see `error`. */
  get(name: string): string | undefined {
    const at = this.find(name)
    if (at >= 0) {
      const value = this.values[at]
      if (value !== undefined) return value
      // A tombstone hides nothing: the stream's own label decides.
    }
    if (this.removed.length > 0 && this.removed.includes(name)) return undefined
    return this.stream.get(name)
  }

  /** As `get`, with the error labels and `''` for absent ones: what a string comparison of a label filter sees. */
  text(name: string): string {
    return name === ERROR_LABEL ? this.error : (this.get(name) ?? '')
  }

  /** Sets a label. A weaker category (stream < metadata < parsed) never replaces a stronger one. */
  set(category: Category, name: string, value: string): void {
    const at = this.find(name)
    if (at < 0) {
      const end = this.count++
      this.names[end] = name
      this.values[end] = value
      this.categories[end] = category
      return
    }
    if (this.values[at] !== undefined && (this.categories[at] as Category) > category) return
    this.values[at] = value
    this.categories[at] = category
  }

  /** The name under which a parser stores a field: collisions with the stream's or metadata labels get a suffix. */
  parsedName(name: string): string {
    if (this.stream.has(name)) return name + COLLISION_SUFFIX
    const at = this.find(name)
    if (at >= 0 && this.categories[at] === METADATA && this.values[at] !== undefined) return name + COLLISION_SUFFIX
    return name
  }

  /**
   * Stores a parsed field under its final name, unless an earlier field of the line already has it. The names of the error
   * labels are the pipeline's own: a log line cannot set them.
   */
  extract(name: string, value: string): void {
    if (name.charCodeAt(0) === 0x5f && RESERVED.has(name)) return
    const final = this.parsedName(name)
    const at = this.find(final)
    if (at >= 0 && this.categories[at] === PARSED) return
    this.set(PARSED, final, value)
  }

  remove(name: string): void {
    const at = this.find(name)
    if (at >= 0) this.values[at] = undefined
    if (this.stream.has(name)) this.removed.push(name)
  }

  /** Whether parsers (or `label_format`) have set all of these at some time, be it that a later stage removed them. */
  hasParsed(names: readonly string[]): boolean {
    for (let i = 0; i < names.length; i++) {
      const at = this.find(names[i] as string)
      if (at < 0 || this.categories[at] !== PARSED) return false
    }
    return true
  }

  fail(kind: string, details: string): void {
    this.error = kind
    this.errorDetails = details
  }

  /** A mark to which `rollBack` returns: parsed fields set since are forgotten. */
  mark(): number {
    return this.count
  }

  rollBack(mark: number): void {
    this.count = mark
  }

  /** Names of all labels that the line now has, errors excluded. */
  labelNames(): string[] {
    const names: string[] = []
    for (let i = 0; i < this.count; i++) if (this.values[i] !== undefined) names.push(this.names[i] as string)
    for (const name of this.stream.keys()) if (this.get(name) !== undefined && !names.includes(name)) names.push(name)
    return names
  }

  /** Whether the labels are the stream's own, untouched. */
  isPlain(): boolean {
    return this.count === 0 && this.removed.length === 0 && this.error === '' && this.errorDetails === ''
  }

  streamLabels(): Labels {
    if (this.count === 0 && this.removed.length === 0) return this.stream
    let kept: Map<string, string> | undefined
    for (const name of this.stream.keys()) {
      const at = this.find(name)
      const replaced = at >= 0 && this.values[at] !== undefined
      if (!replaced && !this.removed.includes(name)) continue
      kept ??= new Map(this.stream)
      kept.delete(name)
    }
    for (let i = 0; i < this.count; i++) {
      if (this.categories[i] !== STREAM || this.values[i] === undefined) continue
      kept ??= new Map(this.stream)
      kept.set(this.names[i] as string, this.values[i] as string)
    }
    return kept ?? this.stream
  }

  metadataLabels(): Labels {
    return this.added(METADATA) ?? NO_LABELS
  }

  parsedLabels(): Labels {
    const parsed = this.added(PARSED)
    if (this.error === '' && this.errorDetails === '') return parsed ?? NO_LABELS
    const withErrors = parsed ?? new Map<string, string>()
    if (this.error !== '') withErrors.set(ERROR_LABEL, this.error)
    if (this.errorDetails !== '') withErrors.set(ERROR_DETAILS_LABEL, this.errorDetails)
    return withErrors
  }

  /** All labels as one set. */
  allLabels(): Labels {
    if (this.isPlain()) return this.stream
    const all = new Map<string, string>()
    for (const [name, value] of this.stream) if (!this.removed.includes(name)) all.set(name, value)
    for (let i = 0; i < this.count; i++) {
      const value = this.values[i]
      if (value !== undefined) all.set(this.names[i] as string, value)
    }
    if (this.error !== '') all.set(ERROR_LABEL, this.error)
    if (this.errorDetails !== '') all.set(ERROR_DETAILS_LABEL, this.errorDetails)
    return all
  }

  /**
   * A string that determines `allLabels` (equal keys, equal labels; not the reverse). Cheap: made per row to find the
   * row's series without building a Map. `without` names labels that do not matter.
   */
  rawKey(without: readonly string[]): string {
    let key = `${identityOf(this.stream)}`
    for (const name of this.removed) key += `-${name.length}:${name}`
    for (let i = 0; i < this.count; i++) {
      const value = this.values[i]
      if (value === undefined) continue
      const name = this.names[i] as string
      if (without.length === 0 || !without.includes(name)) key += `+${keyPart(name, value)}`
    }
    return key
  }

  private added(category: Category): Map<string, string> | undefined {
    let labels: Map<string, string> | undefined
    for (let i = 0; i < this.count; i++) {
      const value = this.values[i]
      if (this.categories[i] !== category || value === undefined) continue
      labels ??= new Map()
      labels.set(this.names[i] as string, value)
    }
    return labels
  }

  private find(name: string): number {
    const { names, count } = this
    for (let i = 0; i < count; i++) if (names[i] === name) return i
    return -1
  }
}
