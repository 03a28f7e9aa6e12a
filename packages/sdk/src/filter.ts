import type { LogRecord } from './record.ts'

/**
 * Whether a record goes on. On a logger it is asked for the records logged at that logger (not for those of loggers
 * below, as in Python); on a handler for all records that reach it. Must not change the record.
 */
export type Filter = (record: LogRecord) => boolean
