/** A part that was left out or has another meaning here: where it stands, and why. */
export interface Note {
  readonly where: string
  readonly what: string
}

/** More would be read by nobody; of those beyond only the number is told. */
const MOST_NOTES = 1_000

/** What an import tells of. Each part of the import writes under its own heading; what is said twice there is told once. */
export class Notes {
  readonly #where: string
  readonly #all: { readonly notes: Map<string, Note>; more: number }

  constructor(
    where = 'dashboard',
    all: { readonly notes: Map<string, Note>; more: number } = { notes: new Map(), more: 0 },
  ) {
    this.#where = where
    this.#all = all
  }

  /** For a part of the dashboard: `panel 3 "CPU"`. */
  of(where: string): Notes {
    return new Notes(where.slice(0, 200), this.#all)
  }

  add(what: string): void {
    const { notes } = this.#all
    if (notes.size >= MOST_NOTES) {
      this.#all.more++
      return
    }
    const note = { where: this.#where, what: what.length > 500 ? `${what.slice(0, 500)}…` : what }
    notes.set(JSON.stringify(note), note)
  }

  list(): readonly Note[] {
    const { notes, more } = this.#all
    if (more === 0) return [...notes.values()]
    return [...notes.values(), { where: 'dashboard', what: `${more} parts more are not taken over as they are` }]
  }
}
