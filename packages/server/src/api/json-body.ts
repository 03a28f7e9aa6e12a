import { GirokError } from '../model/errors.ts'

/** Levels of objects and lists: what descends into a body has a stack that ends. */
const MOST_LEVELS = 100

/** The body as JSON; throws `bad_request` when it is none, or nested more than 100 levels deep. */
export function jsonOf(body: Buffer): unknown {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw new GirokError('bad_request', `the body is not JSON: ${(cause as Error).message}`, { cause })
  }
  if (!isDeep(value, MOST_LEVELS)) return value
  throw new GirokError('bad_request', `the body is nested more than ${MOST_LEVELS} levels deep`)
}

function isDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((one) => isDeep(one, levels - 1))
}

/** The body as a JSON object; throws `bad_request`. */
export function objectOf(body: Buffer): Readonly<Record<string, unknown>> {
  const value = jsonOf(body)
  if (isObject(value)) return value
  throw new GirokError('bad_request', 'the body must be a JSON object')
}

/** A member of the body, which must be there. */
export function memberOf(body: Buffer, name: string): unknown {
  const given = jsonOf(body)
  if (isObject(given) && Object.hasOwn(given, name)) return given[name]
  throw new GirokError('bad_request', `the body must be a JSON object with the member ${name}`)
}

/** The text of a member; throws `bad_request` when it is missing or empty. */
export function textOf(object: Readonly<Record<string, unknown>>, name: string): string {
  const value = object[name]
  if (typeof value === 'string' && value !== '') return value
  throw new GirokError('bad_request', `${name} must be a text that is not empty`)
}

/** A member that holds texts by name, as labels do; undefined where it is missing. */
export function textsOf(
  object: Readonly<Record<string, unknown>>,
  name: string,
): ReadonlyMap<string, string> | undefined {
  const value = object[name]
  if (value === undefined) return undefined
  if (isObject(value) && Object.values(value).every((one) => typeof one === 'string')) {
    return new Map(Object.entries(value as Readonly<Record<string, string>>))
  }
  throw new GirokError('bad_request', `${name} must be an object of texts`)
}

/** The version that a change is made to; throws `bad_request`. 0 stands for "there is none yet". */
export function versionOf(value: unknown, what: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  throw new GirokError('bad_request', `the body needs version: the number that ${what} had when it was read`)
}

/** `?version=`, from 1; undefined where it is missing. */
export function versionParameter(params: URLSearchParams): number | undefined {
  const text = params.get('version')
  return text === null ? undefined : wholeOf(text)
}

/** A version as it stands in an address. */
export function wholeOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new GirokError('bad_request', `version must be a whole number from 1, not ${JSON.stringify(text.slice(0, 40))}`)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
