import type { messages as logs } from './en/logs.ts'
import type { messages as setup } from './en/setup.ts'
import type { messages as shell } from './en/shell.ts'

export type ShellMessages = Readonly<Record<keyof typeof shell, string>>
export type LogsMessages = Readonly<Record<keyof typeof logs, string>>
export type SetupMessages = Readonly<Record<keyof typeof setup, string>>

export type MessageKey = keyof ShellMessages | keyof LogsMessages | keyof SetupMessages
