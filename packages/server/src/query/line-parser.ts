import { compilePipeline, type Labels } from '@girok/query'
import type { ResultEntry } from './engine.ts'

const NOWHERE = { start: 0, end: 0 }
const STAGES = {
  json: { kind: 'json', extractions: [], at: NOWHERE },
  logfmt: { kind: 'logfmt', strict: false, keepEmpty: false, extractions: [], at: NOWHERE },
} as const

/**
 * Parses lines as `| json` or `| logfmt` does: under the labels of the stream and the given metadata, so that fields get
 * the names by which a query would know them. `__error__` is among them when the line is not of the kind.
 */
export function lineParser(parser: keyof typeof STAGES): (entry: ResultEntry, metadata?: Labels) => Labels {
  const pipeline = compilePipeline({
    kind: 'log',
    selector: { matchers: [], at: NOWHERE },
    stages: [STAGES[parser]],
    at: NOWHERE,
  })
  return ({ timeNs, stream, line }, metadata = new Map()) =>
    pipeline.process({ timeNs, stream, metadata: [...metadata], line })?.parsed ?? new Map()
}
