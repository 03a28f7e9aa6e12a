import { compileTemplate } from '../template/compile.ts'
import { TemplateFault } from '../template/functions.ts'
import { TEMPLATE_ERROR } from './parser-error.ts'
import type { StageCompiler } from './stage.ts'

/** `line_format "…"`: the template's text becomes the line; a template that fails leaves it and sets `__error__`. */
export const compileLineFormat: StageCompiler<'lineFormat'> = (stage) => {
  const template = compileTemplate(stage.template)
  return (state) => {
    try {
      state.line = template.render(state)
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error
      state.fail(TEMPLATE_ERROR, error.message)
    }
    return true
  }
}
