import { jsonValue } from '../formatters/value.ts'
import { levelName } from '../level.ts'
import { allFields, type LogRecord } from '../record.ts'

/**
 * A record as Python's logging.handlers.HTTPHandler sends it (its mapLogRecord): attributes of a LogRecord, with times in
 * seconds, url-encoded. Fields follow as attributes of their own, as Python's `extra` does; objects as JSON.
 */
export function formText(record: LogRecord): string {
  const { source, timeMs } = record
  const form = new URLSearchParams({
    name: record.logger,
    msg: record.message,
    args: '()',
    levelname: levelName(record.level),
    levelno: String(record.level),
    created: (timeMs / 1000).toFixed(3),
    msecs: String(Math.floor(timeMs) % 1000),
  })
  if (source !== undefined) {
    form.set('pathname', source.path)
    form.set('filename', source.file)
    form.set('module', source.module)
    form.set('funcName', source.function)
    form.set('lineno', String(source.line))
  }
  for (const [name, value] of Object.entries(allFields(record) ?? {})) {
    // Python refuses `extra` with the name of an attribute; to lose a field would be worse than to rename it.
    const text = typeof value === 'string' ? value : jsonValue(value)
    if (text !== undefined) form.set(form.has(name) ? `${name}_` : name, text)
  }
  return form.toString()
}
