import type { Formatter } from '../formatter.ts'
import { jsonFormatter } from '../formatters/json.ts'
import { logfmtFormatter } from '../formatters/logfmt.ts'
import { type TextOptions, textFormatter } from '../formatters/pattern.ts'
import { prettyFormatter } from '../formatters/pretty.ts'
import { count, either, objectOf, oneOf, text, truth } from './check.ts'
import { defineKind, type Kinds, type PythonClass } from './kind.ts'

const timeZone = oneOf('local', 'utc')

/** Kinds of formatters. */
export const FORMATTER_KINDS: Kinds<Formatter> = {
  text: defineKind(
    {
      pattern: text,
      style: oneOf('%', '{', '$'),
      dateFormat: text,
      timeZone,
      fields: oneOf('append', 'omit'),
    },
    (options: TextOptions) => textFormatter(options),
  ),
  json: defineKind(
    {
      time: oneOf('iso', 'iso-seconds', 'iso-no-zone', 'iso-local', 'epoch'),
      levelCase: oneOf('upper', 'lower'),
      names: objectOf({
        timestamp: either(truth, text),
        level: either(truth, text),
        logger: either(truth, text),
        message: text,
      }),
      contextKey: text,
      nest: oneOf('shared', 'all'),
      source: truth,
      exceptionKey: text,
    },
    jsonFormatter,
  ),
  logfmt: defineKind({ nested: oneOf('json', 'dots'), source: truth }, logfmtFormatter),
  pretty: defineKind(
    {
      colors: either(oneOf('auto'), truth),
      stream: oneOf('stderr', 'stdout'),
      dateFormat: text,
      timeZone,
      width: count,
    },
    prettyFormatter,
  ),
}

/** What `format`, `datefmt` and `style` without a kind mean: a formatter of Python's logging. */
export const PYTHON_TEXT: PythonClass = {
  kind: 'text',
  arguments: { format: 'pattern', fmt: 'pattern', datefmt: 'dateFormat', style: 'style', validate: undefined },
}

const PYTHON_JSON: PythonClass = {
  kind: 'json',
  // Lists the fields that python-json-logger writes; ours are written all.
  arguments: { format: undefined, fmt: undefined, datefmt: undefined, style: undefined, timestamp: undefined },
}

/** Classes that stand in configurations of Python. */
export const PYTHON_FORMATTERS: Readonly<Record<string, PythonClass>> = {
  'logging.Formatter': PYTHON_TEXT,
  'pythonjsonlogger.jsonlogger.JsonFormatter': PYTHON_JSON,
  'pythonjsonlogger.json.JsonFormatter': PYTHON_JSON,
}
