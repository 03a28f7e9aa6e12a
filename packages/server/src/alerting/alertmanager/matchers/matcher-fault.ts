/** A text that is no matcher. The message is written for users. */
export class MatcherFault extends RangeError {
  override readonly name = 'MatcherFault'
  /** Where in the text, in UTF-16 units from 0. */
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}
