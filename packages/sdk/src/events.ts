export { type DefinedEvent, defineEvent, type EventDefinition, eventSchema } from './events/define.ts'
export { elementClicked, pageViewed, purchaseMade, screenSwiped, signedUp } from './events/ready-made.ts'
export type {
  EventFields,
  EventSchema,
  FieldDefinition,
  FieldKind,
  FieldSchema,
  FieldSchemas,
  FieldType,
} from './events/schema.ts'
