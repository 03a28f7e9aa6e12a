/** A part that was left out or has another meaning here: where it stands, and why. */
export interface Note {
  readonly where: string
  readonly what: string
}

/** More would be read by nobody. */
const MOST_NOTES = 1_000

/** What an import tells of. Each part of the import writes under its own heading; what is said twice there is told once. */
export class Notes {
  readonly #where: string
  readonly #all: Map<string, Note>

  constructor(where = 'dashboard', all: Map<string, Note> = new Map()) {
    this.#where = where
    this.#all = all
  }

  /** For a part of the dashboard: `panel 3 "CPU"`. */
  of(where: string): Notes {
    return new Notes(where.slice(0, 200), this.#all)
  }

  add(what: string): void {
    const note = { where: this.#where, what: what.length > 500 ? `${what.slice(0, 500)}…` : what }
    this.#all.set(JSON.stringify(note), note)
  }

  list(): readonly Note[] {
    const all = [...this.#all.values()]
    if (all.length <= MOST_NOTES) return all
    const rest = { where: 'dashboard', what: `${all.length - MOST_NOTES} parts more are not taken over as they are` }
    return [...all.slice(0, MOST_NOTES), rest]
  }
}
