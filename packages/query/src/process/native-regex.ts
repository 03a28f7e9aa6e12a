/** Finds a pattern in a text and gives the values of its named groups; false when it is not found. */
export type Groups = (text: string, emit: (name: string, value: string) => void) => boolean

/** The pattern for the host's engine where that is proven linear; undefined for all others. */
export function nativeGroups(
  _pattern: string,
  _groups: readonly { readonly name: string; readonly index: number }[],
): Groups | undefined {
  return undefined
}
