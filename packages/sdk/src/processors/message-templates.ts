import { jsonValue } from '../formatters/value.ts'
import { Frame } from '../frame.ts'
import type { Processor } from '../processor.ts'
import { changed, type LogRecord } from '../record.ts'
import { withFrame } from './add-fields.ts'
import { fieldOf } from './field-key.ts'

export interface MessageTemplateOptions {
  /** Field that keeps the message as it was written, for grouping. Default: none. */
  readonly templateField?: string
}

/** Names of at most 128 characters: a longer search would make a text of many `{` slow. */
const PLACEHOLDER = /\{([^{}\s]{1,128})\}/g

/**
 * Fills `{name}` in messages from the fields: `info('{user} placed {order}', { user: 'kim', order: 4711 })`. Texts stand as
 * they are, errors as their message, others as JSON. Names that no field has stay. Redaction must come after, or it does
 * not see what is put in.
 */
export function messageTemplates({ templateField }: MessageTemplateOptions = {}): Processor {
  return Object.assign(
    (record: LogRecord) => {
      if (!record.message.includes('{')) return record
      const message = record.message.replace(PLACEHOLDER, (whole, name: string) => shown(record, name) ?? whole)
      if (message === record.message) return record
      const filled = changed(record, { message })
      return templateField === undefined ? filled : withFrame(filled, Frame.of({ [templateField]: record.message }))
    },
    { reason: 'message_templates' },
  )
}

function shown(record: LogRecord, name: string): string | undefined {
  try {
    const value = fieldOf(record, name)
    if (value instanceof Error) return value.message
    return typeof value === 'string' ? value : jsonValue(value)
  } catch {
    // A getter that throws: the placeholder says as much as an error would.
    return undefined
  }
}
