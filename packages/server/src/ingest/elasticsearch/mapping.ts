import { z } from 'zod'
import { GirokError } from '../../model/errors.ts'
import { LEVEL_FIELDS } from '../../model/level-words.ts'
import { choice, flag, list, text } from '../../model/options/kinds.ts'
import { hasMetadataName, metadataName } from '../batch/metadata-name.ts'

const FIELD = { allowed: 'names of fields; a dot reaches into an object', pattern: /^[\s\S]{1,256}$/ }
const MAX_FIELDS = 32
const MAX_PARTS = 16
/** Query strings are few: each client has one. */
const MAX_CACHED = 100

/** What becomes of documents, as configured. */
export const mappingOptions = {
  line: choice(['document', 'message'], 'document').describe(
    'What the line of a record is: `document`, its whole JSON as it arrived; or `message`, the text of its message, while the other fields become structured metadata.',
  ),
  messageFields: list(FIELD, ['message', 'msg', 'log', '_msg']).describe(
    'Fields that hold the message, best first; for `line: message`.',
  ),
  timeFields: list(FIELD, ['@timestamp', 'timestamp', 'time', 'ts', '_time', 'timereported', 'date']).describe(
    'Fields that hold the time, best first. A document is refused when the first of them holds something else, the others are passed over then. Documents without time get that of their arrival.',
  ),
  labels: list(FIELD, [
    'service.name',
    'service.environment',
    'host.name',
    'kubernetes.namespace',
    'kubernetes.container.name',
    'container.name',
    'event.dataset',
  ]).describe('Fields whose values become labels, dots as `_`. Each should have few values.'),
  indexLabel: text('index', {
    allowed: 'the name of a label, or nothing',
    pattern: /^([a-zA-Z_][a-zA-Z0-9_]*)?$/,
  }).describe('Label that holds the name of the index or data stream; empty: none.'),
  keepIndexDates: flag(false).describe(
    'Keeps date and rollover number in that label (`app-2026.11.21`); every day then begins new streams.',
  ),
}

const mappingSchema = z.object(mappingOptions)
export type MappingOptions = z.output<typeof mappingSchema>

/** The fields to look for in each document, numbered through, and the names of labels. */
export interface Mapping {
  readonly fields: readonly string[]
  /** Indices of `fields`, best first. */
  readonly times: readonly number[]
  readonly levels: readonly number[]
  /** Empty: the line is the document. */
  readonly messages: readonly number[]
  readonly labels: readonly { readonly name: string; readonly field: number }[]
  /** Empty: none. */
  readonly indexLabel: string
  readonly keepIndexDates: boolean
}

/**
 * The mapping of a request. Parameters that VictoriaLogs has made usual win over the configuration: `_time_field`,
 * `_msg_field` (which also asks for `line: message`) and `_stream_fields` (labels, of which the index is none then).
 */
export class Mappings {
  readonly #options: MappingOptions
  readonly #known = new Map<string, Mapping>()

  constructor(options: MappingOptions) {
    this.#options = options
  }

  /** Throws `bad_request` for parameters that name no fields or too many. */
  of(query: URLSearchParams): Mapping {
    const times = listOf(query, '_time_field')
    const messages = listOf(query, '_msg_field')
    const labels = listOf(query, '_stream_fields')
    const key = JSON.stringify([times, messages, labels])
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const { line, messageFields, timeFields, labels: usual, indexLabel, keepIndexDates } = this.#options
    const mapping = numbered({
      times: times ?? timeFields,
      messages: messages ?? (line === 'message' ? messageFields : []),
      labels: labels ?? usual,
      indexLabel: labels === undefined ? indexLabel : '',
      keepIndexDates,
    })
    if (this.#known.size >= MAX_CACHED) this.#known.clear()
    this.#known.set(key, mapping)
    return mapping
  }
}

interface Named {
  readonly times: readonly string[]
  readonly messages: readonly string[]
  readonly labels: readonly string[]
  readonly indexLabel: string
  readonly keepIndexDates: boolean
}

function numbered({ times, messages, labels, indexLabel, keepIndexDates }: Named): Mapping {
  const fields: string[] = []
  const numberOf = (field: string): number => {
    const known = fields.indexOf(field)
    return known >= 0 ? known : fields.push(field) - 1
  }
  const named = labels.filter(hasMetadataName)
  return {
    times: times.map(numberOf),
    levels: [...LEVEL_FIELDS.keys()].map(numberOf),
    messages: messages.map(numberOf),
    labels: named.map((field) => ({ name: labelName(field), field: numberOf(field) })),
    indexLabel,
    keepIndexDates,
    fields,
  }
}

function labelName(field: string): string {
  return metadataName(field).replace(/^key_(?=\d)/, '_')
}

function listOf(query: URLSearchParams, parameter: string): string[] | undefined {
  const given = query.get(parameter)
  if (given === null) return undefined
  const names = given.split(',').filter((name) => name !== '')
  const wrong = names.find((name) => name.length > 256 || name.split('.').length > MAX_PARTS)
  if (names.length > MAX_FIELDS || wrong !== undefined) {
    throw new GirokError(
      'bad_request',
      `${parameter} takes up to ${MAX_FIELDS} names of fields, each up to 256 characters and ${MAX_PARTS} parts between dots`,
    )
  }
  return names.length === 0 ? undefined : names
}
