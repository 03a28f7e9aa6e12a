import { optionalText, text } from '../model/options/kinds.ts'

/*
 * Options whose text is expanded as a template for each notification. Forms give them room; `template` in the metadata
 * tells them from other texts.
 */

export function templated(fallback: string) {
  return text(fallback, { allowed: 'text with templates' }).meta({ template: true })
}

export function optionalTemplated() {
  return optionalText({ allowed: 'text with templates' }).meta({ template: true })
}

/** A secret that may name another for each alert, such as `{{ .CommonLabels.team }}-key`. */
export function templatedSecret() {
  return optionalText({ allowed: 'text with templates', secret: true }).meta({ template: true })
}
