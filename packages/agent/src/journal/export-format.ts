const LINE_END = 0x0a
const EQUALS = 0x3d
const LENGTH_BYTES = 8

/** Of each field so much is kept, bytes. */
export const MAX_FIELD_BYTES = 256 * 1024
/** Of each entry so much is kept, bytes: a core dump in the journal has hundreds of megabytes. */
const MAX_ENTRY_BYTES = 1024 * 1024
/** No field is longer; a length beyond is not one. */
const MAX_LENGTH = 2n ** 40n

export interface JournalField {
  readonly name: string
  /** What is not UTF-8 is told by replacement characters. */
  readonly value: string
  /** Bytes of the whole value when it is longer than what is kept. */
  readonly cutFrom?: number
}

export type JournalEntry = readonly JournalField[]

/** A field whose value comes over several chunks. */
interface Begun {
  readonly name: string
  readonly parts: Buffer[]
  kept: number
  readonly length: number
  /** Bytes that are to come, with the end of line behind the value. */
  rest: number
}

interface LongLine {
  readonly name: string
  readonly head: Buffer
  length: number
}

/**
 * Reads the Journal Export Format (systemd.io/JOURNAL_EXPORT_FORMATS): fields as `NAME=text` lines or, when the value has
 * line ends or other control characters in it, as the name, an end of line, the length as 64 bit little endian, the value
 * and an end of line; an empty line ends the entry. Memory is bounded whatever comes, and it never fails: what is no field
 * is skipped to the end of its line and counted.
 */
export class ExportReader {
  #rest: Buffer = Buffer.alloc(0)
  #fields: JournalField[] = []
  #entryBytes = 0
  #begun: Begun | undefined
  /** Reads over the rest of a text line that is longer than what is kept. */
  #long: LongLine | undefined
  /** Lines that are no fields. */
  malformed = 0

  /** Entries that end in this chunk. */
  push(chunk: Buffer): JournalEntry[] {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const entries: JournalEntry[] = []
    let at = 0
    while (at < data.length) {
      const next = this.#begun
        ? this.#value(data, at)
        : this.#long
          ? this.#longLine(data, at)
          : this.#line(data, at, entries)
      if (next === undefined) break
      at = next
    }
    // A copy, so that a few bytes do not hold the chunk.
    this.#rest = at < data.length ? Buffer.from(data.subarray(at)) : Buffer.alloc(0)
    return entries
  }

  /** Reads one line; undefined: more has to come. */
  #line(data: Buffer, at: number, entries: JournalEntry[]): number | undefined {
    const end = data.indexOf(LINE_END, at)
    if (end === at) {
      if (this.#fields.length > 0) entries.push(this.#fields)
      this.#fields = []
      this.#entryBytes = 0
      return at + 1
    }
    const equals = data.indexOf(EQUALS, at)
    if (end < 0) {
      if (data.length - at <= MAX_FIELD_BYTES) return undefined
      const nameEnd = equals < 0 ? at : equals
      const head = data.subarray(nameEnd + 1)
      this.#long = { name: data.toString('latin1', at, nameEnd), head, length: head.length }
      return data.length
    }
    if (equals >= 0 && equals < end) {
      this.#keep(data.toString('latin1', at, equals), data.subarray(equals + 1, end), end - equals - 1)
      return end + 1
    }
    const name = data.toString('latin1', at, end)
    if (!isName(name)) {
      this.malformed++
      return end + 1
    }
    if (data.length < end + 1 + LENGTH_BYTES) return undefined
    const length = data.readBigUInt64LE(end + 1)
    if (length > MAX_LENGTH) {
      this.malformed++
      return end + 1
    }
    this.#begun = { name, parts: [], kept: 0, length: Number(length), rest: Number(length) + 1 }
    return end + 1 + LENGTH_BYTES
  }

  #value(data: Buffer, at: number): number {
    const begun = this.#begun as Begun
    const taken = Math.min(begun.rest, data.length - at)
    const value = data.subarray(at, at + Math.min(taken, Math.max(0, begun.rest - 1)))
    const part = value.subarray(0, MAX_FIELD_BYTES - begun.kept)
    if (part.length > 0) begun.parts.push(Buffer.from(part))
    begun.kept += part.length
    begun.rest -= taken
    if (begun.rest === 0) {
      this.#begun = undefined
      this.#keep(begun.name, Buffer.concat(begun.parts), begun.length)
    }
    return at + taken
  }

  #longLine(data: Buffer, at: number): number {
    const long = this.#long as LongLine
    const end = data.indexOf(LINE_END, at)
    long.length += (end < 0 ? data.length : end) - at
    if (end < 0) return data.length
    this.#long = undefined
    this.#keep(long.name, long.head, long.length)
    return end + 1
  }

  #keep(name: string, value: Buffer, length: number): void {
    if (!isName(name)) {
      this.malformed++
      return
    }
    const kept = value.subarray(0, Math.max(0, Math.min(MAX_FIELD_BYTES, MAX_ENTRY_BYTES - this.#entryBytes)))
    this.#entryBytes += kept.length
    const text = kept.toString('utf8')
    this.#fields.push(kept.length < length ? { name, value: text, cutFrom: length } : { name, value: text })
  }
}

/** Journald takes no other names. */
function isName(name: string): boolean {
  return /^[A-Z0-9_]{1,64}$/.test(name)
}
