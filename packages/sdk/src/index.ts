export type { Caught, Extra, LogArguments } from './arguments.ts'
export { type Complain, type ComplaintOptions, createComplaints } from './complaints.ts'
export { clearContext, getContext, setContext, withContext, withoutContext } from './context.ts'
export type { EventType } from './event-type.ts'
export type { Fields, GivenFields } from './fields.ts'
export type { Filter } from './filter.ts'
export { type Formatter, formatted } from './formatter.ts'
export { DEFAULT_PATTERN, textFormatter } from './formatters/text.ts'
export { jsonValue } from './formatters/value.ts'
export { type Frame, frameFields } from './frame.ts'
export type { Handler, HandlerOptions } from './handler.ts'
export { type ConsoleOptions, consoleHandler } from './handlers/console.ts'
export {
  createHierarchy,
  defaultHierarchy,
  flush,
  getLogger,
  type Hierarchy,
  type HierarchyOptions,
  metaLogger,
  root,
  shutdown,
} from './hierarchy.ts'
export { addLevel, LEVELS, type LevelName, levelName, levelValue } from './level.ts'
export { Logger } from './logger.ts'
export type { Processor } from './processor.ts'
export { allFields, changed, type LogRecord, type RecordChanges } from './record.ts'
export type { Source, SourceFinder } from './source.ts'
