import { type LabelSet, labelSet, labelsText, makeStream, type Stream, UNKNOWN_SERVICE } from '../../model/labels.ts'
import type { IngestLimits } from '../limits.ts'
import type { RefusalReason } from './refusals.ts'

/** What became of a stream's labels: a stream, or the reason why its records cannot be stored. */
export type StreamOutcome =
  | { readonly stream: Stream; readonly refused?: undefined }
  | { readonly stream?: undefined; readonly refused: { readonly reason: RefusalReason; readonly text: string } }

/** Labels of records that come with none: a stream has at least one. */
export const UNLABELLED: readonly (readonly [string, string])[] = [['service_name', UNKNOWN_SERVICE]]

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/
const MAX_CACHED = 20_000
const MAX_CACHED_TEXT_LENGTH = 4096

/**
 * Remembers across requests which stream a label text stands for, so that parsing, checking and hashing happen once for
 * each distinct text of a tenant. Holds two generations of at most 20,000 texts; what was not asked for during a whole
 * generation is forgotten.
 */
export class StreamDirectory {
  #young = new Map<string, Map<string, StreamOutcome>>()
  #old = new Map<string, Map<string, StreamOutcome>>()
  #youngCount = 0

  get(tenant: string, text: string): StreamOutcome | undefined {
    const young = this.#young.get(tenant)?.get(text)
    if (young !== undefined) return young
    const old = this.#old.get(tenant)?.get(text)
    if (old !== undefined) this.set(tenant, text, old)
    return old
  }

  /** What `text` stands for; its labels are only asked for when that is not known yet. */
  outcome(
    tenant: string,
    text: string,
    limits: IngestLimits,
    labels: () => Iterable<readonly [string, string]>,
  ): StreamOutcome {
    const known = this.get(tenant, text)
    if (known !== undefined) return known
    const outcome = resolveLabels(tenant, labels(), limits)
    this.set(tenant, text, outcome)
    return outcome
  }

  set(tenant: string, text: string, outcome: StreamOutcome): void {
    if (text.length > MAX_CACHED_TEXT_LENGTH) return
    if (this.#youngCount >= MAX_CACHED) {
      this.#old = this.#young
      this.#young = new Map()
      this.#youngCount = 0
    }
    let ofTenant = this.#young.get(tenant)
    if (ofTenant === undefined) {
      ofTenant = new Map()
      this.#young.set(tenant, ofTenant)
    }
    ofTenant.set(text, outcome)
    this.#youngCount++
  }
}

/** Makes the stream of these labels, or says which rule or limit they break. Of equal names the last one counts. */
export function resolveLabels(
  tenant: string,
  pairs: Iterable<readonly [string, string]>,
  limits: IngestLimits,
): StreamOutcome {
  const labels = labelSet(pairs)
  const refused = checkLabels(labels, limits)
  return refused ? { refused } : { stream: makeStream(tenant, labels) }
}

function checkLabels(labels: LabelSet, limits: IngestLimits): { reason: RefusalReason; text: string } | undefined {
  if (labels.size === 0) {
    return { reason: 'missing_labels', text: 'error at least one label pair is required per stream' }
  }
  const shown = () => abbreviate(labelsText(labels))
  if (limits.maxLabelNamesPerSeries > 0 && labels.size > limits.maxLabelNamesPerSeries) {
    return {
      reason: 'max_label_names_per_series',
      text: `stream '${shown()}' has ${labels.size} label names; limit ${limits.maxLabelNamesPerSeries}`,
    }
  }
  for (const [name, value] of labels) {
    if (!LABEL_NAME.test(name)) {
      const text = `couldn't parse labels: ${JSON.stringify(abbreviate(name))} is not a label name: use letters, digits and _`
      return { reason: 'invalid_labels', text }
    }
    if (limits.maxLabelNameLength > 0 && Buffer.byteLength(name) > limits.maxLabelNameLength) {
      return {
        reason: 'label_name_too_long',
        text: `stream '${shown()}' has label name too long: '${abbreviate(name)}'`,
      }
    }
    if (limits.maxLabelValueLength > 0 && Buffer.byteLength(value) > limits.maxLabelValueLength) {
      return {
        reason: 'label_value_too_long',
        text: `stream '${shown()}' has label value too long: '${abbreviate(value)}'`,
      }
    }
  }
  return undefined
}

/** Cuts a text that an attacker may have made long, for error messages. */
export function abbreviate(text: string, length = 300): string {
  return text.length > length ? `${text.slice(0, length)}…` : text
}
