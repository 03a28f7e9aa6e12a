import { GirokError } from '../../model/errors.ts'
import type { LevelScale } from '../../model/level-words.ts'

/** What the query string of /ingest asks for. Field names are exact; a dot reaches into an object (`log.level`). */
export interface IngestQuery {
  /** Undefined: find the field by its name; empty: take the time of arrival. */
  readonly timeField: string | undefined
  /** Its text becomes the line and the other fields structured metadata; undefined: the line is the whole JSON text. */
  readonly messageField: string | undefined
  readonly levelField: string | undefined
  /** How to read numbers in `levelField`; undefined: by the field's name. */
  readonly levelNumbers: LevelScale | undefined
  readonly labels: readonly (readonly [string, string])[]
  /** Fields whose values become labels. */
  readonly labelFields: readonly string[]
}

const PARAMETERS = ['time_field', 'message_field', 'level_field', 'level_numbers', 'label', 'label_field']
const SCALES: readonly string[] = ['pino', 'python', 'syslog', 'otel'] satisfies LevelScale[]
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)=([\s\S]+)$/

/** Whether /ingest has a parameter of this name. */
export function isIngestParameter(name: string): boolean {
  return PARAMETERS.includes(name)
}

/** Reads the parameters; throws `bad_request` for one that is unknown, given twice without being a list, or malformed. */
export function parseIngestQuery(query: URLSearchParams): IngestQuery {
  for (const name of query.keys()) {
    if (!PARAMETERS.includes(name)) {
      fail(`unknown parameter ${JSON.stringify(name.slice(0, 60))}: /ingest knows ${PARAMETERS.join(', ')}`)
    }
    if (name !== 'label' && name !== 'label_field' && query.getAll(name).length > 1) fail(`${name} is given twice`)
  }
  const levelNumbers = query.get('level_numbers') ?? undefined
  if (levelNumbers !== undefined && !SCALES.includes(levelNumbers)) {
    fail(`level_numbers must be one of ${SCALES.join(', ')}`)
  }
  const labels = query.getAll('label').map((text): [string, string] => {
    const found = LABEL.exec(text)
    if (found === null) {
      fail(
        `label ${JSON.stringify(text.slice(0, 100))} is not of the form name=value, with a name of letters, digits and _`,
      )
    }
    return [found[1]!, found[2]!]
  })
  const labelFields = query.getAll('label_field').filter((name) => name !== '')
  if (labels.length + labelFields.length > 64) fail('more than 64 labels')
  for (const name of [...labelFields, query.get('time_field'), query.get('level_field'), query.get('message_field')]) {
    // Every dot may cost a level of recursion.
    if (name && (name.length > 256 || name.split('.').length > 16)) {
      fail(`field name ${JSON.stringify(name.slice(0, 60))} is longer than 256 characters or 16 parts`)
    }
  }
  return {
    timeField: query.get('time_field') ?? undefined,
    messageField: query.get('message_field') || undefined,
    levelField: query.get('level_field') || undefined,
    levelNumbers: levelNumbers as LevelScale | undefined,
    labels,
    labelFields,
  }
}

function fail(message: string): never {
  throw new GirokError('bad_request', message)
}
