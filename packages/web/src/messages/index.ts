export type { LogsMessages, MessageKey, SetupMessages, ShellMessages } from './keys.ts'

export type Locale = 'en' | 'ko' | 'ja'
/** A part of the app with texts of its own: they are loaded with it. */
export type Room = 'shell' | 'logs' | 'setup'

export const locales: readonly Locale[] = ['en', 'ko', 'ja']
export const rooms: readonly Room[] = ['shell', 'logs', 'setup']

type Load = () => Promise<{ readonly messages: Readonly<Record<string, string>> }>

/** Where the texts of each language and room are. */
export const messageFiles: Readonly<Record<Locale, Readonly<Record<Room, Load>>>> = {
  en: {
    shell: () => import('./en/shell.ts'),
    logs: () => import('./en/logs.ts'),
    setup: () => import('./en/setup.ts'),
  },
  ko: {
    shell: () => import('./ko/shell.ts'),
    logs: () => import('./ko/logs.ts'),
    setup: () => import('./ko/setup.ts'),
  },
  ja: {
    shell: () => import('./ja/shell.ts'),
    logs: () => import('./ja/logs.ts'),
    setup: () => import('./ja/setup.ts'),
  },
}
