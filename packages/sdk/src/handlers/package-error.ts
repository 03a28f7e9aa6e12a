import { messageOf } from './error-text.ts'

/** Says that a package could not be loaded, why, and what to do: mostly it is not installed. */
export function packageError(who: string, name: string, instead: string, cause: unknown): Error {
  const [reason = ''] = messageOf(cause).split('\n')
  return new Error(`${who} needs the package ${name} (npm install ${name}), or ${instead}: ${reason}`, { cause })
}
