import { type FileHandler, type FileOptions, handlerOf, pathOption } from './handler.ts'
import { singleFile } from './plan.ts'

export interface SingleFileOptions extends FileOptions {
  /** Made when missing, with its directories. Relative to the working directory at the time of the call. */
  readonly path: string
  /** What becomes of a file that is there. Default `append`. */
  readonly mode?: 'append' | 'truncate'
}

/**
 * Writes records to one file, a line each. A file that is moved away (logrotate) or deleted is made anew. Several
 * processes may write the same file.
 */
export function fileHandler(options: SingleFileOptions): FileHandler {
  const path = pathOption('path', options.path)
  const { mode = 'append' } = options
  if (mode !== 'append' && mode !== 'truncate') {
    throw new RangeError(`mode of ${path} is ${JSON.stringify(mode)}: use append or truncate`)
  }
  return handlerOf(
    { key: path, rules: 'one file', truncate: mode === 'truncate', plan: () => singleFile(path) },
    options,
  )
}
