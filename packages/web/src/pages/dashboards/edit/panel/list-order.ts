/** Lists as forms change them; what is out of range leaves the list as it is. */

export function replaced<T>(list: readonly T[], at: number, item: T): readonly T[] {
  return list.map((one, index) => (index === at ? item : one))
}

export function removed<T>(list: readonly T[], at: number): readonly T[] {
  return list.filter((_, index) => index !== at)
}

/** With one item before or behind its neighbour. */
export function moved<T>(list: readonly T[], at: number, by: -1 | 1): readonly T[] {
  const [item, other] = [list[at], list[at + by]]
  if (item === undefined || other === undefined) return list
  return list.map((one, index) => (index === at ? other : index === at + by ? item : one))
}

/** A value with some members changed; those given as undefined are left out. */
export function withFields<T extends object>(whole: T, patch: { readonly [K in keyof T]?: T[K] | undefined }): T {
  const members = Object.entries({ ...whole, ...patch }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(members) as T
}

/** The lines of a field that holds one name per line. */
export function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
