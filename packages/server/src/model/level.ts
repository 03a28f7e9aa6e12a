/**
 * The level words that a record can carry; a record's `level` column is an index into this table. Index 0 means that
 * nobody looked (level detection is off), `unknown` that detection looked and found nothing.
 */
export const LEVELS = ['', 'trace', 'debug', 'info', 'warn', 'error', 'critical', 'fatal', 'unknown'] as const

export type Level = (typeof LEVELS)[number]
