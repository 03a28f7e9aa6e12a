import { type Complain, createComplaints } from '../complaints.ts'
import type { EventType } from '../event-type.ts'
import type { Fields } from '../fields.ts'
import { environmentKind } from '../formatters/process-environment.ts'
import { Frame } from '../frame.ts'
import { LEVELS, levelValue } from '../level.ts'
import type { Logger } from '../logger.ts'
import { compileCheck } from './check.ts'
import { compileJson } from './compile.ts'
import { type EventFields, type EventSchema, type FieldSchemas, readFields } from './schema.ts'

export interface EventDefinition<S extends FieldSchemas> {
  /** Goes into every record as the field `event_name`: `order_placed`. */
  readonly name: string
  /** What sort of event it is, `behaviour` for one: goes into every record as the field `event_category`. Default: none. */
  readonly category?: string
  /** Number or name. Default INFO. */
  readonly level?: number | string
  /** The message, or what makes it of the fields. Default: the name. */
  readonly message?: string | ((fields: EventFields<S>) => string)
  /** Types of the fields by name. Default: none. */
  readonly fields?: S
  /** For documentation. */
  readonly description?: string
  /**
   * Whether the fields are checked at run time too: always, never, or unless the environment says production. What is
   * wrong is logged all the same, with a field `event_invalid` that says what. Default `development`.
   */
  readonly check?: boolean | 'development'
  /** Told of wrong events. Default: a warning of the logger `girok.sdk`, at most one a minute for an event. */
  readonly complain?: Complain
}

/** Other fields than those of F are errors, in variables as well as in literals. */
type Exactly<F, G> = G & Readonly<Record<Exclude<keyof G, keyof F>, never>>

/** The fields may be left away when all of them may be missing. */
type FieldArguments<F, G> = Record<never, never> extends F ? [fields?: Exactly<F, G>] : [fields: Exactly<F, G>]

/** Logs one event. Never throws, whatever it is given. */
export interface DefinedEvent<F> {
  <G extends F>(logger: Logger, ...fields: FieldArguments<F, G>): void
  /** What records of the event carry for formatters. */
  readonly type: EventType
}

const NONE: Fields = Object.freeze({})
const schemasOf = new WeakMap<object, EventSchema>()

/**
 * Declares a kind of event: `const orderPlaced = defineEvent({ name: 'order_placed', fields: { order_id: 'string', total:
 * 'number', note: 'string?' } })`, then `orderPlaced(log, { order_id, total })`. TypeScript refuses fields that are
 * missing, wrong or not declared; jsonFormatter writes the fields faster than those of other records.
 * @throws RangeError for a name, a level or a type that cannot be, TypeError for such a message
 */
export function defineEvent<const S extends FieldSchemas = Record<never, never>>(
  definition: EventDefinition<S>,
): DefinedEvent<EventFields<S>> {
  const { name, category, message = name, check = 'development', complain = createComplaints() } = definition
  if (typeof name !== 'string' || name === '') throw new RangeError('defineEvent: an event needs a name')
  if (typeof message !== 'string' && typeof message !== 'function') {
    throw new TypeError(`event ${name}: the message is ${String(message)}: use a text, or a function of the fields`)
  }
  if (category !== undefined && (typeof category !== 'string' || category === '')) {
    throw new RangeError(`event ${name}: the category is ${JSON.stringify(category)}: use a text, or leave it out`)
  }
  const level = levelOf(name, definition.level)
  const schemas = readFields(name, definition.fields ?? {})
  const type: EventType = {
    name,
    names: schemas.map((schema) => schema.name),
    frame: Frame.of({ event_name: name, ...(category === undefined ? {} : { event_category: category }) }),
    bits: 0,
    bitsBy: undefined,
    json: compileJson(schemas),
  }
  const checked = check === 'development' ? environmentKind() !== 'production' : check
  const faultOf = checked ? compileCheck(schemas) : undefined

  function log(logger: Logger, fields: Fields = NONE): void {
    if (level < logger.level) return
    const fault = faultOf?.(fields)
    const text = typeof message === 'string' ? message : messageOf(message, fields, name)
    if (fault === undefined && typeof fields === 'object' && fields !== null) {
      logger.event(level, type, text, fields)
      return
    }
    if (fault !== undefined) complain(`event ${name}: ${fault}`)
    const bound = logger.with(fault === undefined ? type.frame.own : { ...type.frame.own, event_invalid: fault })
    bound.log(level, text, fields)
  }

  const event = Object.assign(log as unknown as DefinedEvent<EventFields<S>>, { type })
  const { description } = definition
  schemasOf.set(event, {
    name,
    level,
    fields: schemas,
    ...(category === undefined ? {} : { category }),
    ...(description === undefined ? {} : { description }),
  })
  return event
}

/**
 * What an event was defined as, as plain data.
 * @throws TypeError for what defineEvent did not make
 */
export function eventSchema(event: DefinedEvent<never>): EventSchema {
  const schema = schemasOf.get(event)
  if (schema === undefined) throw new TypeError('eventSchema: that was not made by defineEvent')
  return schema
}

function levelOf(event: string, level: number | string = LEVELS.INFO): number {
  try {
    return levelValue(level)
  } catch (error) {
    throw new RangeError(`event ${event}: ${(error as Error).message}`)
  }
}

function messageOf(make: (fields: never) => string, fields: Fields, name: string): string {
  try {
    return String(make(fields as never))
  } catch {
    return name
  }
}
