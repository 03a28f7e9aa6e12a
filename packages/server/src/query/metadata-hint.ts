/** How long tenants are remembered whose rows have metadata. */
const REMEMBERED_MS = 60_000
const MAX_REMEMBERED = 10_000

/**
 * Remembers for a minute which tenants have rows with structured metadata, so that their statements look into it at
 * once. Only a hint: a first look that skips metadata and meets rows with some is repeated with it.
 */
export class MetadataHint {
  readonly #until = new Map<string, number>()

  expects(tenant: string): boolean {
    const until = this.#until.get(tenant)
    if (until === undefined) return false
    if (performance.now() < until) return true
    this.#until.delete(tenant)
    return false
  }

  note(tenant: string): void {
    if (this.#until.size >= MAX_REMEMBERED) this.#until.clear()
    this.#until.set(tenant, performance.now() + REMEMBERED_MS)
  }
}

/** A process has one store. */
export const metadataHint = new MetadataHint()
