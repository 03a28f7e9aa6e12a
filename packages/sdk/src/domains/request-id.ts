import { createHash } from 'node:crypto'
import { asText } from './as-text.ts'
import { pythonFloat } from './python-number.ts'

/**
 * The id of an ad request: the first 16 hexadecimal digits of SHA-256 over `USER:SECONDS`, seconds since the epoch as
 * Python's str() writes a float. The same user and time give the same id in every program.
 */
export function requestIdOf(userId: string, seconds: number): string {
  return createHash('sha256')
    .update(`${asText(userId)}:${pythonFloat(seconds)}`)
    .digest('hex')
    .slice(0, 16)
}
