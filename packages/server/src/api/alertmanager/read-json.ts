import type { ApiRequest } from '../route.ts'
import { FAULT, FormFault } from './answer.ts'
import { readTime } from './read-time.ts'

/**
 * Reads a body of JSON, telling faults as Alertmanager does.
 * @param name what Alertmanager calls the body: `alerts`, `silence`
 * @throws FormFault when there is none, when its type is another, or when `read` meets a value of the wrong type
 */
export function readBody<T>({ body, headers }: ApiRequest, name: string, read: (value: Json) => T): T {
  if (body.length === 0) throw required(name)
  const type = String(headers['content-type'] ?? 'application/octet-stream')
  if ((type.split(';', 1)[0] ?? '').trim().toLowerCase() !== 'application/json') {
    throw new FormFault(415, 415, `unsupported media type ${JSON.stringify(type)}, only [application/json] are allowed`)
  }
  try {
    return read(new Json(JSON.parse(body.toString('utf8')), ''))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new FormFault(400, 400, `parsing ${name} body from "" failed, because ${error.message}`)
  }
}

/** @param place of the value in the body: `0.labels` */
export function required(place: string): FormFault {
  return new FormFault(422, FAULT.required, `${place} in body is required`)
}

/** A value of a body and its place. Every reading throws a SyntaxError that names the place when the type is another. */
export class Json {
  readonly #value: unknown
  readonly place: string

  constructor(value: unknown, place: string) {
    this.#value = value
    this.place = place
  }

  /** It is not there, or null. */
  get isAbsent(): boolean {
    return this.#value === undefined || this.#value === null
  }

  /** A field of an object; of null, none. */
  field(name: string): Json {
    if (this.isAbsent) return new Json(undefined, this.#below(name))
    return new Json(this.#object()[name], this.#below(name))
  }

  text(): string | undefined {
    return this.#typed('string') as string | undefined
  }

  flag(): boolean | undefined {
    return this.#typed('boolean') as boolean | undefined
  }

  list(): readonly Json[] | undefined {
    if (this.isAbsent) return undefined
    if (!Array.isArray(this.#value)) throw this.#fault('a list')
    return this.#value.map((item, i) => new Json(item, this.#below(String(i))))
  }

  /** An object of texts, in order of their names; null counts as empty text, as in Go. */
  texts(): Map<string, string> | undefined {
    if (this.isAbsent) return undefined
    const names = Object.keys(this.#object()).sort()
    return new Map(names.map((name) => [name, this.field(name).text() ?? '']))
  }

  /** Milliseconds since the epoch. */
  time(): number | undefined {
    const text = this.text()
    if (text === undefined) return undefined
    const timeMs = readTime(text)
    if (timeMs === undefined) {
      throw new SyntaxError(`${this.place} is no time: ${JSON.stringify(text)}; write for example 2026-01-31T12:00:00Z`)
    }
    return timeMs
  }

  /** As it is. */
  plain(): unknown {
    return this.#value
  }

  #object(): Readonly<Record<string, unknown>> {
    if (typeof this.#value !== 'object' || this.#value === null || Array.isArray(this.#value)) {
      throw this.#fault('an object')
    }
    return this.#value as Readonly<Record<string, unknown>>
  }

  #typed(type: 'string' | 'boolean'): unknown {
    if (this.isAbsent) return undefined
    if (typeof this.#value !== type) throw this.#fault(type === 'string' ? 'a text' : 'true or false')
    return this.#value
  }

  #fault(wanted: string): SyntaxError {
    const found = Array.isArray(this.#value) ? 'a list' : `of type ${typeof this.#value}`
    return new SyntaxError(`${this.place || 'the body'} must be ${wanted} and is ${found}`)
  }

  #below(name: string): string {
    return this.place === '' ? name : `${this.place}.${name}`
  }
}
