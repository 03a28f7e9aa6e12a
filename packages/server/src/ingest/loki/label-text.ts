import { abbreviate, resolveLabels, type StreamDirectory, type StreamOutcome } from '../batch/stream-directory.ts'
import { parseLabels } from '../decode/label-syntax.ts'
import type { IngestLimits } from '../limits.ts'

export interface LabelTextOptions {
  readonly tenant: string
  readonly limits: IngestLimits
  readonly directory: StreamDirectory
}

/** Stream of a label text in Prometheus syntax, or why there is none. */
export function outcomeOf(labels: string, { tenant, limits, directory }: LabelTextOptions): StreamOutcome {
  const known = directory.get(tenant, labels)
  if (known !== undefined) return known
  const outcome = parseOutcome(labels, tenant, limits)
  directory.set(tenant, labels, outcome)
  return outcome
}

function parseOutcome(labels: string, tenant: string, limits: IngestLimits): StreamOutcome {
  const pairs = parseLabels(labels)
  if (typeof pairs === 'string') {
    return { refused: { reason: 'invalid_labels', text: `couldn't parse labels: ${pairs} in '${abbreviate(labels)}'` } }
  }
  const names = new Set<string>()
  for (const [name] of pairs) {
    if (names.has(name)) {
      const text = `stream '${abbreviate(labels)}' has duplicate label name: '${abbreviate(name)}'`
      return { refused: { reason: 'duplicate_label_names', text } }
    }
    names.add(name)
  }
  return resolveLabels(tenant, pairs, limits)
}
