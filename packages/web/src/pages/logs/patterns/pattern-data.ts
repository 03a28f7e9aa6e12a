import type { PatternsResponse } from '@girok/server/contract'
import { getJson } from '../../../api/client.ts'
import type { Entry } from '../../../api/entry.ts'
import { fetchLogs } from '../../../api/loki.ts'
import { Latest } from '../../../explore/latest.ts'
import { type RangeNs, stepFor } from '../../../time/range.ts'
import { includePattern } from './pattern-filter.ts'

/** Patterns with the range that they were found in. */
export interface FoundPatterns {
  readonly answer: PatternsResponse
  readonly range: RangeNs
  readonly query: string
}

/** What the view shows; it outlives the view, so that coming back shows it at once. */
export const found = new Latest<FoundPatterns>()

/** Points in a small chart, at most. */
const steps = 48

export function loadPatterns(query: string, range: RangeNs): Promise<void> {
  const step = `${Math.max(1000, stepFor(range, steps))}ms`
  return found.ask(async (signal) => {
    const params = { query, start: String(range.from), end: String(range.to), step }
    const answer = await getJson<PatternsResponse>('/girok/v1/patterns', { params, signal })
    return { answer, range, query }
  })
}

/** The newest lines of a pattern. */
export async function fetchExamples(from: FoundPatterns, pattern: string, signal: AbortSignal): Promise<Entry[]> {
  const request = {
    query: includePattern(from.query, pattern),
    start: from.range.from,
    end: from.range.to,
    limit: 5,
    direction: 'backward' as const,
  }
  return (await fetchLogs(request, signal)).entries
}
