import type { Notification } from '../notification.ts'

/** Texts of notifications: the templates that every server has (`slack.default.title` …) and those of `templates:`. */
export interface NotificationTemplates {
  /**
   * Expands a template with a notification as its data, in Alertmanager's dialect. Throws an Error that is written for
   * users when the template is not well formed or fails.
   */
  expand(source: string, notification: Notification): string
  /** The same for HTML: what comes from alerts is escaped as Go's html/template does. */
  expandHtml(source: string, notification: Notification): string
}
