import { parseLogQL } from '@girok/query'
import { GirokError } from '../../model/errors.ts'
import type { CompareResponse, PatternsResponse } from '../contract.ts'
import { parseRange, parseStepParameter, parseTimestamp, requireQuery } from '../loki/params.ts'
import { type ApiRequest, type ApiResponse, json, type RouteFamily } from '../route.ts'

const EXAMPLE_LENGTH = 1000

/** The patterns of lines, in Loki's form and in Girok's, and the comparison of two ranges. */
export const patterns: RouteFamily = ({ engine, now }) => {
  async function lokiPatterns({ params, tenant, signal }: ApiRequest): Promise<ApiResponse> {
    const query = requireQuery(params)
    const time = parseRange(params, now())
    const stepNs = parseStepParameter(params, time)
    if (!isBareSelector(query)) throw new GirokError('bad_request', 'only label matchers are supported')
    const result = await engine.patterns({ tenant, signal, query, ...time, stepNs })
    const data = result.patterns.flatMap(({ pattern, levels }) =>
      levels.map(({ level, samples }) => ({ pattern, level: level === '' ? 'unknown' : level, samples })),
    )
    return json({ status: 'success', data }, 200, 'application/json; charset=UTF-8')
  }

  async function girokPatterns({ params, tenant, signal }: ApiRequest): Promise<ApiResponse> {
    const query = requireQuery(params)
    const time = parseRange(params, now())
    const stepNs = parseStepParameter(params, time)
    const { patterns, sampledLines, totalLines } = await engine.patterns({ tenant, signal, query, ...time, stepNs })
    const body: PatternsResponse = {
      patterns: patterns.map(({ pattern, levels, count, example }) => ({
        pattern,
        level: levels[0]?.level ?? '',
        count,
        share: totalLines === 0 ? 0 : Number((count / totalLines).toPrecision(6)),
        samples: summed(levels),
        example: example.length > EXAMPLE_LENGTH ? `${example.slice(0, EXAMPLE_LENGTH)}…` : example,
      })),
      sampledLines,
      totalLines,
    }
    return json(body)
  }

  async function compare({ params, tenant, signal }: ApiRequest): Promise<ApiResponse> {
    const query = requireQuery(params)
    const time = parseRange(params, now())
    const baseStartNs = required(params, 'baseStart')
    const baseEndNs = required(params, 'baseEnd')
    const body: CompareResponse = await engine.compare({ tenant, signal, query, ...time, baseStartNs, baseEndNs })
    return json(body)
  }

  return [
    {
      methods: ['GET', 'POST'],
      path: '/loki/api/v1/patterns',
      scope: 'query',
      errors: 'text',
      handle: lokiPatterns,
    },
    { methods: ['GET'], path: '/girok/v1/patterns', scope: 'query', errors: 'json', handle: girokPatterns },
    { methods: ['GET'], path: '/girok/v1/compare', scope: 'query', errors: 'json', handle: compare },
  ]
}

function isBareSelector(query: string): boolean {
  const expr = parseLogQL(query)
  return expr.kind === 'log' && expr.stages.length === 0
}

function required(params: URLSearchParams, name: string): bigint {
  const value = params.get(name)
  if (!value)
    throw new GirokError('bad_request', `the parameter ${name} is missing: give the base range, as for start and end`)
  return parseTimestamp(value, name)
}

/** The samples of all levels together. */
function summed(levels: readonly { readonly samples: readonly (readonly [number, number])[] }[]): [number, number][] {
  const counts = new Map<number, number>()
  for (const { samples } of levels) {
    for (const [start, lines] of samples) counts.set(start, (counts.get(start) ?? 0) + lines)
  }
  return [...counts].sort(([a], [b]) => a - b)
}
