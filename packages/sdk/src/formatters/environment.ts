import type { Formatter } from '../formatter.ts'
import { jsonFormatter } from './json.ts'
import { logfmtFormatter } from './logfmt.ts'
import { textFormatter } from './pattern.ts'
import { prettyFormatter } from './pretty.ts'
import { type Environment, environmentKind, processEnvironment } from './process-environment.ts'

/** A form that records can be written in. */
export type LogForm = 'text' | 'json' | 'logfmt' | 'pretty'

const MAKERS: Readonly<Record<LogForm, () => Formatter>> = {
  text: () => textFormatter(),
  json: () => jsonFormatter(),
  logfmt: () => logfmtFormatter(),
  pretty: () => prettyFormatter(),
}

/** Names of LOG_FORMAT. */
export const LOG_FORMS = Object.keys(MAKERS) as readonly LogForm[]

/**
 * The form that an environment asks for: LOG_FORMAT (text, json, logfmt, pretty) if it is set, else text for development
 * and JSON for production, see environmentKind. Text when nothing is said.
 * @throws RangeError when LOG_FORMAT is another word
 */
export function logForm(environment: Environment = processEnvironment()): LogForm {
  const given = (environment.LOG_FORMAT ?? '').trim().toLowerCase()
  if (given === '') return environmentKind(environment) === 'production' ? 'json' : 'text'
  const form = LOG_FORMS.find((name) => name === given)
  if (form === undefined) {
    throw new RangeError(`LOG_FORMAT is ${JSON.stringify(environment.LOG_FORMAT)}; use one of ${LOG_FORMS.join(', ')}`)
  }
  return form
}

/** A formatter by the name of its form, with its defaults. */
export function formatterOf(form: LogForm): Formatter {
  return MAKERS[form]()
}

/**
 * The formatter that an environment asks for, see logForm: one switch turns text for people into JSON for machines.
 * @throws RangeError when LOG_FORMAT is unknown
 */
export function environmentFormatter(environment?: Environment): Formatter {
  return formatterOf(logForm(environment))
}
