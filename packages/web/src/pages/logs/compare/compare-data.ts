import type { CompareResponse } from '@girok/server/contract'
import { getJson } from '../../../api/client.ts'
import { Latest } from '../../../explore/latest.ts'
import type { RangeNs } from '../../../time/range.ts'

export interface Comparison {
  readonly answer: CompareResponse
  readonly range: RangeNs
  readonly base: RangeNs
}

export type ComparedPattern = CompareResponse['patterns'][number]
export type ComparedField = CompareResponse['fields'][number]
export type ComparedValue = ComparedField['values'][number]

/** What the view shows; it outlives the view, so that coming back shows it at once. */
export const compared = new Latest<Comparison>()

export function loadComparison(query: string, range: RangeNs, base: RangeNs): Promise<void> {
  return compared.ask(async (signal) => {
    const params = {
      query,
      start: String(range.from),
      end: String(range.to),
      baseStart: String(base.from),
      baseEnd: String(base.to),
    }
    return { answer: await getJson<CompareResponse>('/girok/v1/compare', { params, signal }), range, base }
  })
}
