/** The server as a library: `createGirok(loadConfig({ … })).start()`. */
export type * from '../api/contract.ts'
export { receivers } from '../ingest/receivers/index.ts'
export { ERROR_CODES, type ErrorCode, GirokError } from '../model/errors.ts'
export type * from '../model/scraping.ts'
export * from './config/index.ts'
export { createGirok, type Girok, type GirokParts } from './create-girok.ts'
export * from './tokens.ts'
export { VERSION } from './version.ts'
