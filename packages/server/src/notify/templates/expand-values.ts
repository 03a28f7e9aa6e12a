import { parseDocument } from 'yaml'

/** Beyond this many characters only JSON is looked for: the reader of YAML is slow. */
const LONGEST_YAML = 65_536

/**
 * Expands every text within a value of settings, keys too. A text that comes out as JSON or YAML of a number, a flag, a
 * list or an object is put in as that, so that `{{ len .Alerts }}` is a number; all else stays the text that it is.
 * Alertmanager does the same, and goes on to expand what came out; not so here: what stands in alerts is no template.
 */
export function expandValues(value: unknown, expand: (source: string) => string): unknown {
  if (typeof value === 'string') return embedded(expand(value))
  if (Array.isArray(value)) return value.map((one) => expandValues(one, expand))
  if (typeof value !== 'object' || value === null) return value
  return sorted(Object.entries(value).map(([key, one]) => [expand(key), expandValues(one, expand)]))
}

/** The value that a text stands for; the text itself where it stands for none. */
function embedded(text: string): unknown {
  const value = parsed(text)
  if (value === undefined || typeof value === 'string') return text
  return deepEmbedded(value)
}

function deepEmbedded(value: unknown): unknown {
  if (typeof value === 'string') return embedded(value)
  if (Array.isArray(value)) return value.map(deepEmbedded)
  if (typeof value !== 'object' || value === null) return value
  return sorted(Object.entries(value).map(([key, one]) => [key, deepEmbedded(one)]))
}

/** Undefined: neither JSON nor YAML, or nothing that JSON could hold. */
function parsed(text: string): unknown {
  if (/^\s*[[{]/.test(text)) {
    try {
      return JSON.parse(text)
    } catch {
      // It may yet be YAML.
    }
  }
  if (text.length > LONGEST_YAML) return undefined
  const document = parseDocument(text, {
    version: '1.1',
    logLevel: 'silent',
    // Dates and 12:30 stay texts.
    customTags: (tags) =>
      tags.filter((tag) => {
        if (typeof tag === 'string') return tag !== 'timestamp' && tag !== 'intTime' && tag !== 'floatTime'
        return tag.tag !== 'tag:yaml.org,2002:timestamp' && tag.format !== 'TIME'
      }),
  })
  if (document.errors.length > 0) return undefined
  try {
    const value: unknown = document.toJS({ maxAliasCount: 0 })
    return typeof value === 'number' && !Number.isFinite(value) ? undefined : value
  } catch {
    return undefined
  }
}

/** In order of keys, as Alertmanager writes them. */
function sorted(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}
