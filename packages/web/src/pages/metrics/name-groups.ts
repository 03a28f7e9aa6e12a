/** Metrics whose names begin alike, or a single one that shares its beginning with no other. */
export interface NameGroup {
  /** `http_`, or the whole name of a single one. */
  readonly prefix: string
  readonly names: readonly string[]
}

/** Below this, a group hides more than it orders. */
const leastGroup = 3

/** Groups names by their first word, in order; words are parted by `_`, `:` and `.`. */
export function groupNames(names: readonly string[]): readonly NameGroup[] {
  const byWord = new Map<string, string[]>()
  for (const name of names) {
    const prefix = /^[^_:.]*[_:.]?/.exec(name)?.[0] ?? ''
    const group = byWord.get(prefix)
    if (group === undefined) byWord.set(prefix, [name])
    else group.push(name)
  }
  return [...byWord]
    .flatMap(([prefix, found]): NameGroup[] =>
      found.length < leastGroup ? found.map((name) => ({ prefix: name, names: [name] })) : [{ prefix, names: found }],
    )
    .sort((a, b) => (a.prefix < b.prefix ? -1 : 1))
}

/** Names that hold every word in any order, whatever its case; those that begin with the first word come first. */
export function foundNames(names: readonly string[], words: string): readonly string[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  const [first] = wanted
  if (first === undefined) return names
  const found = names.filter((name) => {
    const text = name.toLowerCase()
    return wanted.every((word) => text.includes(word))
  })
  const begins = (name: string): boolean => name.toLowerCase().startsWith(first)
  return [...found.filter(begins), ...found.filter((name) => !begins(name))]
}
