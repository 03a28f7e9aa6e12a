import type { z } from 'zod'
import { GirokError } from '../model/errors.ts'
import { declared, mapLeaves } from '../model/options/declared.ts'
import type { KeyMeta, Kind } from '../model/options/kinds.ts'
import type { Notifier } from './notifier.ts'

/** What stands for a secret where settings are shown, and for keeping it where they are changed. */
const SECRET = '<secret>'

/** One option of a notifier, as forms and the catalogue show it. */
export interface OptionShown {
  /** As in alertmanager.yml; `http_config.basic_auth.username` of keys within keys. */
  readonly name: string
  readonly kind: Kind
  readonly description: string
  readonly choices?: readonly string[]
  readonly secret: boolean
  /** Nothing can be sent without it, unless `global:` of the configuration has one for all. */
  readonly required: boolean
  readonly default?: unknown
  readonly template: boolean
}

/** The options that a contact point from the API can have, in their order; those that name files cannot. */
export function notifierOptions(notifier: Notifier): OptionShown[] {
  return allOptions(notifier).filter(({ name }) => !/(_file|\.files)$/.test(name))
}

/** All options, those too that only configuration files can have. */
export function allOptions(notifier: Notifier): OptionShown[] {
  const required = requiredOptions(notifier)
  return optionsIn(notifier.options, '', required)
}

function optionsIn(schema: z.ZodType, prefix: string, required: ReadonlySet<string>): OptionShown[] {
  const shape = shapeOf(schema) ?? {}
  return Object.entries(shape).flatMap(([key, child]) => {
    const name = `${prefix}${key}`
    return shapeOf(child) === undefined ? [optionOf(name, child, required)] : optionsIn(child, `${name}.`, required)
  })
}

function optionOf(name: string, schema: z.ZodType, required: ReadonlySet<string>): OptionShown {
  const { schema: inner, meta } = declared(schema)
  const { description = '', template } = metaOf(schema)
  const choices = (inner.def as { readonly entries?: Readonly<Record<string, string>> }).entries
  const fallback = defaultOf(schema)
  return {
    name,
    kind: meta?.kind ?? 'other',
    description,
    ...(choices !== undefined && { choices: Object.values(choices) }),
    secret: meta?.secret === true,
    required: required.has(name),
    ...(fallback !== undefined && { default: fallback }),
    template: template === true,
  }
}

function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | undefined {
  return (declared(schema).schema.def as { readonly shape?: Readonly<Record<string, z.ZodType>> }).shape
}

interface Wrapper {
  readonly defaultValue?: unknown
  readonly innerType?: z.ZodType
}

type OptionMeta = Partial<KeyMeta> & { readonly description?: string; readonly template?: boolean }

/** With what is said of inner declarations; what was said last wins. */
function metaOf(schema: z.ZodType): OptionMeta {
  const { innerType } = schema.def as Wrapper
  return { ...(innerType && metaOf(innerType)), ...(schema.meta() as OptionMeta | undefined) }
}

function defaultOf(schema: z.ZodType): unknown {
  const { defaultValue, innerType } = schema.def as Wrapper
  return defaultValue ?? (innerType && defaultOf(innerType))
}

/** Those of the example that cannot be left out while nothing is set for all. */
function requiredOptions({ options, complete, example }: Notifier): ReadonlySet<string> {
  const needed = Object.keys(example).filter((name) => {
    const rest = Object.fromEntries(Object.entries(example).filter(([other]) => other !== name))
    const read = options.safeParse(substituted(rest))
    if (!read.success) return true
    try {
      complete(read.data, {})
      return false
    } catch {
      return true
    }
  })
  return new Set(needed)
}

/** An example with the address of a server in the place of `$URL`, `$HOST` and `$PORT`. */
export function substituted(
  example: Readonly<Record<string, unknown>>,
  url = 'http://127.0.0.1:9',
): Record<string, unknown> {
  const { hostname, port } = new URL(url)
  const text = JSON.stringify(example).replaceAll('$URL', url).replaceAll('$HOST', hostname).replaceAll('$PORT', port)
  return JSON.parse(text) as Record<string, unknown>
}

type Settings = Readonly<Record<string, unknown>>

/** Settings of a contact point as people may see them: `<secret>` stands for each secret that is set. */
export function showSettings(notifier: Notifier, settings: Settings): Settings {
  const shown = mapLeaves(notifier.options, settings, ({ value, isSecret }) =>
    isSecret && value !== undefined && value !== '' ? SECRET : value,
  )
  return shown as Settings
}

const DESTINATION = /^(url|api_url|app_url|webhook_url|smarthost|token_url|proxy_url|proxy_from_environment)$/
/** What lets others than the one at that address read along. */
const PRIVACY = /^(insecure_skip_verify|ca|server_name|require_tls)$/

/**
 * What an option says of where secrets are sent to and how safe they are on the way; undefined of an option that says
 * nothing of it, and of what is as it is by itself.
 */
export function destinationOf(key: string, value: unknown): unknown {
  if (key === 'require_tls') return value === false ? 'without TLS' : undefined
  if (!DESTINATION.test(key) && !PRIVACY.test(key)) return undefined
  return value === '' || value === false ? undefined : value
}

/**
 * Puts the secrets that stood there in the place of `<secret>`. Throws `bad_request` where none stood there, and where they
 * would go to another address than before: whoever may change a contact point cannot read its secrets by that.
 */
export function keepSecrets(next: Settings, before: Settings): Settings {
  const kept: string[] = []
  const moved: string[] = []
  const walk = (now: unknown, old: unknown, at: string, key: string): unknown => {
    if (now === SECRET) {
      if (typeof old !== 'string' || old === '') {
        throw new GirokError('bad_request', `${at}: there is no secret to keep; write it in place of ${SECRET}`)
      }
      kept.push(at)
      return old
    }
    if (!at.includes('[') && destinationOf(key, now) !== destinationOf(key, old)) moved.push(at)
    if (Array.isArray(now)) {
      return now.map((one, index) => walk(one, Array.isArray(old) ? old[index] : undefined, `${at}[${index}]`, key))
    }
    if (typeof now !== 'object' || now === null) return now
    const former: Settings = typeof old === 'object' && old !== null ? (old as Settings) : {}
    for (const [name, one] of Object.entries(former)) {
      // What is left out is taken from elsewhere.
      if (!Object.hasOwn(now, name) && destinationOf(name, one) !== undefined) moved.push(placeOf(at, name))
    }
    return Object.fromEntries(
      Object.entries(now).map(([name, one]) => {
        const before = Object.hasOwn(former, name) ? former[name] : undefined
        return [name, walk(one, before, placeOf(at, name), name)]
      }),
    )
  }
  const whole = walk(next, before, '', '') as Settings
  if (kept.length > 0 && moved.length > 0) {
    const secrets = kept.join(', ')
    throw new GirokError('bad_request', `${moved.join(', ')} leads elsewhere than before: write ${secrets} anew`)
  }
  return whole
}

function placeOf(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`
}
