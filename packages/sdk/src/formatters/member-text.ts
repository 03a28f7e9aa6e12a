import { quote } from './quote.ts'

/** More names than any program has; a program that makes names of data is slower, not bigger. */
export const MAX_NAMES = 4096

/**
 * What stands between the members of a JSON object: the name, the quote that begins a string, and the one that ends the
 * string before. One text for all, because each concatenation costs as much as the number that it adds.
 */
export interface MemberText {
  /** `{"name":` */
  readonly first: string
  /** `{"name":"` */
  readonly firstString: string
  /** `,"name":` */
  readonly value: string
  /** `,"name":"` */
  readonly string: string
  /** `","name":` */
  readonly closeThenValue: string
  /** `","name":"` */
  readonly closeThenString: string
}

export function memberText(name: string): MemberText {
  const text = `${quote(name)}:`
  return {
    first: `{${text}`,
    firstString: `{${text}"`,
    value: `,${text}`,
    string: `,${text}"`,
    closeThenValue: `",${text}`,
    closeThenString: `",${text}"`,
  }
}
