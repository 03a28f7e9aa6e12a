import type { JsonCursor } from '../decode/json-cursor.ts'
import { holdsAt } from '../decode/same-bytes.ts'

const OPEN_BRACE = 0x7b
const LETTER_N = 0x6e
/** Longer names stand in a list of their own. */
const SHAPES = 64

interface Entry {
  readonly name: Buffer
  /** Where the value is noted; -1: the name only holds others. */
  slot: number
  child: Node | undefined
  /** Slots below `child`: forgotten when the name comes again, because of equal names the last counts. */
  readonly below: number[]
}

interface Node {
  /** By length and the last five bits of the first byte: most names that nobody wants end here. */
  readonly shapes: (Entry[] | undefined)[]
  readonly long: Entry[]
}

/**
 * Finds wanted fields in one JSON object, in one pass over its bytes, without making a string of any name. A field
 * `log.level` is found as `{"log.level":…}` and as `{"log":{"level":…}}`; the first form wins. Of equal names the last
 * counts, as with JSON.parse. One tree reads one object at a time.
 */
export class FieldTree {
  readonly #root = emptyNode()
  /** Slots of each field, best first. */
  readonly #slots: number[][] = []
  readonly #start: Int32Array
  readonly #end: Int32Array
  #bytes: Uint8Array = new Uint8Array(0)

  /** Fields are known by their index from here on; each has at most 16 parts between dots. */
  constructor(fields: readonly string[]) {
    let count = 0
    for (const field of fields) {
      const parts = field.split('.')
      const slots: number[] = []
      for (let depth = 0; depth < parts.length; depth++) slots.push(this.#add(parts, depth, count++))
      this.#slots.push(slots)
    }
    this.#start = new Int32Array(count)
    this.#end = new Int32Array(count)
  }

  /** Reads the object at the cursor; afterwards ask {@link find}. Throws like the cursor. */
  read(cursor: JsonCursor): void {
    this.#start.fill(-1)
    this.#bytes = cursor.bytes
    this.#readObject(cursor, this.#root)
  }

  /** Slot of the field's value, for {@link start} and {@link end}; -1 when it is absent or null. */
  find(field: number): number {
    for (const slot of this.#slots[field]!) {
      const at = this.#start[slot]!
      if (at >= 0 && this.#bytes[at] !== LETTER_N) return slot
    }
    return -1
  }

  /** Where the JSON text of the slot's value begins. */
  start(slot: number): number {
    return this.#start[slot]!
  }

  /** Where it ends. */
  end(slot: number): number {
    return this.#end[slot]!
  }

  /** Wants the field with its first `depth` parts as objects and the rest as one name; gives its slot. */
  #add(parts: readonly string[], depth: number, slot: number): number {
    let node = this.#root
    const above: Entry[] = []
    for (const part of parts.slice(0, depth)) {
      const entry = entryOf(node, part)
      entry.child ??= emptyNode()
      above.push(entry)
      node = entry.child
    }
    const last = entryOf(node, parts.slice(depth).join('.'))
    // A field that is wanted twice has one slot.
    if (last.slot >= 0) return last.slot
    last.slot = slot
    for (const entry of above) entry.below.push(slot)
    return slot
  }

  #readObject(cursor: JsonCursor, node: Node): void {
    for (let more = cursor.openObject('a document'); more; more = cursor.nextMember()) {
      const plain = cursor.passKey()
      const entry = plain
        ? find(node, cursor.bytes, cursor.textStart, cursor.textEnd)
        : findName(node, cursor.passedKey())
      if (entry === undefined) {
        cursor.skipValue()
        continue
      }
      for (const slot of entry.below) this.#start[slot] = -1
      const first = cursor.peek()
      const start = cursor.position
      if (first === OPEN_BRACE && entry.child !== undefined) this.#readObject(cursor, entry.child)
      else cursor.skipValue()
      if (entry.slot < 0) continue
      this.#start[entry.slot] = start
      this.#end[entry.slot] = cursor.position
    }
  }
}

function emptyNode(): Node {
  return { shapes: new Array(SHAPES * 32), long: [] }
}

function entryOf(node: Node, name: string): Entry {
  const known = findName(node, name)
  if (known !== undefined) return known
  const bytes = Buffer.from(name)
  const entry: Entry = { name: bytes, slot: -1, child: undefined, below: [] }
  if (bytes.length >= SHAPES) node.long.push(entry)
  else {
    const shape = shapeOf(bytes, 0, bytes.length)
    node.shapes[shape] = [...(node.shapes[shape] ?? []), entry]
  }
  return entry
}

function findName(node: Node, name: string): Entry | undefined {
  const bytes = Buffer.from(name)
  return find(node, bytes, 0, bytes.length)
}

function find(node: Node, bytes: Uint8Array, start: number, end: number): Entry | undefined {
  const length = end - start
  const entries = length >= SHAPES ? node.long : node.shapes[shapeOf(bytes, start, length)]
  if (entries === undefined) return undefined
  for (const entry of entries) {
    if (entry.name.length === length && holdsAt(bytes, start, entry.name)) return entry
  }
  return undefined
}

function shapeOf(bytes: Uint8Array, start: number, length: number): number {
  return length === 0 ? 0 : length * 32 + (bytes[start]! & 31)
}
