import { MAX_NAMES, type MemberText, memberText } from './member-text.ts'

/** Bit of names that need a look at all fields of the record: see JsonKeys. */
export const ODD = 1 << 30

export interface JsonKey extends MemberText {
  /** One of 30 bits, and ODD: sets of keys that share no bit share no key. */
  readonly bits: number
}

/**
 * Texts of field names. Reserved names belong to the record itself. They are odd, as are those of `odd`, and those that may
 * replace them, which have `_` at their end.
 */
export class JsonKeys {
  readonly #keys = new Map<string, JsonKey>()
  readonly #reserved: ReadonlySet<string>
  readonly #odd: ReadonlySet<string>

  constructor(reserved: readonly string[], odd: readonly string[]) {
    this.#reserved = new Set(reserved)
    this.#odd = new Set([...reserved, ...odd])
  }

  get(name: string): JsonKey {
    return this.#keys.get(name) ?? this.#add(name)
  }

  /** Whether no field may have that name. */
  isReserved(name: string): boolean {
    return this.#reserved.has(name)
  }

  #add(name: string): JsonKey {
    const { size } = this.#keys
    const isKept = size < MAX_NAMES
    // A name that is not kept may be any other: it has all bits.
    const own = isKept ? 1 << (size % 30) : ODD - 1
    const key = { ...memberText(name), bits: this.#odd.has(name.replace(/_+$/, '')) ? own | ODD : own }
    if (isKept) this.#keys.set(name, key)
    return key
  }
}
