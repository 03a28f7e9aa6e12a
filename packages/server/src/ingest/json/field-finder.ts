import { LEVEL_FIELDS, type LevelScale } from '../../model/level-words.ts'
import type { JsonCursor } from '../decode/json-cursor.ts'
import type { IngestQuery } from './ingest-query.ts'

const OPEN_BRACE = 0x7b
const SHAPES = 64

/** Names under which programs write the time, best first; compared without case. */
const TIME_FIELDS = [
  'timestamp',
  '@timestamp',
  'time',
  'ts',
  'datetime',
  'date',
  'asctime',
  'event_time',
  'eventtime',
  'time_unix_nano',
  'timeunixnano',
  '_time',
]

/** Names under which programs write the service, for requests that name no labels; best first. */
const SERVICE_FIELDS = ['service_name', 'service.name', 'service', 'app', 'application']

/** JSON text of a field that was found: `bytes[start … end)`. */
export interface FoundField {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly rank: number
}

interface Wish {
  readonly slot: string
  readonly rank: number
}

/** Finds the fields that matter in one JSON object, in a single pass, without building the object. */
export class FieldFinder {
  readonly #exact = new Map<string, Wish[]>()
  readonly #anyCase = new Map<string, Wish[]>()
  /** Names of objects that hold wanted fields: `log` for `log.level`. */
  readonly #parents = new Set<string>()
  readonly #collect: boolean
  /** 1 where a wanted name has this length and, in its last five bits, this first byte. */
  readonly #shapes = new Uint8Array(SHAPES * 32)
  readonly #found = new Map<string, FoundField>()
  /** Members of the object itself, in order; only when the query names a message field. */
  members: FoundField[] = []

  /** `nested` is a member whose level and service count where the object itself has none. */
  constructor(query: IngestQuery, nested?: string) {
    if (query.timeField === undefined) this.#wishAll(TIME_FIELDS, 'time')
    else if (query.timeField !== '') this.#wish(this.#exact, query.timeField, 'time', 0)
    if (query.levelField === undefined) this.#wishAll([...LEVEL_FIELDS.keys()], 'level')
    else this.#wish(this.#exact, query.levelField, 'level', 0)
    if (query.messageField !== undefined) this.#wish(this.#exact, query.messageField, 'message', 0)
    for (const name of query.labelFields) this.#wish(this.#exact, name, `label ${name}`, 0)
    if (query.labels.length + query.labelFields.length === 0) this.#wishAll(SERVICE_FIELDS, 'service')
    if (nested !== undefined) {
      this.#wishAll([...LEVEL_FIELDS.keys()], 'level', `${nested}.`)
      this.#wishAll(SERVICE_FIELDS, 'service', `${nested}.`)
    }
    this.#collect = query.messageField !== undefined
  }

  /** Reads the object at the cursor; afterwards ask by the methods below. Throws like the cursor. */
  read(cursor: JsonCursor): void {
    this.#found.clear()
    if (this.#collect) this.members = []
    this.#readObject(cursor, '')
  }

  get time(): FoundField | undefined {
    return this.#found.get('time')
  }

  get level(): FoundField | undefined {
    return this.#found.get('level')
  }

  get message(): FoundField | undefined {
    return this.#found.get('message')
  }

  get service(): FoundField | undefined {
    return this.#found.get('service')
  }

  label(name: string): FoundField | undefined {
    return this.#found.get(`label ${name}`)
  }

  /** Any of these names, in any case, the first that is there. */
  #wishAll(names: readonly string[], slot: string, prefix = ''): void {
    const worst = prefix === '' ? 0 : 1000
    for (const [rank, name] of names.entries()) this.#wish(this.#anyCase, prefix + name, slot, rank + worst)
  }

  #wish(names: Map<string, Wish[]>, name: string, slot: string, rank: number): void {
    names.set(name, [...(names.get(name) ?? []), { slot, rank }])
    this.#addShape(name)
    for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
      this.#parents.add(name.slice(0, dot))
      this.#addShape(name.slice(0, dot))
    }
  }

  #addShape(name: string): void {
    const bytes = Buffer.from(name)
    if (bytes.length < SHAPES) this.#shapes[bytes.length * 32 + ((bytes[0] ?? 0) & 31)] = 1
  }

  #readObject(cursor: JsonCursor, prefix: string): void {
    for (let more = cursor.openObject('a record'); more; more = cursor.nextMember()) {
      const plain = cursor.passKey()
      const { textStart, textEnd } = cursor
      if (plain && prefix === '' && !this.#collect && !this.#mayMatter(cursor.bytes, textStart, textEnd)) {
        cursor.skipValue()
        continue
      }
      const name = prefix + cursor.passedKey()
      const first = cursor.peek()
      const start = cursor.position
      if (first === OPEN_BRACE && this.#parents.has(name)) this.#readObject(cursor, `${name}.`)
      else cursor.skipValue()
      const end = cursor.position
      this.#note(this.#exact.get(name), name, start, end)
      this.#note(this.#anyCase.get(name.toLowerCase()), name, start, end)
      if (this.#collect && prefix === '') this.members.push({ name, start, end, rank: 0 })
    }
  }

  /** False for most names that nobody wants, by length and first letter, before a string is made of them. */
  #mayMatter(bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start
    // Lower and upper case of a letter other than ASCII need not have the same length in UTF-8.
    return length >= SHAPES || bytes[start]! >= 0x80 || this.#shapes[length * 32 + (bytes[start]! & 31)] === 1
  }

  #note(wishes: readonly Wish[] | undefined, name: string, start: number, end: number): void {
    if (wishes === undefined) return
    for (const { slot, rank } of wishes) {
      const before = this.#found.get(slot)
      if (before === undefined || rank <= before.rank) this.#found.set(slot, { name, start, end, rank })
    }
  }
}

/** Scale of the numbers in a level field of this name. */
export function scaleOf(name: string): LevelScale {
  return LEVEL_FIELDS.get(name.toLowerCase()) ?? 'pino'
}
