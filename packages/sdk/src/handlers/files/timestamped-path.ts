import { join } from 'node:path'
import { checkFileName } from './daily.ts'
import { parts } from './schedule.ts'

export interface TimestampedPathOptions {
  readonly directory: string
  /** First part of the file name. */
  readonly name: string
  /** Last part of the file name. Default `.log`. */
  readonly extension?: string
  /** UTC instead of local time. Default false. */
  readonly utc?: boolean
  /** Milliseconds since the epoch. Default: now. */
  readonly now?: () => number
}

/** A path for one run of a program, by when it began: `llama3_qlora_20251220_120000.log`. */
export function timestampedPath(options: TimestampedPathOptions): string {
  const { directory, name, extension = '.log', utc = false, now = Date.now } = options
  checkFileName(name)
  const [year, month, day, hour, minute, second] = parts(now(), utc)
  return join(directory, `${name}_${year}${month}${day}_${hour}${minute}${second}${extension}`)
}
