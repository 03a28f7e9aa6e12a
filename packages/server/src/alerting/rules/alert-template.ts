import { PROMETHEUS, parseTemplate, type Template } from '@girok/query'

/** As faults call a template whose rule nobody named. */
export const ALERT_TEMPLATE = 'alert'

/** Every template of an alerting rule begins with these. */
const DEFINITIONS =
  '{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}'

const REMEMBERED = 2_000
let templates = new Map<string, Template>()

/** The template of a label or annotation of an alerting rule. Throws `TemplateSyntaxError`. */
export function compileAlertTemplate(source: string): Template {
  let template = templates.get(source)
  if (template === undefined) {
    template = parseTemplate(DEFINITIONS + source, {
      functions: [PROMETHEUS],
      missingKey: 'zero',
      name: ALERT_TEMPLATE,
    })
    if (templates.size >= REMEMBERED) templates = new Map()
    templates.set(source, template)
  }
  return template
}

/** Whether expanding templates may ask queries. */
export function asksQueries(sources: Iterable<string>): boolean {
  for (const source of sources) if (/\{\{.*\bquery\b/s.test(source)) return true
  return false
}
