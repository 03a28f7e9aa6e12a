import { GirokError } from '../../model/errors.ts'

const known = new Map<string, string>()
const MAX_KNOWN = 10_000

/**
 * Name under which structured metadata is stored, by the OpenTelemetry-to-Prometheus naming rule that Loki follows: each
 * run of characters other than ASCII letters and digits becomes one `_`, a leading digit gets `key_` before it, and
 * names of the form `__x__` stay. Throws `bad_request` for a name without a letter or digit.
 */
export function metadataName(name: string): string {
  const found = known.get(name)
  if (found !== undefined) return found
  const normal = normalise(name)
  if (known.size >= MAX_KNOWN) known.clear()
  if (name.length <= 256) known.set(name, normal)
  return normal
}

/** False for a name of punctuation only: no query could name it, and the record is worth more than that field. */
export function hasMetadataName(name: string): boolean {
  return /[A-Za-z0-9]/.test(name)
}

function normalise(name: string): string {
  if (/^__[A-Za-z0-9_]*[A-Za-z0-9][A-Za-z0-9_]*__$/.test(name)) return name
  const normal = name.replace(/[^A-Za-z0-9]+/g, '_')
  if (!hasMetadataName(name)) {
    throw new GirokError(
      'bad_request',
      `structured metadata name ${JSON.stringify(name.slice(0, 100))} holds no letter or digit`,
    )
  }
  return /^[0-9]/.test(normal) ? `key_${normal}` : normal
}
