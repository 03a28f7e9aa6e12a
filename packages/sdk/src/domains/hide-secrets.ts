import type { Processor } from '../processor.ts'
import { redact } from '../processors/redact.ts'
import { changed, type LogRecord } from '../record.ts'

const BLANK: LogRecord = {
  timeMs: 0,
  level: 0,
  logger: '',
  message: '',
  fields: undefined,
  frame: undefined,
  source: undefined,
  event: undefined,
  text: '',
  textBy: undefined,
}

/** Made when first needed: compiling its patterns takes milliseconds. */
let redacting: Processor | undefined

/** The value with secrets masked that have names or looks of such: those of the processor `redact` without options. */
export function hideSecrets(value: unknown): unknown {
  redacting ??= redact()
  // In a list, because the name of a field would be looked at too.
  const { fields } = redacting(changed(BLANK, { fields: { values: [value] } })) as LogRecord
  return (fields as { values: readonly unknown[] }).values[0]
}
