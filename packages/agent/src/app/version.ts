import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The version of this package, as released. */
export const VERSION: string = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string }
).version
