import { unwatchFile, watchFile } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Complain, createComplaints } from '../complaints.ts'
import { ConfigError } from './config-error.ts'
import { type ConfigureOptions, configure } from './configure.ts'
import { parseConfiguration } from './parse-file.ts'

export interface ConfigureFromFileOptions extends ConfigureOptions {
  /** Reads the file again when it has changed. Default false. */
  readonly watch?: boolean
  /** How often the file is looked at, milliseconds. Default 1000. */
  readonly watchIntervalMs?: number
  /** Reads the file again on SIGHUP, as daemons do. Default false. */
  readonly reloadOnSighup?: boolean
  /** Told of files that were refused. Default: a warning of the logger `girok.sdk`. */
  readonly complain?: Complain
}

export interface FileConfiguration {
  /** Absolute. */
  readonly path: string
  /**
   * Reads the file again. Resolves when handlers that are no longer used are closed.
   * @throws ConfigError when the file cannot be used; the old configuration stays
   */
  reload(): Promise<void>
  /** Ends watching; the configuration stays. */
  stop(): void
}

/**
 * Configures by a file: JSON (`.json`), YAML (`.yaml`, `.yml`; needs the package `yaml`) or Python's `logging.conf` (`.conf`,
 * `.ini`). Files that change at run time are taken over without losing a record; a file that cannot be used changes
 * nothing and is complained of.
 * @throws ConfigError with everything that is wrong; RangeError for a `watchIntervalMs` that cannot be
 */
export async function configureFromFile(
  file: string,
  options: ConfigureFromFileOptions = {},
): Promise<FileConfiguration> {
  const path = resolve(file)
  const { watchIntervalMs = 1000 } = options
  if (!(watchIntervalMs > 0 && watchIntervalMs < 2 ** 31)) {
    throw new RangeError(`watchIntervalMs is ${watchIntervalMs}: use milliseconds above 0`)
  }
  const complain = options.complain ?? createComplaints({ intervalMs: 0 })
  let used: string | undefined
  let work: Promise<void> = Promise.resolve()

  async function load(): Promise<void> {
    const source = await readSource(path)
    if (source === used) return
    const configuration = await parseConfiguration(source, path)
    const { retired } = atPath(path, () => configure(configuration, options))
    used = source
    await retired
  }

  /** One after the other: of two changes the later one stays. */
  function reload(): Promise<void> {
    const turn = work.then(load)
    work = turn.catch(() => {})
    return turn
  }

  function reloadByItself(): void {
    reload().catch((error: Error) => complain(`the logging configuration stays as it was. ${error.message}`))
  }

  await reload()
  if (options.watch === true) {
    // Looking at the name again and again also sees files that are replaced, as editors and Kubernetes do it.
    watchFile(path, { interval: watchIntervalMs, persistent: false }, reloadByItself)
  }
  if (options.reloadOnSighup === true) process.on('SIGHUP', reloadByItself)
  return {
    path,
    reload,
    stop() {
      unwatchFile(path, reloadByItself)
      process.off('SIGHUP', reloadByItself)
    },
  }
}

async function readSource(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new ConfigError(path, [(error as Error).message])
  }
}

function atPath<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(path, error.problems) : error
  }
}
