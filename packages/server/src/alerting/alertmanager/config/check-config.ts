import type { OpenNotifier } from '../../../notify/notifier.ts'
import { notifiers } from '../../../notify/notifiers/index.ts'
import { type ConfigReading, readAlertmanagerConfig } from './read-config.ts'

/** Never asked to send: the configuration is only looked at. */
const UNUSED: OpenNotifier = {
  sendResolved: false,
  send: async () => ({ sent: false, retry: false, reason: 'only looked at' }),
}

/**
 * Reads an alertmanager.yml without making anything ready that could send.
 * @param name of the file, for messages
 * @param file its absolute path
 */
export function checkAlertmanagerConfig(text: string, name: string, file: string): ConfigReading {
  return readAlertmanagerConfig(text, { name, file, notifiers, open: () => UNUSED })
}
