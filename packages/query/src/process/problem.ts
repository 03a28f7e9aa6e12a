/** A mistake in the configuration of stages. The message says where, what, and how to mend it. */
export class StageProblem extends Error {
  override readonly name = 'StageProblem'
  /** Such as `inputs[0].processors[2].regex.expression`. */
  readonly path: string
  /** The message without the path. */
  readonly reason: string

  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`)
    this.path = path
    this.reason = reason
  }
}

/** A value as a message shows it: on one line and short. */
export function shownValue(value: unknown): string {
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** ` (did you mean x?)` for the known name that a misspelt one is near to, else nothing. */
export function meantName(given: string, known: Iterable<string>): string {
  const wanted = given.toLowerCase().slice(0, 100)
  let best = ''
  let least = Number.POSITIVE_INFINITY
  for (const name of known) {
    const edits = editsBetween(wanted, name.toLowerCase())
    if (edits <= Math.max(2, name.length / 4) && edits < least) {
      least = edits
      best = name
    }
  }
  return best === '' ? '' : ` (did you mean ${best}?)`
}

/** Insertions, deletions and replacements that turn one text into the other. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[to.length] as number
}
