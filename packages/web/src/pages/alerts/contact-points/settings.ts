import type { ContactPointIntegration, NotifierOption } from '@girok/server/contract'

export type Settings = ContactPointIntegration['settings']

/** What stands for a secret that is set: sent back, it stays as it is. */
export const keptSecret = '<secret>'

/** The value at `a.b.c`; undefined where there is none. */
export function valueAt(settings: Settings, path: string): unknown {
  let value: unknown = settings
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Settings)[key]
  }
  return value
}

/** Settings with another value at `a.b.c`; undefined takes it out, and what is then empty. */
export function withValue(settings: Settings, path: string, value: unknown): Settings {
  const [key = '', ...rest] = path.split('.')
  const { [key]: before, ...others } = settings
  const inner = typeof before === 'object' && before !== null && !Array.isArray(before) ? (before as Settings) : {}
  const next = rest.length === 0 ? value : withValue(inner, rest.join('.'), value)
  const empty = typeof next === 'object' && next !== null && rest.length > 0 && Object.keys(next).length === 0
  return next === undefined || empty ? others : { ...others, [key]: next }
}

/** A value as a field shows it. */
export function fieldText({ kind }: Pick<NotifierOption, 'kind'>, value: unknown): string {
  if (value === undefined || value === null) return ''
  if (kind === 'list' && Array.isArray(value) && value.every((one) => typeof one !== 'object')) return value.join('\n')
  if (typeof value === 'object') return JSON.stringify(value, undefined, 2)
  return String(value)
}

/** What a field holds as a value: `{ value }`, or undefined while it is none. */
export function fieldValue(
  { kind }: Pick<NotifierOption, 'kind'>,
  text: string,
): { readonly value: unknown } | undefined {
  if (text.trim() === '') return { value: undefined }
  switch (kind) {
    case 'count':
      return /^\s*-?\d+(?:\.\d+)?\s*$/.test(text) ? { value: Number(text) } : undefined
    case 'list':
      if (!/^\s*\[/.test(text))
        return {
          value: text
            .split('\n')
            .map((one) => one.trim())
            .filter(Boolean),
        }
      return readJson(text)
    case 'other':
      // Objects and lists as JSON; anything else is a text.
      return /^\s*[[{]/.test(text) ? readJson(text) : { value: text }
    default:
      return { value: text }
  }
}

function readJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

/** Options of a form: those that must be filled or are filled, and the rest behind a button. */
export function arranged(
  options: readonly NotifierOption[],
  settings: Settings,
): { readonly first: readonly NotifierOption[]; readonly more: readonly NotifierOption[] } {
  const isFirst = (option: NotifierOption): boolean => option.required || valueAt(settings, option.name) !== undefined
  return { first: options.filter(isFirst), more: options.filter((option) => !isFirst(option)) }
}

/** Names of options that must be filled and are not. */
export function missingOptions(options: readonly NotifierOption[], settings: Settings): readonly string[] {
  return options
    .filter(({ required, name }) => required && valueAt(settings, name) === undefined)
    .map(({ name }) => name)
}
