import { type Matcher, parseSeriesMatchers } from '@girok/query/promql'
import { ofParameter } from './errors.ts'

/** The selectors of `match[]`: series that any of them matches are meant. */
export async function matchersOf(params: URLSearchParams): Promise<readonly (readonly Matcher[])[]> {
  const texts = params.getAll('match[]')
  return Promise.all(texts.map((text) => ofParameter('match[]', () => parseSeriesMatchers(text))))
}
