import { readFile } from 'node:fs/promises'

/** Where a secret stands. The file is read for each notification, so that it can be replaced while the server runs. */
export interface SecretPlace {
  /** Name of the option that holds it: `bot_token`; `bot_token_file` names the file. */
  readonly option: string
  readonly text: string | undefined
  readonly file: string | undefined
}

/**
 * The secret without white space around it, or undefined when none is set. Throws an Error for users when its file cannot
 * be read, or may not be named: only what stands in configuration files (`trusted`) may name files.
 */
export async function secretText({ option, text, file }: SecretPlace, trusted: boolean): Promise<string | undefined> {
  if (file === undefined || file === '') return text
  if (!trusted) throw new Error(`${option}_file can only be set in a configuration file; set ${option} here`)
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    throw new Error(`cannot read ${option}_file: ${(error as NodeJS.ErrnoException).code ?? 'unknown fault'}`)
  }
}
