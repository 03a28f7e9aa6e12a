import type { Notification } from './notification.ts'
import type { NotifierContext } from './notifier.ts'

/** Expands the template of an option; the Error of one that fails says which option it is. */
export type ExpandOption = (option: string, source: string | undefined) => string

/** @param html what comes from alerts is escaped for HTML */
export function optionExpander({ templates }: NotifierContext, notification: Notification, html = false): ExpandOption {
  return (option, source = '') => {
    try {
      return html ? templates.expandHtml(source, notification) : templates.expand(source, notification)
    } catch (error) {
      throw new Error(`${option}: ${(error as Error).message}`)
    }
  }
}
