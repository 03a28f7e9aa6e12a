/**
 * Which labels anybody will look at: parsers need not make the others. A parsed `x` may end up as `x_extracted`, so it is
 * needed as well when only that is asked for.
 */
export class NeededLabels {
  /** Every name, as asked for and without the collision suffix. */
  readonly names: ReadonlySet<string>
  /** The same, for going through them. */
  readonly list: readonly string[]

  constructor(names: Iterable<string>) {
    const all = new Set<string>()
    for (const name of names) {
      all.add(name)
      if (name.endsWith('_extracted')) all.add(name.slice(0, -'_extracted'.length))
    }
    this.names = all
    this.list = [...all]
  }

  has(name: string): boolean {
    return this.names.has(name)
  }

  /** Whether a needed label can begin so: a nested object is worth entering. */
  hasPrefix(prefix: string): boolean {
    for (const name of this.names) if (name.startsWith(prefix)) return true
    return false
  }
}

const WORD_START = /^[A-Za-z_]/
const NON_WORD = /[^A-Za-z0-9_]/gu

/** A field's name as a label: other characters become `_`, a leading digit gets one in front, space around is cut. */
export function sanitizeLabelName(key: string): string {
  const trimmed = key.trim()
  if (trimmed === '') return ''
  const clean = trimmed.replace(NON_WORD, '_')
  return WORD_START.test(clean) ? clean : `_${clean}`
}

/** As `sanitizeLabelName` for a part that follows another one: a digit may lead it. */
export function sanitizeNamePart(key: string): string {
  return key.trim().replace(NON_WORD, '_')
}
