import { GirokError } from '../../model/errors.ts'
import { pythonMessage } from './python-message.ts'

/** A form is one record: larger ones are no log record, and reading them would hold up others. */
const MAX_FORM_BYTES = 4 * 1024 * 1024
const MAX_FIELDS = 1_000

/** Attributes of Python's LogRecord that are numbers, and those that are `None` more often than not. */
const NUMBERS = new Set(['levelno', 'lineno', 'created', 'msecs', 'relativeCreated', 'thread', 'process'])
const NULLABLE = new Set(['exc_info', 'exc_text', 'stack_info', 'taskName'])
const NUMBER = /^-?(?:0|[1-9]\d{0,19})(?:\.\d{1,20})?$/

export interface FormRecord {
  /** The form as one JSON object, its fields in their order. */
  readonly json: Buffer
  /** Whether it is a LogRecord, as Python's `logging.handlers.HTTPHandler` sends it: its time is `created`. */
  readonly isLogRecord: boolean
}

/**
 * Makes JSON of a form; undefined when it has no fields. Values are texts, as a form has them (fields that come twice
 * are lists); those of a LogRecord are the numbers and `null` that they were, and where `msg` has parameters the
 * formatted `message` is added. Throws `body_too_large` for what can be no record.
 */
export function formRecord(form: URLSearchParams): FormRecord | undefined {
  if (form.size === 0) return undefined
  if (form.size > MAX_FIELDS)
    throw new GirokError('body_too_large', `a form is one record: it has more than ${MAX_FIELDS} fields`)
  const isLogRecord = form.has('msg') && form.has('levelname') && NUMBER.test(form.get('created') ?? '')
  /** JSON text by name. */
  const fields = new Map<string, string>()
  for (const name of form.keys()) {
    if (fields.has(name)) continue
    const [value = '', ...more] = form.getAll(name)
    fields.set(
      name,
      more.length > 0 ? JSON.stringify([value, ...more]) : isLogRecord ? attribute(name, value) : JSON.stringify(value),
    )
  }
  if (isLogRecord && !fields.has('message')) {
    const msg = form.get('msg') ?? ''
    const message = pythonMessage(msg, form.get('args') ?? '')
    if (message !== undefined && message !== msg) fields.set('message', JSON.stringify(message))
  }
  const members = [...fields].map(([name, json]) => `${JSON.stringify(name)}:${json}`)
  return { json: Buffer.from(`{${members.join()}}`), isLogRecord }
}

/**
 * The fields of an `application/x-www-form-urlencoded` body. There are none in what is no form: curl calls every body
 * one unless it is told better, and JSON and lines of text have characters that a form only has encoded.
 */
export function parseForm(body: Buffer): URLSearchParams {
  if (!body.includes('=') || /^\s*[{["]/.test(body.toString('latin1', 0, 100))) return new URLSearchParams()
  if (body.length > MAX_FORM_BYTES) {
    throw new GirokError('body_too_large', `a form is one record, of at most ${MAX_FORM_BYTES} bytes: send JSON lines`)
  }
  const text = body.toString('utf8').trim()
  return new URLSearchParams(/[\s"{}<>]/.test(text) ? undefined : text)
}

/** JSON text of an attribute: numbers as they are written, so that none loses digits. */
function attribute(name: string, value: string): string {
  if (NUMBERS.has(name) && NUMBER.test(value)) return value
  return NULLABLE.has(name) && value === 'None' ? 'null' : JSON.stringify(value)
}
