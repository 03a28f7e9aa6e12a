import type { EventType } from '../event-type.ts'
import { type Fields, mergeFields, readField } from '../fields.ts'
import { type Frame, frameFields, frameHas } from '../frame.ts'
import { flat } from './flat.ts'
import { JsonKeys, ODD } from './json-keys.ts'
import { isPlain } from './quote.ts'
import { jsonValue } from './value.ts'

const hasOwn = Object.prototype.hasOwnProperty

/**
 * Writes fields as members of one JSON object, each with a comma before it, no key twice. The text of a frame is made once
 * and kept there; sets of keys are compared by their bits, and looked at only where a bit is in both.
 *
 * The quote that ends a string is left to what follows it, which makes one concatenation fewer: `open` says that the text
 * so far lacks it.
 */
export class JsonFields {
  readonly #keys: JsonKeys
  /** Of the fields appended last: the bits of their keys, and whether one of them is in the frame held against them. */
  #bits = 0
  #clash = false

  /** No member may have a reserved name; `odd` names need a look at all fields, as reserved ones do. */
  constructor(reserved: readonly string[], odd: readonly string[] = []) {
    this.#keys = new JsonKeys(reserved, odd)
  }

  /** `text` with the fields of `frame` and `fields`, of which the latter win. Never throws. */
  write(text: string, open: boolean, frame: Frame | undefined, fields: Fields | undefined, event?: EventType): string {
    try {
      return this.#write(text, open, frame, fields, event)
    } catch {
      // A proxy that does not even tell its keys.
      return `${closed(text, open)},"fields":"[threw while they were read]"`
    }
  }

  #write(text: string, open: boolean, frame: Frame | undefined, fields: Fields | undefined, event?: EventType): string {
    if (frame === undefined && fields !== undefined && event === undefined) {
      const all = this.#append(text, open, fields)
      return (this.#bits & ODD) === 0 ? all : closed(text, open) + this.oddText(fields)
    }
    // In one piece only here: most frames are parts of others, and doing it for each was 5 % of a request's records.
    const shared = frame === undefined ? '' : flat(this.#frameText(frame))
    let bits = frame === undefined ? 0 : frame.bits
    let own = fields === undefined ? '' : event?.json(fields)
    let clash = false
    if (own === undefined) {
      own = this.#append('', false, fields as Fields, frame)
      clash = this.#clash
      bits |= this.#bits
    } else if (event !== undefined && fields !== undefined) {
      const eventBits = this.#eventBits(event)
      clash = (eventBits & bits) !== 0 && frame !== undefined && overlaps(frame, fields)
      bits |= eventBits
    }
    const start = closed(text, open)
    if ((bits & ODD) === 0 && !clash) return start + shared + own
    const merged = mergeFields(frame && frameFields(frame), fields)
    return start + ((bits & ODD) === 0 ? this.#append('', false, merged) : this.oddText(merged))
  }

  #append(text: string, open: boolean, fields: Fields, frame?: Frame): string {
    const keys = this.#keys
    const frameBits = frame === undefined ? 0 : frame.bits
    let bits = 0
    let clash = false
    for (const name in fields) {
      if (!hasOwn.call(fields, name)) continue
      const key = keys.get(name)
      bits |= key.bits
      if ((key.bits & frameBits) !== 0 && frameHas(frame as Frame, name)) clash = true
      const value = readField(fields, name)
      if (typeof value === 'string' && isPlain(value)) {
        text += (open ? key.closeThenString : key.string) + value
        open = true
        continue
      }
      const written = jsonValue(value)
      if (written === undefined) continue
      text += (open ? key.closeThenValue : key.value) + written
      open = false
    }
    this.#bits = bits
    this.#clash = clash
    return closed(text, open)
  }

  #eventBits(event: EventType): number {
    if (event.bitsBy !== this) {
      event.bits = event.names.reduce((bits, name) => bits | this.#keys.get(name).bits, 0)
      event.bitsBy = this
    }
    return event.bits
  }

  #frameText(frame: Frame): string {
    if (frame.textBy !== this) {
      const { outer, inner } = frame
      if (outer === undefined || inner === undefined) {
        frame.text = this.#append('', false, frame.own)
        frame.bits = this.#bits
      } else {
        const text = this.#frameText(outer) + this.#frameText(inner)
        const clash = (outer.bits & inner.bits) !== 0 && overlaps(outer, frameFields(inner))
        frame.text = clash ? this.#append('', false, frameFields(frame)) : text
        frame.bits = outer.bits | inner.bits
      }
      frame.textBy = this
    }
    return frame.text
  }

  /** Members of fields with odd names. A name that the record needs gets as many `_` at its end as make it free. */
  protected oddText(fields: Fields): string {
    let text = ''
    for (const name of Object.keys(fields)) {
      let shown = name
      while (this.#keys.isReserved(shown) || (shown !== name && hasOwn.call(fields, shown))) shown += '_'
      const written = jsonValue(readField(fields, name))
      if (written !== undefined) text += this.#keys.get(shown).value + written
    }
    return text
  }
}

function closed(text: string, open: boolean): string {
  return open ? `${text}"` : text
}

function overlaps(frame: Frame, fields: Fields): boolean {
  for (const key in fields) if (frameHas(frame, key)) return true
  return false
}
