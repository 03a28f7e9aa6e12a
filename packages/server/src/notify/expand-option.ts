import type { Notification } from './notification.ts'
import type { NotifierContext } from './notifier.ts'

/** Expands the template of an option; the Error of one that fails says which option it is. */
export type ExpandOption = (option: string, source: string | undefined) => string

export function optionExpander({ templates }: NotifierContext, notification: Notification): ExpandOption {
  return (option, source = '') => {
    try {
      return templates.expand(source, notification)
    } catch (error) {
      throw new Error(`${option}: ${(error as Error).message}`)
    }
  }
}
