import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What users switch in the web app and expect to find again after a restart. Everything else is configuration. */
export interface Settings {
  /** Undefined until someone switched the samples; then it wins over `sample.enabled`. */
  readonly sampleRunning?: boolean
}

/** Reads `DIR/settings.json`; a missing or damaged file means no settings (they are conveniences, nothing more). */
export function readSettings(dataDir: string): Settings {
  try {
    const value: unknown = JSON.parse(readFileSync(join(dataDir, 'settings.json'), 'utf8'))
    const running = (value as { sampleRunning?: unknown } | null)?.sampleRunning
    return typeof running === 'boolean' ? { sampleRunning: running } : {}
  } catch {
    return {}
  }
}

/** Replaces the file in one step, so that a crash leaves the old or the new one. */
export function writeSettings(dataDir: string, settings: Settings): void {
  const path = join(dataDir, 'settings.json')
  writeFileSync(`${path}.new`, `${JSON.stringify(settings)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
