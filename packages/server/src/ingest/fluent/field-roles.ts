import { holdsAt } from '../decode/same-bytes.ts'

/** What becomes of the fields of a record; names as they are in the record. */
export interface FieldRules {
  /** Label that the tag becomes; empty: none. */
  readonly tagLabel: string
  /** Fields that become labels. */
  readonly labels: readonly string[]
  /** Fields that become structured metadata. */
  readonly metadata: readonly string[]
  /** Fields whose text is the whole line when the record has no other field left. */
  readonly lineFields: readonly string[]
}

export type Role = 'label' | 'metadata' | 'line'

/** A field that has a role. */
export interface RoleOfField {
  readonly role: Role
  readonly name: string
  /** Index into the list of the rules. */
  readonly index: number
}

interface Candidate extends RoleOfField {
  readonly bytes: Buffer
}

const MAX_NAME_BYTES = 256

/** Finds the role of a field by the bytes of its name, without making a text of it. */
export class FieldRoles {
  readonly #ofLength: (readonly Candidate[] | undefined)[]

  constructor(rules: FieldRules) {
    const lists: readonly [Role, readonly string[]][] = [
      ['label', rules.labels],
      ['metadata', rules.metadata],
      ['line', rules.lineFields],
    ]
    const ofLength: (Candidate[] | undefined)[] = Array.from({ length: MAX_NAME_BYTES + 1 }, () => undefined)
    for (const [role, names] of lists) {
      for (const [index, name] of names.entries()) {
        const bytes = Buffer.from(name)
        const others = ofLength[bytes.length] ?? []
        others.push({ role, name, index, bytes })
        if (bytes.length <= MAX_NAME_BYTES) ofLength[bytes.length] = others
      }
    }
    this.#ofLength = ofLength
  }

  /** The role of the field whose name stands at `bytes[start … end)`; undefined when it has none. */
  of(bytes: Uint8Array, start: number, end: number): RoleOfField | undefined {
    const length = end - start
    if (length > MAX_NAME_BYTES) return undefined
    const candidates = this.#ofLength[length]
    if (candidates === undefined) return undefined
    for (const candidate of candidates) if (holdsAt(bytes, start, candidate.bytes)) return candidate
    return undefined
  }
}
