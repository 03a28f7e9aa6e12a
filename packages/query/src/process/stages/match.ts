import { matchesSelector } from '../../eval/matcher.ts'
import { compilePipeline } from '../../eval/pipeline/compile.ts'
import type { Labels } from '../../eval/types.ts'
import type { LogExpr } from '../../logql/ast.ts'
import { checkLogQL } from '../../logql/check/check.ts'
import { parseLogQL } from '../../logql/parse/parse.ts'
import { QueryError } from '../../text/error.ts'
import type { ProcessEntry } from '../entry.ts'
import { StageOptions } from '../options.ts'
import { shownValue } from '../problem.ts'
import { defineStage, type HoldingStep, type PlainStep } from '../stage.ts'

/** `match`: entries that a LogQL selector (with filters) finds go through stages of their own, or are dropped. */
export const match = defineStage({
  name: 'match',
  summary: 'Sends entries that a LogQL selector finds through stages of their own, or drops them',
  example: { selector: '{app="web"} |= "GET /health"', action: 'drop', dropCounterReason: 'health' },
  compile: (given, { at, nested }) => {
    const options = new StageOptions(given, at, ['selector', 'stages', 'action', 'pipelineName', 'dropCounterReason'])
    const selector = options.requiredText('selector', '{app="web"} |= "error"')
    // One for all sources: entries are tested one after the other, and a compiled query is large.
    const matches = readSelector(selector, options)
    const drops = (options.choice('action', ['keep', 'drop']) ?? 'keep') === 'drop'
    const reason = options.text('dropCounterReason') ?? 'match_stage'
    // Only a label: Promtail names its own metrics by it.
    options.text('pipelineName')
    const stages = options.raw('stages')
    if (drops && stages !== undefined && !(Array.isArray(stages) && stages.length === 0)) {
      throw options.problem('stages', 'cannot stand beside action: drop, because nothing is left for them')
    }
    if (drops) {
      return {
        open:
          ({ count }) =>
          (entry) => {
            if (!matches(entry)) return true
            count('match', reason, 1)
            return false
          },
      }
    }
    const chain = nested(stages, options.path('stages'))
    return {
      holds: chain.holds,
      pauses: chain.pauses,
      metrics: chain.metrics,
      open: (services) => {
        const run = chain.open(services)
        const { plain } = run
        if (plain === undefined) return holding(run, matches)
        return (entry) => !matches(entry) || plain(entry)
      },
    }
  },
})

function holding(run: HoldingStep, matches: PlainStep): HoldingStep {
  return {
    push: (entry, out) => {
      if (matches(entry)) run.push(entry, out)
      else out(entry)
    },
    flush: (nowMs, all, out) => run.flush(nowMs, all, out),
    held: () => run.held(),
  }
}

/** Answers for labels are kept: sources have few sets of them. */
function entryTest(query: LogExpr): PlainStep {
  const selects = matchesSelector(query.selector)
  const pipeline = query.stages.length === 0 ? undefined : compilePipeline(query, { outputs: [], line: false })
  const known = new WeakMap<Labels, boolean>()
  return (entry: ProcessEntry) => {
    const { labels } = entry
    let selected = known.get(labels)
    if (selected === undefined) {
      selected = selects(labels)
      known.set(labels, selected)
    }
    if (!selected || pipeline === undefined) return selected
    return pipeline.run({ timeNs: entry.timeNs, stream: labels, metadata: entry.metadata, line: entry.line })
  }
}

/** Throws `StageProblem`, also for bad patterns and templates in the query. */
function readSelector(selector: string, options: StageOptions): PlainStep {
  try {
    const query = parseWide(selector.trim())
    if (query === undefined)
      throw options.problem(
        'selector',
        `${shownValue(selector)} computes a number: give a selector with filters such as {app="web"} |= "error"`,
      )
    checkLogQL(query)
    return entryTest(query)
  } catch (error) {
    if (error instanceof QueryError)
      throw options.problem('selector', `${shownValue(selector)} is no LogQL selector: ${error.message}`)
    throw error
  }
}

const ANY = '__any__'

/** Queries must name at least one label that is there; stages may as well look at all entries (`{}`, `{app!="x"}`). */
function parseWide(selector: string): LogExpr | undefined {
  try {
    const query = parseLogQL(selector)
    return query.kind === 'log' ? query : undefined
  } catch (error) {
    if (!(error instanceof QueryError) || !selector.startsWith('{')) throw error
    const rest = selector.slice(1).trimStart()
    const query = parsedOrUndefined(`{${ANY}="x"${rest.startsWith('}') ? '' : ','}${rest}`)
    if (query?.kind !== 'log') throw error
    const matchers = query.selector.matchers.filter(({ name }) => name !== ANY)
    return { ...query, selector: { ...query.selector, matchers } }
  }
}

function parsedOrUndefined(text: string): ReturnType<typeof parseLogQL> | undefined {
  try {
    return parseLogQL(text)
  } catch (error) {
    if (error instanceof QueryError) return undefined
    throw error
  }
}
