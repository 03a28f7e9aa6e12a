import {
  defineFunction,
  type FunctionTable,
  GoTime,
  LOKI,
  parseTemplate,
  SPRIG,
  type Template,
} from '../template/index.ts'

/** What the functions `__line__` and `__timestamp__` look at: the context given to `execute`. */
export interface TemplateLine {
  readonly line: string
  readonly timeNs: bigint
}

const LINE: FunctionTable = new Map([
  ['__line__', defineFunction([], (_args, { context }) => (context as TemplateLine).line)],
  ['__timestamp__', defineFunction([], (_args, { context }) => GoTime.ofUnixNano((context as TemplateLine).timeNs))],
])

/** What templates of `line_format` and `label_format` can call besides the language's own functions. */
export const LOG_FUNCTIONS: readonly FunctionTable[] = [SPRIG, LOKI, LINE]

/** One execution takes some 10 ms at most: lines are many. */
const MAX_WORK = 1_000_000

/**
 * Parses the template of a `line_format` or `label_format`, to be executed with labels as a `Dictionary` and a
 * `TemplateLine` as context. Throws `TemplateSyntaxError`.
 */
export function parseLogTemplate(source: string, stage: 'line' | 'label'): Template {
  return parseTemplate(source, { name: stage, functions: LOG_FUNCTIONS, missingKey: 'zero', maxWork: MAX_WORK })
}
