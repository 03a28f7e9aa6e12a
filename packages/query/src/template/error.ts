/** A template that cannot be parsed. The message leads with `template: name:line:`; the place is that of the fault. */
export class TemplateSyntaxError extends Error {
  override readonly name = 'TemplateSyntaxError'
  /** The fault without name and place. */
  readonly reason: string
  /** Line within the template's text, from 1. */
  readonly line: number

  constructor(templateName: string, line: number, reason: string) {
    super(`template: ${templateName}:${line}: ${reason}`)
    this.reason = reason
    this.line = line
  }
}

/**
 * A template that failed while it was executed: wrong types, a function's fault, a limit. The message tells place and
 * expression as `template: name:line:column: executing "name" at <expression>: reason`.
 */
export class TemplateExecError extends Error {
  override readonly name = 'TemplateExecError'
}

/** Thrown by a function of a table: it becomes a `TemplateExecError` that says which call failed. */
export class FunctionFault extends Error {
  override readonly name = 'FunctionFault'
}

/** Thrown where a template's work or output passes its bounds; becomes a `TemplateExecError`. */
export class LimitFault extends Error {
  override readonly name = 'LimitFault'
}
