import { type AlertTemplateContext, GoStruct, StringMap, TemplateExecError, TemplateSyntaxError } from '@girok/query'
import { ALERT_TEMPLATE, compileAlertTemplate } from '../rules/alert-template.ts'
import type { RuleValue } from '../rules/rule-samples.ts'

/** As faults call what templates look at. */
const DATA_TYPE =
  'struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }'

export interface ExpansionScope extends AlertTemplateContext {
  readonly externalLabels: ReadonlyMap<string, string>
  /** Faults name it, as Prometheus' do. */
  readonly ruleName?: string
}

/**
 * Expands templates of labels and annotations for one value of a rule. A template that fails becomes a text that says so,
 * because an alert must not be lost for the wording of its description.
 */
export function expandTemplates(
  templates: ReadonlyMap<string, string>,
  { labels, value }: RuleValue,
  scope: ExpansionScope,
): Map<string, string> {
  const data = new GoStruct(
    DATA_TYPE,
    new Map<string, unknown>([
      ['Labels', new StringMap(labels)],
      ['ExternalLabels', new StringMap(scope.externalLabels)],
      ['ExternalURL', scope.externalUrl],
      ['Value', value],
    ]),
  )
  return new Map([...templates].map(([name, source]) => [name, expandOne(source, data, scope)]))
}

function expandOne(source: string, data: GoStruct, scope: ExpansionScope): string {
  if (!source.includes('{{')) return source
  try {
    return compileAlertTemplate(source).execute(data, scope)
  } catch (error) {
    if (!(error instanceof TemplateExecError || error instanceof TemplateSyntaxError)) throw error
    return `<error expanding template: ${faultOf(error, scope.ruleName)}>`
  }
}

function faultOf(error: TemplateExecError | TemplateSyntaxError, ruleName: string | undefined): string {
  if (ruleName === undefined) return error.message
  const name = `__alert_${ruleName}`
  const what = error instanceof TemplateSyntaxError ? 'parsing' : 'executing'
  const place = error.message
    .replace(`template: ${ALERT_TEMPLATE}:`, `template: ${name}:`)
    .replace(`executing "${ALERT_TEMPLATE}"`, `executing "${name}"`)
  return `error ${what} template ${name}: ${place}`
}
