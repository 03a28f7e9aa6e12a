export { type DefinedEvent, defineEvent, type EventDefinition, eventSchema } from './events/define.ts'
export type {
  EventFields,
  EventSchema,
  FieldDefinition,
  FieldKind,
  FieldSchema,
  FieldSchemas,
  FieldType,
} from './events/schema.ts'
