import { TemplateSyntaxError } from '../../template/index.ts'
import { parseLogTemplate } from '../template.ts'

/** Why a template cannot be parsed, with its line within the template; undefined when nothing is wrong with it. */
export function templateFault(template: string, stage: 'line' | 'label'): string | undefined {
  try {
    parseLogTemplate(template, stage)
    return undefined
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return error.message
    throw error
  }
}
