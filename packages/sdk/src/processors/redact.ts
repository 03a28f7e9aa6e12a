import type { Fields } from '../fields.ts'
import type { Processor } from '../processor.ts'
import { changed, type LogRecord } from '../record.ts'
import { mapFields } from './map-fields.ts'
import { DEFAULT_MASK, type RedactAction, replacement } from './redact/action.ts'
import { nameRules } from './redact/name-rules.ts'
import { pathTree } from './redact/path.ts'
import { type PatternName, type Scrub, scrubber } from './redact/patterns.ts'
import { piiPatterns, secretKeys } from './redact/presets.ts'
import { createWalk } from './redact/walk.ts'

export interface RedactOptions {
  /**
   * Places: `user.password`, `headers["set-cookie"]`, `items[*].card`, `*.token`. Names are compared as they are written.
   * Paths alone are the fastest: nothing else is looked at.
   */
  readonly paths?: readonly string[]
  /** Names at any depth. Texts are compared without case, `-`, `_`, `.` and spaces: `api_key` is `apiKey` and `API-Key`. */
  readonly keys?: readonly (string | RegExp)[]
  /** Looks of secrets, in any text at any depth, in names of fields, in the message and in messages and stacks of errors. */
  readonly patterns?: readonly (PatternName | RegExp)[]
  /** What stays as it is, with all that is in it: places, and expressions for names at any depth. */
  readonly exclude?: readonly (string | RegExp)[]
  /** Default `mask`. */
  readonly action?: RedactAction
  /** Default `***masked***`. */
  readonly mask?: string
  /** Of the action `hash`. Keep it secret, and the same as long as hashes are to be compared. */
  readonly key?: string | Uint8Array
  /** Compares texts of `keys` as they are written. Default false. */
  readonly exactKeys?: boolean
}

const OPTIONS: ReadonlySet<string> = new Set<keyof RedactOptions>([
  'paths',
  'keys',
  'patterns',
  'exclude',
  'action',
  'mask',
  'key',
  'exactKeys',
])

/**
 * Hides secrets. Without `paths`, `keys` and `patterns` it looks for all of secretKeys and piiPatterns. Never throws and
 * never changes what was logged: records with secrets are copied along the way to them, others go on as they are.
 * @throws RangeError, TypeError for options that cannot work
 */
export function redact(options: RedactOptions = {}): Processor {
  const { exclude = [], action = 'mask', mask = DEFAULT_MASK, exactKeys = false } = options
  const preset = options.paths === undefined && options.keys === undefined && options.patterns === undefined
  const { paths = [], keys = preset ? secretKeys : [], patterns = preset ? piiPatterns : [] } = options
  for (const [name, list] of Object.entries({ paths, keys, patterns, exclude })) {
    if (!Array.isArray(list)) throw new TypeError(`redact: ${name} must be a list, and is ${JSON.stringify(list)}`)
  }
  for (const name of Object.keys(options)) {
    // One that is not heeded would show what was to be hidden.
    if (!OPTIONS.has(name)) throw new TypeError(`redact: no option ${name}, use ${[...OPTIONS].join(', ')}`)
  }
  if (paths.length + keys.length + patterns.length === 0) {
    throw new RangeError('redact: name paths, keys or patterns; without options it takes those of the presets')
  }
  const replace = replacement({ action, mask, key: options.key })
  const scrub = guardedScrub(scrubber(patterns, replace.part), mask)
  const keptNames = exclude.filter((one) => one instanceof RegExp)
  const keptPaths = exclude.filter((one) => typeof one === 'string')
  const tree = pathTree({ secret: paths, keep: keptPaths })
  const deep = keys.length + patterns.length > 0
  const judge = deep ? nameRules({ keys, keep: keptNames, exactKeys, scrub }) : undefined
  const walk = createWalk({ judge, scrub, replacement: replace })

  function redactFields(fields: Fields): Fields {
    try {
      return walk.fields(fields, tree)
    } catch {
      // Fields that cannot even be listed. What is in them is not known, and must not be shown.
      return { fields: mask }
    }
  }

  const redacted = mapFields(redactFields)
  return Object.assign(
    (record: LogRecord) => {
      const mapped = redacted(record)
      const message = walk.text(record.message)
      return message === record.message ? mapped : changed(mapped, { message })
    },
    { reason: 'redacted' },
  )
}

/** An expression may fail on a very long text; what could not be looked through is hidden. */
function guardedScrub(scrub: Scrub | undefined, mask: string): Scrub | undefined {
  return (
    scrub &&
    ((text) => {
      try {
        return scrub(text)
      } catch {
        return mask
      }
    })
  )
}
