import type { Fields } from '../scrape/settings/fields.ts'

/** Things that a configuration says and that mean nothing, or something else, here: in words for users. */
export class Notes {
  readonly all: string[] = []

  add(note: string): void {
    this.all.push(note)
  }

  /** Accepts keys without reading their values. */
  ignore(fields: Fields, keys: readonly string[], why: string): void {
    for (const key of keys) if (fields.has(key)) this.add(`${fields.pathOf(key)} is ignored: ${why}`)
  }
}
