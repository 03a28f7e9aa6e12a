import type { Notifier } from '../notifier.ts'

/** Every way to tell people of alerts, by name. */
export const notifiers: Readonly<Record<string, Notifier>> = {}
