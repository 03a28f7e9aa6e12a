/** A kind of secret that is known by its looks. */
export interface ValuePattern {
  /** Shorter texts are not looked at. */
  readonly minLength: number
  /** Texts without any of these are not looked at: looking for a fixed text is many times faster than for a pattern. */
  readonly needs?: readonly string[]
  /** Finds it, and perhaps more; global. Takes time in proportion to the text, whatever the text is. */
  readonly find: RegExp
  /** The first group of `find` stands before the secret and is kept. */
  readonly keepsFirstGroup?: boolean
  /** How many of the characters found are the secret; 0 when it is none after all. Default: all. */
  measure?(found: string, at: number, text: string): number
  /** What was found and is none may begin inside of what is one; default: the search goes on behind it. */
  readonly overlaps?: boolean
}
