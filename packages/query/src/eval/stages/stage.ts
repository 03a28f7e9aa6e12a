import type { Stage } from '../../logql/ast.ts'
import type { LineState } from '../pipeline/line-state.ts'
import type { NeededLabels } from '../pipeline/needed.ts'

/** Works on one line in place; false drops it. Never throws on any line: what goes wrong becomes `__error__`. */
export type StageStep = (state: LineState) => boolean

export interface StageContext {
  /** Labels that later stages and the consumer look at; undefined = all. Parsers may leave out the others. */
  readonly needed: NeededLabels | undefined
  /** Whether the query asks for errors itself, so that a parser's error must not fail a metric query. */
  readonly preserveErrors: boolean
}

/**
 * Whether a parser has nothing left to do on this line: what is needed is there (or nothing is needed at all). What the rest
 * of the line holds, faults included, then goes unseen, as LogQL's parsers have it.
 */
export function hasAllNeeded(state: LineState, context: StageContext): boolean {
  return context.needed !== undefined && state.hasParsed(context.needed.list)
}

/** Makes the step of a stage once per query. Throws a parse-phase `QueryError` for a stage that cannot be built. */
export type StageCompiler<Kind extends Stage['kind']> = (
  stage: Extract<Stage, { kind: Kind }>,
  context: StageContext,
) => StageStep
