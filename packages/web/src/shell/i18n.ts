import { signal } from '@preact/signals'
import { type Locale, locales, type MessageKey, messageFiles, type Room } from '../messages/index.ts'
import { formatMessage, type Params } from './message-format.ts'
import { preference } from './preferences.ts'

export type { MessageKey } from '../messages/index.ts'

/** Each language by its own name, as language menus show it. */
export const localeNames: Readonly<Record<Locale, string>> = { en: 'English', ko: '한국어', ja: '日本語' }

function browserLocale(): Locale {
  for (const tag of navigator.languages ?? [navigator.language]) {
    const found = locales.find((locale) => tag.toLowerCase().startsWith(locale))
    if (found !== undefined) return found
  }
  return 'en'
}

const chosen = preference<Locale>('locale', browserLocale(), locales)
const inUse = new Set<Room>(['shell'])
const current = signal<{ readonly locale: Locale; readonly messages: Readonly<Record<string, string>> }>({
  locale: chosen.peek(),
  messages: {},
})

/** The language asked for last: texts of another that arrive later are not shown. */
let wanted = chosen.peek()

async function load(locale: Locale): Promise<void> {
  wanted = locale
  const files = await Promise.all([...inUse].map((room) => messageFiles[locale][room]()))
  if (wanted !== locale) return
  // Texts of rooms that another call has loaded meanwhile stay.
  const { locale: shown, messages } = current.peek()
  const kept = shown === locale ? messages : {}
  current.value = { locale, messages: Object.assign({}, kept, ...files.map((file) => file.messages)) }
  document.documentElement.lang = locale
}

/** Loads the texts of the shell; must finish before the first render. */
export function startMessages(): Promise<void> {
  return load(chosen.peek())
}

/** Loads the texts of a page; must finish before the page is rendered. */
export async function loadRoom(room: Room): Promise<void> {
  if (inUse.has(room)) return
  inUse.add(room)
  await load(wanted)
}

export async function setLocale(locale: Locale): Promise<void> {
  await load(locale)
  chosen.value = locale
}

/** The language in use; reading it in a component subscribes the component. */
export function locale(): Locale {
  return current.value.locale
}

/** The text of a message in the language in use. */
export function t(key: MessageKey, params?: Params): string {
  const { locale, messages } = current.value
  return formatMessage(messages[key] ?? key, locale, params)
}

const numberFormats = new Map<string, Intl.NumberFormat>()

/** A number in the language in use, grouped; `digits` is the greatest number of decimals. */
export function n(value: number, digits = 0): string {
  const key = `${locale()} ${digits}`
  let format = numberFormats.get(key)
  if (format === undefined) {
    format = new Intl.NumberFormat(locale(), { maximumFractionDigits: digits })
    numberFormats.set(key, format)
  }
  return format.format(value)
}
