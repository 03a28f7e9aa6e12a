export type { RedactAction } from './redact/action.ts'
export type { PatternName } from './redact/patterns.ts'
export { piiPatterns, secretKeys } from './redact/presets.ts'
export { type RedactOptions, redact } from './redact.ts'
