import { compileTemplate, LineLabels, renderTemplate } from '../pipeline/label-template.ts'
import type { StageCompiler } from './stage.ts'

/** `line_format "…"`: the template's text becomes the line; a template that fails leaves it and sets `__error__`. */
export const compileLineFormat: StageCompiler<'lineFormat'> = (stage) => {
  const template = compileTemplate(stage.template, 'line')
  const labels = new LineLabels()
  return (state) => {
    const line = renderTemplate(template, labels.load(state), state)
    if (line !== undefined) state.line = line
    return true
  }
}
