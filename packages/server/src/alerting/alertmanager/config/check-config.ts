import type { OpenNotifier } from '../../../notify/notifier.ts'
import { notifiers } from '../../../notify/notifiers/index.ts'
import { createNotificationTemplates } from '../../../notify/templates/create-templates.ts'
import { readTemplateFiles } from '../../../notify/templates/template-files.ts'
import { type ConfigReading, readAlertmanagerConfig } from './read-config.ts'

/** Never asked to send: the configuration is only looked at. */
const UNUSED: OpenNotifier = {
  sendResolved: false,
  send: async () => ({ sent: false, retry: false, reason: 'only looked at' }),
}

/**
 * Reads an alertmanager.yml, and the files of templates that it names, without making anything ready that could send.
 * @param name of the file, for messages
 * @param file its absolute path
 */
export function checkAlertmanagerConfig(text: string, name: string, file: string): ConfigReading {
  const reading = readAlertmanagerConfig(text, { name, file, notifiers, open: () => UNUSED })
  if (reading.config === undefined) return reading
  try {
    createNotificationTemplates(readTemplateFiles(reading.config.templates))
    return reading
  } catch (error) {
    const problems = [`${name}: templates: ${(error as Error).message}`]
    return { ...reading, config: undefined, problems }
  }
}
