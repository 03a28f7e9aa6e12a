import { parseLogTemplate } from '../../logql/template.ts'
import { Dictionary, type Template, TemplateExecError, TemplateSyntaxError } from '../../template/index.ts'
import { QueryError } from '../../text/error.ts'
import { ERROR_DETAILS_LABEL, ERROR_LABEL } from '../labels.ts'
import { TEMPLATE_ERROR } from '../stages/parser-error.ts'
import type { Labels } from '../types.ts'
import type { LineState } from './line-state.ts'

/** Parses a stage's template; a fault is a parse-phase `QueryError`. */
export function compileTemplate(source: string, stage: 'line' | 'label'): Template {
  try {
    return parseLogTemplate(source, stage)
  } catch (error) {
    if (error instanceof TemplateSyntaxError) throw new QueryError(`parse error : ${error.message}`, 0, 0)
    throw error
  }
}

/** The labels of the current line as a template's data; nothing is copied. One serves all lines of a stage. */
export class LineLabels extends Dictionary {
  private state: LineState | undefined

  /** The line to read from now on. */
  load(state: LineState): this {
    this.state = state
    return this
  }

  override get(key: string): string | undefined {
    const state = this.state as LineState
    if (key.charCodeAt(0) === 0x5f) {
      if (key === ERROR_LABEL) return state.error
      if (key === ERROR_DETAILS_LABEL) return state.errorDetails
    }
    return state.get(key)
  }

  override keys(): Iterable<string> {
    return (this.state as LineState).allLabels().keys()
  }
}

/** A set of labels as a template's data. */
export class FixedLabels extends Dictionary {
  private readonly labels: Labels

  constructor(labels: Labels) {
    super()
    this.labels = labels
  }

  override get(key: string): string | undefined {
    return this.labels.get(key)
  }

  override keys(): Iterable<string> {
    return this.labels.keys()
  }
}

/** The template's text for the line; undefined after a failure, which is noted on the line. */
export function renderTemplate(template: Template, labels: Dictionary, state: LineState): string | undefined {
  try {
    return template.execute(labels, state)
  } catch (error) {
    if (!(error instanceof TemplateExecError)) throw error
    state.fail(TEMPLATE_ERROR, error.message)
    return undefined
  }
}
