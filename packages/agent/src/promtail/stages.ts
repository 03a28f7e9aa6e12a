import { compileStages, StageProblem } from '@girok/query/process'
import { ConfigProblem } from '../model/problem.ts'
import type { Fields } from '../scrape/settings/fields.ts'

/** What names of metrics begin with where the configuration does not say. */
const METRIC_PREFIX = 'promtail_custom_'

/**
 * Reads `pipeline_stages`. Stages are called, and mean, the same here; only metrics get their prefix written out.
 * @throws ConfigProblem for stages that are wrong
 */
export function readStages(fields: Fields): readonly unknown[] {
  const given = fields.get('pipeline_stages')
  try {
    compileStages(given, fields.pathOf('pipeline_stages'))
  } catch (error) {
    if (!(error instanceof StageProblem)) throw error
    throw new ConfigProblem(error.message, keysOf(error.path))
  }
  return prefixed(given ?? []) as readonly unknown[]
}

/** `scrape_configs[0].pipeline_stages[2].regex` as keys. */
function keysOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name]) =>
    index === undefined ? (name as string) : Number(index),
  )
}

function prefixed(stages: unknown): unknown {
  if (!Array.isArray(stages)) return stages
  return stages.map((stage: unknown) => {
    if (typeof stage !== 'object' || stage === null) return stage
    const [[name, options] = ['', undefined]] = Object.entries(stage) as [string, unknown][]
    if (typeof options !== 'object' || options === null) return stage
    if (name === 'metrics') {
      const metrics = Object.entries(options).map(([metric, given]) => [
        metric,
        { prefix: METRIC_PREFIX, ...(given as object) },
      ])
      return { metrics: Object.fromEntries(metrics) }
    }
    if (name === 'match' && 'stages' in options) return { match: { ...options, stages: prefixed(options.stages) } }
    return stage
  })
}
